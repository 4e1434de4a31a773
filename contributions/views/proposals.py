"""Doors of large exceptions: what one person wants posted, and what two others say (大额异常)."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from contributions.matching import REASONS
from contributions.models import SettlementProposal
from contributions.queue import named_areas
from staff.approval_panel import look_of, panel_of
from staff.permissions import needs

PROPOSALS_PER_PAGE = 20


@needs("view_exception")
@require_GET
def proposals(request):
    found = SettlementProposal.objects.visible_to(request.user)
    found = found.select_related("exception", "made_by", "resident").order_by("-id")
    page = Paginator(found, PROPOSALS_PER_PAGE).get_page(request.GET.get("page"))
    names = named_areas(one.area_code for one in page)
    for one in page:
        one.area_name, one.look = names[one.area_code], look_of(one)
    return render(request, "contributions/settlement_proposals.html", {"page": page})


@needs("view_exception")
@require_GET
def proposal(request, proposal_id):
    found = _proposal_or_404(request, proposal_id)
    context = {
        "proposal": found,
        "exception": found.exception,
        "area_name": named_areas([found.area_code])[found.area_code],
        "reasons": [REASONS[reason][0] for reason in found.reasons],
        "panel": panel_of(found, request.user),
    }
    return render(request, "contributions/settlement_proposal.html", context)


def _proposal_or_404(request, proposal_id):
    found = SettlementProposal.objects.visible_to(request.user)
    found = found.select_related("exception__feed__file", "resident", "made_by", "returned_by")
    return get_object_or_404(found, pk=proposal_id)
