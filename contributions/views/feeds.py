"""Doors of the payment files: upload, watch, decide, look into, take back (缴费对账)."""

import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from contributions import originals, posting, reading, receiving
from contributions.forms import FeedForm, ReasonForm
from contributions.judging import bad_share, strip_of
from contributions.layouts import FIELD_LABELS
from contributions.models import (
    FeedRow,
    FeedTally,
    PaymentException,
    PaymentFeed,
    Transfer,
)
from contributions.statements import fetch_statement
from contributions.taking_back import posted_by
from contributions.verdicts import VERDICTS, Outcome
from contributions.views.lists import list_file
from pension_portal.columns import column_words
from pension_portal.masking import mask_id
from pension_portal.models import Job
from pension_portal.sheet_writing import TableColumn
from pension_portal.sheets import SheetRefusal
from staff.navigation import open_address
from staff.permissions import may, needs

ROWS_PER_PAGE = 50
FEEDS_PER_PAGE = 20
FEEDS_ON_THE_START_PAGE = 5


@needs("view_feed")
@require_GET
def feed_list(request):
    return _list_with(request, FeedForm(county_code=request.user.county_code))


def _list_with(request, form, status=200):
    """Return the list of feeds below the upload form as it was left."""
    feeds = PaymentFeed.objects.visible_to(request.user).select_related(
        "file", "job", "uploaded_by"
    )
    page = Paginator(feeds, FEEDS_PER_PAGE).get_page(request.GET.get("page"))
    for feed in page:
        feed.strip = strip_of(feed) if feed.judged_at else None
    context = {"page": page, "form": form, "may_upload": may(request.user, "upload_feed")}
    return render(request, "contributions/feeds.html", context, status=status)


@needs("view_feed")
@require_GET
def feeds_excel(request):
    """All files as the page shows them, with what became of their rows."""
    feeds = PaymentFeed.objects.visible_to(request.user).select_related(
        "file", "job", "uploaded_by"
    )
    tallies = FeedTally.objects.filter(feed__in=feeds).order_by().values_list("feed_id", "outcome")
    strips = {
        (feed_id, outcome): (rows, amount)
        for feed_id, outcome, rows, amount in tallies.annotate(Sum("rows"), Sum("amount"))
    }
    rows = [
        [
            *(feed.file.name, feed.year, feed.uploaded_by.name),
            timezone.localtime(feed.uploaded_at).date(),
            _("已冲正") if feed.reversed_at else str(feed.job.get_state_display()),
            *(feed.rows, feed.amount),
            *(part for one in Outcome for part in strips.get((feed.pk, one.value), (None, None))),
            feed.data_until,
        ]
        for feed in feeds
    ]
    columns = [
        TableColumn(_("文件"), "text", 30),
        TableColumn(_("年度"), "number", 8),
        TableColumn(_("上传人"), "text", 12),
        TableColumn(_("上传日期"), "day", 13),
        TableColumn(_("状态"), "text", 12),
        *(
            TableColumn(f"{words}{unit}", kind, 14)
            for words in (_("文件"), *Outcome.labels)
            for unit, kind in ((_("（笔）"), "number"), (_("（元）"), "amount"))
        ),
        TableColumn(_("数据截至"), "day", 13),
    ]
    return list_file(request, columns, rows, title=_("缴费文件清单"))


@needs("upload_feed")
@require_POST
def upload_feed(request):
    form = FeedForm(request.POST, request.FILES, county_code=request.user.county_code)
    if not form.is_valid():
        return _list_with(request, form, status=422)
    try:
        feed, is_new = receiving.receive_feed(
            form.cleaned_data["file"], year=form.cleaned_data["year"], by=request.user
        )
    except SheetRefusal as refusal:
        form.add_error("file", str(refusal))
        return _list_with(request, form, status=refusal.status)
    if not is_new:
        messages.info(request, _what_was_before(feed))
    return redirect("contributions:feed", feed.pk)


def _what_was_before(feed):
    if not feed.posted_at:
        return _("这个文件已经传过，下面是它现在的情况，没有再读一遍。")
    return _("这个文件已于 %(at)s 入账，下面是当时的结果，没有重复入账。") % {
        "at": f"{timezone.localtime(feed.posted_at):%Y-%m-%d %H:%M}"
    }


@needs("view_feed")
@require_GET
def feed(request, feed_id):
    found = _feed_or_404(request, feed_id)
    return render(request, "contributions/feed.html", _what_became_of(found, request))


@needs("view_feed")
@require_GET
def feed_progress(request, feed_id):
    """The part of the page that changes while a worker runs; htmx asks again each second until it
    ends.
    """
    found = _feed_or_404(request, feed_id)
    response = render(request, "contributions/_feed_state.html", _what_became_of(found, request))
    if found.job.is_finished or found.job.state == Job.State.WAITING:
        response["HX-Trigger"] = "feed-settled"
    return response


