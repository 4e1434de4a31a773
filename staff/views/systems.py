"""Doors of the systems that read from the portal: list, propose, make a token, stop (系统接入)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pension_portal.refusals import Refusal
from staff.approval_panel import look_of, panel_of
from staff.connecting import make_token, propose_access, stop_access
from staff.forms import ReasonForm, SystemAccessForm
from staff.models import SystemAccess
from staff.permissions import may, needs

UNPROCESSABLE = 422


@needs("view_system")
@require_GET
def systems(request):
    """Every access of one's area, the newest first."""
    found = list(SystemAccess.objects.visible_to(request.user).select_related("area"))
    for access in found:
        access.look = _look_of(access)
    context = {"systems": found, "may_make": may(request.user, "make_system")}
    return render(request, "staff/systems.html", context)


@needs("view_system")
@require_GET
def system(request, access_id):
    """One access: what was agreed, its token's age, when it was last used."""
    access = _find(request, access_id)
    may_make = may(request.user, "make_system")
    context = {
        "access": access,
        "look": _look_of(access),
        "panel": panel_of(access, request.user),
        "may_make_token": may_make and access.is_in_force,
        "may_stop": may_make and access.account_id and not access.revoked_at,
        "reason_form": ReasonForm(),
    }
    return render(request, "staff/system.html", context)


@needs("make_system")
@require_http_methods(["GET", "POST"])
def new_system(request):
    """Propose an access; another person agrees before a token can be made."""
    form = SystemAccessForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            access = propose_access(**form.cleaned_data, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已提交，等县级审批同意后即可生成令牌。"))
            return redirect("staff:system", access.pk)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "staff/new_system.html", {"form": form}, status=status)


@needs("make_system")
@require_POST
@never_cache
@sensitive_variables("token")
def new_token(request, access_id):
    """Show a new token this once; it is kept nowhere."""
    access = _find(request, access_id)
    token = make_token(access, by=request.user)
    return render(request, "staff/token.html", {"access": access, "token": token})


@needs("make_system")
@require_POST
def stop(request, access_id):
    form = ReasonForm(request.POST)
    form.is_valid()
    reason = form.cleaned_data.get("reason", "")
    access = stop_access(_find(request, access_id), by=request.user, reason=reason)
    messages.success(request, _("已停用，令牌即时失效。"))
    return redirect("staff:system", access.pk)


def _find(request, access_id):
    found = SystemAccess.objects.visible_to(request.user).select_related("area", "account")
    return get_object_or_404(found, pk=access_id)


def _look_of(access):
    """Return {tone, icon, words} of an access for its badge."""
    if access.revoked_at:
        return {"tone": "neutral", "icon": "ban", "words": _("已停用")}
    if access.state != SystemAccess.State.APPROVED:
        tone, icon = look_of(access)
        return {"tone": tone, "icon": icon, "words": access.get_state_display()}
    if not access.is_in_force:
        return {"tone": "bad", "icon": "circle-x", "words": _("已到期")}
    if access.token_hash is None:
        return {"tone": "warn", "icon": "hourglass", "words": _("待生成令牌")}
    return {"tone": "good", "icon": "circle-check", "words": _("使用中")}
