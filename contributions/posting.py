"""Post what was judged clean, and take a whole feed back: the only doors into the ledger (入账、
冲正).

    2021-03-05  row 17 of 税务导出0310.xlsx, 300 yuan of 张桂兰, clean
                → one transfer payer → personal 300.00; one more person in 李庄村, 王店镇, 颍州区
    2021-03-09  the file was the wrong one: reverse_feed
                → one transfer personal → payer 300.00 pointing at the first; counters move back

One county posts one feed at a time: the row of its `Books` is locked until commit. Counters and
tallies move in the same transaction, and the transaction ends by checking that what was written is
what was judged.
"""

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from contributions.errors import (
    BooksDoNotBalance,
    FeedAlreadyReversed,
    FeedDoesNotWait,
    FeedNotPosted,
    RefundsOfTheFile,
    ReversalNeedsReason,
    UploaderMayNotApprove,
)
from contributions.judging import judge_all_rows, kinds_judged, strip_of
from contributions.models import (
    Books,
    FeedTally,
    PaymentException,
    PaymentFeed,
    RefundRequest,
    Transfer,
)
from contributions.statements import run_statement
from contributions.verdicts import HELD_CODES, VERDICTS, Outcome
from pension_portal.clock import today
from pension_portal.jobs import continue_job, start_job
from pension_portal.statements import analyze
from staff.audit import record


def approve_posting(feed, *, by):
    """Let a feed that waits be posted; somebody else than who uploaded it decides.

    Refuses UploaderMayNotApprove and FeedDoesNotWait.
    """
    if by.is_same_person(feed.uploaded_by):
        raise UploaderMayNotApprove()
    with transaction.atomic():
        # A feed whose columns are not settled waits too, but there is nothing to decide on yet.
        judged = PaymentFeed.objects.filter(pk=feed.pk).exclude(judged_at=None)
        if not judged.update(approved_by=by) or not continue_job(feed.job):
            raise FeedDoesNotWait(file_name=feed)
        record("approve_feed", feed, by=by)


def post_feed(feed_id, *, by, run):
    """Post every clean row of a judged feed to the ledger, once; a feed already posted is left
    alone.
    """
    county_code = PaymentFeed.objects.values_list("county_code", flat=True).get(pk=feed_id)
    with run.transaction():
        books = lock_books(county_code)
        feed = PaymentFeed.objects.select_for_update().get(pk=feed_id)
        if feed.posted_at:
            return
        if getattr(run, "judgement", None) != (feed.pk, books.version):
            judge_all_rows(feed, books)
        feed.posted_at = timezone.now()
        written = post_judged_rows(feed, feed.posted_at)
        _check_what_was_posted(feed, written)
        open_exceptions(feed)
        _note_data_until(feed)
        move_books(books)
        analyze("contributions_transfer", feed.year)
        record("post_feed", feed, by=by, rows=written)


def open_exceptions(feed):
    """Put what was held into the queue, now that the rest of the file is posted.

    Before that there is nothing to settle: a file may still be cancelled, or judged again.
    """
    parameters = {
        "county_code": feed.county_code,
        "year": feed.year,
        "feed_id": feed.pk,
        "held_codes": HELD_CODES,
    }
    run_statement("open_exceptions", parameters)


def lock_books(county_code):
    """Return the county's books, locked until commit, so that feeds of a county are posted one by
    one.
    """
    Books.objects.get_or_create(county_code=county_code)
    return Books.objects.select_for_update().get(county_code=county_code)


def move_books(books):
    """Note that the books changed: every judgement made before is stale now."""
    Books.objects.filter(pk=books.pk).update(version=F("version") + 1, changed_at=timezone.now())


def post_judged_rows(feed, posted_at, row_nos=None):
    """Write the transfers of the clean rows in `judged` and move the counters; return the rows
    posted.
    """
    parameters = {
        "county_code": feed.county_code,
        "year": feed.year,
        "feed_id": feed.pk,
        "row_nos": row_nos,
        "posted_at": posted_at,
        "after_id": last_transfer_id(),
    }
    kinds = kinds_judged(row_nos)
    run_statement("post_normal", parameters)
    if kinds["back"]:
        run_statement("post_back", parameters)
    if kinds["refund"]:
        run_statement("post_refunds", parameters)
    run_statement("move_counters", parameters)
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(distinct row_no) from contributions_transfer"
            " where county_code = %(county_code)s and feed_id = %(feed_id)s and id > %(after_id)s",
            parameters,
        )
        return cursor.fetchone()[0]


