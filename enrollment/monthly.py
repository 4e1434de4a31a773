"""Send a town's month up to the county (月报): by the 10th, last month's cases by class (Y38).

    March: 东湾镇 reviewed 12 new, 30 changes, 4 ends   →  sent on 9 April, on time
    April: nothing happened                              →  a 零报告, for silence is no report

What the town reviewed by the month's end and has not sent goes up; what comes later goes with the
next month.
"""

from datetime import date

from django.db import IntegrityError, transaction

from enrollment.case_kinds import KINDS, ReportClass
from enrollment.errors import MonthNotOver, MonthReportedAlready
from enrollment.models import Case, MonthlyReport, Registration
from pension_portal.clock import today
from staff.audit import record

DUE_DAY = 10


@transaction.atomic
def send_month(town_code, month, *, by):
    """Return the report of a town for a month (its first day), with its cases in it.

    Refuses MonthNotOver and MonthReportedAlready.
    """
    following = next_month(month)
    if today() < following:
        raise MonthNotOver(month=f"{month:%Y-%m}", day=following)
    report = _make_report(town_code, month, by)
    cases = to_send(town_code, month).select_for_update(of=["self"])
    report.counts = counts_of_month(town_code, month, cases)
    report.save(update_fields=["counts"])
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(report=report)
    record("send_month", report, by=by, area_code=town_code, rows=report.total)
    return report


def _make_report(town_code, month, by):
    try:
        with transaction.atomic():
            return MonthlyReport.objects.create(
                county_code=town_code[:6],
                town_code=town_code,
                month=month,
                due_on=due_on(month),
                sent_on=today(),
                sent_by=by,
            )
    except IntegrityError as taken:
        other = MonthlyReport.objects.select_related("sent_by").get(
            town_code=town_code, month=month
        )
        raise MonthReportedAlready(
            month=f"{month:%Y-%m}", name=other.sent_by, day=other.sent_on
        ) from taken


def to_send(town_code, month):
    """The cases that a report of this month takes along: reviewed by its end, and in none yet."""
    return Case.objects.in_town(town_code).filter(
        state__in=[Case.State.REVIEWED, Case.State.APPROVED],
        report=None,
        reviewed_on__lt=next_month(month),
    )


def counts_of_month(town_code, month, cases):
    """Return {class: how many} of a town's month, each of the four classes named: its cases, and
    whom it registered at the desk.
    """
    counts = {one.value: 0 for one in ReportClass}
    for case in cases:
        counts[KINDS[case.kind].report_class] += 1
    counts[ReportClass.NEW.value] += desk_registrations(town_code, month).count()
    return counts


def desk_registrations(town_code, month):
    """The registrations that took effect at a town's desks in a month, without a case."""
    return Registration.objects.filter(
        county_code=town_code[:6],
        village_code__startswith=town_code,
        made_at__year=month.year,
        made_at__month=month.month,
    )


def next_month(month):
    """Return the first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def last_month(day):
    """Return the first day of the month before the one a day is in."""
    return date(day.year - (day.month == 1), (day.month - 2) % 12 + 1, 1)


def due_on(month):
    """Return the day by which a month's report is due; that day itself is in time (Y38)."""
    return next_month(month).replace(day=DUE_DAY)
