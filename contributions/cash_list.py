"""The receipts of an area as a list to take away, one line for each person (代收收据清单)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.cash_forms import ReceiptFilter
from contributions.cash_owed import receipts_of
from contributions.export_lists import HIDDEN_ID
from contributions.models import CashLine, CashSettings, Collector
from pension_portal.clock import today
from policies.schemes import SHORT_NAMES
from staff.exporting import ListKind
from staff.models import Approvable
from townships.models import TOWN_CODE_LENGTH


def _lines(area_code, query, staff):
    chosen = ReceiptFilter(query, collectors=Collector.objects.visible_to(staff)).chosen()
    receipts = receipts_of(area_code, staff, **chosen).values("pk")
    lines = CashLine.objects.inside(area_code).filter(receipt__in=receipts).with_arrival()
    return lines.order_by("receipt__received_on", "receipt_id", "pk").values_list(
        *("village_code", "receipt__number", "receipt__received_on", "receipt__collector__name"),
        *("receipt__payer_name", "resident__name", "resident__id_last4", "scheme_id", "year"),
        *("amount", "receipt__voided_at", "receipt__remittance__state"),
        *("receipt__remittance__voucher", "has_arrived"),
    )


def _cells(names):
    schemes = {number: str(name) for number, name in SHORT_NAMES.items()}
    day = today()

    def cells(row):
        village, number, received_on, collector, payer, name, last4, scheme, year, *rest = row
        amount, voided_at, state, voucher, has_arrived = rest
        is_owed = voided_at is None and state != Approvable.State.APPROVED
        return [
            *(names.get(village[:TOWN_CODE_LENGTH], ""), names.get(village, village)),
            *(number, received_on, collector, payer, name, HIDDEN_ID + last4),
            *(schemes[scheme], year, amount, _standing(voided_at, state), voucher or ""),
            (day - received_on).days if is_owed else None,
            _("已到账") if has_arrived else _("未到账"),
        ]

    return cells


def _standing(voided_at, state):
    if voided_at:
        return _("已作废")
    if state is None:
        return _("下欠")
    return _("已上解") if state == Approvable.State.APPROVED else _("上解待确认")


def _notes(export):
    return [
        (_("区域"), export.area_code),
        (_("下欠期限（天）"), str(CashSettings.days_of(export.county_code))),
        (_("截至"), today().isoformat()),
        (_("筛选"), export.query or _("全部")),
    ]


RECEIPTS = ListKind(
    name=gettext_lazy("代收收据清单"),
    columns=(
        (gettext_lazy("乡镇（街道）"), "text", 16),
        (gettext_lazy("村（社区）"), "text", 16),
        (gettext_lazy("收据号"), "text", 18),
        (gettext_lazy("收款日期"), "day", 13),
        (gettext_lazy("代收人"), "text", 12),
        (gettext_lazy("交款人"), "text", 12),
        (gettext_lazy("姓名"), "text", 12),
        (gettext_lazy("证件号码"), "text", 22),
        (gettext_lazy("险种"), "text", 18),
        (gettext_lazy("缴费年度"), "number", 10),
        (gettext_lazy("金额（元）"), "amount", 13),
        (gettext_lazy("进度"), "text", 12),
        (gettext_lazy("凭证号"), "text", 16),
        (gettext_lazy("下欠天数"), "number", 10),
        (gettext_lazy("税务到账"), "text", 10),
    ),
    people=_lines,
    cells=_cells,
    notes=_notes,
    is_signed=True,
)
