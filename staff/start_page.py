"""The start page (工作台) of each duty: what waits, and the places that other apps fill.

What waits comes from `settings.WAITING` in one shape (`waiting.py`); here is counted what this app
and those on its left know. Figures and files stand beside it in places named by URL name, left out
while no app offers them.
"""

from django.utils.translation import gettext as _

from pension_portal.clock import today
from staff.models import EXPIRING, DutyKind, Staff
from staff.navigation import address_or_none, open_address
from staff.waiting import Waiting
from townships.models import Area, TaskPlan
from townships.tasks import quota_warnings

# URL names of fragments; each is left out where the duty does not open it.
PLACES = ["oversight:headline", "contributions:waiting", "contributions:waiting_exceptions"]
LANDS_ON_PROGRESS = {DutyKind.COUNTY_OFFICER, DutyKind.COUNTY_APPROVER, DutyKind.LEADER}
PROGRESS = "oversight:own_progress"


def landing_page(staff):
    """Return where a person begins: the dashboard for those who steer, else the start page.

    While a county has no task yet, whoever is to set one begins where the first steps stand.
    """
    is_new = staff.may("set_quotas") and not TaskPlan.objects.visible_to(staff).exists()
    if staff.duty_kind in LANDS_ON_PROGRESS and not is_new and address_or_none(PROGRESS):
        return address_or_none(PROGRESS)
    return address_or_none("staff:home")


def places_for(staff):
    """Return the addresses of the fragments that this person's start page is made of."""
    return [url for name in PLACES if (url := open_address(staff, name))]


def waiting_items(staff):
    """Give what waits for this person in staff and townships."""
    yield from _own_duty(staff)
    if staff.may("set_quotas"):
        yield from _plans_with_warnings(staff)
    if staff.may("change_areas"):
        yield _towns_without_contact(staff)
    if staff.may("grant_duty"):
        yield from _accounts_to_look_after(staff)


def _own_duty(staff):
    expires_on = staff.duty.expires_on
    if expires_on - today() <= EXPIRING:
        yield Waiting(
            _("本人岗位授权将到期"),
            1,
            address_or_none("staff:me"),
            _("项"),
            due_on=expires_on,
            note=_("联系县级安全管理员续期"),
        )


def _plans_with_warnings(staff):
    plans = TaskPlan.objects.visible_to(staff).filter(year=today().year).select_related("county")
    for plan in plans:
        yield Waiting(
            _("%(year)d 年%(scheme)s任务分解待核对")
            % {"year": plan.year, "scheme": plan.scheme_title},
            len(quota_warnings(plan)),
            address_or_none("townships:task", plan.pk),
            _("处"),
        )


def _towns_without_contact(staff):
    towns = Area.objects.visible_to(staff).in_force_on(today()).towns()
    return Waiting(
        _("乡镇街道没有征缴负责人"),
        towns.without_collection_contact().count(),
        address_or_none("townships:areas"),
        _("个"),
    )


def _accounts_to_look_after(staff):
    people = Staff.objects.visible_to(staff)
    url = address_or_none("staff:staff_list")
    expiring, unused = people.expiring(today()), people.unused().count()
    yield Waiting(_("岗位 30 天内到期"), expiring.count(), f"{url}?state=expiring", _("人"))
    yield Waiting(_("账号 90 天未登录"), unused, f"{url}?state=unused", _("个"))
