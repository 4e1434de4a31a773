"""Doors of the claims: the list, one more, one with its matrix and what arrived (资金申请)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contributions.views.lists import list_file
from pension_portal.clock import today
from pension_portal.refusals import Refusal
from pension_portal.sheet_writing import TableColumn
from policies.schemes import SHORT_NAMES
from staff.approval_panel import look_of, panel_of
from staff.permissions import may, needs
from subsidies import claiming
from subsidies.affected import payer_name
from subsidies.forms import ArrivalForm, ClaimForm, PeopleFilter
from subsidies.matrix import matrix_of_claim
from subsidies.models import ClaimLine, SubsidyClaim
from subsidies.views.matrix import matrix_file, may_of, named, page_of, towns_of, with_people


@needs("view_claim")
@require_GET
def claims(request):
    """All claims, newest first."""
    page = page_of(request, SubsidyClaim.objects.visible_to(request.user).order_by("-id"))
    for one in page:
        _dress(one)
        one.arrived = sum(arrival.amount for arrival in one.arrivals.all())
    return render(request, "subsidies/claims.html", {"page": page} | may_of(request.user))


@needs("view_claim")
@require_GET
def claims_excel(request):
    """All claims as the page shows them, and what each payer is asked for and has sent."""
    found = SubsidyClaim.objects.visible_to(request.user).order_by("-id")
    rows = [
        [
            *(one.year, str(SHORT_NAMES[one.scheme_id]), str(one.get_kind_display()), one.until),
            *(one.document_no, one.lines, str(payer_name(part.payer)), part.listed),
            *(part.carried, part.requested, part.arrived, part.left, str(one.get_state_display())),
        ]
        for one in found.prefetch_related("arrivals", "parts")
        for part in claiming.parts_with_arrivals(one)
    ]
    columns = [
        TableColumn(_("缴费年度"), "number", 10),
        TableColumn(_("险种"), "text", 14),
        TableColumn(_("申请类别"), "text", 10),
        TableColumn(_("缴款截至"), "day", 13),
        TableColumn(_("文号"), "text", 22),
        TableColumn(_("名单笔数"), "number", 10),
        TableColumn(_("承担方"), "text", 12),
        *(
            TableColumn(f"{words}{_('（元）')}", "amount", 16)
            for words in (_("名单金额"), _("上次结转"), _("申请金额"), _("已到账"), _("未到账"))
        ),
        TableColumn(_("状态"), "text", 10),
    ]
    return list_file(request, columns, rows, title=_("缴费补贴资金申请"))


@needs("make_claim")
@require_http_methods(["GET", "POST"])
def new_claim(request):
    """Begin a claim; a worker freezes its list."""
    county_code = request.user.county_code
    form = ClaimForm(
        request.POST or None,
        county_code=county_code,
        initial={"year": today().year, "until": today(), "kind": "advance"},
    )
    if request.method == "POST" and form.is_valid():
        form.instance.county_code = county_code
        try:
            made = claiming.begin_claim(form.instance, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("subsidies:claim", made.pk)
    status = 422 if form.errors else 200
    return render(request, "subsidies/new_claim.html", {"form": form}, status=status)


@needs("view_claim")
@require_GET
def claim(request, subsidyclaim_id):
    """One claim: what each payer is asked for and has sent, its matrix, its way to approval."""
    found = _claim_or_404(request, subsidyclaim_id)
    is_part = request.htmx and not request.htmx.boosted
    template = "subsidies/_claim.html" if is_part else "subsidies/claim.html"
    return render(request, template, _shown(request, found))


@needs("note_arrival")
@require_POST
def note_arrival(request, subsidyclaim_id):
    found = _claim_or_404(request, subsidyclaim_id)
    form = ArrivalForm(request.POST, payers=_payers(found))
    if form.is_valid():
        claiming.note_arrival(found, **form.cleaned_data, by=request.user)
        messages.success(request, _("已登记到账。"))
        return redirect("subsidies:claim", found.pk)
    context = _shown(request, found) | {"arrival_form": form}
    return render(request, "subsidies/claim.html", context, status=422)


@needs("view_claim")
@require_GET
def claim_excel(request, subsidyclaim_id):
    """The matrix of the frozen list."""
    found = _claim_or_404(request, subsidyclaim_id)
    matrix = named(matrix_of_claim(found, area_code=request.user.area_code))
    title = _("%(year)s 年%(scheme)s缴费补贴资金申请表（%(kind)s）") % {
        "year": found.year,
        "scheme": found.scheme,
        "kind": found.get_kind_display(),
    }
    notes = [
        (_("文号"), found.document_no),
        (_("缴款截至"), found.until.isoformat()),
        *(
            (
                payer_name(part.payer),
                _("名单 %(listed)s，上次结转 %(carried)s，本次申请 %(requested)s")
                % {
                    "listed": f"{part.listed:,.2f}",
                    "carried": f"{part.carried:,.2f}",
                    "requested": f"{part.requested:,.2f}",
                },
            )
            for part in found.parts.order_by("id")
        ),
    ]
    return matrix_file(request, matrix, title, notes=notes)


@needs("view_claim_people")
@require_GET
def claim_people(request, subsidyclaim_id):
    """The frozen persons of a claim, inside one's own area."""
    found = _claim_or_404(request, subsidyclaim_id)
    form = PeopleFilter(request.GET, towns=towns_of(request.user))
    for name in ("year", "scheme"):
        del form.fields[name]
    chosen = form.chosen()
    lines = ClaimLine.objects.visible_to(request.user).filter(claim_id=found.pk)
    if chosen["town"]:
        lines = lines.inside(chosen["town"])
    if chosen["tier"] is not None:
        lines = lines.filter(tier_amount=chosen["tier"])
    names = ("resident_id", "village_code", "transfer_id", "year", "people", "amount", "is_decided")
    page = page_of(request, lines.order_by("village_code", "transfer_id"))
    listed = [
        {name: getattr(line, name) for name in names} | {"tier": line.tier_amount} for line in page
    ]
    context = {
        "claim": found,
        "form": form,
        "page": page,
        "lines": with_people(request.user, listed),
    }
    return render(request, "subsidies/matrix_people.html", context)


