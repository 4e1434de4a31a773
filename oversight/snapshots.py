"""Keep what was known each evening (进度快照): one row for each area, scheme and day, written when
a feed has been posted.
"""

from django.utils import timezone

from contributions.models import PaymentFeed
from enrollment.counting import recount_payable
from oversight.statements import run_statement
from pension_portal.clock import today


def note_progress(feed_id, *, by, run):
    """Write today's snapshot of the feed's county in the feed's year; the last step of a feed's
    journey.

    Who is to pay is counted anew first: people turn 16 and 60 between two rosters.
    """
    feed = PaymentFeed.objects.get(pk=feed_id)
    with run.transaction():
        recount_payable(feed.county_code)
        note_county(feed.county_code, feed.year)


def note_county(county_code, year):
    """Write today's row of every area of a county, anew if there is one already; return how many
    rows.
    """
    return run_statement(
        "note_progress",
        {
            "county_code": county_code,
            "year": year,
            "day": today(),
            "noted_at": timezone.now(),
        },
    )
