"""Doors of a county's settings: what holds, who wants what, and who agreed (对账设置)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from contributions import county_settings
from contributions.forms import ReasonForm, SettingsForm
from contributions.models import SettingsProposal
from pension_portal.refusals import Refusal
from staff.permissions import may, needs

PROPOSALS_SHOWN = 20


@needs("view_settings")
@require_GET
def settings(request):
    now = county_settings.settings_in_force(request.user.county_code)
    return _page_with(request, SettingsForm(initial=now))


def _page_with(request, form, status=200):
    """Return what holds, what waits and what was, below the form as it was left."""
    proposals = SettingsProposal.objects.visible_to(request.user)
    proposals = proposals.select_related("made_by", "decided_by")
    waiting = proposals.waiting().first()
    context = {
        "now": county_settings.settings_in_force(request.user.county_code),
        "form": form,
        "waiting": waiting,
        "decided": proposals.exclude(state=SettingsProposal.State.WAITING)[:PROPOSALS_SHOWN],
        "may_propose": may(request.user, "propose_settings") and not waiting,
        "may_approve": may(request.user, "approve_settings"),
        "reason_form": ReasonForm(),
    }
    return render(request, "contributions/settings.html", context, status=status)


@needs("propose_settings")
@require_POST
def propose(request):
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _page_with(request, form, status=422)
    wanted = {name: form.cleaned_data[name] for name in county_settings.NAMES}
    try:
        county_settings.propose_settings(
            request.user.county_code, wanted, why=form.cleaned_data["why"], by=request.user
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page_with(request, form, status=refusal.status)
    messages.success(request, _("已提出，等另一位县级审批人员同意后生效。"))
    return redirect("contributions:settings")


@needs("approve_settings")
@require_POST
def approve(request, proposal_id):
    county_settings.approve_settings(_proposal_or_404(request, proposal_id), by=request.user)
    messages.success(request, _("已同意，新设置从现在起生效。"))
    return redirect("contributions:settings")


@needs("approve_settings")
@require_POST
def reject(request, proposal_id):
    county_settings.reject_settings(
        _proposal_or_404(request, proposal_id),
        by=request.user,
        reason=request.POST.get("reason", "")[:200],
    )
    messages.success(request, _("已退回，设置不变。"))
    return redirect("contributions:settings")


def _proposal_or_404(request, proposal_id):
    return get_object_or_404(SettingsProposal.objects.visible_to(request.user), pk=proposal_id)
