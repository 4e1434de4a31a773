"""The registry (people, households, enrolments, identities), the rosters that fill it, and the
lists that departments hold against it.
"""

from enrollment.models.cases import Case, CaseItem, CasePaper, MonthlyReport
from enrollment.models.conflicts import Conflict
from enrollment.models.households import HouseholdExemption, JoinedHousehold
from enrollment.models.lists import (
    EXCLUSIONS,
    CertifiedIdentity,
    Department,
    DepartmentList,
    ExpectedList,
    IdentityWord,
    ListChange,
    ListedPerson,
    ListFault,
    Subject,
)
from enrollment.models.people import (
    Enrolment,
    Household,
    PayableCounter,
    PeopleQuerySet,
    Resident,
    SpecialIdentity,
)
from enrollment.models.registrations import Draft, Paper, Registration, TierChoice
from enrollment.models.rosters import End, EnrollmentSettings, RosterFault, RosterImport, RosterRow

__all__ = [
    "EXCLUSIONS",
    "Case",
    "CaseItem",
    "CasePaper",
    "CertifiedIdentity",
    "Conflict",
    "Department",
    "DepartmentList",
    "Draft",
    "End",
    "EnrollmentSettings",
    "Enrolment",
    "ExpectedList",
    "Household",
    "HouseholdExemption",
    "IdentityWord",
    "JoinedHousehold",
    "ListChange",
    "ListFault",
    "ListedPerson",
    "MonthlyReport",
    "Paper",
    "PayableCounter",
    "PeopleQuerySet",
    "Registration",
    "Resident",
    "RosterFault",
    "RosterImport",
    "RosterRow",
    "SpecialIdentity",
    "Subject",
    "TierChoice",
]
