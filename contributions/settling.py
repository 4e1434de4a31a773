"""Settle exceptions one by one: accept what was checked, set aside what is not ours, put back what
was set aside (异常处理). Several of one reason are settled one by one, in one go.

Accepting waives the one objection that a person has looked into, and asks all questions again with
the same SQL that judged the file. Only a row that nothing else stops is posted; otherwise the
exception stays open, under the objection that stands now.
"""

from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from contributions.errors import (
    ExceptionAlreadySettled,
    ExceptionNotSetAside,
    ExceptionStillHeld,
    FeedWaitsForPosting,
    ReasonMissing,
    SeveralReasons,
    TooManyAtOnce,
)
from contributions.judging import ask_questions
from contributions.models import FeedRow, PaymentException
from contributions.posting import lock_books, move_books, move_tally, post_judged_rows
from contributions.reading import natural_key_of
from contributions.verdicts import POSTED, VERDICTS, Outcome
from pension_portal.jobs import start_job
from pension_portal.refusals import Refusal
from staff.audit import record

SET_ASIDE_BY_HAND = "S04"
MOST_AT_ONCE = 50


def settle_several(exceptions, deed, *, by, reason=""):
    """Do one deed to each of some exceptions of one reason; return [(exception, Refusal or None)].

    `deed` is accept, set_aside or put_back. Each is its own transaction: one that cannot be done
    stops no other. Refuses SeveralReasons, TooManyAtOnce and ReasonMissing before any is touched.
    """
    exceptions = list(exceptions)
    if len({exception.code for exception in exceptions}) > 1:
        raise SeveralReasons()
    if len(exceptions) > MOST_AT_ONCE:
        raise TooManyAtOnce(most=MOST_AT_ONCE)
    if deed == "set_aside" and not reason.strip():
        raise ReasonMissing()
    doing = {
        "accept": partial(accept_exception, reason=reason),
        "set_aside": partial(set_aside_exception, reason=reason),
        "put_back": put_back_exception,
    }[deed]
    results = []
    for exception in exceptions:
        try:
            results.append((doing(exception, by=by), None))
        except Refusal as refusal:
            results.append((exception, refusal))
    return results


def accept_exception(exception, *, by, reason=""):
    """Post a held row whose objection was looked into; return the exception, posted or under its
    next objection.

    Refuses ExceptionAlreadySettled, FeedWaitsForPosting, and ExceptionStillHeld when this kind of
    objection cannot be waived but only mended at its source, and is not mended yet.
    """
    with transaction.atomic():
        books, exception = _lock(exception)
        _refuse_unless_posted(exception.feed)
        if VERDICTS[exception.code].can_be_waived and exception.code not in exception.waived:
            exception.waived = [*exception.waived, exception.code]
        elif exception.code == "E01" and exception.resident_id:
            _take_the_suggested_resident(exception)
        exception.save(update_fields=["waived"])
        verdict = _ask_again(exception)
        if VERDICTS[verdict].outcome == Outcome.HELD:
            _note_what_stops_it(exception, verdict)
        else:
            _settle(exception, verdict, books, by=by, reason=reason)
        record("accept_exception", exception, by=by, reason=reason, area_code=exception.area_code)
    return exception


def set_aside_exception(exception, *, by, reason):
    """Close a held row without posting it; return the exception. Refuses ReasonMissing and
    ExceptionAlreadySettled.
    """
    if not reason.strip():
        raise ReasonMissing()
    with transaction.atomic():
        _books, exception = _lock(exception)
        move_tally(
            exception.feed,
            from_code=exception.code,
            to_code=SET_ASIDE_BY_HAND,
            amount=exception.amount,
        )
        _rows(exception).update(verdict=SET_ASIDE_BY_HAND)
        _close(exception, PaymentException.State.SET_ASIDE, by=by, reason=reason)
        record(
            "set_aside_exception", exception, by=by, reason=reason, area_code=exception.area_code
        )
    return exception


def put_back_exception(exception, *, by):
    """Open again what was set aside by hand; return the exception. Refuses ExceptionNotSetAside."""
    with transaction.atomic():
        exception = PaymentException.objects.select_for_update().get(pk=exception.pk)
        if exception.state != PaymentException.State.SET_ASIDE:
            raise ExceptionNotSetAside()
        move_tally(
            exception.feed,
            from_code=SET_ASIDE_BY_HAND,
            to_code=exception.code,
            amount=exception.amount,
        )
        _rows(exception).update(verdict=exception.code)
        exception.state = PaymentException.State.OPEN
        exception.settled_by = exception.settled_at = None
        exception.save(update_fields=["state", "settled_by", "settled_at"])
        record("put_back_exception", exception, by=by, area_code=exception.area_code)
    return exception


def _lock(exception):
    """Return the county's books and the exception, both locked; refuse one that is settled."""
    books = lock_books(exception.county_code)
    exception = PaymentException.objects.select_for_update(of=["self"]).get(pk=exception.pk)
    if exception.state != PaymentException.State.OPEN:
        raise ExceptionAlreadySettled(
            name=exception.settled_by,
            at=timezone.localtime(exception.settled_at).strftime("%Y-%m-%d %H:%M"),
        )
    return books, exception


def _refuse_unless_posted(feed):
    """A row is posted after its file: nobody has decided yet whether the file is right at all."""
    if not feed.posted_at or feed.reversed_at:
        raise FeedWaitsForPosting(file_name=feed)


def _rows(exception):
    return FeedRow.objects.filter(
        county_code=exception.county_code,
        year=exception.year,
        feed_id=exception.feed_id,
        row_no=exception.row_no,
    )


def _take_the_suggested_resident(exception):
    """Match the row to the suggested resident from now on; its cells stay as they came, in the
    sealed block.
    """
    row = _rows(exception).get()
    index = bytes(exception.resident.id_index)
    _rows(exception).update(
        id_index=index,
        id_fault="",
        id_last4=exception.resident.id_last4,
        natural_key=natural_key_of(row, index, exception.feed.file.sha256),
    )


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
    _rows(exception).update(verdict=verdict)
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
    _rows(exception).update(verdict=verdict)
    _close(exception, state, by=by, reason=reason)


def _close(exception, state, *, by, reason):
    exception.state = state
    exception.settled_by, exception.settled_at = by, timezone.now()
    exception.reason = reason.strip()
    exception.save(update_fields=["state", "settled_by", "settled_at", "reason"])
