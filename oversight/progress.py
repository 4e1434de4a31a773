"""How far every place is from its task (征缴进度), read from counters that move with the money.

    颍州区, basic scheme 2021, 10 March
    王店镇   task 27,000   paid 19,440   72.0%   due today 17,595   +1,845   1st

A page costs the same few statements for a county as for a village: the rows of the children, by
their exact codes, are summed in SQL, and everything said about the future is arithmetic on those
sums (`pace.py`, `ranking.py`, `forecast.py`).

A payment counts on the day it was paid, so a figure of yesterday may still grow when a file
arrives; what was known on an evening is kept apart (`snapshots.py`).
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q, Sum
from django.utils.functional import cached_property

from contributions.data_age import DataAge, data_age
from contributions.models import PaidDay
from oversight import forecast, ranking
from oversight.behind import Behind, read_behind
from oversight.models import ProgressSnapshot
from oversight.pace import Pace, Stage
from oversight.plans import Plan, pace_of
from oversight.statements import fetch_statement
from pension_portal.clock import today
from townships.models import VILLAGE_CODE_LENGTH

HIGH_TIER = 500  # yuan; the tier residents are advised to reach (A21)
RECENT_DAYS = 7
PROXY = Q(source="proxy")


@dataclass
class Standing:
    """Where one place stands on a day; every figure of a row of the ranking table."""

    code: str
    name: str
    level: int
    task: int | None
    payable: int | None
    paid: int
    proxy: int
    new: int | None
    amount: Decimal
    due: int | None
    daily_mean: Fraction | None
    needed_a_day: int | None
    reached_on: date | None
    is_reached: bool
    high_tier_share: Fraction | None
    open_exceptions: int | None
    score: Decimal | None
    rank: int | None = None
    rank_before: int | None = None

    @property
    def rate(self):
        """完成率: paid ÷ task."""
        return None if self.paid is None else ranking.rate_of(self.paid, self.task)

    @property
    def lacks(self):
        """People missing to the task; 0 without a task, or where few paid and nobody may know."""
        return max(self.task - self.paid, 0) if self.task and self.paid is not None else 0

    @property
    def is_out_of_reach(self):
        """Whether the present mean does not lead to the stage's goal before the end."""
        is_known = self.task and self.paid is not None and self.daily_mean is not None
        return bool(is_known and self.reached_on is None and not self.is_reached)

    @property
    def ahead(self):
        """差额: people paid less people due today; negative is behind."""
        return None if self.due is None or self.paid is None else self.paid - self.due

    @property
    def moved(self):
        """Places gained in the ranking since the day before; None where one of the ranks is
        missing.
        """
        if self.rank is None or self.rank_before is None:
            return None
        return self.rank_before - self.rank

    @property
    def average(self):
        """人均缴费: yuan ÷ people, own and proxy alike."""
        if None in (self.paid, self.proxy, self.amount):
            return None
        everyone = self.paid if self.is_proxy_counted else self.paid + self.proxy
        return (self.amount / everyone).quantize(Decimal("0.01")) if everyone > 0 else None

    is_proxy_counted: bool = True
    # Whether figures are left out, for somebody who must not count out a few (`small_cells.py`).
    is_veiled: bool = False


@dataclass
class Progress:
    """One area on one day: its standing, those of the places in it, and the curves."""

    area: object
    plan: Plan
    pace: Pace
    stage: Stage
    day: date
    data_age: DataAge
    is_latest: bool
    total: Standing
    places: list[Standing]
    gains: dict[date, int] = field(default_factory=dict)
    gains_last_year: dict[date, int] = field(default_factory=dict)
    is_of_an_evening: bool = False
    behind: Behind | None = None
    tiers: dict[tuple[str, int], dict[Decimal, int]] = field(default_factory=dict)
    has_veiled: bool = False
    is_for_readers: bool = False

    @property
    def as_of(self):
        """The day up to which the figures know of payments (数据截至); None before any file."""
        return self.day if self.is_of_an_evening else self.data_age.until


def day_of_figures(age):
    """Return the day a page speaks of unless asked for another: the last day the data know, never a
    day to come.
    """
    return min(today(), age.until) if age.until else today()


