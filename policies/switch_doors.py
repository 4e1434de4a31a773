"""Doors of the optional schemes: what a county follows, who wants it, who agreed (险种开办)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pension_portal.refusals import Refusal
from policies.forms import SwitchForm, SwitchReturnForm
from policies.models import SchemeSwitch
from policies.switching import approve_switch, propose_switch, reject_switch, switch_lines
from staff.permissions import may, needs

SWITCHES_SHOWN = 20


@needs("view_settings")
@require_GET
def schemes(request):
    """Each year of an optional scheme with a policy: followed or not, and what waits."""
    return _page_with(request)


def _page_with(request, form=None, status=200):
    lines = switch_lines(request.user.county_code)
    switches = SchemeSwitch.objects.visible_to(request.user)
    switches = switches.select_related("scheme", "made_by", "decided_by")
    waiting = list(switches.waiting())
    asked = {(one.scheme_id, one.year) for one in waiting}
    open_lines = [line for line in lines if (line["scheme"].pk, line["year"]) not in asked]
    context = {
        "lines": lines,
        "waiting": waiting,
        "decided": switches.exclude(state=SchemeSwitch.State.WAITING)[:SWITCHES_SHOWN],
        "form": form or SwitchForm(lines=open_lines),
        "may_propose": may(request.user, "propose_settings") and open_lines,
        "may_approve": may(request.user, "approve_settings"),
        "return_form": SwitchReturnForm(),
    }
    return render(request, "policies/schemes.html", context, status=status)


@needs("propose_settings")
@require_POST
def propose(request):
    form = SwitchForm(request.POST, lines=switch_lines(request.user.county_code))
    if not form.is_valid():
        return _page_with(request, form, status=422)
    scheme, year, is_on = form.cleaned_data["change"]
    try:
        propose_switch(
            request.user.county_code,
            scheme,
            year,
            is_on=is_on,
            why=form.cleaned_data["why"],
            by=request.user,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page_with(request, form, status=refusal.status)
    messages.success(request, _("已提出，等县级审批人员同意后生效。"))
    return redirect("policies:schemes")


@needs("approve_settings")
@require_POST
def approve(request, switch_id):
    approve_switch(_switch_or_404(request, switch_id), by=request.user)
    messages.success(request, _("已同意，从现在起生效。"))
    return redirect("policies:schemes")


@needs("approve_settings")
@require_POST
def reject(request, switch_id):
    reason = request.POST.get("reason", "")[:200]
    reject_switch(_switch_or_404(request, switch_id), by=request.user, reason=reason)
    messages.success(request, _("已退回，开办情况不变。"))
    return redirect("policies:schemes")


def _switch_or_404(request, switch_id):
    return get_object_or_404(SchemeSwitch.objects.visible_to(request.user), pk=switch_id)
