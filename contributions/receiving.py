"""Take in a payment file: stored sealed as it came, known by its bytes, queued for a worker (上传).

The same bytes again are answered with the earlier feed, so nothing is ever read or posted twice
because somebody clicked twice. Only where the earlier feed was cancelled or taken back whole does
the file go on its way once more.
"""

from django.db import transaction

from contributions.errors import FeedDoesNotWait, PolicyNotPublished
from contributions.models import PaymentFeed
from pension_portal.files import store_table
from pension_portal.jobs import cancel_job, continue_job, start_job
from pension_portal.models import Job, StoredFile
from policies.models import PolicyVersion
from policies.schemes import OPTIONAL
from policies.switching import followed_years
from staff.audit import record

JOB_KIND = "payment_feed"
ENDED_WITHOUT_POSTING = [Job.State.CANCELLED, Job.State.REFUSED, Job.State.FAILED]


def receive_feed(upload, *, year, by):
    """Return (feed, is_new) for an uploaded export of the staff member's county.

    Refuses PolicyNotPublished where nothing could be judged, and what `store_table` refuses.
    """
    county_code = by.county_code
    _refuse_a_year_without_policy(county_code, year)
    file, _is_new = store_table(upload, county_code=county_code, purpose=JOB_KIND, by=by)
    with transaction.atomic():
        # The file is locked, not its feeds: two clerks who send it at once find none.
        StoredFile.objects.select_for_update().get(pk=file.pk)
        earlier = (
            PaymentFeed.objects.select_related("job")
            .filter(county_code=county_code, file=file, year=year)
            .order_by("-pk")
            .first()
        )
        if earlier and not _may_go_again(earlier):
            return earlier, False
        feed = PaymentFeed.objects.create(
            county_code=county_code, year=year, file=file, uploaded_by=by
        )
        feed.job = start_job(JOB_KIND, feed.pk, county_code=county_code, by=by)
        feed.save(update_fields=["job"])
        record("upload_feed", feed, by=by, file=file.name, sha256=file.sha256)
    return feed, True


def years_to_post(county_code):
    """Return the years a file may be for, newest first: those with a published policy of a scheme
    that every county follows, and those for which another is switched on.
    """
    published = PolicyVersion.objects.filter(county_code=county_code, status="published")
    ruled = published.exclude(scheme_id__in=OPTIONAL).values_list("year", flat=True).distinct()
    switched_on = (year for _scheme, year in followed_years(county_code))
    return sorted({*ruled, *switched_on}, reverse=True)


def _refuse_a_year_without_policy(county_code, year):
    if year not in years_to_post(county_code):
        raise PolicyNotPublished(year=year)


def _may_go_again(feed):
    ended = feed.job.state in ENDED_WITHOUT_POSTING
    return bool(feed.reversed_at) or (ended and not feed.posted_at)


def cancel_feed(feed, *, by):
    """Stop a feed before it is posted; return whether it could still be stopped."""
    with transaction.atomic():
        # Posting commits under this lock, so afterwards it is certain whether it has.
        Job.objects.select_for_update(of=["self"]).get(pk=feed.job_id)
        if PaymentFeed.objects.filter(pk=feed.pk).exclude(posted_at=None).exists():
            return False
        stopped = cancel_job(feed.job)
        if stopped:
            record("cancel_feed", feed, by=by)
    return stopped


def confirm_columns(feed, mapping, *, by):
    """Go on reading a feed with the columns a person confirmed; they are remembered for this kind
    of header.

    `mapping` is field → column index. Refuses FeedDoesNotWait.
    """
    with transaction.atomic():
        PaymentFeed.objects.filter(pk=feed.pk).update(mapping=mapping, questions={})
        if not continue_job(feed.job, skip_waiting_step=False):
            raise FeedDoesNotWait(file_name=feed)
        record("confirm_columns", feed, by=by, mapping=mapping)
