"""The permission matrix: which duty may do what. One table, asked by every door.

`may(staff, action)` says whether; where, is the `visible_to` of the rows' queryset. An unknown action is nobody's.
"""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.utils.translation import gettext_lazy as _

from pension_portal.refusals import Refusal
from staff.models import DutyKind

AGENT, CLERK, REVIEWER = DutyKind.VILLAGE_AGENT, DutyKind.TOWN_CLERK, DutyKind.TOWN_REVIEWER
OFFICER, APPROVER = DutyKind.COUNTY_OFFICER, DutyKind.COUNTY_APPROVER
DATA, FINANCE, AUDITOR = DutyKind.DATA_ADMIN, DutyKind.FINANCE, DutyKind.AUDITOR
SECURITY, SYSTEM, LEADER = DutyKind.SECURITY_ADMIN, DutyKind.SYSTEM_ADMIN, DutyKind.LEADER

TOWN = {CLERK, REVIEWER}
COUNTY = {OFFICER, APPROVER}

MATRIX = {
    "view_person": {AGENT, *TOWN, *COUNTY, AUDITOR},
    "reveal_person": {*TOWN, APPROVER, AUDITOR},
    "view_progress": {AGENT, *TOWN, *COUNTY, DATA, FINANCE, AUDITOR, LEADER},
    "export_people": {*TOWN, *COUNTY},
    "view_policy": {AGENT, *TOWN, *COUNTY, DATA, FINANCE, AUDITOR, LEADER},
    "load_policy": {OFFICER, DATA},
    "publish_policy": {APPROVER},
    "import_roster": {CLERK, OFFICER, DATA},
    "view_feed": {*COUNTY, DATA, FINANCE, AUDITOR},
    "upload_feed": {DATA},
    "post_feed": {APPROVER},
    "cancel_feed": {DATA, APPROVER},
    "reverse_feed": {APPROVER},
    "view_exception": {*TOWN, *COUNTY, AUDITOR},
    "settle_exception": {CLERK, REVIEWER, APPROVER},
    "view_transfer": {*TOWN, *COUNTY, AUDITOR},
    "view_areas": {AGENT, *TOWN, *COUNTY, DATA, FINANCE, AUDITOR, LEADER, SECURITY, SYSTEM},
    "change_areas": {OFFICER, DATA},
    "set_quotas": {OFFICER, APPROVER},
    "view_staff": {SECURITY, AUDITOR, APPROVER},
    "grant_duty": {SECURITY},
    "view_audit": {AUDITOR},
    "view_health": {SYSTEM, SECURITY, AUDITOR},
}


class NotAllowed(Refusal):
    code = "not_allowed"
    sentence = _("本岗位（%(duty)s）不办理此项业务。需要办理时，联系县级安全管理员调整岗位。")
    status = 403


def may(staff, action):
    """Return whether the staff member's duty in force allows an action."""
    return bool(
        staff.is_authenticated and staff.duty_kind and staff.duty_kind in MATRIX.get(action, ())
    )


def needs(action):
    """Let only those through a door who are signed in and whose duty allows `action`."""
    assert action in MATRIX, action

    def decorate(view):
        @login_required
        @wraps(view)
        def door(request, *args, **kwargs):
            if not may(request.user, action):
                duty = request.user.duty
                raise NotAllowed(duty=duty.get_kind_display() if duty else _("无"))
            return view(request, *args, **kwargs)

        door.action = action
        return door

    return decorate
