"""Doors in and out: sign in, sign out, one's own account and password."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from pension_portal.clock import today
from pension_portal.doors import signed_in
from pension_portal.templatetags.figures import moment
from staff.forms import ChangePasswordForm, SignInForm
from staff.models import AuditEntry, Staff
from staff.permissions import ACTION_NAMES
from staff.signing_in import (
    LAST_SIGN_IN,
    change_password,
    note_failure,
    sign_in,
    sign_out,
)
from staff.start_page import landing_page
from staff.trail import words_of

UNPROCESSABLE = 422
SIGN_INS_SHOWN = 10
DEMO_ACCOUNTS_SHOWN = 12


@never_cache
@sensitive_post_parameters("password")
def sign_in_page(request):
    if request.user.is_authenticated:
        return redirect(_next_page(request) or landing_page(request.user))
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        sign_in(request, form.get_user())
        _tell_last_sign_in(request)
        return redirect(_next_page(request) or landing_page(request.user))
    if form.errors and form.cleaned_data.get("username"):
        note_failure(request, form.cleaned_data["username"])
    context = {"form": form, "next": _next_page(request), "demo_accounts": demo_accounts()}
    return render(
        request, "staff/sign_in.html", context, status=UNPROCESSABLE if form.errors else 200
    )


@require_POST
def sign_out_page(request):
    sign_out(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@signed_in
def me(request):
    """Show one's own duty, what it opens, and one's last sign-ins."""
    staff = request.user
    mine = AuditEntry.objects.filter(staff=staff, action__in=["sign_in", "sign_in_failed"])
    sign_ins = [
        {"at": entry.at, "words": words_of(entry.action), "address": entry.address}
        for entry in mine.order_by("-at")[:SIGN_INS_SHOWN]
    ]
    context = {
        "staff": staff,
        "duty": staff.duty,
        "last_duty": staff.last_duty,
        "allowed": [words for action, words in ACTION_NAMES.items() if staff.may(action)],
        "sign_ins": sign_ins,
    }
    return render(request, "staff/me.html", context)


@sensitive_post_parameters()
@signed_in
def change_password_page(request):
    form = ChangePasswordForm(request.user, request.POST or None)
    is_forced = request.user.must_change_password
    if request.method == "POST" and form.is_valid():
        change_password(request, form.cleaned_data["new_password1"])
        messages.success(request, _("密码已修改，下次用新密码登录。"))
        return redirect(landing_page(request.user) if is_forced else "staff:me")
    context = {"form": form, "is_forced": is_forced}
    return render(
        request, "staff/change_password.html", context, status=UNPROCESSABLE if form.errors else 200
    )


def demo_accounts():
    """Return the accounts a demonstration shows on its sign-in page; empty everywhere else."""
    if settings.PRODUCTION or not settings.DEMO_PASSWORD:
        return []
    people = Staff.objects.with_duty(today()).order_by("pk")[:DEMO_ACCOUNTS_SHOWN]
    return [
        {
            "duty": person.duty.get_kind_display(),
            "area": person.duty.area.name,
            "username": person.username,
            "password": settings.DEMO_PASSWORD,
        }
        for person in people
    ]


def _next_page(request):
    """Return where to go after signing in, if it is a page of this portal; else an empty text.

    Who asked for no more than the portal itself begins where their duty begins.
    """
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours and asked != "/" else ""


def _tell_last_sign_in(request):
    """Say when the account was last used, so that its owner notices somebody else."""
    last = parse_datetime(request.session[LAST_SIGN_IN] or "")
    if last:
        words = _("上次登录 %(at)s。不是本人登录的，修改密码并联系县级安全管理员。")
        messages.info(request, words % {"at": moment(last)})
