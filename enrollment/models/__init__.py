"""The registry (people, households, enrolments, identities) and the rosters that fill it."""

from enrollment.models.people import (
    Enrolment,
    Household,
    PayableCounter,
    PeopleQuerySet,
    Resident,
    SpecialIdentity,
)
from enrollment.models.registrations import Draft, Paper, Registration, TierChoice
from enrollment.models.rosters import End, RosterFault, RosterImport, RosterRow, RosterSettings

__all__ = [
    "Draft",
    "End",
    "Enrolment",
    "Household",
    "Paper",
    "PayableCounter",
    "PeopleQuerySet",
    "Registration",
    "Resident",
    "RosterFault",
    "RosterImport",
    "RosterRow",
    "RosterSettings",
    "SpecialIdentity",
    "TierChoice",
]
