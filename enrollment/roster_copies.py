"""Give a clerk the file to fill in, and their own file back with what is wrong beside each row."""

import io
from pathlib import PurePath

import xlsxwriter
from django.utils.translation import gettext as _

from enrollment.roster_columns import (
    BY_KEY,
    COLUMNS,
    COVERS,
    HUKOUS,
    IDENTITIES,
    LIFE_STATUSES,
    STATUSES,
    label_of,
)
from pension_portal.files import read_file
from pension_portal.sheet_writing import write_marked_copy

ROWS_WITH_CHOICES = 5000
COLUMN_WIDTH, ID_WIDTH, NOTE_WIDTH = 13, 22, 70
WIDE = {"id_number", "bank_account", "identity"}


def marked_copy(roster):
    """Return (bytes, name) of the uploaded file with 行号, 原因 and 改法 beside faulty rows."""
    marks = {}
    for fault in roster.faults.all():
        reasons, remedies = marks.setdefault((fault.sheet_number, fault.row_number), ([], []))
        prefix = _("提醒：") if fault.is_warning else ""
        reasons.append(f"{prefix}{fault.column_label}{_('：')}{fault.reason}")
        remedies.append(fault.remedy)
    joined = {
        place: (_("；").join(reasons), _("；").join(dict.fromkeys(remedies)))
        for place, (reasons, remedies) in marks.items()
    }
    header_rows = {
        table["sheet"]: table["header_row"] for table in roster.mapping if table["header_row"]
    }
    out = io.BytesIO()
    write_marked_copy(
        read_file(roster.file), roster.file.name, joined, out, header_rows=header_rows
    )
    return out.getvalue(), _("%(name)s（标注）.xlsx") % {"name": PurePath(roster.file.name).stem}


def roster_template(local_identities=()):
    """Return (bytes, file name) of an empty roster: headers, lists to choose from, and a guide. It
    names the identities that only this county's policies know too.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        _write_empty_roster(book)
        _write_guide(book, local_identities)
    return out.getvalue(), _("参保花名册导入模板.xlsx")


def _write_empty_roster(book):
    needed = book.add_format({"bold": True, "border": 1, "bg_color": "#FCE4D6", "align": "center"})
    optional = book.add_format(
        {"bold": True, "border": 1, "bg_color": "#DDEBF7", "align": "center"}
    )
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(_("花名册"))
    for place, column in enumerate(COLUMNS):
        width = ID_WIDTH if column.key in WIDE else COLUMN_WIDTH
        # The whole column is text, or a spreadsheet rounds the last digits of long numbers away.
        sheet.set_column(place, place, width, text)
        # The header stays Chinese: it is what the file is read by.
        sheet.write_string(0, place, column.label, needed if column.is_required else optional)
        if choices := _choices(column.key):
            rule = {"validate": "list", "source": choices, "ignore_blank": True}
            sheet.data_validation(1, place, ROWS_WITH_CHOICES, place, rule)
    sheet.freeze_panes(1, 0)


def _choices(key):
    """Return the words to choose from in a column; none for free text."""
    return {
        "sex": ["男", "女"],
        "scheme": ["基本", "补充", "基本+补充"],
        "status": [words[0] for words in STATUSES.values()],
        "life_status": [words[0] for words in LIFE_STATUSES.values()],
        "other_cover": [words[0] for words in COVERS.values()],
        "hukou": [words[0] for words in HUKOUS.values()],
        "identity": ["低保对象", "特困人员", "残疾人", "建档立卡", "孤儿"],
        "grade": ["1", "2", "3", "4"],
    }.get(key, [])


def _write_guide(book, local_identities):
    heading = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(_("说明"))
    sheet.set_column(0, 0, COLUMN_WIDTH, wrapped)
    sheet.set_column(1, 1, NOTE_WIDTH, wrapped)
    sheet.write_row(0, 0, [_("列"), _("怎么填")], heading)
    for line, (key, words) in enumerate(_guide(local_identities), start=1):
        # The header as it stands in the file, and what it means in the reader's language.
        names = dict.fromkeys([BY_KEY[key].label, label_of(key)])
        sheet.write_string(line, 0, "\n".join(names), wrapped)
        sheet.write_string(line, 1, str(words), wrapped)


def _guide(local_identities):
    # These words too are read, so they and the mark between them stay Chinese.
    known = [words[0] for identity, words in IDENTITIES.items() if identity]
    identities = "、".join([*known, *local_identities])
    return [
        ("name", _("必填，与证件一致。")),
        ("id_number", _("必填，18 位。整列已设为文本，不要改成数字，否则末三位会变成 000。")),
        ("town", _("乡镇导入可以留空，县级导入要填。")),
        ("village", _("填区划名称或已登记的别名。")),
        ("group", _("没有的组会自动建立。")),
        ("household", _("同村同号为一户。")),
        ("sex", _("可留空，按证件号码填。")),
        ("born_on", _("可留空，按证件号码填；与证件号码不符的行会退回。")),
        ("scheme", _("基本、补充，或基本+补充。参加补充要先参加基本。")),
        ("tier", _("填金额，如 500，或档次，如 5档。")),
        ("started_on", _("写成 2021-03-31。新参保要年满 16 周岁。")),
        ("identity", _("多种身份用顿号隔开：%(identities)s。") % {"identities": identities}),
        ("grade", _("1 至 4，1 级最重。")),
        ("bank_account", _("本人的卡。几个人共用一个账号会提醒。")),
        ("remark", _("留空的格不改动档案原有内容；再导入同一人只更新填了的内容。")),
    ]
