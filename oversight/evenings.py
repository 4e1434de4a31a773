"""A past day as it stood that evening (当晚所知), whatever arrived later.

The counters know what was paid *on* a day, and may still grow; a snapshot knows what was known *by*
its evening. Both are true; what a leader was told on 10 March is the second.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Min, Q

from oversight.models import ProgressSnapshot
from oversight.progress import Facts
from oversight.statements import fetch_statement


@dataclass(frozen=True)
class Evenings:
    """The kept evenings around a day: whether it has one, and the nearest on either side."""

    has_day: bool
    before: date | None
    after: date | None


def evenings_around(area, plan, day):
    """Return the Evenings of an area around a day."""
    found = _snapshots(area, plan).aggregate(
        at=Max("day", filter=Q(day=day)),
        before=Max("day", filter=Q(day__lt=day)),
        after=Min("day", filter=Q(day__gt=day)),
    )
    return Evenings(found["at"] is not None, found["before"], found["after"])


def _snapshots(area, plan):
    return ProgressSnapshot.objects.filter(
        county_code=area.county_code,
        year=plan.year,
        scheme_id=plan.scheme_id,
        area_code=area.code,
    )


class EveningFacts(Facts):
    """What the snapshots say: no tiers and no people to pay, for nobody kept them."""

    is_of_an_evening = True

    def _places(self):
        """The places with the task and the exceptions of that evening."""
        places = super()._places()
        self.codes = [place["code"] for place in places]
        self.kept = {row["area_code"]: row for row in self._kept()}
        for place in places:
            kept = self.kept.get(place["code"], {})
            place["payable"] = None
            place["task"] = kept.get("task")
            place["open_exceptions"] = kept.get("open_exceptions")
        return [
            place
            for place in places
            if place["code"] in self.kept or place["code"] == self.area.code
        ]

    def _kept(self):
        return fetch_statement(
            "evenings_of_places",
            self._of_codes
            | {
                "day": self.day,
                "day_before": self.day - timedelta(days=1),
                "recent_after": self.recent_after,
            },
        )

    def _paid(self):
        return self.kept.values()

    def gains(self, year):
        """Return {day: people the portal came to know of} of this year; last year's as paid."""
        if year != self.plan.year:
            return super().gains(year)
        gains, before = {}, 0
        for day, everyone, proxy in (
            _snapshots(self.area, self.plan)
            .filter(day__lte=self.day)
            .order_by("day")
            .values_list("day", "people", "proxy_people")
        ):
            known = everyone if self.plan.counts_proxy else everyone - proxy
            gains[day] = known - before
            before = known
        return gains
