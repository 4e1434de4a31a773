"""The registry (people, households, enrolments, identities), the rosters that fill it, and the
cases that change it.
"""

from enrollment.models.cases import Case, CaseItem, CasePaper, MonthlyReport
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
    "Case",
    "CaseItem",
    "CasePaper",
    "Draft",
    "End",
    "Enrolment",
    "Household",
    "MonthlyReport",
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
