"""Let through a door only those whose duty allows what lies behind it.

Every page begins with `@needs("action")`. What a duty allows is known to the staff member
(`staff.may`), so that apps on both sides of `staff` guard their doors in the same words; where it
is allowed is the `visible_to` of the rows.
"""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from pension_portal.refusals import Refusal

CHANGE_PASSWORD = "staff:change_password"  # noqa: S105  (the name of a page)


class NotAllowed(Refusal):
    code = "not_allowed"
    sentence = _("本岗位（%(duty)s）不办理此项业务。需要办理时，联系县级安全管理员调整岗位。")
    status = 403


class NoDutyInForce(Refusal):
    code = "no_duty_in_force"
    sentence = _("岗位授权已于 %(day)s 到期或结束。联系县级安全管理员续期后刷新本页。")
    status = 403


class NoDutyYet(Refusal):
    code = "no_duty_yet"
    sentence = _("这个账号还没有岗位。联系县级安全管理员授权后刷新本页。")
    status = 403


class SignedOut(Refusal):
    code = "signed_out"
    sentence = _("登录已过期，本页填的内容还在。在新标签页登录后，回到这里再点一次。")
    status = 403


def needs(action):
    """Let only those through who are signed in and whose duty in force allows `action`."""

    def decorate(view):
        @signed_in
        @wraps(view)
        def door(request, *args, **kwargs):
            refuse_unless_allowed(request.user, action)
            return view(request, *args, **kwargs)

        door.action = action
        return door

    return decorate


def signed_in(view):
    """Let anybody through who is signed in with a password that is not too old."""

    @wraps(view)
    def door(request, *args, **kwargs):
        # A page half filled must not be replaced by the sign-in page.
        if not request.user.is_authenticated and request.headers.get("HX-Request"):
            raise SignedOut()
        return sent_to_sign_in(request, *args, **kwargs)

    @login_required
    def sent_to_sign_in(request, *args, **kwargs):
        is_changing = request.resolver_match.view_name == CHANGE_PASSWORD
        if request.user.must_change_password and not is_changing:
            return redirect(CHANGE_PASSWORD)
        return view(request, *args, **kwargs)

    door.action = "signed_in"
    return door


def refuse_unless_allowed(staff, action):
    """Raise NotAllowed, NoDutyInForce or NoDutyYet unless the duty in force allows the action."""
    if staff.may(action):
        return
    if staff.duty:
        raise NotAllowed(duty=staff.duty.get_kind_display())
    last = staff.last_duty
    if last is None:
        raise NoDutyYet()
    raise NoDutyInForce(day=last.ended_on or last.expires_on)
