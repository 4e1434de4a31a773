"""What stands behind a Progress and is read only for its charts: weeks, ages, waiting exceptions
and how well the forecast did.

A handful of statements over counters; the walk through the people was made the evening before
(`census.py`).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models.functions import Length
from django.utils import timezone

from oversight.models import ForecastTrial
from oversight.statements import fetch_statement
from townships.models import VILLAGE_CODE_LENGTH, Area

MOST_VILLAGES = 20
# Weeks of a heat grid that can still be read at 1366 pixels.
MOST_WEEKS = 20
FEWEST_TO_PAY = 50
COUNTY_LENGTH = 6


@dataclass
class Trials:
    """The trials of all earlier years at one distance, added up."""

    days_ahead: int
    years: list
    trials: int
    inside: int
    mean_miss: float


@dataclass
class Behind:
    """The figures of the further charts; empty where nobody counted or the day is not the last."""

    villages: list = field(default_factory=list)
    weeks: dict = field(default_factory=dict)
    ages: list = field(default_factory=list)
    counted_at: datetime | None = None
    exceptions: list = field(default_factory=list)
    trials: list = field(default_factory=list)


def read_behind(area, plan, day, *, is_latest):
    """Return the Behind of an area; ages and exceptions have no history, so on the last day."""
    asked = {
        "county_code": area.county_code,
        "area_code": area.code,
        "year": plan.year,
        "scheme_id": plan.scheme_id,
    }
    behind = Behind(trials=_trials(area, plan), villages=_villages(area, asked))
    if behind.villages:
        behind.weeks = _weeks(behind.villages, plan, day, asked)
    if is_latest:
        behind.ages = fetch_statement("ages_of_area", asked)
        behind.counted_at = max((row["noted_at"] for row in behind.ages), default=None)
        behind.exceptions = fetch_statement("exceptions_by_age", asked | {"now": timezone.now()})
    return behind


def _villages(area, asked):
    """Return (code, name) of the villages of a town, or of those of a county furthest behind."""
    if len(area.code) == COUNTY_LENGTH:
        rows = fetch_statement(
            "slowest_villages", asked | {"fewest": FEWEST_TO_PAY, "most": MOST_VILLAGES}
        )
        return [(row["code"], row["name"]) for row in rows]
    inside = Area.objects.inside(area.code).annotate(length=Length("code"))
    villages = inside.filter(length=VILLAGE_CODE_LENGTH).order_by("position", "code")
    return list(villages.values_list("code", "name"))


def _weeks(villages, plan, day, asked):
    """Return {(village, Monday): people gained}."""
    monday = day - timedelta(days=day.weekday())
    first = max(plan.starts_on, monday - timedelta(weeks=MOST_WEEKS - 1))
    rows = fetch_statement(
        "weeks_of_villages",
        asked
        | {
            "codes": [code for code, _name in villages],
            "first": first,
            "day": day,
            "counts_proxy": plan.counts_proxy,
        },
    )
    return {(row["area_code"], row["week"]): row["people"] for row in rows}


def _trials(area, plan):
    """Return the Trials of the county's earlier years, nearest distance first."""
    trials = ForecastTrial.objects.filter(
        county_code=area.county_code, scheme_id=plan.scheme_id, year__lt=plan.year
    )
    found = {}
    for trial in trials.order_by("days_ahead", "year"):
        found.setdefault(trial.days_ahead, []).append(trial)
    return [_added_up(days_ahead, some) for days_ahead, some in found.items()]


def _added_up(days_ahead, trials):
    count = sum(trial.trials for trial in trials)
    missed = sum(trial.trials * trial.mean_miss for trial in trials)
    return Trials(
        days_ahead,
        [trial.year for trial in trials],
        count,
        sum(trial.inside for trial in trials),
        float(missed / count),
    )
