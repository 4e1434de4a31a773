"""Settle exceptions: accept what was checked, say who was meant, set aside what is not ours
(异常处理).

    E02 张桂花, the number is 张桂兰's, 300 yuan      accept: the name was looked into, it is posted
    E01 damaged number, 张桂兰 of the same town       match: somebody says it is her, it is posted
    the same with 3,000 yuan                          a proposal: reviewed, approved, then posted

Accepting waives the one objection that a person has looked into, and asks all questions again with
the same SQL that judged the file. Only a row that nothing else stops is posted; otherwise the
exception stays open, under the objection that stands now. Each deed leaves a Handling with what
stood before (`undoing.py` takes it back).
"""

from django.db import connection, transaction
from django.utils import timezone

from contributions.claiming import refuse_in_other_hands
from contributions.errors import (
    ExceptionAlreadySettled,
    ExceptionStillHeld,
    FeedWaitsForPosting,
    NotTheResident,
    ReasonMissing,
    SettlementWaits,
)
from contributions.judging import ask_questions
from contributions.models import (
    FeedRow,
    FeedSettings,
    Handling,
    PaymentException,
    SettlementProposal,
)
from contributions.posting import lock_books, move_books, move_tally, post_judged_rows
from contributions.reading import natural_key_of
from contributions.verdicts import POSTED, VERDICTS, Outcome
from pension_portal.jobs import start_job
from staff import approving
from staff.audit import record

SET_ASIDE_BY_HAND = "S04"
Deed = Handling.Deed


class TooLargeForOne(Exception):
    """The row would be posted, but its sum needs a second person; nothing of the deed stands."""


def accept_exception(exception, *, by, resident=None, candidate=None, reason=""):
    """Post a held row that was looked into; return the exception, posted, under its next
    objection, or with a proposal that waits where its sum needs a second person.

    `resident` says who was meant, where it is not who the row's number names; `candidate` is what
    was known of them (a `matching.Candidate`). Refuses ExceptionAlreadySettled,
    ExceptionInOtherHands, SettlementWaits, FeedWaitsForPosting, NotTheResident, and
    ExceptionStillHeld when this kind of objection cannot be waived but only mended at its source,
    and is not mended yet.
    """
    reasons = candidate.reasons if candidate else []
    said = {"resident": resident, "reasons": reasons, "reason": reason.strip()}
    said["was_suggested"] = bool(candidate and candidate.is_best)
    try:
        with transaction.atomic():
            return _accept(exception, by=by, **said)
    except TooLargeForOne:
        return _propose(exception, by=by, **said)


@transaction.atomic
def approve_settlement(proposal, *, by, seen=""):
    """Agree to a proposal and post its row; return the exception.

    Refuses what `approving.approve` and `accept_exception` refuse; then nothing is approved.
    """
    lock_books(proposal.county_code)
    proposal = approving.approve(proposal, by=by, seen=seen)
    said = {name: getattr(proposal, name) for name in ("resident", "reasons", "was_suggested")}
    return _accept(
        proposal.exception, by=proposal.made_by, reason=proposal.reason, approved=True, **said
    )


def _accept(exception, *, by, resident, reasons, was_suggested, reason, approved=False):
    books, exception = _lock(exception, by=None if approved else by)
    _refuse_unless_posted(exception.feed)
    before = state_before(exception)
    if resident is None and exception.code == "E01":
        resident = exception.resident
        was_suggested = resident is not None
    deed = _look_into(exception, resident, by)
    exception.save(update_fields=["waived", "resident", "matched_by", "area_code"])
    verdict = _ask_again(exception)
    if VERDICTS[verdict].outcome == Outcome.HELD:
        _note_what_stops_it(exception, verdict)
    else:
        if verdict == POSTED and not approved and is_large(exception):
            raise TooLargeForOne
        _settle(exception, verdict, books, by=by, reason=reason)
    Handling.objects.create(
        county_code=exception.county_code,
        exception=exception,
        deed=deed,
        resident=resident,
        reasons=reasons,
        was_suggested=was_suggested,
        reason=reason,
        before=before,
        done_by=by,
    )
    action = "match_exception" if deed == Deed.MATCH else "accept_exception"
    record(action, exception, by=by, reason=reason, area_code=exception.area_code)
    return exception


