"""Doors of the exceptions: the queue by reason and place, one row with its suggestion, the three
single deeds (异常处理).
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from contributions import settling
from contributions.data_age import data_age
from contributions.errors import NothingTicked
from contributions.forms import ExceptionFilter, ReasonForm
from contributions.models import FeedRow, PaymentException, PaymentFeed, Transfer
from contributions.statements import fetch_statement
from contributions.stopping import rules_that_stopped
from contributions.verdicts import VERDICTS
from contributions.views.feeds import masked_cells, transfer_of
from enrollment.models import Resident
from pension_portal.clock import today
from pension_portal.refusals import Refusal
from policies.models import Scheme
from staff.permissions import may, needs
from townships.models import Area

EXCEPTIONS_PER_PAGE = settling.MOST_AT_ONCE
DEEDS = {
    "accept": gettext_lazy("采纳或重新核对"),
    "set_aside": gettext_lazy("剔除"),
    "put_back": gettext_lazy("恢复为未处理"),
}


@needs("view_exception")
@require_GET
def exception_list(request):
    form = ExceptionFilter(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    everything = _within(PaymentException.objects.visible_to(request.user), chosen)
    found = _filtered(everything, chosen)
    page = Paginator(found.select_related("feed__file").order_by("code", "id"), EXCEPTIONS_PER_PAGE)
    page = page.get_page(request.GET.get("page"))
    _name_areas(page)
    context = {
        "form": form,
        "page": page,
        "state": chosen.get("state") or "open",
        "groups": _groups(everything.open()),
        "chosen_code": chosen.get("code", ""),
        "may_settle": may(request.user, "settle_exception"),
        "deeds": _deeds_for_several(request.user, chosen),
        "filter_badges": _badges(request, chosen),
        "data_age": data_age(request.user.county_code, chosen.get("year") or today().year),
    }
    return render(request, "contributions/exceptions.html", context)


def _deeds_for_several(staff, chosen):
    """Return which deeds the ticked rows may have: none unless the list is of one reason."""
    if not chosen.get("code") or not may(staff, "settle_exception"):
        return None
    state = chosen.get("state") or "open"
    if state not in ("open", "set_aside"):
        return None
    can_be_accepted = VERDICTS[chosen["code"]].can_be_waived or chosen["code"] == "E01"
    return {
        "is_open": state == "open",
        "is_set_aside": state == "set_aside",
        "accepting": _("采纳并入账") if can_be_accepted else _("重新核对"),
    }


def _within(exceptions, chosen):
    """Only what a figure elsewhere was about: one file, one area, one scheme and year.

    An exception whose scheme is unclear stands in the way of every scheme.
    """
    if chosen.get("feed"):
        exceptions = exceptions.filter(feed_id=chosen["feed"])
    if chosen.get("area"):
        exceptions = exceptions.filter(area_code__startswith=chosen["area"])
    if chosen.get("scheme"):
        exceptions = exceptions.filter(Q(scheme_id=chosen["scheme"]) | Q(scheme_id=None))
    if chosen.get("year"):
        exceptions = exceptions.filter(year=chosen["year"])
    return exceptions


def _badges(request, chosen):
    """Name what the list is narrowed to besides the fields, each with the way to widen it."""
    feed = PaymentFeed.objects.visible_to(request.user).select_related("file")
    feed = feed.filter(pk=chosen.get("feed")).first()
    area = Area.objects.filter(code=chosen.get("area") or "").first()
    scheme = Scheme.objects.filter(pk=chosen.get("scheme")).first()
    words = {
        "feed": feed and feed.file.name,
        "area": area and area.name,
        "scheme": scheme and _(scheme.short_name),
        "year": chosen.get("year"),
    }
    return [
        {"words": said, "remove_url": _without(request, field)}
        for field, said in words.items()
        if said
    ]


def _without(request, field):
    query = request.GET.copy()
    for name in (field, "page"):
        query.pop(name, None)
    return f"?{query.urlencode()}"


def _filtered(exceptions, chosen):
    exceptions = exceptions.filter(state=chosen.get("state") or "open")
    if chosen.get("code"):
        exceptions = exceptions.filter(code=chosen["code"])
    if words := chosen.get("q", "").strip():
        is_tail = len(words) == 4 and words[:3].isdigit()
        exceptions = exceptions.filter(**{"id_last4" if is_tail else "name__startswith": words})
    return exceptions


def _groups(exceptions):
    """Return the open exceptions by reason: how many, how much, what to do."""
    counted = exceptions.order_by().values("code").annotate(rows=Count("id"), amount=Sum("amount"))
    return [group | {"verdict": VERDICTS[group["code"]]} for group in counted.order_by("code")]


def _name_areas(page):
    names = dict(
        Area.objects.filter(
            code__in={code for row in page for code in (row.area_code, row.area_code[:9])}
        ).values_list("code", "name")
    )
    for row in page:
        parts = dict.fromkeys([row.area_code[:9], row.area_code])
        row.area_name = " ".join(names[code] for code in parts if code in names)


@needs("view_exception")
@require_GET
def exception(request, exception_id):
    found = _exception_or_404(request, exception_id)
    return render(request, "contributions/exception.html", _beside_its_match(found, request))


def _exception_or_404(request, exception_id):
    exceptions = PaymentException.objects.visible_to(request.user)
    return get_object_or_404(exceptions.select_related("feed__file", "settled_by"), pk=exception_id)


def _beside_its_match(found, request):
    """Return the row as it was, the suggested resident with the reasons, and the next exception of
    this kind.
    """
    row = FeedRow.objects.get(
        county_code=found.county_code, year=found.year, feed_id=found.feed_id, row_no=found.row_no
    )
    resident = Resident.objects.visible_to(request.user).filter(pk=found.resident_id).first()
    following = PaymentException.objects.visible_to(request.user).open()
    return {
        "exception": found,
        "ruling": VERDICTS[found.code],
        "row": row,
        "cells": masked_cells(found.feed, row),
        "resident": resident,
        "reasons": _reasons(found, row, resident),
        "stops": rules_that_stopped(found, row, resident),
        "payments": _payments(resident, found) if resident else [],
        "next": following.filter(code=found.code, pk__gt=found.pk).order_by("pk").first(),
        "may_settle": may(request.user, "settle_exception"),
        "transfer": transfer_of(row) if may(request.user, "view_transfer") else None,
        "reason_form": ReasonForm(),
    }


def _reasons(found, row, resident):
    """Say in words why this resident is suggested."""
    if resident is None:
        return []
    said = [found.get_suggestion_display()] if found.suggestion else []
    if found.suggestion == PaymentException.Suggestion.SAME_ID:
        said.append(
            _("姓名一致")
            if row.name_key == resident.name_key
            else _("文件姓名「%(file)s」，档案姓名「%(registry)s」")
            % {"file": row.name, "registry": resident.name}
        )
    return said


def _payments(resident, found):
    return Transfer.objects.filter(
        county_code=found.county_code, resident=resident, year__gte=found.year - 2
    ).order_by("-year", "-id")[:10]


@needs("settle_exception")
@require_POST
def settle_several(request):
    """Do one deed to the ticked exceptions, and show what became of each."""
    ids = [int(text) for text in request.POST.getlist("exception") if text.isdigit()]
    found = PaymentException.objects.visible_to(request.user).filter(pk__in=ids)
    deed = request.POST.get("deed", "")
    if deed not in DEEDS or not found:
        raise NothingTicked()
    found = found.select_related("feed__file").order_by("pk")
    results = settling.settle_several(found, deed, by=request.user, reason=_reason(request))
    lines = [
        {"exception": exception, "refusal": refusal, "is_done": _is_done(exception, refusal, deed)}
        for exception, refusal in results
    ]
    _name_areas([line["exception"] for line in lines])
    done = sum(line["is_done"] for line in lines)
    context = {
        "lines": lines,
        "done": done,
        "left": len(lines) - done,
        "deed": DEEDS[deed],
        "code": found[0].code if deed == "put_back" else request.POST.get("code", ""),
    }
    return render(request, "contributions/settled.html", context)


def _is_done(exception, refusal, deed):
    """Whether the deed came to its end: an accepted row may stand under its next objection."""
    return refusal is None and (deed == "put_back" or exception.state != "open")


@needs("settle_exception")
@require_POST
def accept(request, exception_id):
    found = _exception_or_404(request, exception_id)
    try:
        found = settling.accept_exception(found, by=request.user, reason=_reason(request))
    except Refusal as refusal:
        return _refused(request, found, refusal)
    if found.state == PaymentException.State.OPEN:
        ruling = VERDICTS[found.code]
        messages.warning(
            request,
            _("前一个原因已采纳，还有一个：%(name)s。%(remedy)s。")
            % {"name": ruling.name, "remedy": ruling.remedy},
        )
        return redirect("contributions:exception", found.pk)
    messages.success(
        request,
        _("%(name)s 的 1 笔已处理：%(state)s。")
        % {"name": found.name, "state": found.get_state_display()},
    )
    return _to_the_next(request, found)


@needs("settle_exception")
@require_POST
def set_aside(request, exception_id):
    found = _exception_or_404(request, exception_id)
    try:
        found = settling.set_aside_exception(found, by=request.user, reason=_reason(request))
    except Refusal as refusal:
        return _refused(request, found, refusal)
    messages.success(
        request, _("%(name)s 的 1 笔已剔除，可在「已剔除」中恢复。") % {"name": found.name}
    )
    return _to_the_next(request, found)


@needs("settle_exception")
@require_POST
def put_back(request, exception_id):
    found = _exception_or_404(request, exception_id)
    try:
        found = settling.put_back_exception(found, by=request.user)
    except Refusal as refusal:
        return _refused(request, found, refusal)
    messages.success(request, _("%(name)s 的 1 笔已恢复为未处理。") % {"name": found.name})
    return redirect("contributions:exception", found.pk)


def _refused(request, found, refusal):
    """Show the row again as it stands now, with why the deed was refused beside the buttons."""
    found = _exception_or_404(request, found.pk)
    context = _beside_its_match(found, request) | {
        "refusal": str(refusal),
        "reason_form": ReasonForm({"reason": _reason(request)})
        if _reason(request)
        else ReasonForm(),
    }
    return render(request, "contributions/exception.html", context, status=refusal.status)


def _reason(request):
    form = ReasonForm(request.POST)
    form.is_valid()
    return form.cleaned_data.get("reason", "")


def _to_the_next(request, found):
    """Go on with the next open exception of the same kind, or back to the list."""
    following = PaymentException.objects.visible_to(request.user).open()
    following = following.filter(code=found.code, pk__gt=found.pk).order_by("pk").first()
    if following:
        return redirect("contributions:exception", following.pk)
    return redirect("contributions:exceptions")


@needs("view_exception")
@require_GET
def waiting_exceptions(request):
    """The part of the start page about exceptions: how many are open in one's area, by reason."""
    groups = _groups(PaymentException.objects.visible_to(request.user).open())
    context = {"groups": groups, "rows": sum(group["rows"] for group in groups)}
    return render(request, "contributions/_waiting_exceptions.html", context)


@needs("change_areas")
@require_GET
def unmatched_towns(request):
    """The part of the area page that lists how the tax bureau writes towns nobody knows."""
    texts = fetch_statement("unmatched_towns", {"county_code": request.user.county_code})
    return render(request, "contributions/_unmatched_towns.html", {"texts": texts})