def read_progress(area, plan, *, day=None, with_curves=False, facts_of=None):
    """Return the Progress of an area on a day, by default the last one the posted files know.

    `facts_of` says where the figures come from: the counters, or a day's snapshots.
    """
    age = data_age(area.county_code, plan.year)
    latest = day_of_figures(age)
    day = day or latest
    pace = pace_of(plan, area.county_code)
    facts = (facts_of or Facts)(area, plan, pace, day, is_latest=day >= latest)
    standings = {row["code"]: _standing(row, facts) for row in facts.places}
    total = standings.pop(area.code)
    places = list(standings.values()) or [total]
    _rank(places, facts)
    return Progress(
        area=area,
        plan=plan,
        pace=pace,
        stage=pace.stage_on(day),
        day=day,
        data_age=age,
        is_latest=facts.is_latest,
        is_of_an_evening=facts.is_of_an_evening,
        total=total,
        places=places,
        gains=facts.gains(plan.year) if with_curves else {},
        gains_last_year=facts.gains(plan.year - 1) if with_curves else {},
        tiers=facts.tiers,
        behind=facts.behind() if with_curves else None,
    )


class Facts:
    """What the database says about an area and its places: four statements, whatever the area's
    size.
    """

    is_of_an_evening = False

    def __init__(self, area, plan, pace, day, *, is_latest):
        self.area, self.plan, self.pace, self.day = area, plan, pace, day
        self.is_latest = is_latest
        self.recent = pace.days_up_to(day, RECENT_DAYS)
        self.places = self._places()
        self.codes = [place["code"] for place in self.places]
        self.paid = {row["area_code"]: row for row in self._paid()}
        self.tiers = self._tiers() if is_latest and not self.is_of_an_evening else {}
        if not is_latest and not self.is_of_an_evening:
            self._take_exceptions_from_snapshots()

    def _places(self):
        """The area and its children, with task, payable people and open exceptions."""
        return fetch_statement(
            "stand_of_places",
            {
                "area_code": self.area.code,
                "child_length": min(VILLAGE_CODE_LENGTH, len(self.area.code) + 3),
                "scheme_id": self.plan.scheme_id,
                "year": self.plan.year,
                "starts_on": self.plan.starts_on,
                "day": self.day,
            },
        )

    def _paid(self):
        """Sums of each place up to the day, on the day, and over the last collectable days."""
        return fetch_statement(
            "paid_of_places",
            self._of_codes | {"day": self.day, "recent_after": self.recent_after},
        )

    @property
    def _of_codes(self):
        return {
            "county_code": self.area.county_code,
            "year": self.plan.year,
            "scheme_id": self.plan.scheme_id,
            "codes": self.codes,
        }

    @property
    def recent_after(self):
        """The day after which the last collectable days begin: what comes in on closed days belongs
        to the next.
        """
        if not self.recent:
            return self.day
        earlier = self.pace.days_up_to(self.recent[0] - timedelta(days=1), 1)
        return earlier[0] if earlier else self.recent[0] - timedelta(days=1)

    @cached_property
    def days(self):
        """What the area itself gained on each day of this year and of the last."""
        counters = PaidDay.objects.filter(
            county_code=self.area.county_code,
            year__in=[self.plan.year, self.plan.year - 1],
            scheme_id=self.plan.scheme_id,
            area_code=self.area.code,
        )
        if not self.plan.counts_proxy:
            counters = counters.exclude(PROXY)
        by_day = counters.values("year", "day").annotate(gained=Sum("people"))
        return list(by_day.order_by("year", "day"))

    def gains(self, year):
        """Return {day: people gained} of the area in a year, this year's only up to the day."""
        return {
            row["day"]: row["gained"]
            for row in self.days
            if row["year"] == year and (row["day"] <= self.day or year != self.plan.year)
        }

    def behind(self):
        """Return what is read for the charts alone."""
        is_now = self.is_latest and not self.is_of_an_evening
        return read_behind(self.area, self.plan, self.day, is_latest=is_now)

    def _tiers(self):
        """Return {(area code, year): {tier: people paying it themselves}}; last year's for the area
        alone.
        """
        rows = fetch_statement("tiers_of_places", self._of_codes | {"area_code": self.area.code})
        tiers = {}
        for row in rows:
            place = tiers.setdefault((row["area_code"], row["year"]), {})
            place[row["tier_amount"]] = row["people"]
        return tiers

    def _take_exceptions_from_snapshots(self):
        """What is open today says nothing of an earlier day; that day's snapshot does, where there
        is one.
        """
        noted = dict(
            ProgressSnapshot.objects.filter(
                county_code=self.area.county_code,
                year=self.plan.year,
                scheme_id=self.plan.scheme_id,
                area_code__in=self.codes,
                day=self.day,
            ).values_list("area_code", "open_exceptions")
        )
        for place in self.places:
            place["open_exceptions"] = noted.get(place["code"])


