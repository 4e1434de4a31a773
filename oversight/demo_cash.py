"""Show villages' cash in the made-up county: receipts, some handed in, some owed for too long."""

from datetime import timedelta
from decimal import Decimal

from contributions.cash import remit_cash, take_cash, void_receipt
from contributions.models import CashReceipt, CashRemittance, CollectorArea
from contributions.unpaid import unpaid
from pension_portal.clock import today
from staff import approving
from townships.models import Area

BASIC = 1
TIER = Decimal(500)
# The receipts of each village: how many days ago, for how many people.
RECEIPTS = [(45, 1), (24, 2), (18, 1), (12, 3), (9, 1), (6, 2), (3, 1), (1, 2), (0, 1)]
# How many of the oldest each village has handed in.
HANDED_IN = [4, 7, 9, 0, 5, 9]


def show_cash(*, town_clerk, reviewer, agent):
    """Let the first villages of a town take cash and hand some in; one remittance waits."""
    villages = Area.objects.inside(town_clerk.area_code).villages().order_by("position", "code")
    for place, (village, handed_in) in enumerate(zip(villages, HANDED_IN, strict=False)):
        by = agent if village.code == agent.area_code else town_clerk
        receipts = _take(village, by)
        if place == 1:
            void_receipt(receipts.pop(), reason="金额开错，已退现金", by=by)
        if handed_in:
            _hand_in(village, receipts[:handed_in], by)
    waiting = CashRemittance.objects.visible_to(reviewer).waiting().order_by("id")
    for remittance in list(waiting)[:-1]:
        approving.approve(remittance, by=reviewer)


def _take(village, by):
    collector = CollectorArea.objects.get(area=village).collector
    people = unpaid(village.code, scheme_id=BASIC, year=today().year).select_related("resident")
    people = iter([one.resident for one in people[: sum(count for _days, count in RECEIPTS)]])
    made = []
    for days, count in RECEIPTS:
        chosen = [person for _n, person in zip(range(count), people, strict=False)]
        if not chosen:
            break
        receipt = CashReceipt(
            village_code=village.code,
            scheme_id=BASIC,
            year=today().year,
            collector=collector,
            payer_name=chosen[0].name,
            received_on=today() - timedelta(days=days),
        )
        made.append(take_cash(receipt, dict.fromkeys(chosen, TIER), by=by))
    return made


def _hand_in(village, receipts, by):
    remittance = CashRemittance(
        village_code=village.code,
        remitted_on=today(),
        paid_to=CashRemittance.PaidTo.BANK,
        voucher=f"03{village.code[-6:]}",
    )
    remit_cash(remittance, receipts, by=by)
