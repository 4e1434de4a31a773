"""Judge a feed's rows: who paid what, and why the rest cannot be posted (对账).

Each step is one SQL statement over one feed, so 400,000 rows cost the same handful of queries as
40, and any step can be explained alone. The order of the steps is the order of the questions:

    is it paid, ours, readable?           S02 S03 S01 E01 E05 E07
    have we seen it before?               E18
    whose is it, and may they pay?        E15 E04 E03 E02 E14 E09 E10
    is the year and the sum right?        E07 E08 E05 E16 E17
    is it theirs, and the first?          E11 E06

A judgement is a temporary table of this connection. It is good for the books it saw: posting reads
it where it is still there and the books have not moved, and judges again where not.
"""

import json

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.errors import BooksDoNotBalance, FeedAlreadyPosted
from contributions.models import Books, FeedSettings, FeedTally, PaymentFeed
from contributions.statements import fetch_statement, run_statement
from contributions.verdicts import VERDICTS, Outcome
from pension_portal.jobs import JobWaits
from pension_portal.statements import FEW_ROWS, analyze, joining_as_a_whole
from policies.schemes import traits_for_sql

KINDS = ("without_tier", "unknown", "proxy", "refund", "back")
# What is asked after judge_rows, and of which kinds of rows; () of all.
QUESTIONS = {
    "ask_special_tiers": ("without_tier",),
    "find_duplicates": (),
    "find_other_counties": ("unknown",),
    "pair_refunds": ("refund",),
    "compare_determinations": ("back",),
    "check_identities": ("proxy", "without_tier"),
    "compare_towns": (),
    "find_second_payments": (),
}

JOINED_COLUMNS = (
    *("row_no", "natural_key", "id_index", "scheme_id", "year", "amount", "resident_id"),
    *(
        "determination_no",
        "proxy_only",
        "is_back",
        "is_refund",
        "is_readable",
        "town_differs",
        "verdict",
    ),
)

ASKED_OF_THE_POLICY = {"ask_special_tiers", "check_identities"}


def judge_feed(feed_id, *, by, run):
    """Give every row of the feed its verdict; wait for a decision where the county wants one.

    Refuses FeedAlreadyPosted. Raises JobWaits when the county does not post by itself, or when more
    of the file is held than the county lets pass.
    """
    with run.transaction():
        feed = PaymentFeed.objects.select_for_update().get(pk=feed_id)
        if feed.posted_at:
            raise FeedAlreadyPosted(
                file_name=feed,
                posted_at=timezone.localtime(feed.posted_at).strftime("%Y-%m-%d %H:%M"),
            )
        books, _new = Books.objects.get_or_create(county_code=feed.county_code)
        judge_all_rows(feed, books)
    run.judgement = (feed.pk, books.version)
    wait_for_a_decision_if_needed(feed)


def judge_all_rows(feed, books):
    """Judge a whole feed against the books as they stand, and replace what an earlier judgement
    wrote.
    """
    parameters = ask_questions(feed)
    run_statement("note_verdicts", parameters)
    FeedTally.objects.filter(feed=feed).delete()
    run_statement("tally_verdicts", parameters)
    check_control_totals(feed)
    feed.judged_at = timezone.now()
    feed.judged_books = books.version
    feed.save(update_fields=["judged_at", "judged_books"])


def ask_questions(feed, row_nos=None):
    """Fill the temporary table `judged` for a feed, or for some of its rows; return the parameters
    used.
    """
    parameters = {
        "county_code": feed.county_code,
        "year": feed.year,
        "feed_id": feed.pk,
        "row_nos": row_nos,
        "uploaded_on": timezone.localdate(feed.uploaded_at),
        **traits_for_sql(),
        "outcomes": json.dumps({code: verdict.outcome for code, verdict in VERDICTS.items()}),
    }
    for name in ("name_towns", "match_tiers", "ages_of_schemes"):
        (found,) = fetch_statement(name, parameters)
        parameters |= found
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists pg_temp.judged")
    run_statement("judge_rows", parameters)
    # The planner would guess how large a fresh temporary table is, and guess wrong.
    analyze("pg_temp.judged", columns=JOINED_COLUMNS)
    kinds = kinds_judged(row_nos)
    parameters["resident_ids"] = kinds["resident_ids"]
    is_large = row_nos is None and feed.rows > FEW_ROWS
    for name, asked_of in QUESTIONS.items():
        if asked_of and not any(kinds[kind] for kind in asked_of):
            continue
        if name in ASKED_OF_THE_POLICY:
            with joining_as_a_whole(is_large):
                run_statement(name, parameters)
        else:
            run_statement(name, parameters)
    return parameters


def kinds_judged(row_nos):
    """Return {kind of row: whether any stands in `judged`}, with the people of some rows.

    A whole file is taken to hold every kind; to look would cost more than the steps left out.
    """
    if row_nos is None:
        return dict.fromkeys(KINDS, True) | {"resident_ids": None}
    (kinds,) = fetch_statement("kinds_judged", {})
    return kinds


def check_control_totals(feed):
    """Stop everything unless 文件 = 已入账 + 异常 + 剔除, in rows and to the fen."""
    totals = strip_of(feed)
    judged_rows = sum(part["rows"] for part in totals.values())
    judged_amount = sum(part["amount"] for part in totals.values())
    if (judged_rows, judged_amount) != (feed.rows, feed.amount):
        raise BooksDoNotBalance(
            f"feed {feed.pk}: file {feed.rows} rows {feed.amount},"
            f" judged {judged_rows} rows {judged_amount}"
        )


def strip_of(feed):
    """Return the control strip: for each outcome its rows and yuan, zero where there are none."""
    strip = {outcome.value: {"rows": 0, "amount": 0} for outcome in Outcome}
    for tally in FeedTally.objects.filter(feed=feed):
        strip[tally.outcome]["rows"] += tally.rows
        strip[tally.outcome]["amount"] += tally.amount
    return strip


def bad_share(feed):
    """Return the held rows as a percentage of all that concern the ledger; 0 for no rows."""
    strip = strip_of(feed)
    held, posted = strip[Outcome.HELD]["rows"], strip[Outcome.POSTED]["rows"]
    return 100 * held / (held + posted) if held + posted else 0


def wait_for_a_decision_if_needed(feed):
    """Raise JobWaits, with the reason in words, unless the county lets this feed post by itself."""
    settings = FeedSettings.of(feed.county_code)
    share = bad_share(feed)
    if feed.approved_by_id:
        return
    if share > settings.bad_share_limit:
        raise JobWaits(
            _("异常占 %(share).1f%%，超过 %(limit)s%%，由县级审批人员决定是否入账。")
            % {"share": share, "limit": f"{settings.bad_share_limit.normalize():f}"}
        )
    if not settings.posts_by_itself:
        raise JobWaits(_("核对完成，由县级审批人员确认后入账。"))