def last_transfer_id():
    """Return the ledger number before the next; the books must be locked, so that nobody else
    writes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select last_value - (not is_called)::int from contributions_transfer_number"
        )
        return cursor.fetchone()[0]


def _check_what_was_posted(feed, written):
    """The second guard of the control strip: the ledger took exactly the rows that were judged
    clean.
    """
    clean = strip_of(feed)[Outcome.POSTED]["rows"]
    if clean != written:
        raise BooksDoNotBalance(f"feed {feed.pk}: {clean} rows judged clean, {written} posted")


def _note_data_until(feed):
    with connection.cursor() as cursor:
        cursor.execute(
            "select max(paid_on) from contributions_feedrow"
            " where county_code = %s and year = %s and feed_id = %s and paid_on <= %s",
            [feed.county_code, feed.year, feed.pk, today()],
        )
        feed.data_until = cursor.fetchone()[0]
    feed.save(update_fields=["posted_at", "data_until"])


def reverse_feed(feed, *, by, reason):
    """Take back everything a feed put into the ledger, by transfers that point at the first; return
    how many.

    Refuses ReversalNeedsReason, FeedNotPosted, FeedAlreadyReversed and RefundsOfTheFile. What was
    held is closed with it.
    """
    if not reason.strip():
        raise ReversalNeedsReason()
    with transaction.atomic():
        books = lock_books(feed.county_code)
        feed = PaymentFeed.objects.select_for_update().get(pk=feed.pk)
        _refuse_reversal_unless_posted(feed)
        refuse_beside_refunds(feed)
        written = reverse_rows(feed)
        PaymentException.objects.filter(county_code=feed.county_code, feed=feed).filter(
            state__in=[PaymentException.State.OPEN, PaymentException.State.POSTED]
        ).update(state=PaymentException.State.REVERSED, settled_by=by, settled_at=timezone.now())
        PaymentFeed.objects.filter(pk=feed.pk).update(
            reversed_at=timezone.now(), reversed_by=by, reversal_reason=reason.strip()
        )
        move_books(books)
        start_job("ledger_changed", feed.pk, county_code=feed.county_code, by=by)
        record("reverse_feed", feed, by=by, reason=reason, transfers=written)
    return written


def reverse_rows(feed, row_nos=None):
    """Take back what stands of a feed's rows, all or some, and move the counters; return how many
    transfers that took.
    """
    parameters = {
        "county_code": feed.county_code,
        "feed_id": feed.pk,
        "row_nos": row_nos,
        "posted_at": timezone.now(),
        "after_id": last_transfer_id(),
    }
    written = run_statement("reverse_feed", parameters)
    run_statement("move_counters", parameters)
    return written


def refuse_beside_refunds(feed, row_nos=None):
    """Refuse RefundsOfTheFile where the fund is about to pay back what a feed, or some rows of it,
    brought: the money would go and the payment be gone already.
    """
    payments = Transfer.objects.filter(county_code=feed.county_code, feed_id=feed.pk)
    if row_nos is not None:
        payments = payments.filter(row_no__in=row_nos)
    done = (RefundRequest.Payment.PAID, RefundRequest.Payment.WRITTEN_OFF)
    under_way = RefundRequest.objects.standing().filter(
        county_code=feed.county_code, transfer_id__in=payments.values("id")
    )
    under_way = under_way.exclude(payment__in=done)
    if first := under_way.first():
        raise RefundsOfTheFile(
            count=under_way.count(), name=first.name, amount=f"{first.amount:,.2f}"
        )


def _refuse_reversal_unless_posted(feed):
    if not feed.posted_at:
        raise FeedNotPosted(file_name=feed)
    if feed.reversed_at:
        raise FeedAlreadyReversed(
            file_name=feed,
            reversed_at=timezone.localtime(feed.reversed_at).strftime("%Y-%m-%d %H:%M"),
        )


def move_tally(feed, *, from_code, to_code, amount, rows=1):
    """Move rows of a feed, worth so much together, from one verdict to another in its strip."""
    amount = amount or 0
    FeedTally.objects.filter(feed=feed, code=from_code).update(
        rows=F("rows") - rows, amount=F("amount") - amount
    )
    FeedTally.objects.get_or_create(
        feed=feed,
        code=to_code,
        defaults={"outcome": VERDICTS[to_code].outcome, "rows": 0, "amount": 0},
    )
    FeedTally.objects.filter(feed=feed, code=to_code).update(
        rows=F("rows") + rows, amount=F("amount") + amount
    )