def _feed_or_404(request, feed_id):
    feeds = PaymentFeed.objects.visible_to(request.user)
    return get_object_or_404(
        feeds.select_related("file", "job", "uploaded_by", "approved_by", "reversed_by"), pk=feed_id
    )


def _what_became_of(feed, request):
    """Return what the page shows: how far the job is, the control strip, rows by verdict."""
    strip = strip_of(feed)
    excluded = [strip[Outcome.KNOWN], strip[Outcome.SET_ASIDE]]
    judged = sum(part["rows"] for part in strip.values())
    judged_amount = sum(part["amount"] for part in strip.values())
    user, job = request.user, feed.job
    return {
        "feed": feed,
        "job": job,
        "steps": _steps(job),
        "read_rows": reading.rows_read(feed),
        "is_running": job.state in (Job.State.QUEUED, Job.State.RUNNING),
        "strip": {
            "file_rows": feed.rows,
            "file_amount": feed.amount,
            "posted_rows": strip[Outcome.POSTED]["rows"],
            "posted_amount": strip[Outcome.POSTED]["amount"],
            "held_rows": strip[Outcome.HELD]["rows"],
            "held_amount": strip[Outcome.HELD]["amount"],
            "excluded_rows": sum(part["rows"] for part in excluded),
            "excluded_amount": sum(part["amount"] for part in excluded),
            "difference_rows": feed.rows - judged,
            "difference_amount": feed.amount - judged_amount,
        },
        "tallies": [
            {"tally": tally, "verdict": VERDICTS[tally.code], "slug": tally.code or "posted"}
            for tally in _in_the_order_of_the_strip(feed)
        ],
        "bad_share": bad_share(feed),
        "outside_window": _rows_outside_the_window(feed) if feed.judged_at else None,
        "may_cancel": may(user, "cancel_feed") and not feed.posted_at and not job.is_finished,
        "may_post": may(user, "post_feed")
        and job.state == Job.State.WAITING
        and feed.judged_at
        and feed.uploaded_by_id != user.pk,
        "may_reverse": may(user, "reverse_feed") and feed.posted_at and not feed.reversed_at,
        "may_confirm": may(user, "upload_feed") and bool(feed.questions),
        "columns": column_words(feed.questions.get("labels", []), feed.questions.get("kinds", [])),
        "may_upload": may(user, "upload_feed"),
        "may_settle": may(user, "settle_exception"),
        "exceptions_url": _exceptions_url(feed) if may(user, "view_exception") else "",
        "progress_url": _progress_url(feed, user),
        "reason_form": ReasonForm(),
    }


def _progress_url(feed, user):
    """Return where the dashboard shows what a posted feed has moved; empty before that."""
    page = open_address(user, "oversight:progress", feed.county_code) if feed.posted_at else None
    return f"{page}?year={feed.year}" if page else ""


def _exceptions_url(feed):
    """Return where the exceptions of a feed wait; empty before they do."""
    return f"{reverse('contributions:exceptions')}?feed={feed.pk}" if feed.posted_at else ""


def _in_the_order_of_the_strip(feed):
    """Return the tallies of a feed: what is posted, what is held, what is left out."""
    order = [Outcome.POSTED, Outcome.HELD, Outcome.KNOWN, Outcome.SET_ASIDE]
    tallies = FeedTally.objects.filter(feed=feed, rows__gt=0)
    return sorted(tallies, key=lambda tally: (order.index(tally.outcome), tally.code))


def _steps(job):
    """Return the steps of a feed as the page draws them: name, whether done, whether under way."""
    names = [_("上传"), _("读入"), _("核对"), _("入账"), _("补贴与进度")]
    at = 1 + min(job.steps_done, 3)
    is_done = job.state == Job.State.DONE
    return [
        {
            "name": name,
            "is_done": is_done or number < at,
            "is_current": not is_done and number == at,
        }
        for number, name in enumerate(names)
    ]


def _rows_outside_the_window(feed):
    """Return how many rows were paid on a day outside the county's payable days; they are posted
    all the same.
    """
    parameters = {"county_code": feed.county_code, "year": feed.year, "feed_id": feed.pk}
    return fetch_statement("rows_outside_window", parameters)[0]["count"]


@needs("cancel_feed")
@require_POST
def cancel_feed(request, feed_id):
    found = _feed_or_404(request, feed_id)
    if receiving.cancel_feed(found, by=request.user):
        messages.success(request, _("已要求取消，没有入账。文件保留在列表中。"))
    else:
        messages.info(request, _("处理已经结束，没有可取消的。需要撤回时用整批冲正。"))
    return redirect("contributions:feed", feed_id)


@needs("post_feed")
@require_POST
def approve_feed(request, feed_id):
    posting.approve_posting(_feed_or_404(request, feed_id), by=request.user)
    return redirect("contributions:feed", feed_id)


