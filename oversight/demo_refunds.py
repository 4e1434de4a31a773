"""Show money that goes back in the made-up county: refunds of a town in each of their states."""

from contributions import paying_refunds, refunding
from contributions.models import PaymentException, RefundRequest
from contributions.unpaid import paid
from pension_portal.clock import today
from staff import approving

BASIC = 1
Cause = RefundRequest.Cause
# Why each payment should go back, and how far that has come.
FUND = [
    (Cause.DOUBLE, "paid"),
    (Cause.OTHER_COVER, "failed"),
    (Cause.WRONG_YEAR, "sent"),
    (Cause.DOUBLE, "pending"),
    (Cause.OTHER_COVER, "reviewed"),
    (Cause.NOT_PAYABLE, "submitted"),
    (Cause.WRONG_AMOUNT, "returned"),
]
TREASURY = 2


def show_refunds(*, clerk, reviewer, approver, finance):
    """Ask for refunds of a town's payments and held rows, and take each to its state."""
    transfers = paid(clerk.area_code, scheme_id=BASIC, year=today().year).filter(source="own")
    transfers = transfers.select_related("resident").order_by("id")[: len(FUND)]
    made = {}
    for transfer, (cause, state) in zip(transfers, FUND, strict=False):
        wish = RefundRequest(
            cause=cause,
            payee_name=transfer.resident.name,
            payee_bank="颍州农商银行",
            payee_account=transfer.resident.bank_account or "6217000000000000",
        )
        request = refunding.refund_transfer(transfer, wish, by=clerk)
        made[state] = _agree(request, state, reviewer, approver)
        if state in ("paid", "failed", "sent"):
            _pay(made[state], state, finance)
    held = PaymentException.objects.visible_to(clerk).open().filter(code="E06", amount__gt=0)
    for exception in held[:TREASURY]:
        refunding.refund_exception(exception, by=clerk)


def _agree(request, state, reviewer, approver):
    if state == "submitted":
        return request
    if state == "returned":
        return approving.return_to_maker(request, by=reviewer, reason="缺银行卡复印件，补传后再交")
    request = approving.review(request, by=reviewer)
    return request if state == "reviewed" else refunding.approve_refund(request, by=approver)


def _pay(request, state, finance):
    payer = RefundRequest.Payer.FUND
    batch = paying_refunds.make_batch(request.county_code, payer, by=finance)
    lines = list(batch.lines.values_list("pk", flat=True))
    if state == "paid":
        paying_refunds.note_paid(batch, lines, paid_on=today(), by=finance)
    if state == "failed":
        paying_refunds.note_failed(batch, lines, reason="户名不符", by=finance)
