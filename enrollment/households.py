"""Arrange households and groups (调整户和组): who lives with whom, who counts with whom.

Nobody is deleted and nothing is lost: a household merged into another stays, empty, and points at
it, so that an old roster that names it finds the people where they are now.
"""

from django.db import IntegrityError, transaction

from enrollment.errors import (
    ExemptionHoldsAlready,
    HouseholdIsMerged,
    HouseholdNumberTaken,
    NothingTicked,
    OtherVillage,
    SplitTakesEverybody,
)
from enrollment.models import Household, HouseholdExemption, JoinedHousehold, Resident
from pension_portal.clock import today
from staff.audit import record
from townships.models import VILLAGE_CODE_LENGTH


@transaction.atomic
def merge_households(household, into, *, by):
    """Move everybody of a household into another of the same village; return how many."""
    _lock(household, into)
    if household.pk == into.pk or household.village_code != into.village_code:
        raise OtherVillage()
    moved = Resident.objects.filter(household=household).update(household=into)
    JoinedHousehold.objects.filter(household=household).update(household=into)
    Household.objects.filter(merged_into=household).update(merged_into=into)
    Household.objects.filter(pk=household.pk).update(merged_into=into)
    record(
        "merge_households",
        household,
        by=by,
        area_code=household.village_code,
        into=into.number,
        people=moved,
    )
    return moved


@transaction.atomic
def split_household(household, residents, *, number, by):
    """Give some of a household one of their own, headed by the oldest; return it.

    Refuses NothingTicked, SplitTakesEverybody and HouseholdNumberTaken.
    """
    _lock(household)
    leaving = list(
        Resident.objects.filter(household=household, pk__in=residents).order_by("born_on")
    )
    if not leaving:
        raise NothingTicked()
    if len(leaving) == Resident.objects.filter(household=household).count():
        raise SplitTakesEverybody()
    made = found_household(household.village_code, number, leaving[0].name)
    Resident.objects.filter(pk__in=[person.pk for person in leaving]).update(household=made)
    record(
        "split_household",
        household,
        by=by,
        area_code=household.village_code,
        into=number,
        people=len(leaving),
    )
    return made


def found_household(village_code, number, head_name):
    """Return a new household of a village; refuses HouseholdNumberTaken."""
    try:
        with transaction.atomic():
            return Household.objects.create(
                county_code=village_code[:6],
                village_code=village_code,
                number=number,
                head_name=head_name,
            )
    except IntegrityError as fault:
        raise HouseholdNumberTaken(number=number) from fault


@transaction.atomic
def place_people(residents, *, number, by, group_code=""):
    """Put people of one village into one of its households, made if it is not there, and into a
    group; return how many.

    Refuses NothingTicked, OtherVillage and HouseholdIsMerged. An empty number or group leaves that
    as it is.
    """
    people = list(Resident.objects.select_for_update().filter(pk__in=residents).order_by("born_on"))
    if not people:
        raise NothingTicked()
    villages = {person.village_code for person in people}
    village = villages.pop()
    if villages or (group_code and group_code[:VILLAGE_CODE_LENGTH] != village):
        raise OtherVillage()
    changed = {}
    if number:
        household = _household_of(village, number) or found_household(
            village, number, people[0].name
        )
        changed["household"] = household
    if group_code:
        changed["group_code"] = group_code
    Resident.objects.filter(pk__in=[person.pk for person in people]).update(**changed)
    record("place_people", None, by=by, area_code=village, household=number, people=len(people))
    return len(people)


def _household_of(village_code, number):
    """Return the household of a number, or the one it was merged into; None for none."""
    found = Household.objects.filter(village_code=village_code, number=number)
    household = found.select_related("merged_into").first()
    return household and (household.merged_into or household)


@transaction.atomic
def join_household(resident, household, *, why, by):
    """Let somebody count with another household than their own (M10); counted once, there."""
    if household.merged_into_id:
        raise HouseholdIsMerged(number=household.number)
    joined, _is_new = JoinedHousehold.objects.update_or_create(
        resident=resident,
        defaults={
            "county_code": resident.county_code,
            "village_code": resident.village_code,
            "household": household,
            "why": why,
            "made_by": by,
        },
    )
    record("join_household", resident, by=by, area_code=resident.village_code, reason=why)
    return joined


@transaction.atomic
def leave_joined_household(resident, *, by):
    """Let somebody count with their own household again."""
    JoinedHousehold.objects.filter(resident=resident).delete()
    record("leave_joined_household", resident, by=by, area_code=resident.village_code)


@transaction.atomic
def exempt_member(resident, code, *, evidence, evidence_on, by):
    """Note that somebody need not join with their household, and on what paper (M13).

    Refuses ExemptionHoldsAlready.
    """
    try:
        with transaction.atomic():
            exemption = HouseholdExemption.objects.create(
                county_code=resident.county_code,
                village_code=resident.village_code,
                resident=resident,
                code=code,
                evidence=evidence,
                evidence_on=evidence_on,
                made_by=by,
            )
    except IntegrityError as fault:
        raise ExemptionHoldsAlready(name=resident.name) from fault
    record(
        "exempt_member",
        resident,
        by=by,
        reason=evidence,
        area_code=resident.village_code,
        code=exemption.code,
    )
    return exemption


@transaction.atomic
def end_exemption(exemption, *, by):
    """End an exemption today: the person counts again."""
    HouseholdExemption.objects.filter(pk=exemption.pk, ended_on=None).update(ended_on=today())
    record("end_exemption", exemption.resident, by=by, area_code=exemption.village_code)


def _lock(*households):
    """Hold households, in one order for everybody; refuses HouseholdIsMerged."""
    numbers = [household.pk for household in households]
    for household in Household.objects.select_for_update().filter(pk__in=numbers).order_by("pk"):
        if household.merged_into_id:
            raise HouseholdIsMerged(number=household.number)
