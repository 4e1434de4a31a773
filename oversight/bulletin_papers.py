"""A bulletin as it leaves the office: PDF in the layout of GB/T 9704, Word to edit, Excel to sort.

All three read the bulletin's frozen figures through the same columns.
"""

import io

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from docxtpl import DocxTemplate
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from oversight.bulletin_template import default_template
from oversight.errors import TemplateBroken
from oversight.models import Bulletin, BulletinTemplate
from pension_portal.clock import today
from pension_portal.files import read_file
from pension_portal.jobs import WORDS_LANGUAGE
from pension_portal.paper import print_paper
from pension_portal.sheet_writing import TableColumn, write_table

NONE = "--"
# Key in the figures, head on paper, share of the width, what a spreadsheet makes of it.
_RANK = ("rank", gettext_lazy("名次"), 8, "number")
_NAME = ("name", gettext_lazy("单位"), 22, "text")
_TASK = ("task", gettext_lazy("任务数\n（人）"), 15, "number")
_PAID = ("paid", gettext_lazy("已缴\n（人）"), 15, "number")
_RATE = ("rate", gettext_lazy("完成率\n（%）"), 12, "number")
_WAN = ("wan", gettext_lazy("缴费金额\n（万元）"), 16, "text")
COLUMNS = {
    Bulletin.Kind.PROGRESS: [
        *(_RANK, _NAME, _TASK, _PAID),
        ("proxy", gettext_lazy("其中代缴\n（人）"), 14, "number"),
        _RATE,
        ("gained", gettext_lazy("较上期增加\n（人）"), 16, "number"),
        ("due", gettext_lazy("今日应达\n（人）"), 15, "number"),
        ("ahead", gettext_lazy("差额\n（人）"), 13, "number"),
        _WAN,
    ],
    Bulletin.Kind.DISPATCH: [
        *(_RANK, _NAME, _TASK, _PAID, _RATE),
        ("month", gettext_lazy("本月新增\n（人）"), 15, "number"),
        ("month_before", gettext_lazy("上年同期\n（人）"), 15, "number"),
        ("month_more", gettext_lazy("同比增减\n（人）"), 15, "number"),
        ("month_wan", gettext_lazy("本月金额\n（万元）"), 16, "text"),
        _WAN,
    ],
    Bulletin.Kind.YEAR_END: [
        *(_RANK, _NAME, _TASK, _PAID),
        ("proxy", gettext_lazy("其中代缴\n（人）"), 15, "number"),
        _RATE,
        ("score", gettext_lazy("得分\n（满分 30）"), 15, "number"),
        ("high_tier", gettext_lazy("500 元以上\n占比（%）"), 16, "number"),
        _WAN,
    ],
}


def cells_of(kind, row):
    """Return one place's figures as a table shows them; what is not known is `--`."""
    return [_shown(row.get(key)) for key, _label, _width, _kind in COLUMNS[Bulletin.Kind(kind)]]


def _shown(value):
    return NONE if value is None else str(value).replace("-", "−")


def tables_of(bulletin):
    """Return the tables of a bulletin: (title, rows) of the towns, and of the villages by town.

    A row is (its cells, whether it is a sum).
    """
    figures, kind = bulletin.figures, bulletin.kind
    total = (cells_of(kind, figures["total"] | {"name": _("合计"), "rank": ""}), True)
    towns = [(cells_of(kind, town), False) for town in figures["towns"]]
    villages = []
    for town in figures["towns"]:
        if town["villages"]:
            villages.append((cells_of(kind, town | {"rank": ""}), True))
            villages += [(cells_of(kind, village), False) for village in town["villages"]]
    tables = [(_("各乡镇（街道）%s") % bulletin.get_kind_display(), [*towns, total])]
    if villages:
        tables.append((_("各村（社区）%s") % bulletin.get_kind_display(), villages))
    return tables


FORMULA = gettext_lazy(
    "任务完成率 = 已缴人数 ÷ 任务数，舍去不进位；已缴人数按人计，一人只计一次；"
    "任务不足 50 人的不排名。"
)