def is_large(exception):
    """Whether a row's sum is more than one person may post."""
    return (exception.amount or 0) > FeedSettings.of(exception.county_code).review_above


def _look_into(exception, resident, by):
    """Take what a person says of the row: who was meant, or that the objection is none; return the
    deed that this is.
    """
    row = rows_of(exception).get()
    is_theirs = resident and bytes(resident.id_index) == bytes(row.id_index or b"")
    if resident is not None and (row.id_fault or not is_theirs):
        _match(exception, row, resident, by)
        return Deed.MATCH
    if VERDICTS[exception.code].can_be_waived and exception.code not in exception.waived:
        exception.waived = [*exception.waived, exception.code]
    return Deed.ACCEPT


def _match(exception, row, resident, by):
    """Take the row for this resident's from now on; its cells stay as they came, in the sealed
    block. Who chose the person has seen the two names.
    """
    if resident.county_code != exception.county_code:
        raise NotTheResident()
    index = bytes(resident.id_index)
    rows_of(exception).update(
        id_index=index,
        id_fault="",
        id_last4=resident.id_last4,
        natural_key=natural_key_of(row, index, exception.feed.file.sha256),
    )
    exception.resident, exception.matched_by = resident, by
    exception.area_code = resident.village_code
    if row.name_key != resident.name_key and "E02" not in exception.waived:
        exception.waived = [*exception.waived, "E02"]


@transaction.atomic
def _propose(exception, *, by, resident, reasons, was_suggested, reason):
    """Put a large row before a second person; return the exception, still open."""
    _books, exception = _lock(exception, by=by)
    said = {
        "resident": resident or (exception.resident if exception.code == "E01" else None),
        "reasons": reasons,
        "was_suggested": was_suggested,
        "reason": reason,
    }
    earlier = SettlementProposal.objects.open().filter(exception=exception).first()
    if earlier:
        proposal = approving.edit(earlier, by=by)
        for name, value in said.items():
            setattr(proposal, name, value)
        proposal.save()
    else:
        proposal = approving.begin(
            SettlementProposal(
                county_code=exception.county_code,
                area_code=exception.area_code,
                exception=exception,
                **said,
            ),
            by=by,
        )
    exception.proposal = approving.submit(proposal, by=by)
    return exception


def set_aside_exception(exception, *, by, reason, deed=Deed.SET_ASIDE, and_then=None):
    """Close a held row without posting it; return the exception. Refuses ReasonMissing,
    ExceptionInOtherHands, SettlementWaits and ExceptionAlreadySettled.

    `deed` says why in one word, `and_then` is done with the exception in the same transaction.
    """
    if not reason.strip():
        raise ReasonMissing()
    with transaction.atomic():
        _books, exception = _lock(exception, by=by)
        before = state_before(exception)
        if and_then:
            and_then(exception)
        move_tally(
            exception.feed,
            from_code=exception.code,
            to_code=SET_ASIDE_BY_HAND,
            amount=exception.amount,
        )
        rows_of(exception).update(verdict=SET_ASIDE_BY_HAND)
        _close(exception, PaymentException.State.SET_ASIDE, by=by, reason=reason)
        Handling.objects.create(
            county_code=exception.county_code,
            exception=exception,
            deed=deed,
            reason=reason.strip(),
            before=before,
            done_by=by,
        )
        record(
            SET_ASIDE_ACTIONS[deed],
            exception,
            by=by,
            reason=reason,
            area_code=exception.area_code,
        )
    return exception


def mark_other_county(exception, *, by, reason=""):
    """Set a row aside as a payment for somebody of another county; return the exception."""
    words = reason.strip() or str(Deed.OTHER_COUNTY.label)
    return set_aside_exception(exception, by=by, reason=words, deed=Deed.OTHER_COUNTY)


SET_ASIDE_ACTIONS = {
    Deed.SET_ASIDE: "set_aside_exception",
    Deed.OTHER_COUNTY: "mark_other_county",
    Deed.REFUND: "refund_exception",
}


