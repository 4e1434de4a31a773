"""Doors of the year's interest: the announced rates, and the runs that credit them (年度结息)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from benefits import interest as deeds
from benefits.forms import InterestTermsForm
from benefits.models import InterestRun, InterestTerms, Source
from contributions.views.lists import list_file
from enrollment.models import Resident
from pension_portal.clock import today
from pension_portal.refusals import Refusal
from pension_portal.sheet_writing import TableColumn
from policies.words import PENSION_NAMES
from staff.approval_panel import look_of, panel_of
from staff.permissions import may, needs

LINES_PER_PAGE = 50


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
def interest_excel(request):
    """All rates with their runs, as the page shows them."""
    rates = InterestTerms.objects.visible_to(request.user).prefetch_related("runs")
    rows = [
        [
            *(one.year, str(PENSION_NAMES[one.scheme_id]), one.rate),
            *(str(one.get_date_basis_display()), str(one.get_starts_display()), one.document_no),
            *(str(one.get_state_display()), run and run.people, run and run.amount),
            str(run.get_state_display()) if run else "",
        ]
        for one in rates.order_by("-year", "scheme_id", "-id")
        for run in list(one.runs.all()) or [None]
    ]
    columns = [
        TableColumn(_("计息年度"), "number", 10),
        TableColumn(_("险种"), "text", 14),
        TableColumn(_("年利率（%）"), "amount", 12),
        TableColumn(_("计息日期"), "text", 16),
        TableColumn(_("起息"), "text", 16),
        TableColumn(_("文号"), "text", 22),
        TableColumn(_("状态"), "text", 10),
        TableColumn(_("账户数"), "number", 12),
        TableColumn(_("利息（元）"), "amount", 16),
        TableColumn(_("结息"), "text", 10),
    ]
    return list_file(request, columns, rows, title=_("年度结息"))


def _lines_of(request, run):
    """Return a page of the lines of a run, of one source or all, and what each source comes to."""
    source = request.GET.get("source", "")
    lines = everything = deeds.lines_of(run)
    if source in Source.values:
        lines = lines.filter(source=source)
    page = Paginator(lines, LINES_PER_PAGE).get_page(request.GET.get("page"))
    people = Resident.objects.visible_to(request.user).in_bulk([one.resident_id for one in page])
    for one in page:
        one.person = people.get(one.resident_id)
    sums = everything.order_by().values("source").annotate(lines=Count("source"), sum=Sum("amount"))
    named = [(Source(row["source"]).label, row) for row in sums.order_by("source")]
    return {"page": page, "sources": named, "source": source}


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
    context = {
        "run": found,
        "job": found.job,
        "panel": panel,
        "may_open": may(request.user, "view_account"),
        "may_export": may(request.user, "export_people") and may(request.user, "view_account"),
    } | _lines_of(request, found)
    is_part = request.htmx and not request.htmx.boosted
    return render(request, "benefits/_run.html" if is_part else "benefits/run.html", context)
