"""Who has not paid yet, and who has (未缴名单、已缴名单): down to the group, the household and the
person (Y33).

    unpaid("341202100200", scheme_id=1, year=2021).visible_to(staff)

Paid means: an effective payment, one that no refund or reversal has taken back. What that is stands
once, in the view `contributions_effectivetransfer`; both lists ask it and agree with the counters.
"""

from datetime import date
from typing import NamedTuple

from django.db.models import BooleanField, Case, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from contributions.models import Transfer
from enrollment.models import Enrolment, Resident
from pension_portal.clock import today
from policies.schemes import TRAITS

# 「距领取待遇不足 15 年的，即 45 周岁以上」: those who have reached 45 are meant too (Y32, X03).
CHASE_FIRST_AGE = 45
LIST_ORDER = ("village_code", "group_code", "is_alone", "household_number", "resident_id")
# A household's number may hold any sign, so it stands last.
PLACE_ORDER = ("resident_id", "is_alone", "village_code", "group_code", "household_number")

HAS_PAID = """exists (
    select from contributions_effectivetransfer paid
    where paid.county_code = enrollment_enrolment.county_code
      and paid.resident_id = enrollment_enrolment.resident_id
      and paid.scheme_id = enrollment_enrolment.scheme_id
      and paid.year = %s
)"""
# Asked person by person (OFFSET 0 keeps it so): a list shows fifty people, and PostgreSQL would
# otherwise gather a whole year's payers first.
HAS_PAID_ONE_BY_ONE = HAS_PAID[:-1] + "    offset 0\n)"
# Not of pension age on a day, as `policies_end_age` says it; written out, so that a county's people
# cost no call of a function each.
PAYS_BEYOND = """coalesce(enrollment_resident.born_on + make_interval(years => coalesce(
    (select enrollment_end_ages(%s, %s, %s, %s)) ->> enrollment_resident.id::text,
    (select enrollment_end_ages(%s, %s, %s, %s)) ->> enrollment_resident.sex
)::int) > %s, true)"""
IS_EFFECTIVE = """exists (
    select from contributions_effectivetransfer effective
    where effective.county_code = contributions_transfer.county_code
      and effective.year = contributions_transfer.year
      and effective.id = contributions_transfer.id
)"""


def has_paid(year, *, as_a_whole=False):
    """The condition that an enrolled person has an effective payment for a year.

    `as_a_whole` suits who counts everybody, as a list suits who looks at the first fifty.
    """
    # The texts above never change; the year travels as a parameter.
    text = HAS_PAID if as_a_whole else HAS_PAID_ONE_BY_ONE
    return RawSQL(text, [year], output_field=BooleanField())  # noqa: S611


def unpaid(area_code, *, scheme_id, year, as_a_whole=False):
    """Return the enrolments in an area whose person is to pay for a year and has not.

    To pay means active, alive, and of the age at which the scheme takes money today. By village,
    group, household and person (Y33), those without a household last in their group: an order that
    an index begins, so that a page costs the same in a village and in a county of a million.
    """
    day = today()
    return (
        Enrolment.objects.inside(area_code)
        .filter(
            scheme_id=scheme_id,
            status=Enrolment.Status.ACTIVE,
            resident__life_status=Resident.LifeStatus.ALIVE,
            resident__born_on__lte=born_by(day, TRAITS[scheme_id].first_age),
        )
        .filter(pays_beyond(area_code[:6], scheme_id, day))
        .filter(~has_paid(year, as_a_whole=as_a_whole))
        .annotate(
            group_code=Coalesce("resident__group_code", Value("")),
            is_alone=Case(When(resident__household=None, then=1), default=0),
            household_number=Coalesce("resident__household__number", Value("")),
        )
        .order_by(*LIST_ORDER)
    )


def pays_beyond(county_code, scheme_id, day):
    """The condition that an enrolled person is not yet of pension age on a day."""
    whose = [county_code, scheme_id, day.year, TRAITS[scheme_id].end_age]
    return RawSQL(PAYS_BEYOND, [*whose, *whose, day], output_field=BooleanField())  # noqa: S611


# --- Pages of the list ------------------------------------------------------------------------


class Walk(NamedTuple):
    """A part of a list, and the places before its first and after its last; empty at an end."""

    people: list
    before: str
    after: str


def walk(enrolments, *, after="", before="", length):
    """Return the part of a list that follows one place, or that comes before another.

    No row is skipped by counting: a place names the village, group, household and person it stands
    at, and the index begins there.
    """
    is_back = bool(before)
    place = _place_of(before or after)
    if place:
        enrolments = enrolments.filter(_beyond(place, is_back))
    people = list((enrolments.reverse() if is_back else enrolments)[: length + 1])
    has_more = len(people) > length
    people = people[:length]
    if is_back:
        people.reverse()
    has_before, has_after = (has_more, True) if is_back else (bool(place), has_more)
    return Walk(
        people,
        _words_of(people[0]) if people and has_before else "",
        _words_of(people[-1]) if people and has_after else "",
    )


def _words_of(enrolment):
    return "~".join(str(getattr(enrolment, name)) for name in PLACE_ORDER)


def _place_of(words):
    """Read a place again; None for one that cannot be."""
    parts = words.split("~", len(PLACE_ORDER) - 1)
    place = dict(zip(PLACE_ORDER, parts, strict=False))
    if len(parts) < len(PLACE_ORDER) or not place["resident_id"].isdigit():
        return None
    return place | {"is_alone": place["is_alone"] == "1", "resident_id": int(place["resident_id"])}


def _beyond(place, is_back):
    """The rows behind a place (or before it): beyond in the first column that differs."""
    word = "lt" if is_back else "gt"
    # The village stands outside too, so that the index is entered there.
    beyond, same = Q(), Q()
    for name in LIST_ORDER:
        value = int(place[name]) if name == "is_alone" else place[name]
        beyond |= same & Q(**{f"{name}__{word}": value})
        same &= Q(**{name: value})
    return Q(**{f"village_code__{word}e": place["village_code"]}) & beyond


def born_by(day, age):
    """Return the last day of birth of those who have reached an age on a day.

    On 28 February 2021 a person born on 29 February 1976 is still 44.
    """
    try:
        return day.replace(year=day.year - age)
    except ValueError:
        return date(day.year - age, 2, 28)


def paid(area_code, *, scheme_id, year):
    """Return the effective payments for a year of an area's people, the newest posted first."""
    return (
        Transfer.objects.inside(area_code)
        .filter(
            year=year,
            scheme_id=scheme_id,
            kind__in=[Transfer.Kind.NORMAL, Transfer.Kind.BACK],
        )
        .filter(RawSQL(IS_EFFECTIVE, [], output_field=BooleanField()))  # noqa: S611
        .order_by("-id")
    )


def last_tiers(residents, *, county_code, scheme_id, year):
    """Return {resident id: tier paid for the year before} of some residents; the default of this
    year (Y21).
    """
    payments = paid(county_code, scheme_id=scheme_id, year=year - 1).filter(
        resident_id__in=residents, source=Transfer.Source.OWN
    )
    return dict(payments.values_list("resident_id", "tier_amount"))
