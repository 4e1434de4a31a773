"""Who has not paid yet, and who has (未缴名单、已缴名单): down to the group, the household and the
person (Y33).

    unpaid("341202100200", scheme_id=1, year=2021).visible_to(staff)

Paid means: an effective payment, one that no refund or reversal has taken back. What that is stands
once, in the view `contributions_effectivetransfer`; both lists ask it and agree with the counters.
"""

from datetime import date

from django.db.models import BooleanField, F
from django.db.models.expressions import RawSQL

from contributions.models import Transfer
from enrollment.models import Enrolment, Resident
from pension_portal.clock import today

PENSION_AGE = 60
PAYING_AGE = 16
# 「距领取待遇不足 15 年的，即 45 周岁以上」: those who have reached 45 are meant too (Y32, X03).
CHASE_FIRST_AGE = 45

# Asked person by person (OFFSET 0 keeps it so): a list shows fifty people, and PostgreSQL would
# otherwise gather a whole year's payers first.
HAS_PAID = """exists (
    select from contributions_effectivetransfer paid
    where paid.county_code = enrollment_enrolment.county_code
      and paid.resident_id = enrollment_enrolment.resident_id
      and paid.scheme_id = enrollment_enrolment.scheme_id
      and paid.year = %s
    offset 0
)"""
IS_EFFECTIVE = """exists (
    select from contributions_effectivetransfer effective
    where effective.county_code = contributions_transfer.county_code
      and effective.year = contributions_transfer.year
      and effective.id = contributions_transfer.id
)"""


def has_paid(year):
    """The condition that an enrolled person has an effective payment for a year."""
    # The texts above never change; the year travels as a parameter.
    return RawSQL(HAS_PAID, [year], output_field=BooleanField())  # noqa: S611


def unpaid(area_code, *, scheme_id, year):
    """Return the enrolments in an area whose person is to pay for a year and has not.

    To pay means active, alive, and of 16 to 59 years today. By village, group, household and
    person.
    """
    day = today()
    return (
        Enrolment.objects.inside(area_code)
        .filter(
            scheme_id=scheme_id,
            status=Enrolment.Status.ACTIVE,
            resident__life_status=Resident.LifeStatus.ALIVE,
            resident__born_on__gt=born_by(day, PENSION_AGE),
            resident__born_on__lte=born_by(day, PAYING_AGE),
        )
        .filter(~has_paid(year))
        .order_by(
            "village_code",
            "resident__group_code",
            F("resident__household__number").asc(nulls_last=True),
            "resident_id",
        )
    )


def paid_the_year_before(enrolments, year):
    """Narrow a list to those who paid for the year before: the first to be reminded (Y62)."""
    return enrolments.filter(has_paid(year - 1))


def aged_45_and_over(enrolments):
    """Narrow a list to those who have reached 45 (Y32)."""
    return enrolments.filter(resident__born_on__lte=born_by(today(), CHASE_FIRST_AGE))


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
