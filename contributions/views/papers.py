"""Doors of what a county words and styles (文本、模板)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from contributions import papers
from contributions.bundles import field_labels, row_of
from contributions.filling import headers_of
from contributions.forms import MessageForm, TemplateForm
from contributions.messages import BUILT_IN
from contributions.models import CountyPapers
from contributions.unpaid import unpaid
from contributions.unpaid_lists import lines_of
from pension_portal.clock import today
from pension_portal.files import read_file
from pension_portal.refusals import Refusal
from staff.permissions import may, needs

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
