"""Let people in and out (登录、退出): one session each, a lock after five wrong passwords, every
step in the trail.

Guesses are counted by account, wherever they come from, so that a known name cannot be tried from
many machines.
"""

import math
from datetime import timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.db import transaction
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from staff.audit import record
from staff.models import Staff

LAST_SIGN_IN = "last_sign_in"
TOO_MANY_REQUESTS = 429


@transaction.atomic
def sign_in(request, staff):
    """Open a new session for a staff member and end the one they had, wherever it was."""
    Staff.objects.select_for_update().get(pk=staff.pk)
    had, last_sign_in = staff.session_key, staff.last_login
    login(request, staff)
    if had and had != request.session.session_key:
        request.session.delete(had)
    request.session[LAST_SIGN_IN] = last_sign_in.isoformat() if last_sign_in else ""
    _note_session(request, staff)
    record("sign_in", staff, by=staff, address=address_of(request), ended_another=bool(had))


def sign_out(request):
    """End the session; nothing happens to somebody who is not signed in."""
    if request.user.is_authenticated:
        record("sign_out", request.user, by=request.user, address=address_of(request))
    logout(request)


@transaction.atomic
def change_password(request, password):
    """Set one's own password and go on under a new session."""
    staff = request.user
    staff.set_password(password)
    staff.has_temporary_password = False
    staff.password_changed_at = timezone.now()
    staff.save(update_fields=["password", "has_temporary_password", "password_changed_at"])
    update_session_auth_hash(request, staff)
    _note_session(request, staff)
    record("change_password", staff, by=staff, address=address_of(request))


def note_failure(request, username):
    """Write a wrong password into the trail of the account it was tried on, if there is one."""
    staff = Staff.objects.filter(username=username).first()
    if staff:
        record("sign_in_failed", staff, by=staff, address=address_of(request))


def show_lock_out(request, response, credentials):
    """Return the sign-in page of a locked account; django-axes calls it in place of ours."""
    from staff.forms import SignInForm

    username = (credentials or {}).get("username", "")
    minutes = minutes_left(username)
    sentence = _(
        "连续 %(limit)d 次密码不符，账号已锁定，%(minutes)d 分钟后再试。"
        "忘记密码，联系县级安全管理员重置。"
    ) % {"limit": settings.AXES_FAILURE_LIMIT, "minutes": minutes}
    context = {
        "form": SignInForm(initial={"username": username}),
        "lock_out": sentence,
        "next": request.POST.get("next", ""),
    }
    return render(request, "staff/sign_in.html", context, status=TOO_MANY_REQUESTS)


def minutes_left(username):
    """Return how many minutes an account stays locked, counted up; at least one."""
    last = AccessAttempt.objects.filter(username=username).order_by("-attempt_time").first()
    since = last.attempt_time if last else timezone.now()
    left = since + get_cool_off() - timezone.now()
    return max(1, math.ceil(left / timedelta(minutes=1)))


def address_of(request):
    """Return the address a request came from, as the server saw it; None where there is none."""
    return request.META.get("REMOTE_ADDR") or None


def _note_session(request, staff):
    staff.session_key = request.session.session_key or ""
    Staff.objects.filter(pk=staff.pk).update(session_key=staff.session_key)
