"""The registry (people, households, enrolments, identities) and the rosters that fill it."""

from enrollment.models.people import (
    Enrolment,
    Household,
    PayableCounter,
    PeopleQuerySet,
    Resident,
    SpecialIdentity,
)
from enrollment.models.rosters import End, RosterFault, RosterImport, RosterRow, RosterSettings

__all__ = [
    "End",
    "Enrolment",
    "Household",
    "PayableCounter",
    "PeopleQuerySet",
    "Resident",
    "RosterFault",
    "RosterImport",
    "RosterRow",
    "RosterSettings",
    "SpecialIdentity",
]
