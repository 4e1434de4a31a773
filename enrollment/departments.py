"""Which department certifies what, and which lists are due (部门与名单要求).

A county begins with the division of work that the documents name and changes what differs with it;
nothing of it is code. A list is due at a day of each year or month; what is missing by then stands
on the start page (Y72, M32).
"""

from calendar import monthrange
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from enrollment.errors import DepartmentHasLists
from enrollment.models import (
    CertifiedIdentity,
    Department,
    DepartmentList,
    ExpectedList,
    IdentityWord,
    Subject,
)
from pension_portal.clock import today
from staff.audit import record

# The division of work of the counties' documents (M27–M30, Y35, Y72), under today's names (X17).
USUAL = [
    ("民政局", ["low_income", "destitute", "orphan"], [("identities", "year", 12, 10),
                                                ("death", "month", 12, 10)]),
    ("残联", ["disabled"], [("identities", "year", 12, 10)]),
    ("卫生健康委", ["bereaved_parent", "procedure_injury"], [("identities", "year", 12, 10)]),
    (
        "农业农村局（乡村振兴局）",
        ["registered_poor", "retired_fisher", "newly_poor", "returning_worker"],
        [("identities", "year", 11, 10)],
    ),
    ("应急管理局", ["disaster_poor"], [("identities", "year", 12, 10)]),
    (
        "人社局养老保险中心",
        [],
        [("employees", "month", 12, 10), ("civil_service", "month", 12, 10)],
    ),
    ("教育局", [], [("student", "year", 10, 31)]),
    ("公安局", [], [("moved", "month", 12, 10)]),
    ("司法局", [], [("imprisonment", "month", 12, 10)]),
    ("退役军人事务局", [], [("military", "year", 10, 31)]),
]  # fmt: skip
SOON = 30
# Until the end of March a list owed for the year before is still asked for, where a county had any
# by then.
STILL_ASKED_MONTH = 3


class Expectation(NamedTuple):
    """One list that is due: until when, for which period, what has come and what is missing."""

    expected: ExpectedList
    first_day: date
    due_on: date
    lists: list
    missing: list
    day: date

    @property
    def is_met(self):
        return bool(self.lists) and not self.missing

    @property
    def days_left(self):
        return (self.due_on - self.day).days

    @property
    def is_late(self):
        return not self.is_met and self.days_left < 0

    @property
    def is_soon(self):
        return not self.is_met and 0 <= self.days_left <= SOON

    @property
    def missing_names(self):
        names = dict(CertifiedIdentity._meta.get_field("identity").flatchoices)
        return [names[identity] for identity in self.missing]


# --- What is due ----------------------------------------------------------------------------------


def expectations(county_code, day=None):
    """Return the Expectations of a county on a day, soonest first."""
    day = day or today()
    expected = ExpectedList.objects.filter(county_code=county_code).select_related("department")
    certified = _certified(county_code)
    lists = _applied_lists(county_code, date(day.year - 1, 1, 1))
    found = [_expectation(one, certified, lists, day) for one in expected]
    return sorted(found, key=lambda e: (e.is_met, e.due_on, e.expected.pk))


def _certified(county_code):
    certified = {}
    for department, identity in CertifiedIdentity.objects.filter(
        county_code=county_code
    ).values_list("department_id", "identity"):
        certified.setdefault(department, []).append(identity)
    return certified


def _applied_lists(county_code, first_day):
    lists = {}
    for received in DepartmentList.objects.filter(
        county_code=county_code, as_of__gte=first_day
    ).exclude(applied_at=None):
        lists.setdefault((received.department_id, received.subject), []).append(received)
    return lists


def _expectation(expected, certified, lists, day):
    """Return how one expectation stands: for the earliest period that is not met, or this one."""
    key = expected.department_id, expected.subject
    has_begun = any(one.as_of.year < day.year for came in lists.values() for one in came)
    for first_day, due_on in periods(expected, day, has_begun=has_begun):
        came = [one for one in lists.get(key, []) if first_day <= one.as_of <= day]
        missing = []
        if expected.subject == Subject.IDENTITIES:
            held = {identity for one in came if one.is_complete for identity in one.identities}
            missing = [i for i in certified.get(expected.department_id, []) if i not in held]
        found = Expectation(expected, first_day, due_on, came, missing, day)
        if not found.is_met:
            break
    return found


