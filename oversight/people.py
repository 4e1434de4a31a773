"""Renewal, coverage and identities of an area's places (续保、覆盖、特殊身份), from the last count.

    李家村   due 300, renewed 240: 80.0%      payers 280, first time 40: 14.2%
    county   due 900, renewed 810: 90.0%      payers 1,000, first time 60: 6.0%
    → 李家村 is lagging: below the county in renewing, above it in new people (Y31)

Each figure is a sum of villages that one statement reads; nothing here walks through people.
"""

from dataclasses import dataclass
from fractions import Fraction

from oversight.models import PeopleCount, Population
from oversight.statements import fetch_statement
from townships.models import VILLAGE_CODE_LENGTH

YEARS_SHOWN = 4
FEWEST_DUE = 50
GROUP_LENGTH = 14
# What people are told of in the order of a register; the first two have joined.
JOINED = ("enrolled", "drawing")
OPEN_TO_JOIN = ("never", "terminated")


@dataclass
class Renewal:
    """One place in one year: who was due again and came, who paid for the first time."""

    due: int
    renewed: int
    payers: int
    first_time: int
    returned: int

    @property
    def rate(self):
        """续保率 = 去年缴费且今年缴费 ÷ (去年缴费 − 到龄 − 注销 − 转出)."""
        return Fraction(self.renewed, self.due) if self.due else None

    @property
    def new_rate(self):
        """新增参保率 = 首次缴费 ÷ 缴费人数; None where no year before is known."""
        return Fraction(self.first_time, self.payers) if self.payers and self.due else None


@dataclass
class RenewalLine:
    """One place over the years; lagging where it renews less and gains more than the whole."""

    code: str
    name: str
    years: dict
    is_lagging: bool = False


def read_renewals(area, plan):
    """Return (years, lines of the places, line of the whole, counted at); no lines before a count.

    A county's lines are its villages' towns; `lagging_villages` names the villages themselves.
    """
    rows = _renewal_rows(area, plan, below(area))
    lines = _lines(rows)
    years = sorted({row["year"] for row in rows})
    whole = RenewalLine(area.code, area.name, _whole(rows))
    return years, lines, whole, max((row["noted_at"] for row in rows), default=None)


def lagging_villages(area, plan):
    """Return the villages of an area that lag behind its county in the year, the lowest first."""
    rows = _renewal_rows(area, plan, VILLAGE_CODE_LENGTH)
    whole = _whole(rows).get(plan.year)
    lines = _lines(rows)
    for line in lines:
        line.is_lagging = is_lagging(line.years.get(plan.year), whole)
    return sorted(
        (line for line in lines if line.is_lagging), key=lambda line: line.years[plan.year].rate
    )


def is_lagging(one, whole):
    """Whether a place renews less than the whole and has more new payers (Y31); small ones never
    are.
    """
    if one is None or whole is None or one.due < FEWEST_DUE or not whole.due:
        return False
    return one.rate < whole.rate and (one.new_rate or 0) > (whole.new_rate or 0)


def below(area):
    """Return the length of the codes one level below an area; a village's own at the end."""
    return min(VILLAGE_CODE_LENGTH, len(area.code) + 3)


def _renewal_rows(area, plan, length):
    return fetch_statement(
        "renewals_of_places",
        {
            "county_code": area.county_code,
            "area_code": area.code,
            "scheme_id": plan.scheme_id,
            "year": plan.year,
            "first_year": plan.year - YEARS_SHOWN + 1,
            "length": length,
        },
    )


FIGURES = ("due", "renewed", "payers", "first_time", "returned")


def _lines(rows):
    lines = {}
    for row in rows:
        line = lines.setdefault(row["code"], RenewalLine(row["code"], row["name"], {}))
        line.years[row["year"]] = Renewal(*(row[name] for name in FIGURES))
    return list(lines.values())


def _whole(rows):
    sums = {}
    for row in rows:
        known = sums.setdefault(row["year"], dict.fromkeys(FIGURES, 0))
        for name in FIGURES:
            known[name] += row[name]
    return {year: Renewal(**known) for year, known in sums.items()}


# --- Coverage -----------------------------------------------------------------------------------


@dataclass
class Cover:
    """One place: who should have joined, who has, and why the others have not (A58, M39)."""

    code: str
    name: str
    parts: dict
    population: Population | None = None

    @property
    def joined(self):
        return self.parts.get("enrolled", 0)

    @property
    def open_to_join(self):
        return sum(self.parts.get(part, 0) for part in OPEN_TO_JOIN)

    @property
    def should(self):
        """应参保: those enrolled before their pension, and those who could join and have not."""
        return self.joined + self.open_to_join

    @property
    def rate(self):
        return Fraction(self.joined, self.should) if self.should else None


def read_cover(area, plan):
    """Return (Cover of each place, Cover of the whole, counted at)."""
    rows = _people_rows(area, plan, PeopleCount.Kind.COVER, below(area))
    lines = {}
    for row in rows:
        line = lines.setdefault(row["code"], Cover(row["code"], row["name"], {}))
        line.parts[row["part"]] = row["people"]
    whole = Cover(area.code, area.name, _added(line.parts for line in lines.values()))
    known = populations([area.code, *lines])
    for line in [whole, *lines.values()]:
        line.population = known.get(line.code)
    return list(lines.values()), whole, max((row["noted_at"] for row in rows), default=None)


def not_joined(area, plan):
    """Return how many people had not joined when they were last counted; None before a count."""
    _lines, whole, counted_at = read_cover(area, plan)
    if counted_at is None:
        return None
    return sum(people for part, people in whole.parts.items() if part not in JOINED)


def _added(some):
    sums = {}
    for parts in some:
        for part, people in parts.items():
            sums[part] = sums.get(part, 0) + people
    return sums


def populations(codes):
    """Return {area code: its newest Population} of some areas."""
    newest = Population.objects.filter(area_id__in=codes).order_by("area_id", "-as_of")
    return {one.area_id: one for one in newest.distinct("area_id")}


# --- Identities and groups -----------------------------------------------------------------------


def read_identities(area, plan):
    """Return one row of counts for each special identity in an area (M40), and when counted."""
    rows = _people_rows(area, plan, PeopleCount.Kind.IDENTITY, len(area.code))
    return rows, max((row["noted_at"] for row in rows), default=None)


def read_groups(area, plan):
    """Return one row of counts for each group of a village, and when counted."""
    rows = _people_rows(area, plan, PeopleCount.Kind.GROUP, GROUP_LENGTH)
    return rows, max((row["noted_at"] for row in rows), default=None)


def _people_rows(area, plan, kind, length):
    return fetch_statement(
        "people_of_places",
        {
            "county_code": area.county_code,
            "area_code": area.code,
            "scheme_id": plan.scheme_id,
            "year": plan.year,
            "kind": kind,
            "length": length,
        },
    )
