"""The form 代缴人员花名册: its columns, its rows, and the sheet with the chain of signatures."""

from decimal import Decimal

from django.utils.translation import gettext as _

from pension_portal.masking import mask_id
from pension_portal.paper.tables import PaperColumn, PaperTable
from pension_portal.sheet_writing import TableColumn
from policies.words import IDENTITY_NAMES
from subsidies.affected import payer_name
from townships.models import TOWN_CODE_LENGTH

AMOUNT = 10  # the place of 代缴金额 in a row


def columns_of():
    """Return the columns as (TableColumn, share of the paper's width)."""
    return [
        (TableColumn(_("序号"), "number", 8), 8),
        (TableColumn(_("乡镇"), "text", 14), 16),
        (TableColumn(_("村（社区）"), "text", 16), 18),
        (TableColumn(_("姓名"), "text", 12), 16),
        (TableColumn(_("证件号码"), "text", 22), 30),
        (TableColumn(_("类别"), "text", 20), 26),
        (TableColumn(_("等级"), "number", 8), 8),
        (TableColumn(_("起始日期"), "day", 12), 18),
        (TableColumn(_("截止日期"), "day", 12), 18),
        (TableColumn(_("代缴档次（元）"), "amount", 14), 16),
        (TableColumn(_("代缴金额（元）"), "amount", 14), 16),
        (TableColumn(_("个人应缴（元）"), "amount", 14), 16),
        (TableColumn(_("承担方"), "text", 18), 20),
        (TableColumn(_("备注"), "text", 24), 28),
    ]


def rows_of(lines, residents, names):
    """Return the rows of some lines; whom the reader may not see is left out."""
    seen = [line for line in lines if line.resident_id in residents]
    return [
        [
            number,
            names.get(line.village_code[:TOWN_CODE_LENGTH], ""),
            names.get(line.village_code, line.village_code),
            residents[line.resident_id].name,
            mask_id(residents[line.resident_id].id_number),
            str(IDENTITY_NAMES.get(line.identity, line.identity)),
            line.grade,
            line.valid_from,
            line.valid_to,
            line.tier_amount,
            line.amount,
            line.own_amount,
            "、".join(str(payer_name(payer)) for payer in line.shares),
            remark_of(line),
        ]
        for number, line in enumerate(seen, start=1)
    ]


def remark_of(line):
    """Return why a person is not paid for, or that they have paid themselves."""
    if line.left_out_because:
        return _("剔除：%s") % line.left_out_because
    if line.held:
        return str(line.get_held_display())
    if line.unpaid_because:
        return str(line.get_unpaid_because_display())
    if line.own_paid:
        return _("本人已缴 %s 元") % f"{line.own_paid:,.2f}"
    return ""


def paper_of(roster, rows, *, title, by):
    """Return the PaperTable of a roster."""
    total = [""] * len(columns_of())
    total[3] = _("合计 %(people)d 人") % {"people": len(rows)}
    total[AMOUNT] = f"{sum((row[AMOUNT] for row in rows), Decimal(0)):,.2f}"
    columns = [
        PaperColumn(column.label, share, "right" if column.kind in ("amount", "number") else "left")
        for column, share in columns_of()
    ]
    return PaperTable(
        title=title,
        columns=columns,
        rows=[[_printed(cell) for cell in row] for row in rows],
        total=total,
        above=(_("文号：%s") % roster.document_no, _("身份截至 %s") % roster.as_of.isoformat()),
        signatures=(
            _("经办人：%s") % roster.made_by,
            _("复核人：%s") % (roster.reviewed_by or ""),
            _("负责人：%s") % (roster.approved_by or ""),
        ),
        footer=_("打印人：%s") % by,
        is_landscape=True,
        scale=0.8,
    )


def _printed(cell):
    return f"{cell:,.2f}" if isinstance(cell, Decimal) else cell
