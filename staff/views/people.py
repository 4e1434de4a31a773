"""Doors to people and their duties: the list, one person, accounts, granting and ending."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from pension_portal.clock import today
from pension_portal.refusals import Refusal
from staff.forms import AccountForm, GrantForm, ReasonForm, StaffFilterForm
from staff.granting import (
    close_account,
    end_duty,
    grant_duty,
    open_account,
    reopen_account,
    reset_password,
)
from staff.models import Duty, Staff
from staff.permissions import needs

UNPROCESSABLE = 422
PAGE_LENGTH = 50


@require_GET
@needs("view_staff")
def staff_list(request):
    filters = StaffFilterForm(request.GET)
    people = Staff.objects.visible_to(request.user).order_by("name", "pk")
    if filters.is_valid():
        people = _filtered(people, **filters.cleaned_data)
    page = Paginator(people, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "people": [_line_of(person) for person in _with_duties(page.object_list)],
        "may_grant": request.user.may("grant_duty"),
    }
    return render(request, "staff/staff_list.html", context)


@require_GET
@needs("view_staff")
def person(request, staff_id):
    return _show_person(request, _find(request, staff_id), GrantForm(by=request.user))


@needs("grant_duty")
@sensitive_variables("password")
def open_account_page(request):
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        staff, password = open_account(
            form.cleaned_data["username"],
            form.cleaned_data["name"],
            phone=form.cleaned_data["phone"],
            by=request.user,
        )
        return _show_password(request, staff, password)
    return render(request, "staff/open_account.html", {"form": form}, status=_status(form))


@require_POST
@needs("grant_duty")
def grant(request, staff_id):
    staff = _find(request, staff_id)
    form = GrantForm(request.POST, by=request.user)
    if not form.is_valid():
        return _show_person(request, staff, form)
    try:
        duty = grant_duty(staff, **form.cleaned_data, by=request.user)
    except Refusal as refusal:
        # What was chosen stays in the form: most refusals are mended by one more choice.
        form.add_error(None, str(refusal))
        return _show_person(request, staff, form)
    words = _("已授「%(duty)s」，负责%(area)s，到 %(day)s。")
    messages.success(
        request,
        words % {"duty": duty.get_kind_display(), "area": duty.area.name, "day": duty.expires_on},
    )
    return redirect("staff:person", staff.pk)


@require_POST
@needs("grant_duty")
def end(request, duty_id):
    duty = get_object_or_404(Duty.objects.visible_to(request.user), pk=duty_id)
    end_duty(duty, by=request.user, reason=_reason(request))
    messages.success(request, _("岗位已结束，立即生效。"))
    return redirect("staff:person", duty.staff_id)


@require_POST
@needs("grant_duty")
@sensitive_variables("password")
def reset(request, staff_id):
    staff = _find(request, staff_id)
    return _show_password(request, staff, reset_password(staff, by=request.user))


@require_POST
@needs("grant_duty")
def close(request, staff_id):
    staff = _find(request, staff_id)
    close_account(staff, by=request.user, reason=_reason(request))
    messages.success(request, _("账号已停用，下一次点击即退出。"))
    return redirect("staff:person", staff.pk)


@require_POST
@needs("grant_duty")
def reopen(request, staff_id):
    staff = _find(request, staff_id)
    reopen_account(staff, by=request.user, reason=_reason(request))
    messages.success(request, _("账号已启用。"))
    return redirect("staff:person", staff.pk)


def _find(request, staff_id):
    return get_object_or_404(Staff.objects.visible_to(request.user), pk=staff_id)


def _filtered(people, *, q, kind, state):
    if q:
        people = people.filter(name__contains=q) | people.filter(username__contains=q)
    if kind:
        duties = Duty.objects.in_force_on(today()).filter(kind=kind)
        people = people.filter(pk__in=duties.values("staff"))
    return {
        "in_force": lambda: people.with_duty(today()),
        "expiring": lambda: people.expiring(today()),
        "over": lambda: people.without_duty(today()),
        "unused": people.unused,
        "closed": lambda: people.filter(is_active=False),
    }.get(state, lambda: people)()


def _with_duties(people):
    """Return the people of a page, each with `latest`, the duty granted last; one query more."""
    duties = Duty.objects.filter(staff__in=people).select_related("area").order_by("granted_at")
    latest = {duty.staff_id: duty for duty in duties}
    for one in people:
        one.latest = latest.get(one.pk)
    return people


def _line_of(person):
    return {"person": person, "duty": person.latest, "state": _state_of(person, person.latest)}


def _state_of(person, duty):
    """Return (tone, icon, words) of an account as the badge shows it."""
    if not person.is_active:
        return "neutral", "ban", _("已停用")
    if duty is None:
        return "neutral", "circle-dashed", _("没有岗位")
    if duty.ended_on:
        return "neutral", "circle-x", _("岗位已结束")
    if duty.expires_on < today():
        return "bad", "circle-x", _("岗位已到期")
    if duty.is_expiring(today()):
        return "warn", "alert-triangle", _("30 天内到期")
    return "good", "circle-check", _("在岗")


def _show_person(request, staff, form):
    duties = list(staff.duties.select_related("area", "granted_by").order_by("-granted_at"))
    current = next((duty for duty in duties if duty.ended_on is None), None)
    context = {
        "person": staff,
        "duties": duties,
        "current": current,
        "state": _state_of(staff, duties[0] if duties else None),
        "form": form,
        "reason_form": ReasonForm(),
        "is_oneself": staff.pk == request.user.pk,
        "may_grant": request.user.may("grant_duty"),
        "may_view_audit": request.user.may("view_audit"),
    }
    return render(request, "staff/person.html", context, status=_status(form))


def _show_password(request, staff, password):
    """Show a temporary password this once; it is kept nowhere."""
    context = {"person": staff, "password": password}
    response = render(request, "staff/temporary_password.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _status(form):
    return UNPROCESSABLE if form.is_bound and form.errors else 200


def _reason(request):
    form = ReasonForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""
