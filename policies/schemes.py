"""What the schemes differ in (险种): whom each takes money from, which cover stands against it, and
whether a county follows it only once it has switched it on.

Pension and medical insurance go through the same machine. What a county decides (sums, days, who
may join) is in its policy files; what a scheme is by its nature stands here, once, and travels into
SQL as parameters. No step asks for a scheme by its number.
"""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from policies.words import BASIC, MEDICAL, PENSION_NAMES, SUPPLEMENTARY

RESIDENCE, SCHOOL, GUARDIAN = "residence", "school", "guardian"


class Traits(NamedTuple):
    """What a scheme is by its nature."""

    name: object
    # Who pays: from this birthday on, until the day before the other; None is for life.
    first_age: int
    end_age: int | None
    # Which other cover is the same insurance twice: such a payment is held (E10).
    doubled_by: tuple
    # Which covers, said by a list or a clerk, are a conflict with being enrolled.
    closed_to: tuple
    # What whom it concerns shows at the desk: where they live, learn, who pays for them.
    proofs: tuple
    # Who leaves that one leaves this one too.
    rests_on: int | None
    # Followed by every county with a policy, or only by one that has switched it on for a year.
    is_optional: bool


_EARNING = ("employees", "civil_service")
TRAITS = {
    BASIC: Traits(PENSION_NAMES[BASIC], 16, 60, _EARNING, (*_EARNING, "student"), (), None, False),
    SUPPLEMENTARY: Traits(
        PENSION_NAMES[SUPPLEMENTARY], 16, 60, _EARNING, (*_EARNING, "student"), (), BASIC, False
    ),
    MEDICAL: Traits(
        _("居民医保"),
        0,
        None,
        ("medical",),
        ("medical",),
        (RESIDENCE, SCHOOL, GUARDIAN),
        None,
        True,
    ),
}
SHORT_NAMES = {number: traits.name for number, traits in TRAITS.items()}
OPTIONAL = [number for number, traits in TRAITS.items() if traits.is_optional]


def ages_of(scheme_id):
    """Return {first_age, end_age}, the years a scheme takes money at, as SQL asks for them."""
    traits = TRAITS[scheme_id]
    return {"first_age": traits.first_age, "end_age": traits.end_age}


def traits_for_sql():
    """Return the traits of all schemes as arrays of the same length, for `unnest`."""
    return {
        "scheme_ids": list(TRAITS),
        "first_ages": [traits.first_age for traits in TRAITS.values()],
        "end_ages": [traits.end_age for traits in TRAITS.values()],
        "doubled_by": [",".join(traits.doubled_by) for traits in TRAITS.values()],
        "optional_schemes": OPTIONAL,
    }


def schemes_closed_to(cover):
    """Return the schemes that somebody with another cover may not be in; all for a cover that is
    none of theirs, such as a death.
    """
    barred = [number for number, traits in TRAITS.items() if cover in traits.closed_to]
    return barred or list(TRAITS)
