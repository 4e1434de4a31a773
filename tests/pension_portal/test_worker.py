"""A real worker takes this test's jobs, and its sweep finds those that nobody was told of."""

import os
import time
from datetime import timedelta

from django.utils import timezone

from pension_portal.jobs import start_job
from pension_portal.models import Job
from tests import county

PATIENCE_SECONDS = 30
NOBODYS_FEED = 990100


def a_job(**fields):
    """Write a job straight into the database, so that no worker is told of it."""
    lin = county.staff("林")
    return Job.objects.create(
        kind="payment_feed",
        subject_id=NOBODYS_FEED,
        county_code=county.COUNTY,
        created_by=lin,
        **fields,
    )


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def was_taken(job):
    return Job.objects.get(pk=job.pk).attempts > 0


def test_a_worker_in_another_process_takes_a_job_it_is_told_of(worker):
    county.areas()
    lin = county.staff("林")

    job = start_job("payment_feed", NOBODYS_FEED, county_code=county.COUNTY, by=lin)

    wait_until(lambda: was_taken(job))
    job.refresh_from_db()
    assert not job.worker.endswith(f":{os.getpid()}")


def test_the_sweep_finds_a_job_nobody_was_told_of(worker):
    county.areas()

    job = a_job()

    wait_until(lambda: was_taken(job))


def test_a_new_worker_takes_over_from_one_that_was_killed(worker):
    county.areas()
    worker.kill()
    dead = worker.process.pid
    job = a_job(
        state=Job.State.RUNNING,
        worker=f"{os.uname().nodename}:{dead}",
        lease_until=timezone.now() + timedelta(minutes=5),
        fence=1,
    )

    worker.ensure_running()

    wait_until(lambda: was_taken(job))
    assert Job.objects.get(pk=job.pk).fence > 1
