"""Doors of the monthly reports: which town has sent which month, and one report's cases (月报)."""

import re
from datetime import date

from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from enrollment import cases, monthly
from enrollment.case_kinds import ReportClass
from enrollment.models import Case, MonthlyReport
from enrollment.views.cases import add_what_a_line_shows
from enrollment.views.residents import names_of
from pension_portal.clock import today
from pension_portal.refusals import Refusal
from policies.schemes import SHORT_NAMES
from staff.permissions import may, needs
from townships.models import TOWN_CODE_LENGTH, Area

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
MOST_LISTED = 200


@needs("view_case")
@require_GET
def months(request):
    """One month, town by town: sent or not, in time or late, how many of each class."""
    month = _month(request.GET.get("month"))
    reports = {
        one.town_code: one
        for one in MonthlyReport.objects.visible_to(request.user)
        .filter(month=month)
        .select_related("sent_by")
    }
    lines = [_line(town, month, reports.get(town.code)) for town in _towns(request.user)]
    context = {
        "month": month,
        "earlier": monthly.last_month(month),
        "later": monthly.next_month(month) if monthly.next_month(month) <= today() else None,
        "due_on": monthly.due_on(month),
        "is_over": today() >= monthly.next_month(month),
        "classes": ReportClass,
        "lines": lines,
        "sent": len(reports),
        "late_counts": _late_counts(request.user, month.year),
        "may_send": may(request.user, "send_month"),
    }
    return render(request, "enrollment/months.html", context)


def _month(text):
    if not text:
        return monthly.last_month(today())
    if not MONTH.fullmatch(text):
        raise Http404
    return date(int(text[:4]), int(text[5:]), 1)


def _towns(staff):
    """Return the towns of one's area, or one's own; a village agent sees their town's."""
    codes = staff.area_code[:TOWN_CODE_LENGTH]
    return Area.objects.inside(codes).in_force_on(today()).towns().order_by("position", "code")


def _line(town, month, report):
    cases_now = () if report else monthly.to_send(town.code, month)
    counts = report.counts if report else monthly.counts_of_month(town.code, month, cases_now)
    return {
        "town": town,
        "report": report,
        "counts": [counts.get(one.value, 0) for one in ReportClass],
        "total": sum(counts.values()),
        "is_overdue": report is None and today() > monthly.due_on(month),
    }


def _late_counts(staff, year):
    """Return {town: reports of a year that were late}."""
    found = MonthlyReport.objects.visible_to(staff).filter(month__year=year)
    late = found.filter(sent_on__gt=F("due_on")).values("town_code").annotate(times=Count("pk"))
    return {one["town_code"]: one["times"] for one in late}


@needs("send_month")
@require_POST
def send_month(request):
    month = _month(request.POST.get("month"))
    report = monthly.send_month(request.user.area_code[:TOWN_CODE_LENGTH], month, by=request.user)
    if report.total:
        words = _("已上报 %(month)s 共 %(count)d 件。")
    else:
        words = _("已上报 %(month)s 零报告。")
    messages.success(request, words % {"month": f"{month:%Y-%m}", "count": report.total})
    return redirect("enrollment:report", report.pk)


@needs("view_case")
@require_GET
def report(request, report_id):
    """One town's month, its cases by class; the county agrees to ordinary ones together."""
    found = _report_or_404(request, report_id)
    inside = Case.objects.visible_to(request.user).filter(report=found)
    listed = list(
        inside.select_related("made_by", "reviewed_by").prefetch_related("items")[:MOST_LISTED]
    )
    add_what_a_line_shows(listed)
    may_approve = may(request.user, "approve_case")
    for one in listed:
        one.may_tick = may_approve and one.waits_for_approval and not one.is_sensitive
    context = {
        "report": found,
        "town": Area.objects.filter(code=found.town_code).first(),
        "classes": [(one.label, found.counts.get(one.value, 0)) for one in ReportClass],
        "cases": listed,
        "registered": _registered(request.user, found),
        "waiting": inside.filter(state=Case.State.REVIEWED).count(),
        "may_approve": may_approve and any(one.may_tick for one in listed),
    }
    return render(request, "enrollment/report.html", context)


def _registered(staff, found):
    """Return whom the town registered at its desks in the month, for whoever looks afterwards."""
    made = monthly.desk_registrations(found.town_code, found.month).inside(staff.area_code)
    listed = list(made.select_related("resident", "made_by").order_by("pk")[:MOST_LISTED])
    names = names_of({one.village_code for one in listed})
    for one in listed:
        one.place = names.get(one.village_code, one.village_code)
        one.scheme_words = [SHORT_NAMES.get(number, number) for number in one.schemes]
    return listed


def _report_or_404(request, report_id):
    found = MonthlyReport.objects.visible_to(request.user).select_related("sent_by")
    return get_object_or_404(found, pk=report_id)


@needs("approve_case")
@require_POST
def approve_several(request, report_id):
    """Agree to the ticked ordinary cases one by one, so that one that cannot be stops no other."""
    found = _report_or_404(request, report_id)
    ticked = [int(number) for number in request.POST.getlist("case") if number.isdecimal()]
    waiting = Case.objects.visible_to(request.user).filter(
        Q(report=found), pk__in=ticked, state=Case.State.REVIEWED
    )
    done = 0
    for one in waiting.prefetch_related("items"):
        if one.is_sensitive:
            continue
        try:
            cases.approve_case(one, by=request.user)
            done += 1
        except Refusal as refusal:
            messages.warning(request, f"{one.number} {one.name}: {refusal}")
    messages.success(request, _("已同意 %(count)d 件，档案已更新。") % {"count": done})
    return redirect("enrollment:report", found.pk)