@needs("reverse_feed")
@require_POST
def reverse_feed(request, feed_id):
    form = ReasonForm(request.POST)
    form.is_valid()
    written = posting.reverse_feed(
        _feed_or_404(request, feed_id), by=request.user, reason=form.cleaned_data.get("reason", "")
    )
    messages.success(request, _("已冲正 %(count)d 笔，原账目保留可查。") % {"count": written})
    return redirect("contributions:feed", feed_id)


@needs("upload_feed")
@require_POST
def confirm_columns(request, feed_id):
    """Take the columns that a person named, one select for each field."""
    found = _feed_or_404(request, feed_id)
    mapping = {
        field: int(request.POST[f"column_{field}"])
        for field in FIELD_LABELS
        if request.POST.get(f"column_{field}", "").isdigit()
    }
    receiving.confirm_columns(found, mapping, by=request.user)
    return redirect("contributions:feed", feed_id)


@needs("view_feed")
@require_GET
def feed_rows(request, feed_id):
    """The rows of a file, all or those of one verdict, masked; each opens as it was."""
    found = _feed_or_404(request, feed_id)
    rows = FeedRow.objects.filter(
        county_code=found.county_code, year=found.year, feed_id=found.pk
    ).order_by("row_no")
    verdict = request.GET.get("verdict", "")
    if verdict:
        rows = rows.filter(verdict="" if verdict == "posted" else verdict)
    page = Paginator(_Counted(rows, _count_of(found, verdict)), ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    shown = VERDICTS.get("" if verdict == "posted" else verdict) if verdict else None
    context = {"feed": found, "page": page, "verdict": verdict, "shown": shown}
    return render(request, "contributions/feed_rows.html", context)


def _count_of(feed, verdict):
    tallies = FeedTally.objects.filter(feed=feed)
    if verdict:
        tallies = tallies.filter(code="" if verdict == "posted" else verdict)
    return sum(tally.rows for tally in tallies) if feed.judged_at else feed.rows


class _Counted:
    """A queryset whose length is known from the tallies, so that no page counts 200,000 rows."""

    def __init__(self, rows, count):
        self.rows = rows
        self.ordered = True
        self._count = count

    def count(self):
        return self._count

    def __len__(self):
        return self._count

    def __getitem__(self, part):
        return self.rows[part]


@needs("view_feed")
@require_GET
def feed_row(request, feed_id, row_no):
    """One row as it was in the file, cell by cell, and what became of it."""
    found = _feed_or_404(request, feed_id)
    row = get_object_or_404(
        FeedRow, county_code=found.county_code, year=found.year, feed_id=found.pk, row_no=row_no
    )
    context = {
        "feed": found,
        "row": row,
        "cells": masked(originals.row_as_it_was(found, row)),
        "transfer": transfer_of(row) if may(request.user, "view_transfer") else None,
        "exception": PaymentException.objects.visible_to(request.user)
        .filter(feed=found, row_no=row_no)
        .first(),
        "years_to_reverse": years_posted(found, row_no)
        if may(request.user, "make_reversal")
        else [],
    }
    return render(request, "contributions/feed_row.html", context)


def years_posted(feed, row_no):
    """Return the years that a row of a file was posted for."""
    return sorted(set(posted_by(feed, row_no).values_list("year", flat=True)))


def transfer_of(row):
    """Return the transfer that a row was posted as, or None."""
    return Transfer.objects.filter(
        county_code=row.county_code, feed_id=row.feed_id, row_no=row.row_no
    ).first()


def masked(cells):
    """Return [(heading, text)] of a row as it was; what may be an identity number is masked."""
    return [
        (
            heading or _("第 %(number)d 列") % {"number": number},
            mask_id(text) if is_secret else text,
        )
        for number, (heading, text, is_secret) in enumerate(cells, 1)
    ]


@needs("view_feed")
@require_GET
def feed_faults(request, feed_id):
    """The clerk's own rows that were not posted, with row number, reason and remedy, as .xlsx."""
    found = _feed_or_404(request, feed_id)
    content, name = originals.marked_copy(found)
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name)


@needs("view_feed")
@require_GET
def waiting(request):
    """The part of the start page about payment files: those under way, the last one posted, and
    how old the figures are.
    """
    feeds = PaymentFeed.objects.visible_to(request.user).select_related("file", "job")
    unfinished = [Job.State.QUEUED, Job.State.RUNNING, Job.State.WAITING]
    context = {
        "unfinished": feeds.filter(job__state__in=unfinished)[:FEEDS_ON_THE_START_PAGE],
        "last": feeds.posted().order_by("-posted_at").first(),
        "may_upload": may(request.user, "upload_feed"),
    }
    return render(request, "contributions/_waiting_feeds.html", context)
