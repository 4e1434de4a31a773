"""The log of comparisons (比对记录, Y35): which exclusion list came in which month, which did not.

职工养老保险参保    2021-01 ✓ 3 conflicts    2021-02 missing    2021-03 ✓ 1 conflict
"""

from typing import NamedTuple

from django.db.models import Count, Q

from enrollment.models import Conflict, DepartmentList, ExpectedList, Subject

MONTHS_SHOWN = 12


class Month(NamedTuple):
    """One month of one kind of list: what came, how much was found, or that nothing came."""

    first_day: object
    lists: list
    found: int
    is_missing: bool


def comparison_log(county_code, day):
    """Return (months, [(expected list, its Months, cases still open)]), the newest month first."""
    months = _months_until(day)
    lists = {}
    for received in DepartmentList.objects.filter(
        county_code=county_code, as_of__gte=months[-1], applied_at__isnull=False
    ).exclude(subject=Subject.IDENTITIES):
        key = received.department_id, received.subject, received.as_of.replace(day=1)
        lists.setdefault(key, []).append(received)
    expected = ExpectedList.objects.filter(county_code=county_code).exclude(
        subject=Subject.IDENTITIES
    )
    still_open = dict(
        Conflict.objects.filter(county_code=county_code)
        .exclude(state=Conflict.State.DONE)
        .values_list("subject")
        .annotate(number=Count("pk", filter=Q(resident__isnull=False)))
    )
    first = min((one.as_of for came in lists.values() for one in came), default=None)
    rows = []
    for one in expected.select_related("department"):
        line = [
            _month(month, lists.get((one.department_id, one.subject, month), []), one, first)
            for month in months
        ]
        rows.append((one, line, still_open.get(one.subject, 0)))
    return months, rows


def _month(first_day, lists, expected, first):
    """A month before the county's first comparison is not missing; a yearly list misses none."""
    is_monthly = expected.rhythm == ExpectedList.Rhythm.MONTH
    has_begun = first is not None and first_day >= first.replace(day=1)
    found = sum(one.counts.get("conflict", 0) for one in lists)
    return Month(first_day, lists, found, is_monthly and has_begun and not lists)


def _months_until(day):
    months, month = [], day.replace(day=1)
    for _step in range(MONTHS_SHOWN):
        months.append(month)
        year, number = (month.year - 1, 12) if month.month == 1 else (month.year, month.month - 1)
        month = month.replace(year=year, month=number)
    return months