def paper_of(bulletin, *, is_issued=False):
    """Return what the template `bulletin` reads; until it is issued each page says so."""
    figures = bulletin.figures
    return {
        "issuer": bulletin.issuer,
        "kind": str(bulletin.get_kind_display()),
        "number": str(bulletin.number_words),
        "date": _in_words(_issued_on(bulletin)),
        "title": bulletin.title,
        "body": bulletin.body.splitlines(),
        "watermark": "" if is_issued else _("未签发"),
        "attachments": [
            {
                "label": _("附件 %d") % number,
                "title": title,
                "note": _("统计日 %(day)s，数据截至 %(until)s") % _days(figures),
                "heads": [str(label) for _key, label, _width, _kind in _columns(bulletin)],
                "widths": [width for _key, _label, width, _kind in _columns(bulletin)],
                "rows": [{"cells": cells, "total": is_total} for cells, is_total in rows],
                "foot": str(FORMULA),
            }
            for number, (title, rows) in enumerate(tables_of(bulletin), 1)
        ],
    }


def _columns(bulletin):
    return COLUMNS[Bulletin.Kind(bulletin.kind)]


def _days(figures):
    return {"day": figures["day"], "until": figures["data_until"] or NONE}


def _issued_on(bulletin):
    """The day of signing: today while it is not signed yet."""
    return timezone.localdate(bulletin.approved_at) if bulletin.approved_at else today()


def _in_words(day):
    return _("%(year)d 年 %(month)d 月 %(day)d 日") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }


def pdf_of(bulletin, *, is_issued=False):
    """Return a bulletin as PDF, in Chinese whatever the page was in."""
    with override(WORDS_LANGUAGE):
        return print_paper("bulletin", paper_of(bulletin, is_issued=is_issued))


# --- Word -------------------------------------------------------------------------------------


def word_of(bulletin):
    """Return a bulletin as .docx, from the county's own template or ours."""
    own = BulletinTemplate.objects.select_related("file").filter(pk=bulletin.county_code).first()
    with override(WORDS_LANGUAGE):
        return fill_template(read_file(own.file) if own else default_template(), bulletin)


def fill_template(template, bulletin):
    """Return a .docx template filled with a bulletin. Refuses TemplateBroken.

    What stands in a template is somebody's upload, so it sees texts and nothing else, and runs in a
    sandbox.
    """
    document = DocxTemplate(io.BytesIO(template))
    target = io.BytesIO()
    try:
        environment = ImmutableSandboxedEnvironment(autoescape=True)
        document.render(_context(bulletin), jinja_env=environment, autoescape=True)
        document.save(target)
    except (TemplateError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise TemplateBroken(why=str(fault)[:120]) from fault
    return target.getvalue()


def _context(bulletin):
    """What a template may name; the words are those a county officer writes into it."""
    paper = paper_of(bulletin)
    return {
        "印发单位": paper["issuer"],
        "种类": paper["kind"],
        "期号": paper["number"],
        "日期": paper["date"],
        "标题": paper["title"],
        "正文": paper["body"],
        "附件": [
            {
                "序号": one["label"],
                "标题": one["title"],
                "说明": one["note"],
                "口径": one["foot"],
                "表头": [head.replace("\n", "") for head in one["heads"]],
                "行": [row["cells"] for row in one["rows"]],
            }
            for one in paper["attachments"]
        ],
    }


# --- Excel ------------------------------------------------------------------------------------


def workbook_of(bulletin, *, by):
    """Return the tables of a bulletin as Excel: towns, each followed by its villages."""
    buffer = io.BytesIO()
    figures, columns = bulletin.figures, _columns(bulletin)
    rows = [figures["total"] | {"name": _("合计"), "rank": None}]
    for town in figures["towns"]:
        rows += [town, *(v | {"name": f"　{v['name']}"} for v in town["villages"])]
    write_table(
        buffer,
        [
            TableColumn(str(label).replace("\n", ""), kind, max(10, width))
            for _key, label, width, kind in columns
        ],
        [[_number(row.get(key), kind) for key, _label, _width, kind in columns] for row in rows],
        title=f"{bulletin.title}（{bulletin.number_words}）",
        notes=[
            (_("统计日"), figures["day"]),
            (_("数据截至"), figures["data_until"] or NONE),
            (_("口径"), str(FORMULA)),
            (_("状态"), bulletin.get_state_display()),
            (_("导出时间"), timezone.localtime().strftime("%Y-%m-%d %H:%M")),
            (_("导出人"), f"{by} {by.username}"),
        ],
    )
    return buffer.getvalue()


def _number(value, kind):
    if kind == "number" and isinstance(value, str):
        return float(value)
    return value
