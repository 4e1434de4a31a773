"""Newborns in a scheme that takes them (新生儿): paid for within some months of birth, covered from
birth on (M05); until there is an ID number, known by the number of the birth certificate.

    born 30 November 2020, three months  →  to be paid for by 28 February 2021
    enrolled on 5 January 2021           →  covered from 30 November 2020
"""

from pension_portal.clock import today
from policies.models import EligibilityRule, PolicyVersion
from policies.rules.ages import months_after
from policies.schemes import TRAITS


def pay_by(county_code, scheme, born_on):
    """Return the last day to pay for somebody born so lately; None for all others, and where the
    scheme or its policy knows no newborns.
    """
    if TRAITS[scheme].first_age:
        return None
    rules = EligibilityRule.objects.filter(
        policy__in=PolicyVersion.objects.in_force(county_code, scheme), kind="newborn_months"
    )
    months = rules.order_by("-policy__year").values_list("number", flat=True).first()
    last_day = months_after(born_on, months) if months else None
    return last_day if last_day and today() <= last_day else None


def covered_from(county_code, scheme, born_on, day):
    """Return the day an enrolment of a day begins: that day, or a newborn's birth."""
    return born_on if pay_by(county_code, scheme, born_on) else day
