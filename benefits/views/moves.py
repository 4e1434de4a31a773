"""Doors of accounts that come from another county (转入)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from benefits import moving
from benefits.forms import MoveForm, MoveProgressForm
from benefits.models import AccountMove
from enrollment.models import Resident
from pension_portal.refusals import Refusal
from policies.words import PENSION_NAMES
from staff.approval_panel import panel_of
from staff.permissions import needs


@needs("make_settlement")
@require_http_methods(["GET", "POST"])
def new_move(request, resident_id):
    """Ask for somebody's account where they were enrolled before."""
    resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    form = MoveForm(request.POST or None)
    if request.method == "POST":
        form.instance.resident = resident
        if form.is_valid():
            try:
                move = moving.ask_for_account(form.instance, by=request.user)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect("benefits:move", move.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "resident": resident}
    return render(request, "benefits/new_move.html", context, status=status)


@needs("view_settlement")
@require_GET
def move(request, accountmove_id):
    found = _move_or_404(request, accountmove_id)
    context = {
        "move": found,
        "stage": moving.stage_of(found),
        "scheme": PENSION_NAMES[found.scheme_id],
        "sums": found.sums.order_by("source"),
        "panel": panel_of(found, request.user),
    }
    return render(request, "benefits/move.html", context)


@needs("make_settlement")
@require_http_methods(["GET", "POST"])
def edit_move(request, accountmove_id):
    """Write down letters, answer, and what arrived."""
    found = _move_or_404(request, accountmove_id)
    form = MoveProgressForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            moving.note_progress_of(
                found,
                days=form.days,
                years_paid=form.cleaned_data["years_paid"],
                sums=form.sums,
                by=request.user,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已登记。资金到账后提交复核。"))
            return redirect("benefits:move", found.pk)
    status = 422 if form.errors else 200
    return render(request, "benefits/edit_move.html", {"form": form, "move": found}, status=status)


def _move_or_404(request, accountmove_id):
    found = AccountMove.objects.visible_to(request.user).select_related("resident")
    return get_object_or_404(found, pk=accountmove_id)
