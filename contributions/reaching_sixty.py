"""Who reaches pension age soon with too few paid years, and what they may still pay (到龄补缴).

    王秀英, 60 on 2021-09-12, 11 years paid, 4 short; she may make up 2011–2020, 200 to 6,000 a year
    → four years, 800.00 to 24,000.00

Two statements for a page of people or for all of them: one for the people and their paid years, one
for what the policy says of each (`policies.answers.ask`).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contributions.statements import fetch_statement
from enrollment.models import Resident, SpecialIdentity
from pension_portal.clock import today
from policies.answers import ask, provision
from policies.models import PolicyVersion
from policies.schemes import TRAITS

YEARS_FOR_A_PENSION = 15  # 国发〔2014〕8号
MOST_PEOPLE = 20_000


@dataclass
class Reaching:
    """One person who reaches pension age within a year, with too few paid years."""

    resident: Resident
    reached_on: date
    paid_years: list
    determination: dict
    due: dict | None
    years_wanted: int = YEARS_FOR_A_PENSION

    @property
    def short(self):
        return self.years_wanted - len(self.paid_years)

    @property
    def years(self):
        """The years that may be made up, newest first, no more of them than are short."""
        if not self.due or self.due["way"] == "none":
            return []
        most = self.due["most_years"]
        most = self.short if most is None else min(most, self.short)
        return sorted(self.due["years"], key=lambda year: -year["year"])[:most]

    @property
    def lowest(self):
        return _sum_of(self.years, "lowest")

    @property
    def highest(self):
        return _sum_of(self.years, "highest")


def reaching_sixty(area_code, scheme_id, *, most=MOST_PEOPLE, offset=0):
    """Return ([Reaching], how many there are in all), who is of age first at the top."""
    years_wanted = years_for_a_pension(area_code[:6], scheme_id)
    found = fetch_statement(
        "reaching_sixty",
        {
            "county_code": area_code[:6],
            "area_code": area_code,
            "scheme_id": scheme_id,
            "first": today(),
            "last": _a_year_on(today()),
            "years_wanted": years_wanted,
            "end_age": TRAITS[scheme_id].end_age,
            "most": most,
            "offset": offset,
        },
    )
    people = Resident.objects.in_bulk([row["id"] for row in found])
    dues = what_is_due([(people[row["id"]], row["paid_years"]) for row in found], scheme_id)
    reaching = [
        Reaching(
            resident=people[row["id"]],
            reached_on=row["reached_on"],
            years_wanted=years_wanted,
            paid_years=row["paid_years"],
            determination=row,
            due=due,
        )
        for row, due in zip(found, dues, strict=True)
    ]
    return reaching, found[0]["people"] if found else 0


def years_for_a_pension(county_code, scheme_id):
    """Return after how many paid years a pension is due by this year's policy; 15 unsaid."""
    policy = PolicyVersion.objects.in_force(county_code, scheme_id, today().year).first()
    return int((policy and provision(policy, "years_for_a_pension")) or YEARS_FOR_A_PENSION)


def what_is_due(people, scheme_id):
    """Return what the policy of this year says each may still pay: way, most_years, years with
    lowest and highest; None where no policy is in force. `people` are (resident, paid years).
    """
    held = {}
    for one in SpecialIdentity.objects.filter(resident__in=[person for person, _years in people]):
        held.setdefault(one.resident_id, []).append(
            {
                "identity": one.identity,
                "grade": one.grade,
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
            }
        )
    questions = [
        {
            "county_code": person.county_code,
            "scheme_id": scheme_id,
            "year": today().year,
            "kind": "back",
            "born_on": person.born_on,
            "sex": person.sex,
            "hukou": person.asked_hukou,
            "identities": held.get(person.pk, []),
            "paid_on": today(),
            "area_code": person.village_code,
            "paid_years": years,
        }
        for person, years in people
    ]
    return [answer["back_due"] for answer in ask(questions)] if questions else []


def _a_year_on(day):
    """The same day next year; 28 February for 29."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _sum_of(years, bound):
    sums = [year[bound] for year in years]
    return None if None in sums else sum(map(Decimal, sums), Decimal(0))