def _claim_or_404(request, claim_id):
    found = SubsidyClaim.objects.visible_to(request.user).select_related("job")
    return _dress(get_object_or_404(found, pk=claim_id))


def _dress(claim):
    claim.scheme, claim.look = SHORT_NAMES[claim.scheme_id], look_of(claim)
    return claim


def _payers(claim):
    return list(claim.parts.order_by("id").values_list("payer", flat=True))


def _shown(request, claim):
    panel = panel_of(claim, request.user)
    context = {"claim": claim, "job": claim.job, "panel": panel} | may_of(request.user)
    if claim.frozen_at is None:
        panel.buttons = []
        return context
    parts = claiming.parts_with_arrivals(claim)
    for part in parts:
        part.name = payer_name(part.payer)
    arrivals = list(claim.arrivals.select_related("noted_by").order_by("arrived_on", "id"))
    for arrival in arrivals:
        arrival.name = payer_name(arrival.payer)
    later = claiming.claim_after(claim)
    is_open = claim.state == "approved" and later is None
    return context | {
        "matrix": named(matrix_of_claim(claim, area_code=request.user.area_code)),
        "parts": parts,
        "arrivals": arrivals,
        "arrived": sum(part.arrived for part in parts),
        "left": sum(part.left for part in parts),
        "later": later,
        "before": claiming.claim_before(claim),
        "arrival_form": ArrivalForm(payers=_payers(claim), initial={"arrived_on": today()})
        if is_open and parts and may(request.user, "note_arrival")
        else None,
    }
