"""Lists of money that name people, to be taken away as their pages show them (资金名单)."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.bank_forms import TransferFilter
from contributions.export_lists import HIDDEN_ID, words_of
from contributions.models import RefundRequest, Transfer, WithholdingBatch, WithholdingLine
from contributions.refund_forms import RefundFilter
from contributions.tying_out import transfers_of
from contributions.withholding import lines_of
from pension_portal.clock import today
from policies.schemes import SHORT_NAMES
from staff.exporting import ListKind
from townships.models import TOWN_CODE_LENGTH

_TOWN = (gettext_lazy("乡镇（街道）"), "text", 16)
_VILLAGE = (gettext_lazy("村（社区）"), "text", 16)
_NAME = (gettext_lazy("姓名"), "text", 12)
_ID = (gettext_lazy("证件号码"), "text", 22)
_SCHEME = (gettext_lazy("险种"), "text", 14)
_YEAR = (gettext_lazy("缴费年度"), "number", 10)
_AMOUNT = (gettext_lazy("金额（元）"), "amount", 13)


def places(names, code):
    """Return the names of a village's town and of the village; of a town its own and nothing."""
    return [names.get(code[:TOWN_CODE_LENGTH], ""), names.get(code, "") if len(code) == 12 else ""]


def notes(export):
    return [
        (_("区域"), export.area_code),
        (_("截至"), today().isoformat()),
        (_("筛选"), export.query or _("全部")),
    ]


def schemes():
    return {number: str(name) for number, name in SHORT_NAMES.items()} | {None: ""}


# --- Refunds ----------------------------------------------------------------------------------


def _refunds(area_code, query, staff):
    found = RefundRequest.objects.visible_to(staff).filter(area_code__startswith=area_code)
    return (
        RefundFilter(query)
        .narrow(found)
        .order_by("-id")
        .values_list(
            *("area_code", "name", "resident__id_last4", "scheme_id", "year", "payer", "cause"),
            *("amount", "made_by__name", "made_at", "state", "payment", "paid_on"),
        )
    )


def _refund_cells(names):
    payers, causes = words_of(RefundRequest.Payer), words_of(RefundRequest.Cause)
    states, payments = words_of(RefundRequest.State), words_of(RefundRequest.Payment)
    of_scheme = schemes()

    def cells(row):
        area, name, last4, scheme, year, payer, cause, amount, maker, made_at, *rest = row
        state, payment, paid_on = rest
        return [
            *(*places(names, area), name, HIDDEN_ID + last4 if last4 else ""),
            *(of_scheme[scheme], year, payers[payer], causes[cause], amount),
            *(
                maker,
                timezone.localdate(made_at),
                payments[payment] if payment else states[state],
                paid_on,
            ),
        ]

    return cells


REFUNDS = ListKind(
    name=gettext_lazy("退费名单"),
    columns=(
        *(_TOWN, _VILLAGE, _NAME, _ID, _SCHEME, _YEAR),
        (gettext_lazy("谁来退"), "text", 26),
        (gettext_lazy("退费原因"), "text", 18),
        _AMOUNT,
        (gettext_lazy("经办"), "text", 12),
        (gettext_lazy("提出日期"), "day", 13),
        (gettext_lazy("进度"), "text", 12),
        (gettext_lazy("退费日期"), "day", 13),
    ),
    people=_refunds,
    cells=_refund_cells,
    notes=notes,
    action="view_refund",
)


# --- What the bank was asked for ----------------------------------------------------------------


def _withheld(area_code, query, staff):
    number = query.get("batch", "")
    batches = WithholdingBatch.objects.visible_to(staff)
    batch = batches.filter(pk=number).first() if number.isdecimal() and len(number) < 10 else None
    lines = lines_of(batch, query) if batch else WithholdingLine.objects.none()
    return lines.inside(area_code).values_list(
        *("village_code", "sequence", "resident__name", "resident__id_last4"),
        *("amount", "result", "reason", "paid_on"),
    )


def _withheld_cells(names):
    results, reasons = words_of(WithholdingLine.Result), words_of(WithholdingLine.Reason)

    def cells(row):
        village, sequence, name, last4, amount, result, reason, paid_on = row
        return [
            *(sequence, *places(names, village), name, HIDDEN_ID + last4),
            *(amount, results[result], reasons.get(reason, ""), paid_on),
        ]

    return cells


WITHHELD = ListKind(
    name=gettext_lazy("代扣明细"),
    columns=(
        (gettext_lazy("序号"), "number", 8),
        *(_TOWN, _VILLAGE, _NAME, _ID, _AMOUNT),
        (gettext_lazy("扣款结果"), "text", 16),
        (gettext_lazy("失败原因"), "text", 16),
        (gettext_lazy("扣款日期"), "day", 13),
    ),
    people=_withheld,
    cells=_withheld_cells,
    notes=notes,
    action="view_withholding",
)


# --- What the ledger holds of some days ----------------------------------------------------------


def _transfers(area_code, query, staff):
    chosen = TransferFilter(query).chosen()
    found = transfers_of(staff.county_code, **chosen).visible_to(staff).inside(area_code)
    return found.values_list(
        *("village_code", "resident__name", "resident__id_last4", "scheme_id", "year", "kind"),
        *("source", "from_account", "to_account", "amount", "paid_on", "treasury_on"),
        *("channel", "receipt", "id"),
    )


def _transfer_cells(names):
    kinds, sources = words_of(Transfer.Kind), words_of(Transfer.Source)
    accounts, of_scheme = words_of(Transfer.Account), schemes()

    def cells(row):
        village, name, last4, scheme, year, kind, source, giver, taker, amount, *rest = row
        paid_on, treasury_on, channel, receipt, number = rest
        return [
            *(*places(names, village), name, HIDDEN_ID + last4, of_scheme[scheme], year),
            *(kinds[kind], sources[source], accounts[giver], accounts[taker], amount),
            *(paid_on, treasury_on, channel, receipt, f"{year}-{number}"),
        ]

    return cells


TRANSFERS = ListKind(
    name=gettext_lazy("账目明细"),
    columns=(
        *(_TOWN, _VILLAGE, _NAME, _ID, _SCHEME, _YEAR),
        (gettext_lazy("类型"), "text", 10),
        (gettext_lazy("资金来源"), "text", 12),
        (gettext_lazy("转出"), "text", 20),
        (gettext_lazy("转入"), "text", 20),
        _AMOUNT,
        (gettext_lazy("缴款日期"), "day", 13),
        (gettext_lazy("入库日期"), "day", 13),
        (gettext_lazy("缴费渠道"), "text", 14),
        (gettext_lazy("电子税票号码"), "text", 24),
        (gettext_lazy("账目号"), "text", 16),
    ),
    people=_transfers,
    cells=_transfer_cells,
    notes=notes,
    action="view_tie_out",
)
