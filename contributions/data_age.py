"""How old a county's figures are (数据截至): the portal knows only what files have told it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from contributions.models import PaymentFeed


@dataclass(frozen=True)
class DataAge:
    """The last day any posted file speaks of, and when the newest of them was posted."""

    until: date | None
    posted_at: datetime | None


def data_age(county_code, year):
    """Return how old a county's figures of a year are; both parts None while no feed is posted."""
    newest = (
        PaymentFeed.objects.posted()
        .filter(county_code=county_code, year=year)
        .aggregate(until=Max("data_until"), posted_at=Max("posted_at"))
    )
    return DataAge(newest["until"], newest["posted_at"])
