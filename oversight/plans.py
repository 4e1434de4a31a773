"""The task plans of a county, read with their milestones in one go, and the pace they ask for."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from oversight.models import ScoreSettings
from oversight.pace import Pace, Stage
from oversight.statements import fetch_statement
from policies.models import Scheme, Window
from policies.rules.windows import open_windows, payable_days
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
    found = fetch_statement(
        "policy_in_force",
        {"county_code": county_code, "scheme_id": plan.scheme_id, "year": plan.year},
    )
    policy_id = found[0]["policy_id"] if found else None
    payable = _payable_days(policy_id, plan.starts_on, plan.ends_on)
    return Pace(
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        stages=plan.stages,
        is_payable=lambda day: payable is None or day in payable,
        last_label=_("收尾"),
    )


@lru_cache(maxsize=500)
def _payable_days(policy_id, first, last):
    """Return the days on which a policy lets people pay, None where it names none.

    Kept: what was once published is never changed.
    """
    windows = list(Window.objects.filter(policy_id=policy_id)) if policy_id else []
    return frozenset(payable_days(windows, first, last)) if open_windows(windows) else None
