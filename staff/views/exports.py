"""Doors of the exports: order a list, see how far it is, download it; the register (导出登记)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pension_portal.doors import refuse_unless_allowed
from pension_portal.files import open_file
from staff import approving
from staff.approval_panel import look_of, panel_of
from staff.exporting import (
    approve_export,
    download_export,
    hand_over,
    kind_of,
    order_export,
)
from staff.forms import ExportForm, HandOverForm
from staff.models import Export
from staff.models.exports import MOST_BY_ONESELF
from staff.permissions import may, needs
from townships.models import Area

EXPORTS_A_PAGE = 30
NOT_FILTERS = ("kind", "area", "page", "after", "before", "print", "csrfmiddlewaretoken")


@needs("take_exports")
@require_GET
def exports(request):
    """The register of one's area, the newest first."""
    found = Export.objects.visible_to(request.user).select_related("made_by", "approved_by", "job")
    state = request.GET.get("state", "")
    if state == "waiting":
        found = found.waiting()
    page = Paginator(found, EXPORTS_A_PAGE).get_page(request.GET.get("page"))
    for one in page:
        one.tone, one.icon = look_of(one)
    context = {"page": page, "state": state, "may_order": may(request.user, "export_people")}
    return render(request, "staff/exports.html", context)


@needs("export_people")
@require_http_methods(["GET", "POST"])
def new_export(request):
    """Say what the list is for; its filter comes with the address, as the list's page had it."""
    kind = request.GET.get("kind", "roster")
    try:
        listed = kind_of(kind)
    except KeyError:
        raise Http404 from None
    refuse_unless_allowed(request.user, listed.action)
    areas = Area.objects.visible_to(request.user).filter(level__lte=Area.Level.VILLAGE)
    area = get_object_or_404(areas, pk=request.GET.get("area") or request.user.area_code)
    query = _filter_of(request.GET)
    form = ExportForm(request.POST or None, can_be=listed.forms)
    if request.method == "POST" and form.is_valid():
        made = order_export(
            kind,
            area,
            query.urlencode(),
            form=form.cleaned_data["form"],
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
        return redirect("staff:export", made.pk)
    rows = listed.count(area.code, query, request.user)
    context = {
        "form": form,
        "area": area,
        "listed": listed,
        "rows": rows,
        "asks_first": listed.always_asks or rows > MOST_BY_ONESELF,
        "may_ask": may(request.user, "export_many"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/new_export.html", context, status=status)


def _filter_of(asked):
    """Return what narrows the list, without its place and page."""
    query = asked.copy()
    for name in NOT_FILTERS:
        query.pop(name, None)
    return query


def _export_or_404(request, export_id):
    exports = Export.objects.visible_to(request.user).select_related(
        "made_by", "approved_by", "returned_by", "job", "file", "handed_over_by"
    )
    return get_object_or_404(exports, pk=export_id)


@needs("take_exports")
@require_GET
def export(request, export_id):
    found = _export_or_404(request, export_id)
    context = {
        "export": found,
        "job": found.job,
        "panel": panel_of(found, request.user) if found.asks_first else None,
        "is_mine": found.made_by_id == request.user.pk,
        "may_hand_over": found.always_asks and may(request.user, "export_many"),
        "hand_over_form": HandOverForm(),
    }
    return render(request, "staff/export.html", context)


@needs("take_exports")
@require_GET
def export_state(request, export_id):
    """How far the writing is; the page asks each second, and loads itself anew at the end."""
    found = _export_or_404(request, export_id)
    response = render(request, "staff/_export_state.html", {"export": found, "job": found.job})
    if found.job and found.job.is_finished:
        response["HX-Refresh"] = "true"
    return response


@needs("take_exports")
@require_POST
def download(request, export_id):
    """The file, for its maker alone and for a day; each download is on record."""
    file = download_export(_export_or_404(request, export_id), by=request.user)
    return FileResponse(open_file(file), as_attachment=True, filename=file.name)


@needs("approve_export")
@require_POST
def approve(request, export_id):
    found = _export_or_404(request, export_id)
    approve_export(found, by=request.user, seen=request.POST.get("seen", ""))
    messages.success(request, _("已同意，文件由经办人下载。"))
    return redirect("staff:export", export_id)


@needs("approve_export")
@require_POST
def send_back(request, export_id):
    found = _export_or_404(request, export_id)
    approving.return_to_maker(found, by=request.user, reason=request.POST.get("reason", ""))
    return redirect("staff:export", export_id)


@needs("export_many")
@require_POST
def withdraw(request, export_id):
    approving.withdraw(_export_or_404(request, export_id), by=request.user)
    return redirect("staff:exports")


@needs("export_many")
@require_POST
def note_hand_over(request, export_id):
    """Note that the roster went to the tax bureau."""
    found = _export_or_404(request, export_id)
    form = HandOverForm(request.POST)
    if form.is_valid():
        hand_over(found, by=request.user, **form.cleaned_data)
        messages.success(request, _("移交已登记。"))
    return redirect("staff:export", export_id)
