"""Who counts with a household, and who of them should join which scheme (户不漏人, M09–M13).

    户 0012: 张大海 (58), 李秀英 (55), 张小军 (in the army), 王芳 (registered with her parents)
    basic: 2 of 3 to join have joined   the soldier is exempt since 2020-09-01, with the notice seen
                                        王芳 counts here and not with her parents (M10)

Whose age or cover keeps them out is what the year's policy says; who is exempt has a code, a day
and a paper.
"""

from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models import (
    Enrolment,
    HouseholdExemption,
    JoinedHousehold,
    Resident,
    SpecialIdentity,
)
from enrollment.paying_ages import end_age_of, end_ages
from pension_portal.clock import today
from policies.answers import ask
from policies.models import PolicyVersion
from policies.rules.ages import age_on
from policies.switching import followed_schemes

BASIC = 1
# Which cover keeps somebody out, by the condition of the policy that says so.
BARRED_BY = {
    "not_employees_pension": {"employees"},
    # An employee has both insurances; one who is known for the pension is not asked to join (M11).
    "not_employees_medical": {"medical", "employees"},
    "not_public_servant": {"civil_service"},
    "not_student": {"student"},
}


class Standing(NamedTuple):
    """How somebody stands in one scheme: should they join, have they, and why not."""

    scheme: object
    should: bool
    enrolment: Enrolment | None
    why_not: str

    @property
    def is_joined(self):
        return self.enrolment is not None and self.enrolment.status != Enrolment.Status.TERMINATED

    @property
    def is_missing(self):
        return self.should and not self.is_joined


class Member(NamedTuple):
    """One person of a household as the household page shows them."""

    resident: Resident
    age: int
    is_guest: bool
    counts_elsewhere: JoinedHousehold | None
    exemption: HouseholdExemption | None
    identities: list
    proxies: list
    standings: list


class Terms(NamedTuple):
    """Who is to join a scheme in a year, as its policy says."""

    policy: PolicyVersion
    first_age: int
    # By sex, and by number for those whose age is another.
    end_ages: dict
    barred: frozenset
    lets_exempt: bool
    is_owed: bool

    @classmethod
    def of(cls, policy):
        rules = {rule.kind: rule.number for rule in policy.eligibilityrules.all()}
        return cls(
            policy,
            rules.get("min_age") or 0,
            end_ages(policy.county_code, policy.scheme_id, policy.year),
            frozenset().union(*(covers for kind, covers in BARRED_BY.items() if kind in rules)),
            "household_exempt" in rules or policy.scheme_id == BASIC,
            "whole_household" in rules or policy.scheme_id == BASIC,
        )


def terms_of(county_code, year=None):
    """Return the Terms of the basic scheme in a year (else this one), and of each other that the
    county follows, has a policy for and enrols people in.
    """
    year = year or today().year
    found = []
    for scheme in followed_schemes(county_code):
        enrolments = Enrolment.objects.filter(county_code=county_code, scheme_id=scheme)
        if scheme != BASIC and not enrolments.exists():
            continue
        policy = PolicyVersion.objects.in_force(county_code, scheme, year).first()
        if policy:
            found.append(Terms.of(policy))
    return found


def terms_for(county_code, scheme_id, year):
    """Return the Terms of one scheme and year; None without a policy in force."""
    policy = PolicyVersion.objects.in_force(county_code, scheme_id, year).first()
    return Terms.of(policy) if policy else None


def people_of(household):
    """Return those who count with a household or are registered in it."""
    return Resident.objects.filter(
        Q(household=household) | Q(pk__in=household.guests.values("resident"))
    )


