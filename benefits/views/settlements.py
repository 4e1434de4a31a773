"""Doors of the settlements: the list, one more, one of them with its way to approval (账户清算)."""

from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from benefits import settling
from benefits.forms import PaymentForm, SettlementForm
from benefits.models import AccountMove, Settlement
from benefits.moving import stage_of
from enrollment.models import Case, Resident
from pension_portal.masking import mask_id
from pension_portal.refusals import Refusal
from policies.words import PENSION_NAMES
from staff.approval_panel import look_of, panel_of
from staff.permissions import may, needs

LINES_PER_PAGE = 20
ASKED = ("scheme_id", "reason", "settled_on")
MOVES_SHOWN = 50


@needs("view_settlement")
@require_GET
def settlements(request):
    """Settlements, newest first, and the accounts on their way here."""
    found = Settlement.objects.visible_to(request.user).select_related("resident", "made_by")
    page = Paginator(found.order_by("-id"), LINES_PER_PAGE).get_page(request.GET.get("page"))
    moves = AccountMove.objects.visible_to(request.user).select_related("resident")
    moves = list(moves.order_by("-id")[:MOVES_SHOWN])
    for one in [*page, *moves]:
        one.scheme, one.look = PENSION_NAMES[one.scheme_id], look_of(one)
    for move in moves:
        move.stage = stage_of(move)
    return render(request, "benefits/settlements.html", {"page": page, "moves": moves})


@needs("view_settlement")
@require_GET
def case_account(request, case_id):
    """What the accounts come to on the day of a case, as a part of the case's page."""
    case = get_object_or_404(
        Case.objects.visible_to(request.user).select_related("resident"), pk=case_id
    )
    accounts = settling.accounts_of_case(case) if case.resident_id else []
    for one in accounts:
        one.scheme = PENSION_NAMES[one.scheme_id]
    total = sum((one.amount for one in accounts), Decimal(0))
    context = {
        "case": case,
        "accounts": accounts,
        "total": total,
        "differs": case.balance_amount not in (Decimal(0), total),
        "may_settle": may(request.user, "make_settlement"),
    }
    return render(request, "benefits/_case_account.html", context)


@needs("make_settlement")
@require_http_methods(["GET", "POST"])
def new_settlement(request, resident_id):
    """Work out and propose what somebody's account comes to."""
    resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    form = SettlementForm(request.POST or None, initial=_asked(request))
    if request.method == "POST":
        form.instance.resident = resident
        if form.is_valid():
            try:
                made = settling.propose_settlement(form.instance, by=request.user)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("已算出并提交，等乡镇复核。"))
                return redirect("benefits:settlement", made.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "resident": resident}
    return render(request, "benefits/new_settlement.html", context, status=status)


@needs("view_settlement")
@require_GET
def settlement(request, settlement_id):
    """One settlement, source by source, with the sum in capitals as it stands on the voucher."""
    found = _settlement_or_404(request, settlement_id)
    context = {
        "settlement": found,
        "scheme": PENSION_NAMES[found.scheme_id],
        "case": settling.case_of(found),
        "masked_id": mask_id(found.resident.id_number),
        "lines": found.lines.order_by("source"),
        "panel": panel_of(found, request.user),
        "may_pay": found.state == "approved"
        and not found.paid_on
        and may(request.user, "pay_settlement"),
        "may_open_case": may(request.user, "view_case"),
        "may_open_person": may(request.user, "view_person"),
        "payment_form": PaymentForm(),
    }
    return render(request, "benefits/settlement.html", context)


@needs("pay_settlement")
@require_POST
def pay_settlement(request, settlement_id):
    found = _settlement_or_404(request, settlement_id)
    form = PaymentForm(request.POST)
    if form.is_valid():
        settling.note_payment(found, paid_on=form.cleaned_data["paid_on"], by=request.user)
        messages.success(request, _("已登记支付。"))
    else:
        messages.error(request, " ".join(form.errors["paid_on"]))
    return redirect("benefits:settlement", found.pk)


def _asked(request):
    """Return what a link from a case fills in: the scheme, why, and as of which day."""
    return {name: request.GET[name] for name in ASKED if name in request.GET}


def _settlement_or_404(request, settlement_id):
    found = Settlement.objects.visible_to(request.user).select_related("resident", "terms")
    return get_object_or_404(found, pk=settlement_id)
