"""Keep what was known each evening (进度快照): one row for each area, scheme and day, written when
a feed has been posted.
"""

from django.utils import timezone

from contributions.models import PaidDay, PaymentFeed, WithholdingBatch
from oversight.statements import run_statement
from pension_portal.clock import today
from townships.models import TaskPlan


def note_progress(feed_id, *, by, run):
    """Write today's snapshot of the feed's county in the feed's year; the last step of a feed's
    journey.
    """
    feed = PaymentFeed.objects.get(pk=feed_id)
    with run.transaction():
        note_county(feed.county_code, feed.year)
        # A scheme whose window opens the year before has its payments there already (M19).
        ahead = PaidDay.objects.filter(
            county_code=feed.county_code, area_code=feed.county_code, year=feed.year + 1
        )
        if ahead.exists():
            note_county(feed.county_code, feed.year + 1)


def note_withheld(batch_id, *, by, run):
    """Write today's snapshot after the bank took what people registered to pay."""
    batch = WithholdingBatch.objects.get(pk=batch_id)
    with run.transaction():
        note_county(batch.county_code, batch.year)


def note_county(county_code, year, *, day=None):
    """Write today's row of every area of a county, anew if there is one already; return how many
    rows.

    `day` is given where a county is rebuilt from its files, evening by evening.
    """
    return run_statement(
        "note_progress",
        {
            "county_code": county_code,
            "year": year,
            "day": day or today(),
            "noted_at": timezone.now(),
        },
    )


def note_evening():
    """Write the evening's row of every county that has a task, whether or not a file came today."""
    plans = TaskPlan.objects.filter(year__gte=today().year - 1)
    for county_code, year in plans.values_list("county_id", "year").distinct():
        note_county(county_code, year)
