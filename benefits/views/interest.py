"""Doors of the year's interest: the announced rates, and the runs that credit them (年度结息)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from benefits import interest as deeds
from benefits.forms import InterestTermsForm
from benefits.models import InterestRun, InterestTerms
from pension_portal.clock import today
from pension_portal.refusals import Refusal
from policies.words import PENSION_NAMES
from staff.approval_panel import look_of, panel_of
from staff.permissions import may, needs


@needs("view_interest")
@require_GET
def interest(request):
    """All rates with their runs, newest year first."""
    rates = InterestTerms.objects.visible_to(request.user).prefetch_related("runs")
    lines = [_line(one) for one in rates.order_by("-year", "scheme_id", "-id")]
    context = {"lines": lines, "may_make": may(request.user, "make_interest")}
    return render(request, "benefits/interest.html", context)


def _line(terms):
    terms.scheme, terms.look = PENSION_NAMES[terms.scheme_id], look_of(terms)
    return terms


@needs("make_interest")
@require_http_methods(["GET", "POST"])
def new_terms(request):
    """Propose the rate of a year; last year's ways of counting stand there already."""
    form = InterestTermsForm(request.POST or None, initial=_as_last_year(request.user))
    if request.method == "POST" and form.is_valid():
        form.instance.county_code = request.user.county_code
        try:
            terms = deeds.propose_terms(form.instance, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已提出，等财务复核。"))
            return redirect("benefits:terms", terms.pk)
    status = 422 if form.errors else 200
    return render(request, "benefits/new_terms.html", {"form": form}, status=status)


def _as_last_year(staff):
    last = InterestTerms.objects.visible_to(staff).order_by("-year").first()
    counted = {"year": today().year - 1, "date_basis": "treasury", "starts": "next_month"}
    if last is None:
        return counted | {"rounding": "half_up"}
    names = ("date_basis", "starts", "rounding", "scheme_id")
    return counted | {name: getattr(last, name) for name in names}


@needs("view_interest")
@require_GET
def terms(request, interestterms_id):
    """One rate: what was announced, who agreed, what was credited by it."""
    found = _line(
        get_object_or_404(InterestTerms.objects.visible_to(request.user), pk=interestterms_id)
    )
    runs = list(found.runs.select_related("job", "made_by").order_by("-id"))
    for one in runs:
        one.look = look_of(one)
    context = {
        "terms": found,
        "panel": panel_of(found, request.user),
        "runs": runs,
        "may_start": found.state == "approved" and may(request.user, "make_interest"),
    }
    return render(request, "benefits/terms.html", context)


@needs("make_interest")
@require_POST
def start_run(request, interestterms_id):
    found = get_object_or_404(InterestTerms.objects.visible_to(request.user), pk=interestterms_id)
    run = deeds.start_run(found, by=request.user)
    return redirect("benefits:run", run.pk)


@needs("view_interest")
@require_GET
def run(request, interestrun_id):
    """One run: its sums, and the way to its approval once it is worked out."""
    found = get_object_or_404(
        InterestRun.objects.visible_to(request.user).select_related("terms", "job"),
        pk=interestrun_id,
    )
    found.scheme = PENSION_NAMES[found.scheme_id]
    panel = panel_of(found, request.user)
    if found.computed_at is None:
        panel.buttons = []
    context = {"run": found, "job": found.job, "panel": panel}
    is_part = request.htmx and not request.htmx.boosted
    return render(request, "benefits/_run.html" if is_part else "benefits/run.html", context)
