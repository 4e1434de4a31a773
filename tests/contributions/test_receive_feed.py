"""A file that comes twice is one feed, however it comes; what is posted is cancelled no more."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from contributions.models import FeedSettings, PaymentException, PaymentFeed
from contributions.receiving import cancel_feed, receive_feed
from pension_portal.jobs import run_job
from pension_portal.models import Job


def test_the_same_bytes_sent_eight_times_at_once_are_one_feed(committed, open_county, mei, gui_lan):
    content = open_county.payment_file(open_county.payment_row(gui_lan))

    def send(n):
        try:
            return receive_feed(open_county.upload(content, f"{n}.csv"), year=2021, by=mei)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(8)))

    assert sum(is_new for _feed, is_new in answers) == 1
    assert PaymentFeed.objects.count() == Job.objects.count() == 1


def test_a_feed_already_posted_cannot_be_cancelled(open_county, mei, gui_lan, monkeypatch):
    """Cancelling between posting and the subsidies would leave the payments without theirs."""
    answers = []

    def ask_too_late(feed_id, *, by, run):
        answers.append(cancel_feed(PaymentFeed.objects.get(pk=feed_id), by=by))

    monkeypatch.setattr("subsidies.entitlements.entitle_feed", ask_too_late)
    feed = open_county.process(open_county.payment_row(gui_lan), by=mei)

    assert answers == [False]
    assert feed.job.state == Job.State.DONE


def test_a_posted_feed_whose_last_steps_fail_is_not_taken_in_anew(open_county, mei, gui_lan):
    content = open_county.payment_file(open_county.payment_row(gui_lan))
    feed = open_county.process(content=content, by=mei)
    Job.objects.filter(pk=feed.job_id).update(state=Job.State.FAILED)

    again, is_new = receive_feed(open_county.upload(content), year=2021, by=mei)

    assert (again.pk, is_new) == (feed.pk, False)


def test_a_feed_that_failed_before_posting_is_taken_in_anew(open_county, mei, gui_lan):
    content = open_county.payment_file(open_county.payment_row(gui_lan))
    first, _is_new = receive_feed(open_county.upload(content), year=2021, by=mei)
    Job.objects.filter(pk=first.job_id).update(state=Job.State.FAILED)

    again, is_new = receive_feed(open_county.upload(content), year=2021, by=mei)

    assert (again.pk != first.pk, is_new) == (True, True)
    assert run_job(again.job_id) == Job.State.DONE


def test_a_cancelled_feed_leaves_nothing_to_settle(open_county, mei, gui_lan):
    FeedSettings.objects.update(posts_by_itself=False)
    feed = open_county.process(open_county.payment_row(gui_lan, name="别人"), by=mei)
    assert "E02" in open_county.verdicts(feed)

    assert cancel_feed(feed, by=mei)

    assert not PaymentException.objects.exists()