NOTHING_PAID = {
    "everyone": 0,
    "proxy": 0,
    "new": 0,
    "new_proxy": 0,
    "recent": 0,
    "recent_proxy": 0,
    "yuan": Decimal("0.00"),
}


def _standing(place, facts):
    """Return the Standing of one place from its row of tasks and its row of sums."""
    plan, pace, day = facts.plan, facts.pace, facts.day
    sums = facts.paid.get(place["code"], NOTHING_PAID)
    paid = _counted(sums, "everyone", "proxy", plan)
    recent = _counted(sums, "recent", "recent_proxy", plan)
    mean = None if recent is None else Fraction(recent, max(1, len(facts.recent)))
    task, stage = place["task"], pace.stage_on(day)
    missing = None if task is None else stage.people_of(task) - paid
    return Standing(
        code=place["code"],
        name=place["name"],
        level=place["level"],
        task=task,
        payable=_whole(place["payable"]),
        paid=paid,
        proxy=sums["proxy"],
        new=_counted(sums, "new", "new_proxy", plan),
        amount=sums["yuan"],
        due=None if task is None else pace.due_on(day, task),
        daily_mean=mean,
        needed_a_day=None if task is None else pace.needed_a_day(day, stage, task, paid),
        reached_on=_reached_on(pace, day, missing, mean),
        is_reached=missing is not None and missing <= 0,
        high_tier_share=high_tier_share(facts.tiers.get((place["code"], plan.year))),
        open_exceptions=_open_exceptions(place, facts),
        score=ranking.expected_score(paid, task, whole_points=plan.whole_points_only),
        is_proxy_counted=plan.counts_proxy,
    )


def _counted(sums, everyone, proxy, plan):
    """Return the people that count towards the task: with or without those the government paid for
    (X16); None where nobody knows.
    """
    if sums[everyone] is None or plan.counts_proxy:
        return sums[everyone]
    return sums[everyone] - sums[proxy]


def _whole(value):
    return None if value is None else int(value)


def _open_exceptions(place, facts):
    """No row means no exception, except on an earlier day without a snapshot: then nobody knows."""
    if place["open_exceptions"] is None:
        return 0 if facts.is_latest and not facts.is_of_an_evening else None
    return int(place["open_exceptions"])


def _reached_on(pace, day, missing, mean):
    """Return the collectable day on which the stage is reached at the present mean; None where it
    is not before the end.
    """
    if missing is None or mean is None:
        return None
    days = forecast.days_to_go(missing, mean)
    return pace.day_after(day, days) if days else None


def high_tier_share(tiers):
    """Return the share of those paying 500 yuan or more among those who pay themselves (A21)."""
    everyone = sum((tiers or {}).values())
    if everyone <= 0:
        return None
    return Fraction(sum(people for tier, people in tiers.items() if tier >= HIGH_TIER), everyone)


def _rank(places, facts):
    """Give the places their ranks of the day and of the day before."""
    if len(places) < 2:
        return
    now = ranking.ranks((place.code, place.paid, place.task) for place in places)
    known = [place for place in places if place.new is not None]
    before = ranking.ranks((place.code, place.paid - place.new, place.task) for place in known)
    has_before = any(place.paid > place.new for place in known)
    for place in places:
        place.rank = now.get(place.code)
        place.rank_before = before.get(place.code) if has_before else None
