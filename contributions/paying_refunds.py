"""Pay refunds out in batches, and note what came of each (退费支付).

    2021-04-01  TF2021-0001, 12 refunds, 3,600.00       to the tax bureau
    2021-04-02  JF2021-0001, 2 refunds, 600.00          the fund's vouchers
    2021-04-09  one paid      → refund transfer, personal → payer 300.00
                one failed    → account closed; mended, it goes out in the next batch

A refund is in one batch at a time and paid once: the database refuses a second. What the treasury
pays back never stood in the ledger; what the fund pays back leaves it in the same transaction.
"""

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.models import RefundBatch, RefundLine, RefundRequest, Transfer
from contributions.posting import lock_books
from contributions.taking_back import (
    refuse_what_stands_against,
    take_back,
    tell_what_follows,
)
from pension_portal.clock import today
from pension_portal.refusals import Refusal
from staff.audit import record

Payer, Payment, Result = RefundRequest.Payer, RefundRequest.Payment, RefundLine.Result
# 退税务 and 基金付: the letters with which numbers of batches begin.
NUMBER_BEGINS = {Payer.TREASURY: "TF", Payer.FUND: "JF"}


class NoRefundToPay(Refusal):
    code = "no_refund_to_pay"
    sentence = _("没有待支付的退费，不用生成批次。审批同意后再来。")


class LinesNotOnTheirWay(Refusal):
    code = "refund_lines_not_on_their_way"
    sentence = _("选中的退费有已登记过结果的。刷新批次，只选还没有结果的行。")


class FailureNeedsReason(Refusal):
    code = "refund_failure_needs_reason"
    sentence = _("失败要写明原因，例如「账号已销户」，写好后再登记。")
    status = 400


class RefundedBeforePaid(Refusal):
    code = "refunded_before_paid"
    sentence = _("支付日期早于 %(name)s 的缴款日期 %(day)s，核对支付日期后再登记。")
    status = 400


class WriteOffNeedsReason(Refusal):
    code = "write_off_needs_reason"
    sentence = _("核销要写明原因，例如「本人放弃」，写好后再核销。")
    status = 400


class RefundNotFailed(Refusal):
    code = "refund_not_failed"
    sentence = _("这笔退费现在是「%(state)s」，只有支付失败的才能重新支付、改账号或核销。")


@transaction.atomic
def make_batch(county_code, payer, *, by):
    """Put everything that waits for one payer into a new batch, and return it.

    Refuses NoRefundToPay.
    """
    lock_books(county_code)
    waiting = RefundRequest.objects.filter(county_code=county_code, payer=payer)
    waiting = list(waiting.to_be_paid().select_for_update(of=["self"]).order_by("id"))
    if not waiting:
        raise NoRefundToPay()
    batch = RefundBatch.objects.create(
        county_code=county_code, payer=payer, number=_next_number(county_code, payer), made_by=by
    )
    RefundLine.objects.bulk_create(
        RefundLine(
            batch=batch,
            request=one,
            amount=one.amount,
            payee_name=one.payee_name,
            payee_bank=one.payee_bank,
            payee_account=one.payee_account,
        )
        for one in waiting
    )
    total = sum(one.amount for one in waiting)
    record("make_refund_batch", batch, by=by, refunds=len(waiting), amount=str(total))
    return batch


@transaction.atomic
def note_paid(batch, line_ids, *, paid_on, by):
    """Note that lines of a batch were paid; return how many. The fund's leave the ledger with it.

    Refuses LinesNotOnTheirWay, TakenBackAlready and RefundedBeforePaid; then none is noted.
    """
    books = lock_books(batch.county_code)
    lines = _lines_on_their_way(batch, line_ids)
    if batch.payer == Payer.FUND:
        transfers = _transfers_of(lines)
        refuse_what_stands_against(transfers)
        _refuse_before_the_payment(transfers, paid_on)
        keys = [f"refund of {one.id}" for one in transfers]
        take_back(transfers, books, kind=Transfer.Kind.REFUND, keys=keys, paid_on=paid_on)
        tell_what_follows(transfers, by=by)
    _note(lines, Result.PAID, by=by)
    _requests_of(lines).update(payment=Payment.PAID, paid_on=paid_on)
    total = sum(line.amount for line in lines)
    record("pay_refund", batch, by=by, refunds=len(lines), amount=str(total), paid_on=str(paid_on))
    return len(lines)


