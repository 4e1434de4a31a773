"""The registry (people, households, enrolments, identities) and the rosters that fill it."""

from enrollment.models.people import (
    Enrolment,
    Household,
    PayableCounter,
    PeopleQuerySet,
    Resident,
    SpecialIdentity,
)
from enrollment.models.rosters import RosterFault, RosterImport, RosterRow

__all__ = [
    "Enrolment",
    "Household",
    "PayableCounter",
    "PeopleQuerySet",
    "Resident",
    "RosterFault",
    "RosterImport",
    "RosterRow",
    "SpecialIdentity",
]
