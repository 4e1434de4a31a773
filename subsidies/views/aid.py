"""Doors of collective aid and donations: the lists, one of them with its preview, its way back."""

from django.contrib import messages
from django.db.models import Count, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enrollment.views.imports import columns_asked_about, columns_named
from pension_portal.clock import today
from pension_portal.refusals import Refusal
from pension_portal.sheets import SheetRefusal
from policies.schemes import SHORT_NAMES
from staff.approval_panel import look_of, panel_of
from staff.permissions import may, needs
from subsidies import aid as deeds
from subsidies.aid_forms import AidForm, AidLineForm, AidReversalForm
from subsidies.models import AidLine, AidList
from subsidies.views.matrix import area_names, page_of


@needs("view_aid")
@require_GET
def aids(request):
    """All lists, newest first."""
    page = page_of(request, AidList.objects.visible_to(request.user).order_by("-id"))
    for one in page:
        _dress(one)
    context = {"page": page, "may_make": may(request.user, "make_aid")}
    return render(request, "subsidies/aids.html", context)


@needs("make_aid")
@require_http_methods(["GET", "POST"])
def new_aid(request):
    """Who pays, and the list: uploaded, or entered on the next page."""
    initial = {"year": today().year, "paid_on": today()}
    form = AidForm(
        request.POST or None,
        request.FILES or None,
        initial=initial,
        instance=AidList(county_code=request.user.county_code),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = deeds.begin_aid(form.instance, by=request.user, upload=form.cleaned_data["file"])
        except (Refusal, SheetRefusal) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("subsidies:aid", made.pk)
    status = 422 if form.errors else 200
    return render(request, "subsidies/new_aid.html", {"form": form}, status=status)


@needs("view_aid")
@require_GET
def aid(request, aidlist_id):
    """One list: who pays, whom for, what stands against whom, who agrees."""
    found = _aid_or_404(request, aidlist_id)
    is_part = request.htmx and not request.htmx.boosted
    template = "subsidies/_aid.html" if is_part else "subsidies/aid.html"
    return render(request, template, _shown(request, found))


@needs("make_aid")
@require_POST
def confirm_aid_columns(request, aidlist_id):
    found = _aid_or_404(request, aidlist_id)
    deeds.confirm_columns(found, columns_named(request, deeds.COLUMNS), by=request.user)
    return redirect("subsidies:aid", found.pk)


@needs("make_aid")
@require_POST
def add_aid_line(request, aidlist_id):
    found = _aid_or_404(request, aidlist_id)
    form = AidLineForm(request.POST)
    if not form.is_valid():
        context = _shown(request, found) | {"line_form": form}
        return render(request, "subsidies/aid.html", context, status=422)
    deeds.add_line(found, **form.cleaned_data, by=request.user)
    return redirect("subsidies:aid", found.pk)


@needs("make_aid")
@require_POST
def drop_aid_line(request, aidlist_id, line_id):
    found = _aid_or_404(request, aidlist_id)
    deeds.drop_line(found, line_id, by=request.user)
    return redirect("subsidies:aid", found.pk)


@needs("make_aid")
@require_POST
def reverse_aid(request, aidlist_id):
    """Ask that the whole list is taken back, or the lines that were ticked."""
    found = _aid_or_404(request, aidlist_id)
    form = AidReversalForm(request.POST)
    if not form.is_valid():
        context = _shown(request, found) | {"reversal_form": form}
        return render(request, "subsidies/aid.html", context, status=422)
    chosen = [int(one) for one in request.POST.getlist("line") if one.isdecimal()]
    made = deeds.reverse_aid(
        found,
        reason=form.cleaned_data["reason"],
        line_ids=None if "whole" in request.POST else chosen,
        by=request.user,
    )
    messages.success(request, _("已提出冲正，等财务复核、县级审批。"))
    return redirect("subsidies:aid", made.pk)


def _shown(request, found):
    lines = found.own_lines.all()
    page = lines.order_by("-held", "row_number", "pk").select_related("resident", "taken_back_by")
    page = page_of(request, page)
    names = area_names(line.village_code for line in page if line.village_code)
    for line in page:
        line.village = names.get(line.village_code, "")
    sums = {
        row["held"]: row
        for row in lines.order_by().values("held").annotate(people=Count("pk"), sum=Sum("amount"))
    }
    is_read = not found.job or found.job.is_finished
    may_edit = found.is_open and is_read and not found.reverses and may(request.user, "make_aid")
    return {
        "aid": found,
        "job": found.job,
        "received": found,
        "columns": columns_asked_about(found, deeds.COLUMNS),
        "panel": panel_of(found, request.user),
        "cap": deeds.cap_of(found),
        "good": sums.pop("", None),
        "held": [(AidLine.Held(code).label, row) for code, row in sorted(sums.items())],
        "page": page,
        "may_list": may(request.user, "view_person"),
        "may_edit": may_edit,
        "may_confirm": bool(found.questions) and may(request.user, "make_aid"),
        "line_form": AidLineForm(),
        "reversals": found.reversals.exclude(state=AidList.State.WITHDRAWN),
        "may_reverse": found.posted_at
        and not found.reverses_id
        and found.lines.standing().exists()
        and may(request.user, "make_aid"),
        "reversal_form": AidReversalForm(),
    }


def _aid_or_404(request, number):
    found = AidList.objects.visible_to(request.user)
    found = found.select_related(
        *("job", "file", "reverses", "made_by", "reviewed_by", "approved_by")
    )
    return _dress(get_object_or_404(found, pk=number))


def _dress(one):
    one.scheme, one.look = SHORT_NAMES[one.scheme_id], look_of(one)
    return one