def periods(expected, day, *, has_begun):
    """Return (first day, due day) of the periods asked about on a day, the earliest first; of the
    year before only where the county `has_begun` by then.
    """
    if expected.rhythm == ExpectedList.Rhythm.MONTH:
        return [(day.replace(day=1), _day_of(day.year, day.month, expected.due_day))]
    asks_back = has_begun and day.month <= STILL_ASKED_MONTH
    years = [day.year - 1, day.year] if asks_back else [day.year]
    return [
        (date(year, 1, 1), _day_of(year, expected.due_month, expected.due_day)) for year in years
    ]


def _day_of(year, month, day):
    return date(year, month, min(day, monthrange(year, month)[1]))


# --- Changing it ----------------------------------------------------------------------------------


@transaction.atomic
def set_up_departments(county_code, *, by):
    """Give a county the usual departments; what it has already stays. Returns how many were new."""
    made = 0
    for name, identities, expected in USUAL:
        department, is_new = Department.objects.get_or_create(county_code=county_code, name=name)
        made += is_new
        for identity in identities:
            CertifiedIdentity.objects.get_or_create(
                county_code=county_code, identity=identity, defaults={"department": department}
            )
        for subject, rhythm, month, day in expected if is_new else []:
            ExpectedList.objects.create(
                county_code=county_code,
                department=department,
                subject=subject,
                rhythm=rhythm,
                due_month=month,
                due_day=day,
            )
    record("set_up_departments", by=by, area_code=county_code, departments=made)
    return made


@transaction.atomic
def name_certifiers(county_code, departments, *, by):
    """Say of each identity which department certifies it: {identity: department, or None}."""
    for identity, department in departments.items():
        held = CertifiedIdentity.objects.filter(county_code=county_code, identity=identity)
        if department is None:
            held.delete()
        else:
            CertifiedIdentity.objects.update_or_create(
                county_code=county_code, identity=identity, defaults={"department": department}
            )
    names = {identity: str(d) if d else "" for identity, d in departments.items()}
    record("name_certifiers", by=by, area_code=county_code, certifiers=names)


@transaction.atomic
def add_department(county_code, name, *, by):
    """Return the county's department of a name, made if it was not there."""
    department, is_new = Department.objects.get_or_create(county_code=county_code, name=name)
    if is_new:
        record("add_department", department, by=by, area_code=county_code, department=name)
    return department


@transaction.atomic
def remove_department(department, *, by):
    """Take a department away; refuses DepartmentHasLists."""
    if department.lists.exists():
        raise DepartmentHasLists(department=department.name)
    record("remove_department", department, by=by, area_code=department.county_code)
    department.delete()


@transaction.atomic
def expect_list(department, subject, *, rhythm, due_month, due_day, by):
    """Expect a list of a department at a day; the same subject again gets the new day."""
    expected, _is_new = ExpectedList.objects.update_or_create(
        department=department,
        subject=subject,
        defaults={
            "county_code": department.county_code,
            "rhythm": rhythm,
            "due_month": due_month,
            "due_day": due_day,
        },
    )
    due = f"{due_month}-{due_day}" if rhythm == ExpectedList.Rhythm.YEAR else f"{due_day}"
    record("expect_list", expected, by=by, area_code=department.county_code, due=due)
    return expected


@transaction.atomic
def stop_expecting(expected, *, by):
    """Expect a list no longer."""
    record("stop_expecting", expected, by=by, area_code=expected.county_code)
    expected.delete()


@transaction.atomic
def add_word(county_code, text, identity, *, by, grade=None, first_year=None, last_year=None):
    """Note what a department's word means; the same word for the same years means this now."""
    word, _is_new = IdentityWord.objects.update_or_create(
        county_code=county_code,
        text=text,
        first_year=first_year,
        defaults={"identity": identity, "grade": grade, "last_year": last_year},
    )
    record("add_identity_word", word, by=by, area_code=county_code, word=text, identity=identity)
    return word


@transaction.atomic
def remove_word(word, *, by):
    """Forget what a word means."""
    record("remove_identity_word", word, by=by, area_code=word.county_code, word=word.text)
    word.delete()


# --- What only a department's list may set --------------------------------------------------------


def identities_by_list(county_code):
    """Return {identity: department name} of what only a department's list may set by now: its
    certifier has sent a complete list before.

    Until then a roster fills the registry; from then on it only proposes.
    """
    sent = DepartmentList.objects.filter(
        county_code=county_code, subject=Subject.IDENTITIES, is_complete=True
    ).exclude(applied_at=None)
    covered = {identity for one in sent.values_list("identities", flat=True) for identity in one}
    held = CertifiedIdentity.objects.filter(Q(county_code=county_code, identity__in=covered))
    return dict(held.values_list("identity", "department__name"))
