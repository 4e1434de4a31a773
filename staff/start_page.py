"""What waits on the start page (工作台) of each duty.

What this app and the apps on its left know is counted here; everything to the right fills a place
of the page by itself, named by URL name and left out while no app offers it.
"""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pension_portal.clock import today
from staff.models import EXPIRING, DutyKind, Staff
from staff.navigation import address_or_none
from townships.models import Area, TaskPlan
from townships.tasks import quota_warnings

# URL names of fragments, with the action that opens each.
PLACES = [
    ("oversight:headline", "view_progress"),
    ("contributions:waiting", "view_feed"),
    ("contributions:waiting_exceptions", "view_exception"),
    ("enrollment:waiting", "view_roster"),
    ("subsidies:waiting", "view_subsidy"),
]
LANDS_ON_PROGRESS = {DutyKind.COUNTY_OFFICER, DutyKind.COUNTY_APPROVER, DutyKind.LEADER}
PROGRESS = "oversight:own_progress"


class Waiting(NamedTuple):
    """One thing that waits: what, how many, where to do it."""

    words: str
    count: int
    url: str
    tone: str = "warn"


def landing_page(staff):
    """Return where a person begins: the dashboard for those who steer, else the start page."""
    if staff.duty_kind in LANDS_ON_PROGRESS and (progress := address_or_none(PROGRESS)):
        return progress
    return address_or_none("staff:home")


def places_for(staff):
    """Return the addresses of the fragments that this person's start page is made of."""
    return [url for name, action in PLACES if staff.may(action) and (url := address_or_none(name))]


def waiting_for(staff):
    """Return what waits for this person in staff and townships; empty when all is well."""
    found = [*_own_duty(staff)]
    if staff.may("set_quotas"):
        found += _plans_with_warnings(staff)
    if staff.may("change_areas"):
        found += _towns_without_contact(staff)
    if staff.may("grant_duty"):
        found += _accounts_to_look_after(staff)
    return [one for one in found if one.count]


def _own_duty(staff):
    left = (staff.duty.expires_on - today()).days
    if left > EXPIRING.days:
        return
    yield Waiting(
        _("本人岗位授权还有 %(days)d 天到期，联系县级安全管理员续期") % {"days": left},
        1,
        address_or_none("staff:me"),
    )


def _plans_with_warnings(staff):
    plans = TaskPlan.objects.visible_to(staff).filter(year=today().year).select_related("county")
    for plan in plans:
        count = len(quota_warnings(plan))
        words = ngettext(
            "%(year)d 年%(scheme)s任务：%(count)d 处分解待核对",
            "%(year)d 年%(scheme)s任务：%(count)d 处分解待核对",
            count,
        ) % {"year": plan.year, "scheme": plan.scheme_title, "count": count}
        yield Waiting(words, count, address_or_none("townships:task", plan.pk))


def _towns_without_contact(staff):
    count = (
        Area.objects.visible_to(staff).in_force_on(today()).towns().without_collection_contact()
    ).count()
    words = _("%(count)d 个乡镇街道没有征缴负责人") % {"count": count}
    yield Waiting(words, count, address_or_none("townships:areas"))


def _accounts_to_look_after(staff):
    people = Staff.objects.visible_to(staff)
    url = address_or_none("staff:staff_list")
    expiring, unused = people.expiring(today()).count(), people.unused().count()
    yield Waiting(
        _("%(count)d 人的岗位 30 天内到期") % {"count": expiring}, expiring, f"{url}?state=expiring"
    )
    yield Waiting(
        _("%(count)d 个账号 90 天未登录") % {"count": unused}, unused, f"{url}?state=unused"
    )
