"""Take back what was done to an exception, by transfers the other way and never by deleting (撤销).

    10:02  Zhao accepts 张桂花 for 张桂兰, 300 yuan   payer → personal 300.00, state posted
    10:03  Zhao undoes it                             personal → payer 300.00 pointing at the first,
                                                      state open, as it stood at 10:01

The newest deed is undone first. Whoever did it may undo it on the same day; later, and what others
did, is for a reviewer or an approver; what needed an approval, for an approver.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from contributions.errors import (
    ExceptionNotSetAside,
    FeedAlreadyReversed,
    LargeUndoNotYours,
    NothingToUndo,
    RefundedMeanwhile,
    RefundUnderWay,
    UndoNotYours,
)
from contributions.models import FeedSettings, Handling, PaymentException, RefundRequest
from contributions.posting import (
    lock_books,
    move_books,
    move_tally,
    refuse_beside_refunds,
    reverse_rows,
)
from contributions.settling import is_large, rows_of
from pension_portal.jobs import start_job
from pension_portal.money import yuan
from staff.audit import record
from staff.permissions import may


@transaction.atomic
def put_back_exception(exception, *, by):
    """Open again what was set aside by hand, whoever did it; return the exception.

    No money moves by it. Refuses ExceptionNotSetAside and RefundUnderWay.
    """
    exception = PaymentException.objects.select_for_update(of=["self"]).get(pk=exception.pk)
    if exception.state != PaymentException.State.SET_ASIDE:
        raise ExceptionNotSetAside()
    return undo_settlement(exception, by=by, action="put_back_exception")


@transaction.atomic
def undo_settlement(exception, *, by, action="undo_settlement"):
    """Undo the newest deed done to an exception; return the exception as it stood before.

    Refuses NothingToUndo, FeedAlreadyReversed, UndoNotYours, LargeUndoNotYours, RefundedMeanwhile
    and RefundUnderWay.
    """
    books = lock_books(exception.county_code)
    exception = PaymentException.objects.select_for_update(of=["self"]).get(pk=exception.pk)
    handling = Handling.objects.filter(exception=exception, undone_at=None).first()
    if handling is None:
        raise NothingToUndo()
    if action == "undo_settlement":
        _refuse_unless_may_undo(exception, handling, by)
    if exception.state == PaymentException.State.POSTED:
        _reverse(exception, books, by)
    _withdraw_the_refund(exception)
    _restore(exception, handling.before)
    handling.undone_by, handling.undone_at = by, timezone.now()
    handling.save(update_fields=["undone_by", "undone_at"])
    record(
        action,
        exception,
        by=by,
        area_code=exception.area_code,
        deed=handling.deed,
        done_by=handling.done_by_id,
    )
    return exception


def last_to_undo(staff):
    """Return somebody's newest deed of today that still stands, or None."""
    mine = Handling.objects.filter(done_by=staff, undone_at=None)
    mine = mine.filter(done_at__date=timezone.localdate()).select_related("exception")
    return mine.exclude(exception__state=PaymentException.State.REVERSED).first()


def _refuse_unless_may_undo(exception, handling, by):
    if exception.state == PaymentException.State.REVERSED:
        raise FeedAlreadyReversed(
            file_name=exception.feed,
            reversed_at=timezone.localtime(exception.settled_at).strftime("%Y-%m-%d %H:%M"),
        )
    was_posted = exception.state == PaymentException.State.POSTED
    if was_posted and is_large(exception) and not may(by, "approve_large_exception"):
        limit = FeedSettings.of(exception.county_code).review_above
        raise LargeUndoNotYours(limit=yuan(limit))
    is_own = handling.done_by_id == by.pk
    is_of_today = timezone.localdate(handling.done_at) == timezone.localdate()
    if not (is_own and is_of_today) and not may(by, "undo_exception"):
        raise UndoNotYours()


def _reverse(exception, books, by):
    refuse_beside_refunds(exception.feed, [exception.row_no])
    if not reverse_rows(exception.feed, [exception.row_no]):
        raise RefundedMeanwhile()
    move_books(books)
    start_job("ledger_changed", exception.feed_id, county_code=exception.county_code, by=by)


def _withdraw_the_refund(exception):
    """Withdraw the refund asked for with the deed; refuse where everybody has agreed to it."""
    refund = RefundRequest.objects.select_for_update(of=["self"]).filter(exception=exception)
    refund = refund.standing().first()
    if refund is None:
        return
    if refund.state == RefundRequest.State.APPROVED:
        raise RefundUnderWay(state=refund.get_payment_display())
    refund.state = RefundRequest.State.WITHDRAWN
    refund.save(update_fields=["state"])


def _restore(exception, before):
    """Put the exception and its row back as they stood, and the control strip with them."""
    row = rows_of(exception)
    move_tally(
        exception.feed,
        from_code=row.get().verdict,
        to_code=before["code"],
        amount=exception.amount,
    )
    row.update(
        verdict=before["code"],
        id_index=bytes.fromhex(before["id_index"]) or None,
        natural_key=UUID(before["natural_key"]) if before["natural_key"] else None,
        **before["row"],
    )
    exception.state = PaymentException.State.OPEN
    exception.settled_by = exception.settled_at = None
    exception.reason = ""
    exception.resident_id, exception.matched_by_id = before["resident"], before["matched_by"]
    exception.id_last4, exception.scheme_id = before["last4"], before["scheme"]
    for name in ("code", "suggestion", "waived", "area_code", "name"):
        setattr(exception, name, before[name])
    exception.save()
