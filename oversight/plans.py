"""The task plans of a county, read with their milestones in one go, and the pace they ask for."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from oversight.models import ScoreSettings
from oversight.pace import Pace, Stage
from policies.models import PolicyVersion, Scheme, Window
from policies.rules.windows import is_payable_day, open_windows
from townships.models import TaskPlan

BASIC_SCHEME = 1


@dataclass(frozen=True)
class Plan:
    """One year's task in one scheme; without a task plan, a bare calendar year that asks for
    nothing.
    """

    scheme_id: int
    scheme_name: str
    year: int
    starts_on: date
    ends_on: date
    stages: tuple = ()
    counts_proxy: bool = True
    whole_points_only: bool = False
    document_no: str = ""
    is_set: bool = True


def plans_of(county_code):
    """Return the county's plans in all schemes and years, newest year first; one query."""
    settings = ScoreSettings.objects.filter(pk=county_code).values("whole_points_only")
    scheme = Scheme.objects.filter(pk=OuterRef("scheme_id")).values("short_name")
    rows = (
        TaskPlan.objects.filter(county_id=county_code)
        .annotate(
            scheme_name=Subquery(scheme),
            whole_points_only=Subquery(settings),
            label=F("milestones__label"),
            due_on=F("milestones__due_on"),
            share=F("milestones__share"),
        )
        .order_by("-year", "scheme_id", "due_on")
    )
    plans = {}
    for row in rows:
        plans.setdefault(row.pk, []).append(row)
    return [_plan(rows) for rows in plans.values()]


def _plan(rows):
    plan = rows[0]
    return Plan(
        scheme_id=plan.scheme_id,
        # The scheme's name is data, and one of the few that has an English.
        scheme_name=_(plan.scheme_name) if plan.scheme_name else "",
        year=plan.year,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        stages=tuple(Stage(row.label, row.due_on, row.share) for row in rows if row.due_on),
        counts_proxy=plan.counts_proxy,
        whole_points_only=bool(plan.whole_points_only),
        document_no=plan.document_no,
    )


def plan_for(plans, *, scheme_id, year):
    """Return the plan of a scheme and year; where none is set, a calendar year without a task."""
    for plan in plans:
        if (plan.scheme_id, plan.year) == (scheme_id, year):
            return plan
    scheme = Scheme.objects.filter(pk=scheme_id).first()
    return Plan(
        scheme_id,
        _(scheme.short_name) if scheme else "",
        year,
        date(year, 1, 1),
        date(year, 12, 31),
        is_set=False,
    )


def pace_of(plan, county_code):
    """Return the pace of a plan over the days on which the county's policy in force lets people
    pay.

    A county without a published policy, or whose policy names no payable days, may be paid on any
    day of its campaign.
    """
    in_force = PolicyVersion.objects.in_force(county_code, plan.scheme_id, plan.year)
    windows = list(Window.objects.filter(policy__in=in_force.values("pk")))
    has_windows = bool(open_windows(windows))
    return Pace(
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        stages=plan.stages,
        is_payable=lambda day: not has_windows or is_payable_day(windows, day),
        last_label=_("收尾"),
    )
