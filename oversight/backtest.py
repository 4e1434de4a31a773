"""Try the forecast on years that are over (推算回测): what it would have said, and what came.

    on 2020-03-16, from the fourteen days before: 61,200 after fourteen further days, 58,900–63,500
    on 2020-04-03 there were 60,100: inside the range, 1.8% off

Every fifth collectable day of a past campaign is a trial, so that one bad week is not all there is.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from contributions.models import PaidDay
from oversight import forecast
from oversight.models import ForecastTrial
from oversight.plans import pace_of, plan_for, plans_of

DAYS_AHEAD = (7, 14, 28)
EVERY = 5
YEARS_BACK = 5
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Outcome:
    """What came of the trials of a year at one distance."""

    trials: int
    inside: int
    mean_miss: Decimal


def try_year(gains, days, days_ahead):
    """Return the Outcome of forecasting so many of `days` ahead, over a whole year; None without a
    trial.

    `gains` is {day: people}, `days` the collectable days of the year in order. What came in on
    closed days belongs to the next collectable one.
    """
    by_place = _gains_by_place(gains, days)
    totals = _running(by_place)
    misses, inside = [], 0
    for place in range(forecast.TRAILING_DAYS, len(days) - days_ahead, EVERY):
        known = by_place[place - forecast.TRAILING_DAYS + 1 : place + 1]
        came = totals[place + days_ahead]
        if not any(known) or came <= 0:
            continue
        low, high = forecast.band(totals[place], known, days_ahead)[-1]
        expected = totals[place] + days_ahead * Decimal(sum(known)) / len(known)
        misses.append(abs(expected - came) * 100 / came)
        inside += low <= came <= high
    if not misses:
        return None
    return Outcome(len(misses), inside, (sum(misses) / len(misses)).quantize(CENT))


def _gains_by_place(gains, days):
    by_place, waiting = [0] * len(days), sorted(gains.items())
    for place, day in enumerate(days):
        while waiting and waiting[0][0] <= day:
            by_place[place] += waiting.pop(0)[1]
    return by_place


def _running(people):
    total, totals = 0, []
    for one in people:
        total += one
        totals.append(total)
    return totals


@transaction.atomic
def try_forecasts(county_code, year, scheme_id):
    """Keep how the forecast would have done in a county's earlier years."""
    plans = plans_of(county_code)
    earlier = _gains_of_years(county_code, scheme_id, year)
    of_scheme = ForecastTrial.objects.filter(county_code=county_code, scheme_id=scheme_id)
    of_scheme.filter(year__lt=year).delete()
    for past, gains in earlier.items():
        days = pace_of(plan_for(plans, scheme_id=scheme_id, year=past), county_code).days
        for days_ahead in DAYS_AHEAD:
            outcome = try_year(gains, _between(days, gains), days_ahead)
            if outcome:
                of_scheme.create(
                    county_code=county_code,
                    scheme_id=scheme_id,
                    year=past,
                    days_ahead=days_ahead,
                    trials=outcome.trials,
                    inside=outcome.inside,
                    mean_miss=outcome.mean_miss,
                    noted_at=timezone.now(),
                )


def _gains_of_years(county_code, scheme_id, year):
    """Return {year: {day: people}} of a county's years before one."""
    days = PaidDay.objects.filter(
        county_code=county_code,
        area_code=county_code,
        scheme_id=scheme_id,
        year__range=(year - YEARS_BACK, year - 1),
        day__gte=date(year - YEARS_BACK, 1, 1),
    )
    found = {}
    for row in days.values("year", "day").annotate(gained=Sum("people")).order_by("year", "day"):
        found.setdefault(row["year"], {})[row["day"]] = row["gained"]
    return found


def _between(days, gains):
    """The days from the first payment of a year to its last."""
    first, last = min(gains), max(gains)
    return [day for day in days if first <= day <= last]
