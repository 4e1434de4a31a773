"""One workbook for each village, in a folder for each town, as one zip (按村导出).

The office splits its big list by hand for every village; here the job of an export does it, village
by village, from the county's own template or the portal's. Like every list it is in the register,
and above a thousand people somebody else agrees first (`staff.exporting`).
"""

import io
import zipfile
from functools import partial
from itertools import groupby

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.export_lists import notes_of_campaign, unpaid_people
from contributions.filling import fill_template, places_of
from contributions.models import CountyPapers
from contributions.unpaid_lists import filter_of, lines_of, people_of
from pension_portal.files import read_file
from pension_portal.sheet_writing import TableColumn, write_table
from staff.exporting import ListKind, notes_of
from townships.models import TOWN_CODE_LENGTH, Area

NOT_IN_A_FILE_NAME = '\\/:*?"<>|'


def pack_villages(export, listed, run, *, has_phones):
    """Return the bytes of a zip with one workbook for each village of an export."""
    chosen, lines = _lines(export)
    names = dict(
        Area.objects.inside(export.county_code)
        .filter(level__in=[Area.Level.TOWN, Area.Level.VILLAGE])
        .values_list("code", "name")
    )
    fill = _filler(export, listed, chosen["year"])
    done, out = 0, io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for code, of_village in groupby(lines, key=lambda line: line["resident"].village_code):
            run.stop_if_cancelled()
            town, village = names.get(code[:TOWN_CODE_LENGTH], ""), names.get(code, code)
            rows = [
                row_of(line, number, town, has_phones=has_phones)
                for number, line in enumerate(of_village, start=1)
            ]
            name = f"{_safe(town)}/{_safe(village)}{code[-3:]}.xlsx"
            archive.writestr(name, fill(town, village, rows))
            done += len(rows)
            with run.transaction():
                run.progress(done, len(lines))
    return out.getvalue()


def _lines(export):
    """Return (what was chosen, the lines of all people it finds), as the list shows them, by
    village.
    """
    area, by = Area.objects.get(pk=export.area_code), export.made_by
    chosen = filter_of(QueryDict(export.query), area, by).chosen()
    people = people_of(area, chosen, by, as_a_whole=True)
    return chosen, lines_of(list(people.select_related("resident__household")), chosen)


def _filler(export, listed, year):
    """Return a function from a village's rows to the bytes of its workbook."""
    papers = CountyPapers.of(export.county_code)
    if not papers.template_id:
        return partial(_built_in, export, notes_of(export, listed), year)
    template = read_file(papers.template)

    def fill(town, village, rows):
        return fill_template(
            template,
            papers.template.name,
            header_row=papers.header_row,
            columns=papers.columns,
            rows=rows,
            places=places_of(town, village, year),
            watermark=export.watermark,
        )

    return fill


BUILT_IN = [
    ("number", "number", 6),
    ("group", "text", 12),
    ("household", "text", 10),
    ("name", "text", 10),
    ("sex", "text", 6),
    ("age", "number", 6),
    ("id_number", "text", 21),
    ("phone", "text", 14),
    ("tier", "amount", 11),
    ("last_tier", "amount", 11),
    ("collector", "text", 10),
    ("outcome", "text", 10),
    ("signature", "text", 14),
]


def _built_in(export, notes, year, town, village, rows):
    labels, book = field_labels(), io.BytesIO()
    write_table(
        book,
        [TableColumn(labels[field], kind, width) for field, kind, width in BUILT_IN],
        [[row.get(field) for field, _kind, _width in BUILT_IN] for row in rows],
        title=_("%(town)s%(village)s %(year)s 年未缴名单")
        % {"town": town, "village": village, "year": year},
        notes=notes,
        watermark=export.watermark,
    )
    return book.getvalue()


def field_labels():
    """Return what each field of a list is called on a page and in the portal's own workbook."""
    return {
        "number": _("序号"),
        "town": _("乡镇街道"),
        "village": _("村（社区）"),
        "group": _("组"),
        "household": _("户编号"),
        "head": _("户主"),
        "name": _("姓名"),
        "sex": _("性别"),
        "age": _("年龄"),
        "id_number": _("证件号码"),
        "phone": _("联系电话"),
        "tier": _("登记档次（元）"),
        "last_tier": _("上年缴费（元）"),
        "collector": _("责任人"),
        "outcome": _("联系结果"),
        "promised_on": _("承诺日期"),
        "signature": _("签字"),
    }


def row_of(line, number, town, *, has_phones):
    """Return the values of one person by field; what a list never shows is not among them."""
    resident, household, chase = line["resident"], line["household"], line["chase"]
    return {
        "number": number,
        "town": town,
        "village": line["village"],
        "group": line["group"],
        "household": household.number if household else "",
        "head": household.head_name if household else "",
        "name": resident.name,
        "sex": str(resident.get_sex_display()),
        "age": line["age"],
        "id_number": line["masked_id"],
        "phone": resident.phone if has_phones else line["masked_phone"],
        "tier": line["registered_tier"],
        "last_tier": line["last_tier"],
        "collector": line["collector"].name if line["collector"] else "",
        "outcome": str(chase.get_outcome_display()) if chase and chase.outcome else "",
        "promised_on": chase.promised_on if chase else None,
    }


def _safe(name):
    return "".join("_" if sign in NOT_IN_A_FILE_NAME else sign for sign in name) or "_"


VILLAGES = ListKind(
    name=gettext_lazy("未缴名单（按村）"),
    people=unpaid_people,
    notes=notes_of_campaign,
    pack=partial(pack_villages, has_phones=False),
)
VILLAGES_WITH_PHONES = ListKind(
    name=gettext_lazy("未缴名单（按村，含完整电话）"),
    people=unpaid_people,
    notes=notes_of_campaign,
    pack=partial(pack_villages, has_phones=True),
    action="export_phones",
)
