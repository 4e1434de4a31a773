"""The six steps that set a county up (开办), shown as what waits until its first file is posted.

    1 开户授岗 → 2 区划 → 3 政策 → 4 任务 → 5 花名册 → 6 缴费文件

Each stands on the start page of those whose duty does it, and leaves as soon as it is done.
"""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.models import PaymentFeed
from enrollment.models import Resident
from pension_portal.clock import today
from policies.models import PolicyVersion
from staff.models import Duty, DutyKind
from staff.waiting import Waiting
from townships.models import Area, TaskPlan

# Without these three nobody can load, decide and upload.
FIRST_DUTIES = {DutyKind.COUNTY_OFFICER, DutyKind.COUNTY_APPROVER, DutyKind.DATA_ADMIN}


class Step(NamedTuple):
    """One step: its words, who may do it, where, and whether a county has done it."""

    title: str
    action: str
    page: str
    is_done: callable


def waiting_items(staff):
    """Give the steps that this person's county has still to do and their duty does."""
    county = staff.county_code
    if not county or _has_posted(county):
        return
    for number, step in enumerate(STEPS, 1):
        if staff.may(step.action) and not step.is_done(county):
            note = _("开办第 %(number)d 步，共 %(steps)d 步")
            words = note % {"number": number, "steps": len(STEPS)}
            yield Waiting(str(step.title), 1, reverse(step.page), _("项"), note=words)


def _has_posted(county):
    return PaymentFeed.objects.filter(county_code=county).posted().exists()


def _has_first_duties(county):
    duties = Duty.objects.filter(area_id=county, kind__in=FIRST_DUTIES).in_force_on(today())
    return set(duties.values_list("kind", flat=True)) == FIRST_DUTIES


def _has_towns(county):
    return Area.objects.inside(county).in_force_on(today()).towns().exists()


def _has_policy(county):
    return PolicyVersion.objects.in_force(county_code=county).exists()


def _has_task(county):
    return TaskPlan.objects.filter(county_id=county).exists()


def _has_people(county):
    return Resident.objects.filter(county_code=county).exists()


STEPS = [
    Step(
        gettext_lazy("给县级业务、县级审批、数据管理开户授岗"),
        "grant_duty",
        "staff:staff_list",
        _has_first_duties,
    ),
    Step(gettext_lazy("导入区划表"), "change_areas", "townships:areas", _has_towns),
    Step(gettext_lazy("录入并发布政策"), "load_policy", "policies:list", _has_policy),
    Step(gettext_lazy("下达年度任务"), "set_quotas", "townships:tasks", _has_task),
    Step(gettext_lazy("导入参保花名册"), "import_roster", "enrollment:roster_imports", _has_people),
    Step(gettext_lazy("上传税务缴费文件"), "upload_feed", "contributions:feeds", _has_posted),
]
