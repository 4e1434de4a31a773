"""What a batch of refunds says outside: the tax bureau's list, the fund's vouchers (退费名单)."""

from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.models import FeedRow, RefundRequest, Transfer
from pension_portal.masking import mask_bank_card, mask_id
from pension_portal.money import capitals
from pension_portal.paper.tables import PaperColumn, PaperTable
from pension_portal.sheet_writing import TableColumn
from policies.models import Scheme


def columns():
    """Return the columns of the list as the tax bureau and the fund take it."""
    return [
        TableColumn(_("序号"), "number", 6),
        TableColumn(_("险种"), "text", 16),
        TableColumn(_("缴费年度"), "number", 10),
        TableColumn(_("姓名"), "text", 12),
        TableColumn(_("证件号码"), "text", 22),
        TableColumn(_("电子税票号码"), "text", 24),
        TableColumn(_("缴款日期"), "day", 12),
        TableColumn(_("退费金额"), "amount", 12),
        TableColumn(_("退费类型"), "text", 10),
        TableColumn(_("退费原因"), "text", 18),
        TableColumn(_("收款人"), "text", 12),
        TableColumn(_("开户银行"), "text", 20),
        TableColumn(_("收款账号"), "text", 24),
        TableColumn(_("结果"), "text", 10),
    ]


def rows(batch):
    """Return the rows of a batch in the order of `columns`; three queries, however long it is."""
    lines = list(batch.lines.select_related("request__resident", "request__exception"))
    payments = _payments_of(batch, lines)
    schemes = dict(Scheme.objects.values_list("pk", "short_name"))
    return [
        _row(place, line, payments.get(line.request_id), schemes)
        for place, line in enumerate(lines, 1)
    ]


def voucher(batch, *, entry):
    """Return the 个人账户返还表 of a batch for `print_paper("list", …)`, sums in capitals."""
    lines = list(batch.lines.select_related("request__resident"))
    total = sum(line.amount for line in lines)
    return PaperTable(
        title=_("退费返还表"),
        columns=[
            PaperColumn(_("序号"), 8, "center"),
            PaperColumn(_("姓名"), 16),
            PaperColumn(_("证件号码"), 30),
            PaperColumn(_("缴费年度"), 12, "center"),
            PaperColumn(_("退费类型"), 22),
            PaperColumn(_("金额（元）"), 18, "right"),
            PaperColumn(_("大写"), 36),
            PaperColumn(_("收款人"), 16),
            PaperColumn(_("收款账号"), 30),
            PaperColumn(_("开户银行"), 26),
        ],
        rows=[_voucher_row(place, line) for place, line in enumerate(lines, 1)],
        total=[_("合计"), "", "", "", "", f"{total:,.2f}", capitals(total), "", "", ""],
        above=(
            _("批次号：%s") % batch.number,
            _("谁来退：%s") % batch.get_payer_display(),
            _("笔数：%d") % len(lines),
        ),
        signatures=(
            _("经办：%s") % batch.made_by,
            _("复核：%s") % "",
            _("负责人：%s") % "",
            _("打印日期：%s") % timezone.localdate(entry.at).isoformat(),
        ),
        is_landscape=True,
    ).paper()


def _row(place, line, payment, schemes):
    request = line.request
    person = request.resident
    code, _words = request.kind
    receipt, paid_on = payment or ("", None)
    return [
        *(place, schemes.get(request.scheme_id, ""), request.year, request.name),
        *(person.id_number if person else "", receipt, paid_on, line.amount, code),
        *(str(request.get_cause_display()), line.payee_name, line.payee_bank),
        *(line.payee_account or "", str(line.get_result_display())),
    ]


def _voucher_row(place, line):
    request = line.request
    person = request.resident
    code, words = request.kind
    return [
        *(place, request.name, mask_id(person.id_number) if person else "", request.year),
        *(f"{code} {words}", f"{line.amount:,.2f}", capitals(line.amount)),
        *(line.payee_name, mask_bank_card(line.payee_account or ""), line.payee_bank),
    ]


def _payments_of(batch, lines):
    """Return {request: (receipt, day)} of what was paid: rows of files, or transfers."""
    if batch.payer == RefundRequest.Payer.FUND:
        found = Transfer.objects.filter(
            county_code=batch.county_code, id__in=[line.request.transfer_id for line in lines]
        )
        known = {one.id: (one.receipt, one.paid_on) for one in found}
        return {line.request_id: known.get(line.request.transfer_id) for line in lines}
    held = {line.request_id: line.request.exception for line in lines if line.request.exception}
    found = FeedRow.objects.filter(
        county_code=batch.county_code,
        feed_id__in={one.feed_id for one in held.values()},
        row_no__in={one.row_no for one in held.values()},
    )
    known = {(one.feed_id, one.row_no): (one.receipt, one.paid_on) for one in found}
    return {number: known.get((one.feed_id, one.row_no)) for number, one in held.items()}