def members_of(household, staff):
    """Return the Members of a household whom this person may see, the oldest first.

    The same number of statements for one person and for ten.
    """
    day = today()
    people = list(people_of(household).visible_to(staff).order_by("life_status", "born_on", "pk"))
    terms = terms_of(household.county_code, day.year)
    held = _by_resident(SpecialIdentity.objects.in_force_on(day), people)
    enrolments = _by_resident(Enrolment.objects.select_related("scheme"), people)
    joined = {
        one.resident_id: one
        for one in JoinedHousehold.objects.filter(resident__in=people).select_related("household")
    }
    exempt = {
        one.resident_id: one
        for one in HouseholdExemption.objects.filter(resident__in=people, ended_on=None)
    }
    proxies = _proxies(household.county_code, [one.policy.scheme for one in terms], held, people)
    return [
        Member(
            person,
            age_on(day, person.born_on),
            person.household_id != household.pk,
            _elsewhere(joined.get(person.pk), household),
            exempt.get(person.pk),
            held.get(person.pk, []),
            proxies.get(person.pk, []),
            [
                _standing(
                    person,
                    term,
                    enrolments.get(person.pk, []),
                    exempt.get(person.pk),
                    _elsewhere(joined.get(person.pk), household),
                )
                for term in terms
            ],
        )
        for person in people
    ]


def _elsewhere(joined, household):
    return joined if joined and joined.household_id != household.pk else None


def _by_resident(rows, people):
    found = {}
    for row in rows.filter(resident__in=people).order_by("pk"):
        found.setdefault(row.resident_id, []).append(row)
    return found


def _proxies(county_code, schemes, held, people):
    """Return {resident id: [(scheme, what the policy of the year answers)]} of those who are paid
    for.
    """
    day = today()
    asked = [(person, scheme) for scheme in schemes for person in people if held.get(person.pk)]
    answers = ask(
        {
            "county_code": county_code,
            "scheme_id": scheme.pk,
            "year": day.year,
            "kind": "normal",
            "source": "proxy",
            "paid_on": day,
            "born_on": person.born_on,
            "sex": person.sex,
            "hukou": person.asked_hukou,
            "area_code": person.village_code,
            "identities": [
                {
                    "identity": one.identity,
                    "grade": one.grade,
                    "valid_from": one.valid_from,
                    "valid_to": one.valid_to,
                }
                for one in held[person.pk]
            ],
        }
        for person, scheme in asked
    )
    found = {}
    for (person, scheme), answer in zip(asked, answers, strict=True):
        if answer["proxy_rule_id"] is not None:
            found.setdefault(person.pk, []).append((scheme, answer))
    return found


def _standing(person, terms, enrolments, exemption, elsewhere):
    """Return how a person stands in the scheme of some terms."""
    scheme = terms.policy.scheme
    enrolment = next((one for one in enrolments if one.scheme_id == scheme.pk), None)
    why_not = _why_not(person, terms, exemption, elsewhere)
    if enrolment and enrolment.status == Enrolment.Status.DRAWING:
        return Standing(scheme, False, enrolment, _("待遇领取"))
    return Standing(scheme, not why_not, enrolment, why_not)


def _why_not(person, terms, exemption, elsewhere):
    """Return why somebody need not join; "" for somebody who should."""
    age = age_on(today(), person.born_on)
    if person.life_status != Resident.LifeStatus.ALIVE:
        return person.get_life_status_display()
    if elsewhere:
        return _("随别户计算")
    if exemption and terms.lets_exempt:
        return exemption.get_code_display()
    if person.other_cover in terms.barred:
        return person.get_other_cover_display()
    if age < terms.first_age:
        return _("未满 %(age)s 周岁") % {"age": terms.first_age}
    end_age = end_age_of(person, terms.end_ages)
    if end_age and age >= end_age:
        return _("已满 %(age)s 周岁") % {"age": end_age}
    if not terms.is_owed:
        return _("自愿参加")
    return ""


def completeness(members):
    """Return [(scheme, to join, joined, missing members)] of a household (M12)."""
    found = []
    for place, first in enumerate(members[0].standings if members else []):
        standings = [(member, member.standings[place]) for member in members]
        to_join = [(member, one) for member, one in standings if one.should]
        missing = [member for member, one in to_join if one.is_missing]
        found.append((first.scheme, len(to_join), len(to_join) - len(missing), missing))
    return found
