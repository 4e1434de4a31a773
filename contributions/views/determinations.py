"""Doors of the determinations: the list, one more, one of them with its decision (补缴核定)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contributions import determining
from contributions.forms import PENSIONS, DeterminationFilter, DeterminationForm, ReasonForm
from contributions.models import Determination, PaymentException
from contributions.reaching_sixty import Reaching, what_is_due, years_for_a_pension
from contributions.settling import rows_of
from enrollment.models import Resident
from pension_portal.masking import mask_id
from pension_portal.refusals import Refusal
from policies.words import PENSION_NAMES
from staff.permissions import may, needs
from townships.models import Area

DETERMINATIONS_PER_PAGE = 20


@needs("view_determination")
@require_GET
def determinations(request):
    form = DeterminationFilter(request.GET)
    form.is_valid()
    found = _filtered(Determination.objects.visible_to(request.user), form.cleaned_data)
    found = found.select_related("resident", "made_by", "approved_by", "rejected_by")
    found = found.prefetch_related("years").order_by("-id")
    page = Paginator(found, DETERMINATIONS_PER_PAGE).get_page(request.GET.get("page"))
    for one in page:
        one.scheme_name = PENSION_NAMES[one.scheme_id]
    context = {"form": form, "page": page, "may_make": may(request.user, "make_determination")}
    return render(request, "contributions/determinations.html", context)


def _filtered(found, chosen):
    states = {"waiting": found.waiting, "approved": found.approved, "rejected": found.rejected}
    if chosen.get("state"):
        found = states[chosen["state"]]()
    if words := chosen.get("q", "").strip():
        found = found.filter(number=words) | found.filter(resident__name__startswith=words)
    return found


@needs("make_determination")
@require_http_methods(["GET", "POST"])
def new_determination(request):
    """Propose what somebody may pay for missed years."""
    held = _held_payment(request)
    reaching = None if held else _who_reaches_sixty(request)
    form = DeterminationForm(
        request.POST or None,
        staff=request.user,
        resident=held.resident if held else reaching,
        initial=_what_the_payment_says(held) if held else _what_the_policy_says(reaching, request),
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = determining.propose_determination(
                said["id_number"],
                scheme_id=said["scheme"],
                number=said["number"],
                amounts=said["years"],
                basis=said["basis"],
                kind=said["kind"],
                by=request.user,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已提出，等另一位县级审批人员决定。"))
            return redirect("contributions:determination", made.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "resident": held.resident if held else reaching}
    return render(request, "contributions/new_determination.html", context, status=status)


def _held_payment(request):
    """Return the exception that this determination is to repair, with its resident; None for none.

    Its resident is left out where this duty may not see them.
    """
    number = request.GET.get("exception", "")
    visible = PaymentException.objects.visible_to(request.user)
    held = visible.filter(pk=number).first() if number.isdigit() else None
    if held:
        held.resident = (
            Resident.objects.visible_to(request.user).filter(pk=held.resident_id).first()
        )
    return held


def _who_reaches_sixty(request):
    """Return who somebody came here for from the list of 到龄补缴; None for nobody."""
    number = request.GET.get("resident", "")
    if not number.isdigit():
        return None
    return Resident.objects.visible_to(request.user).filter(pk=number).first()


def _what_the_policy_says(resident, request):
    """Return the years that may be made up at their lowest, for the form of 到龄补缴."""
    if resident is None:
        return {}
    scheme = request.GET.get("scheme", "")
    scheme = int(scheme) if scheme.isdigit() else PENSIONS[0][0]
    paid = determining.paid_years_of(resident, scheme)
    (due,) = what_is_due([(resident, paid)], scheme)
    one = Reaching(resident, None, paid, {}, due, years_for_a_pension(resident.county_code, scheme))
    lines = [f"{year['year']} {year['lowest'] or ''}".strip() for year in reversed(one.years)]
    return {"scheme": scheme, "kind": Determination.Kind.SIXTY, "years": "\n".join(lines)}


def _what_the_payment_says(held):
    """Return what a held payment says of the form's fields: scheme, number, years and sum each."""
    row = rows_of(held).get()
    years = range(row.contribution_year, (row.last_year or row.contribution_year) + 1)
    span = f"{years[0]}-{years[-1]}" if len(years) > 1 else f"{years[0]}"
    each = f"{row.amount / len(years):.2f}" if row.amount else ""
    return {
        "scheme": held.scheme_id or PENSIONS[0][0],
        "number": row.determination_no,
        "years": f"{span} {each}".strip(),
    }


@needs("view_determination")
@require_GET
def determination(request, determination_id):
    """One determination, year by year, with the sum in capitals as it stands on paper."""
    found = _determination_or_404(request, determination_id)
    village = Area.objects.filter(code=found.village_code).select_related("parent").first()
    context = {
        "determination": found,
        "masked_id": mask_id(found.resident.id_number),
        "village": village,
        "scheme_name": PENSION_NAMES[found.scheme_id],
        "years": found.years.all(),
        "may_decide": found.is_waiting and may(request.user, "approve_determination"),
        "reason_form": ReasonForm(),
    }
    return render(request, "contributions/determination.html", context)


@needs("approve_determination")
@require_POST
def approve(request, determination_id):
    found = determining.approve_determination(
        _determination_or_404(request, determination_id), by=request.user
    )
    messages.success(
        request, _("已同意核定 %(number)s，到账后按它核对。") % {"number": found.number}
    )
    return redirect("contributions:determination", found.pk)


@needs("approve_determination")
@require_POST
def reject(request, determination_id):
    found = determining.reject_determination(
        _determination_or_404(request, determination_id),
        by=request.user,
        reason=request.POST.get("reason", "")[:200],
    )
    messages.success(
        request, _("已退回核定 %(number)s，流水号可以重新使用。") % {"number": found.number}
    )
    return redirect("contributions:determination", found.pk)


def _determination_or_404(request, determination_id):
    found = Determination.objects.visible_to(request.user)
    return get_object_or_404(
        found.select_related("resident", "made_by", "approved_by", "rejected_by"),
        pk=determination_id,
    )