@transaction.atomic
def note_failed(batch, line_ids, *, reason, by):
    """Note that lines of a batch could not be paid; return how many.

    Refuses FailureNeedsReason and LinesNotOnTheirWay.
    """
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise FailureNeedsReason()
    lines = _lines_on_their_way(batch, line_ids)
    _note(lines, Result.FAILED, by=by, reason=reason)
    _requests_of(lines).update(payment=Payment.FAILED)
    record("fail_refund", batch, by=by, reason=reason, refunds=len(lines))
    return len(lines)


@transaction.atomic
def try_again(request, *, by):
    """Let a refund that failed wait for the next batch, just as it was agreed to; return it.

    Refuses RefundNotFailed.
    """
    request = _lock_failed(request)
    request.payment = Payment.PENDING
    request.save(update_fields=["payment"])
    record("try_refund_again", request, by=by, area_code=request.area_code)
    return request


@transaction.atomic
def send_back(request, *, by):
    """Give a refund that failed back to its maker, who mends the account; return it.

    Another account is another content: three people agree to it anew. Refuses RefundNotFailed.
    """
    request = _lock_failed(request)
    last = request.lines.filter(result=Result.FAILED).last()
    request.payment, request.state = Payment.NONE, RefundRequest.State.RETURNED
    request.returned_by, request.returned_at = by, timezone.now()
    request.return_reason = (_("支付失败：%(reason)s") % {"reason": last.reason})[:200]
    request.save()
    record("send_refund_back", request, by=by, reason=last.reason, area_code=request.area_code)
    return request


@transaction.atomic
def write_off(request, *, reason, by):
    """Give a refund that failed up for good; return it. The payment stays in the books.

    Refuses WriteOffNeedsReason and RefundNotFailed.
    """
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise WriteOffNeedsReason()
    request = _lock_failed(request)
    request.payment, request.written_off_reason = Payment.WRITTEN_OFF, reason
    request.save(update_fields=["payment", "written_off_reason"])
    record("write_off_refund", request, by=by, reason=reason, area_code=request.area_code)
    return request


def _refuse_before_the_payment(transfers, paid_on):
    latest = max(transfers, key=lambda one: one.paid_on)
    if latest.paid_on > paid_on:
        raise RefundedBeforePaid(name=latest.resident.name, day=latest.paid_on)


def sums_of(batches):
    """Return {(batch, result): yuan}; results without lines are left out."""
    found = RefundLine.objects.filter(batch__in=list(batches)).order_by()
    found = found.values_list("batch_id", "result").annotate(Sum("amount"))
    return {(batch, result): amount for batch, result, amount in found}


def _next_number(county_code, payer):
    begins = f"{NUMBER_BEGINS[payer]}{today().year}-"
    made = RefundBatch.objects.filter(county_code=county_code, number__startswith=begins)
    return f"{begins}{made.count() + 1:04d}"


def _lines_on_their_way(batch, line_ids):
    wanted = set(line_ids)
    lines = batch.lines.select_for_update(of=["self"]).select_related("request")
    lines = list(lines.filter(pk__in=wanted, result=Result.SENT))
    if not wanted or len(lines) != len(wanted):
        raise LinesNotOnTheirWay()
    return lines


def _transfers_of(lines):
    numbers = {line.request.transfer_id for line in lines}
    years = {line.request.year for line in lines}
    county_code = lines[0].request.county_code
    found = Transfer.objects.filter(county_code=county_code, year__in=years, id__in=numbers)
    return list(found.select_related("resident").order_by("id"))


def _requests_of(lines):
    return RefundRequest.objects.filter(pk__in=[line.request_id for line in lines])


def _note(lines, result, *, by, reason=""):
    RefundLine.objects.filter(pk__in=[line.pk for line in lines]).update(
        result=result, reason=reason, noted_by=by, noted_on=today()
    )


def _lock_failed(request):
    request = RefundRequest.objects.select_for_update(of=["self"]).get(pk=request.pk)
    if request.payment != Payment.FAILED:
        raise RefundNotFailed(
            state=request.get_payment_display() if request.payment else request.get_state_display()
        )
    return request
