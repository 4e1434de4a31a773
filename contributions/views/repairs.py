"""Doors of the error files: each file's held rows out, the repaired file back, what became of it
(错误文件)."""

import io

from django.contrib import messages
from django.db.models import Count
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from contributions import originals, repairing
from contributions.forms import RepairForm
from contributions.models import FeedRepair, PaymentException, PaymentFeed
from pension_portal.sheets import SheetRefusal
from staff.audit import record
from staff.permissions import may, needs

FEEDS_SHOWN = 20
REPAIRS_SHOWN = 20


@needs("view_exception")
@require_GET
def repairs(request):
    """The files with open exceptions in one's area, to take out and to give back."""
    return _page_with(request)


def _page_with(request, faulty=None, form=None, status=200):
    open_ones = PaymentException.objects.visible_to(request.user).open()
    counts = dict(
        open_ones.order_by()
        .values_list("feed_id")
        .annotate(Count("id"))
        .values_list("feed_id", "id__count")
    )
    feeds = PaymentFeed.objects.filter(pk__in=counts).select_related("file")
    feeds = list(feeds.order_by("-uploaded_at")[:FEEDS_SHOWN])
    for feed in feeds:
        feed.open_rows = counts[feed.pk]
        feed.form = form if feed.pk == faulty else RepairForm(auto_id=f"id_{feed.pk}_%s")
    given = FeedRepair.objects.visible_to(request.user).select_related("feed__file", "file")
    context = {
        "feeds": feeds,
        "repairs": given.select_related("given_by", "job")[:REPAIRS_SHOWN],
        "may_settle": may(request.user, "settle_exception"),
    }
    return render(request, "contributions/repairs.html", context, status=status)


@needs("settle_exception")
@require_GET
def faults(request, feed_id):
    """The clerk's own file with row number, reason and remedy beside each open row, as .xlsx.

    Who works for a town gets that town's rows only: the file holds the whole county.
    """
    feed, held = _feed_of_ones_area(request, feed_id)
    row_nos = (
        None if may(request.user, "view_feed") else list(held.values_list("row_no", flat=True))
    )
    content, name = originals.marked_copy(feed, row_nos)
    record("download_faults", feed, by=request.user, rows=held.count())
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name)


@needs("settle_exception")
@require_POST
def give_back(request, feed_id):
    feed, _held = _feed_of_ones_area(request, feed_id)
    form = RepairForm(request.POST, request.FILES, auto_id=f"id_{feed.pk}_%s")
    if not form.is_valid():
        return _page_with(request, feed.pk, form, status=422)
    try:
        repair, is_new = repairing.give_back_repair(
            feed, form.cleaned_data["file"], by=request.user
        )
    except SheetRefusal as refusal:
        form.add_error("file", str(refusal))
        return _page_with(request, feed.pk, form, status=refusal.status)
    if not is_new:
        messages.info(request, _("这个文件传过了，下面是当时的结果，没有再处理一遍。"))
    return redirect("contributions:repair", repair.pk)


@needs("view_exception")
@require_GET
def repair(request, repair_id):
    """What became of each row that came back; asks again each second while a worker is at it."""
    found = FeedRepair.objects.visible_to(request.user)
    found = get_object_or_404(
        found.select_related("feed__file", "file", "job", "given_by"), pk=repair_id
    )
    lines = [
        line | {"said": repairing.OUTCOMES[line["outcome"]], "look": LOOKS[line["outcome"]]}
        for line in found.lines
    ]
    counts = {}
    for line in lines:
        counts[line["said"]] = counts.get(line["said"], 0) + 1
    context = {
        "repair": found,
        "job": found.job,
        "is_running": not found.applied_at and not found.job.is_finished,
        "lines": lines,
        "counts": counts.items(),
    }
    is_fragment = request.headers.get("HX-Request")
    template = "contributions/_repair.html" if is_fragment else "contributions/repair.html"
    return render(request, template, context)


LOOKS = {
    "posted": ("good", "circle-check"),
    "known": ("good", "circle-check"),
    "held": ("warn", "alert-triangle"),
    "large": ("busy", "hourglass"),
    "unchanged": ("neutral", "circle-dashed"),
    "money": ("bad", "circle-x"),
    "busy": ("warn", "alert-triangle"),
    "settled": ("neutral", "circle-check"),
    "unknown": ("neutral", "circle-dashed"),
}


def _feed_of_ones_area(request, feed_id):
    """Return a posted feed with exceptions in one's area, and those that are open; else 404."""
    visible = PaymentException.objects.visible_to(request.user).filter(feed_id=feed_id)
    if not visible.exists():
        raise Http404
    return PaymentFeed.objects.select_related("file").get(pk=feed_id), visible.open()
