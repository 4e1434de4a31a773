"""Doors of a county's settings: what holds, who wants what, and who agreed (对账设置)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from contributions import county_settings
from contributions.forms import SettingsForm
from contributions.models import SettingsProposal
from pension_portal.refusals import Refusal
from staff.approval_panel import panel_of
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
    proposals = proposals.select_related("made_by", "approved_by", "returned_by")
    waiting = proposals.open().first()
    context = {
        "now": county_settings.settings_in_force(request.user.county_code),
        "form": form,
        "waiting": waiting,
        "panel": panel_of(waiting, request.user) if waiting else None,
        "decided": proposals.exclude(pk=waiting and waiting.pk)[:PROPOSALS_SHOWN],
        "may_propose": may(request.user, "propose_settings")
        and not (waiting and waiting.is_waiting),
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


@needs("view_settings")
@require_GET
def proposal(request, settingsproposal_id):
    """Where the steps of a proposal lead back to: the page of the settings."""
    get_object_or_404(SettingsProposal.objects.visible_to(request.user), pk=settingsproposal_id)
    return redirect("contributions:settings")
