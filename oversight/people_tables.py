"""The tables of renewal, coverage, identities and groups: one list of columns and rows for the page
and its Excel.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.models import SpecialIdentity
from oversight.columns import cut_share
from oversight.people import OPEN_TO_JOIN
from pension_portal.sheet_writing import TableColumn

REASONS = {
    "never": gettext_lazy("可参保未参保"),
    "terminated": gettext_lazy("终止后未再参保"),
    "not_student": gettext_lazy("在校学生"),
    "not_public_servant": gettext_lazy("机关事业单位"),
    "not_employees_pension": gettext_lazy("职工养老"),
    "not_employees_medical": gettext_lazy("职工医疗"),
    "local_hukou": gettext_lazy("户籍不在本县"),
    "enrolled_in": gettext_lazy("没有参加基本险种"),
    "min_age": gettext_lazy("未到年龄"),
    "under_age": gettext_lazy("已过年龄"),
}
COVERAGE_GOAL = 99  # percent of those who should join (M39)


@dataclass
class Table:
    """Columns, and rows of (address or "", cells, whether the row stands out)."""

    title: str
    columns: list
    rows: list = field(default_factory=list)
    total: list = field(default_factory=list)


def points(share):
    """Return a share in percent, cut off after one place, in words; `--` where there is none."""
    return "--" if share is None else f"{cut_share(share) * 100:.1f}%"


def renewal_table(years, lines, whole, url_of, title):
    """Both rates of each year, and what this year's are made of."""
    columns = [TableColumn(_("单位"), width=20)]
    for year in years:
        columns.append(TableColumn(_("%(year)s 续保率") % {"year": year}))
        columns.append(TableColumn(_("%(year)s 新增率") % {"year": year}))
    figures = [
        *(_("应续保（人）"), _("已续保（人）"), _("未续保（人）")),
        *(_("首次缴费（人）"), _("断缴后恢复（人）"), _("缴费人数（人）")),
    ]
    columns += [TableColumn(words, "number") for words in figures]
    columns.append(TableColumn(_("提示"), width=18))
    rows = [(url_of(line.code), _renewal_cells(line, years), line.is_lagging) for line in lines]
    total = _renewal_cells(whole, years) if whole else []
    return Table(title, columns, rows, [_("合计"), *total[1:]] if total else [])


def _renewal_cells(line, years):
    cells = [line.name]
    for year in years:
        one = line.years.get(year)
        cells += [points(one and one.rate), points(one and one.new_rate)]
    now = line.years.get(years[-1]) if years else None
    if now is None:
        return [*cells, *[None] * 6, ""]
    return [
        *cells,
        *(now.due, now.renewed, now.due - now.renewed),
        *(now.first_time, now.returned, now.payers),
        _("续保偏低、新增偏高") if line.is_lagging else "",
    ]


def cover_table(lines, whole, url_of):
    """Who should have joined and has, why the others have not, and the population beside it."""
    shown = {part for line in lines for part in line.parts} & set(REASONS)
    reasons = [part for part in REASONS if part in shown or part in OPEN_TO_JOIN]
    columns = [
        TableColumn(_("单位"), width=20),
        TableColumn(_("应参保（人）"), "number"),
        TableColumn(_("已参保（人）"), "number"),
        TableColumn(_("参保率")),
        *(
            TableColumn(_("%(reason)s（人）") % {"reason": REASONS[part]}, "number")
            for part in reasons
        ),
        TableColumn(_("待遇领取（人）"), "number"),
        TableColumn(_("户籍人口（人）"), "number"),
        TableColumn(_("常住人口（人）"), "number"),
        TableColumn(_("人口数来源"), width=24),
    ]
    rows = [(url_of(line.code), _cover_cells(line, reasons), _is_short(line)) for line in lines]
    return Table(
        _("参保覆盖"),
        columns,
        rows,
        [_("合计"), *_cover_cells(whole, reasons)[1:]] if lines else [],
    )


def _is_short(line):
    return line.rate is not None and line.rate * 100 < COVERAGE_GOAL


def _cover_cells(line, reasons):
    known = line.population
    return [
        line.name,
        line.should,
        line.joined,
        points(line.rate),
        *(line.parts.get(part, 0) for part in reasons),
        line.parts.get("drawing", 0),
        known.registered if known else None,
        known.usual if known else None,
        f"{known.source} {known.as_of.isoformat()}" if known else "",
    ]


def identity_table(rows, url_of):
    """Each special identity: who holds it, who has joined, who paid, and from whose money (M40)."""
    columns = [
        TableColumn(_("特殊身份"), width=24),
        *(
            TableColumn(words, "number")
            for words in [
                *(_("持有（人）"), _("已参保（人）"), _("未参保（人）"), _("应缴（人）")),
                *(_("已缴（人）"), _("其中代缴（人）"), _("应缴未缴（人）")),
            ]
        ),
        TableColumn(_("个人缴费（元）"), "amount"),
        TableColumn(_("政府代缴（元）"), "amount"),
    ]
    names = dict(SpecialIdentity.Kind.choices)
    return Table(
        _("特殊身份参保缴费"),
        columns,
        [
            (
                url_of(row["part"]),
                [
                    str(names[row["part"]]),
                    *(row["people"], row["enrolled"], row["people"] - row["enrolled"]),
                    *(row["to_pay"], row["paid"], row["proxy_paid"], row["unpaid"]),
                    *(row["amount"], row["proxy_amount"]),
                ],
                False,
            )
            for row in rows
        ],
    )


def group_table(rows, url_of):
    """The groups of a village: no task of their own, so the share of those to pay who have."""
    columns = [
        TableColumn(_("组"), width=20),
        *(
            TableColumn(words, "number")
            for words in [_("应缴（人）"), _("已缴（人）"), _("其中代缴（人）"), _("未缴（人）")]
        ),
        TableColumn(_("缴费率")),
        TableColumn(_("金额（元）"), "amount"),
    ]
    return Table(
        _("各组缴费情况"),
        columns,
        [(url_of(row["code"]), _group_cells(row), False) for row in rows],
    )


def _group_cells(row):
    done = row["to_pay"] - row["unpaid"]
    return [
        row["name"],
        *(row["to_pay"], done, row["proxy_paid"], row["unpaid"]),
        points(Fraction(done, row["to_pay"]) if row["to_pay"] else None),
        row["amount"] + row["proxy_amount"],
    ]
