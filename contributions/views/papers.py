"""Doors of what a county words and styles, and of its lists by village (文本、模板、按村导出)."""

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from contributions import papers
from contributions.bundles import field_labels, order_bundle, row_of
from contributions.errors import BundleNotYours, ReasonForPhonesMissing
from contributions.filling import headers_of
from contributions.forms import MessageForm, TemplateForm
from contributions.messages import BUILT_IN
from contributions.models import CountyPapers, ListBundle
from contributions.unpaid import unpaid
from contributions.unpaid_lists import filter_of, lines_of, query_of
from contributions.views.lists import LONGEST_REASON, area_or_404
from pension_portal.clock import today
from pension_portal.files import open_file, read_file
from pension_portal.refusals import Refusal
from staff.permissions import may, needs

BUNDLES_SHOWN = 10
PREVIEWED = 3


@needs("view_person")
@require_GET
def county_papers(request):
    """The county's text and template as they are."""
    found = CountyPapers.of(request.user.county_code)
    form = MessageForm(initial={"message": found.message})
    return _page(request, found, form, TemplateForm())


def _page(request, found, message_form, template_form, status=200):
    labels = field_labels()
    headers, columns = [], []
    if found.template_id:
        headers = headers_of(read_file(found.template), found.template.name, found.header_row)
        columns = [
            {"letter": letter, "heading": heading, "field": found.columns.get(letter, "")}
            for letter, heading in headers
        ]
    context = {
        "papers": found,
        "form": message_form,
        "template_form": template_form,
        "built_in": BUILT_IN,
        "columns": columns,
        "fields": [("", _("（留空）")), *labels.items()],
        "preview": _preview(found, headers, request.user) if found.template_id else None,
        "may_change": may(request.user, "set_papers"),
    }
    return render(request, "contributions/papers.html", context, status=status)


def _preview(found, headers, staff):
    """Return the first people of one's area as the template would list them."""
    chosen = {"scheme": 1, "year": today().year}
    people = unpaid(staff.area_code, scheme_id=1, year=chosen["year"]).visible_to(staff)
    lines = lines_of(list(people.select_related("resident__household")[:PREVIEWED]), chosen)
    rows = [row_of(line, number, "", has_phones=False) for number, line in enumerate(lines, 1)]
    fields = [found.columns.get(letter, "") for letter, _heading in headers]
    return [[row.get(field) for field in fields] for row in rows]


@needs("set_papers")
@require_POST
def save_message(request):
    found = CountyPapers.of(request.user.county_code)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, TemplateForm(), status=422)
    papers.set_message(form.cleaned_data["message"], by=request.user)
    messages.success(request, _("短信文本已保存。"))
    return redirect("contributions:papers")


@needs("set_papers")
@require_POST
def upload_template(request):
    found = CountyPapers.of(request.user.county_code)
    form = TemplateForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            papers.set_template(form.cleaned_data["file"], by=request.user)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
    if form.errors:
        message_form = MessageForm(initial={"message": found.message})
        return _page(request, found, message_form, form, status=422)
    messages.success(request, _("模板已保存，核对下面的列对应。"))
    return redirect("contributions:papers")


@needs("set_papers")
@require_POST
def map_columns(request):
    """Keep what each column of the template holds, as a person said."""
    columns = {
        name.removeprefix("column_"): value
        for name, value in request.POST.items()
        if name.startswith("column_") and value in field_labels()
    }
    papers.map_columns(columns, by=request.user)
    messages.success(request, _("列对应已保存。"))
    return redirect("contributions:papers")


@needs("set_papers")
@require_POST
def drop_template(request):
    papers.drop_template(by=request.user)
    messages.success(request, _("已改用自带模板。"))
    return redirect("contributions:papers")


# --- One workbook for each village ------------------------------------------------------------


@needs("export_people")
@require_POST
def order_villages(request, area_code):
    """Have a job make one workbook for each village of what the filter finds."""
    area = area_or_404(request, area_code)
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    if request.POST.get("phones"):
        if not may(request.user, "export_phones") or not reason:
            raise ReasonForPhonesMissing()
    else:
        reason = ""
    chosen = filter_of(request.GET, area, request.user).chosen()
    bundle = order_bundle(
        area,
        scheme_id=chosen["scheme"],
        year=chosen["year"],
        query=query_of(request.GET),
        reason=reason,
        by=request.user,
    )
    return redirect("contributions:bundle", bundle.pk)


@needs("export_people")
@require_GET
def bundle(request, bundle_id):
    """A bundle on its way, and when it is done, to take away."""
    found = _bundle_or_404(request, bundle_id)
    template = "contributions/_bundle.html" if request.htmx else "contributions/bundle.html"
    context = {
        "bundle": found,
        "job": found.job,
        "is_running": not found.job.is_finished,
        "earlier": ListBundle.objects.filter(made_by=request.user, file__isnull=False)
        .exclude(pk=found.pk)
        .select_related("file")[:BUNDLES_SHOWN],
    }
    return render(request, template, context)


@needs("export_people")
@require_GET
def bundle_file(request, bundle_id):
    found = _bundle_or_404(request, bundle_id)
    if not found.file_id:
        return redirect("contributions:bundle", found.pk)
    if found.reason and found.made_by_id != request.user.pk:
        raise BundleNotYours()
    return FileResponse(open_file(found.file), as_attachment=True, filename=found.file.name)


def _bundle_or_404(request, bundle_id):
    """A bundle inside one's own area; with full numbers it is for whoever ordered it."""
    found = ListBundle.objects.visible_to(request.user).select_related("job", "file")
    return get_object_or_404(found, pk=bundle_id)
