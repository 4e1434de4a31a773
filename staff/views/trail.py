"""Doors to the trail: every entry of the auditor's area, and who looked at whom."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_GET

from staff.forms import TrailFilterForm
from staff.models import AuditEntry, DutyKind
from staff.permissions import needs
from staff.trail import (
    LOOKS,
    MOST_REVEALS_AN_HOUR,
    detail_words,
    filtered,
    most_reveals_an_hour,
    page_of,
    subject_words,
    who_looked,
    words_of,
)
from townships.models import Area

PAGE_LENGTH = 50
DUTY_WORDS = dict(DutyKind.choices)


@require_GET
@needs("view_audit")
def trail(request):
    filters, entries = _filtered(request)
    if request.GET.get("looks"):
        entries = entries.filter(action__in=LOOKS)
    page = Paginator(entries.order_by("-at", "-id"), PAGE_LENGTH).get_page(request.GET.get("page"))
    entries = list(page.object_list.select_related("staff"))
    codes = {entry.area_code for entry in entries}
    places = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    lines = [
        {
            "entry": entry,
            "place": places.get(entry.area_code, entry.area_code),
            "subject": subject_words(entry.subject),
            "words": words_of(entry.action),
            "duty": DUTY_WORDS.get(entry.duty_kind, ""),
            "url": page_of(entry.subject, request.user),
            "detail": detail_words(entry.detail),
        }
        for entry in entries
    ]
    context = {"filters": filters, "page": page, "lines": lines}
    return render(request, "staff/trail.html", context)


@require_GET
@needs("view_audit")
def looks(request):
    """Show who saw residents, how many and how often; each line opens its entries."""
    filters, entries = _filtered(request)
    page = Paginator(who_looked(entries), PAGE_LENGTH).get_page(request.GET.get("page"))
    most = most_reveals_an_hour(entries)
    lines = [
        line
        | {
            "duty": DUTY_WORDS.get(line["duty_kind"], ""),
            "most_an_hour": most.get(line["staff_id"], 0),
            "is_many": most.get(line["staff_id"], 0) > MOST_REVEALS_AN_HOUR,
        }
        for line in page.object_list
    ]
    context = {"filters": filters, "page": page, "lines": lines, "most": MOST_REVEALS_AN_HOUR}
    return render(request, "staff/looks.html", context)


def _filtered(request):
    """Return the filter form and the visible entries it leaves; a wrong filter leaves all."""
    filters = TrailFilterForm(request.GET)
    entries = AuditEntry.objects.visible_to(request.user)
    if filters.is_valid():
        entries = filtered(entries, **filters.cleaned_data)
    return filters, entries