def _lock(exception, *, by):
    """Return the county's books and the exception, both locked; refuse one that is settled, waits
    for a second person, or is in another's hands. `by` is None for what was approved.
    """
    books = lock_books(exception.county_code)
    exception = PaymentException.objects.select_for_update(of=["self"]).get(pk=exception.pk)
    if exception.state != PaymentException.State.OPEN:
        raise ExceptionAlreadySettled(
            name=exception.settled_by,
            at=timezone.localtime(exception.settled_at).strftime("%Y-%m-%d %H:%M"),
        )
    if by is not None:
        refuse_in_other_hands(exception, by)
        waiting = SettlementProposal.objects.waiting().filter(exception=exception)
        if proposal := waiting.select_related("made_by").first():
            raise SettlementWaits(name=proposal.made_by)
    return books, exception


def _refuse_unless_posted(feed):
    """A row is posted after its file: nobody has decided yet whether the file is right at all."""
    if not feed.posted_at or feed.reversed_at:
        raise FeedWaitsForPosting(file_name=feed)


def rows_of(exception):
    """Return the queryset of the one row of the file that an exception is about."""
    return FeedRow.objects.filter(
        county_code=exception.county_code,
        year=exception.year,
        feed_id=exception.feed_id,
        row_no=exception.row_no,
    )


# What a deed may change of a row; the rest stands in the sealed block and never changes.
ROW_FIELDS = ("id_last4", "id_fault", "name", "name_key", "scheme_id", "contribution_year")
ROW_FIELDS += ("last_year", "payment_type", "determination_no", "town_text")


def state_before(exception):
    """Return what a deed may change of an exception and its row, as values that JSON can hold."""
    return state_of(exception, rows_of(exception).get())


def state_of(exception, row):
    """Return the same of an exception and its row that are at hand already."""
    return {
        "code": exception.code,
        "resident": exception.resident_id,
        "matched_by": exception.matched_by_id,
        "suggestion": exception.suggestion,
        "waived": exception.waived,
        "area_code": exception.area_code,
        "name": exception.name,
        "last4": exception.id_last4,
        "scheme": exception.scheme_id,
        "id_index": bytes(row.id_index).hex() if row.id_index else "",
        "natural_key": str(row.natural_key) if row.natural_key else "",
        "row": {name: getattr(row, name) for name in ROW_FIELDS},
    }


def _ask_again(exception):
    """Return the row's verdict as things stand now."""
    ask_questions(exception.feed, row_nos=[exception.row_no])
    with connection.cursor() as cursor:
        cursor.execute("select verdict from pg_temp.judged")
        return cursor.fetchone()[0]


def _note_what_stops_it(exception, verdict):
    """Keep the row under the objection that stands now; refuse where it is the same as before."""
    if verdict == exception.code:
        ruling = VERDICTS[verdict]
        raise ExceptionStillHeld(reason=ruling.name, remedy=ruling.remedy)
    move_tally(exception.feed, from_code=exception.code, to_code=verdict, amount=exception.amount)
    rows_of(exception).update(verdict=verdict)
    exception.code = verdict
    exception.save(update_fields=["code"])


def _settle(exception, verdict, books, *, by, reason):
    """Post the row, or note that another file brought the same payment meanwhile."""
    state = PaymentException.State.KNOWN
    if verdict == POSTED:
        post_judged_rows(exception.feed, timezone.now(), row_nos=[exception.row_no])
        move_books(books)
        start_job("ledger_changed", exception.feed_id, county_code=exception.county_code, by=by)
        state = PaymentException.State.POSTED
    move_tally(exception.feed, from_code=exception.code, to_code=verdict, amount=exception.amount)
    rows_of(exception).update(verdict=verdict)
    _close(exception, state, by=by, reason=reason)


def _close(exception, state, *, by, reason):
    exception.state = state
    exception.settled_by, exception.settled_at = by, timezone.now()
    exception.reason = reason.strip()
    exception.save(update_fields=["state", "settled_by", "settled_at", "reason"])
