"""A job is done once and to its end, whoever dies, comes twice or comes late."""

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from datetime import timedelta

import psycopg2
import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from pension_portal import jobs
from pension_portal.files import FileIsEmpty
from pension_portal.jobs import (
    MOST_ATTEMPTS,
    JobWaits,
    cancel_job,
    continue_job,
    run_job,
    start_job,
    sweep_jobs,
)
from pension_portal.models import Job, StoredFile
from tests import job_steps

HERE = socket.gethostname()


class Bug(Exception):
    """Something nobody thought of."""


@pytest.fixture(autouse=True)
def two_steps(settings):
    settings.JOB_STEPS = {**settings.JOB_STEPS, job_steps.KIND: job_steps.NAMES}
    job_steps.forget()
    yield
    job_steps.forget()


@pytest.fixture
def job(county, lin):
    return start_job(job_steps.KIND, 1, county_code=county.COUNTY, by=lin)


def fail(run):
    raise Bug


def state_of(job):
    return Job.objects.get(pk=job.pk).state


def let_the_lease_run_out(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


# --- From beginning to end ------------------------------------------------------------------


def test_the_steps_of_a_job_are_run_in_order_and_it_is_done(job):
    assert run_job(job.pk) == Job.State.DONE

    job.refresh_from_db()
    assert job_steps.calls == ["first", "second"]
    assert (job.steps_done, job.lease_until) == (2, None)
    assert job.finished_at


def test_a_job_delivered_again_after_its_end_is_left_alone(job):
    run_job(job.pk)

    assert run_job(job.pk) is None
    assert job_steps.calls == ["first", "second"]


def test_a_job_delivered_twice_at_once_is_run_once(job):
    answers = []
    job_steps.on("first", lambda run: answers.append(run_job(job.pk)))

    assert run_job(job.pk) == Job.State.DONE

    assert answers == [None]
    assert job_steps.calls == ["first", "second"]


def test_a_job_that_does_not_exist_is_nobodys(county):
    assert run_job("00000000-0000-0000-0000-000000000000") is None


# --- The fence ------------------------------------------------------------------------------


def test_a_stale_worker_cannot_commit(county, lin, job):
    def be_overtaken(run):
        job_steps.on("first", lambda run: None)
        let_the_lease_run_out(job)
        assert run_job(job.pk) == Job.State.DONE
        with run.transaction():
            county.stored_file(lin)

    job_steps.on("first", be_overtaken)

    assert run_job(job.pk) is None

    assert not StoredFile.objects.exists()
    assert state_of(job) == Job.State.DONE
    assert job_steps.calls == ["first", "first", "second"]


def test_a_stale_worker_that_fails_leaves_no_mark_on_the_job(job):
    def be_overtaken_and_fail(run):
        job_steps.on("first", lambda run: None)
        let_the_lease_run_out(job)
        run_job(job.pk)
        raise Bug

    job_steps.on("first", be_overtaken_and_fail)

    assert run_job(job.pk) is None
    assert state_of(job) == Job.State.DONE


def test_every_holder_has_a_higher_number_than_the_one_before(job):
    fences = []
    job_steps.on("first", lambda run: fences.append(run.fence) or fail(run))

    for _time in range(3):
        with pytest.raises(Bug):
            run_job(job.pk)

    assert fences == [1, 2, 3]


# --- Stopping, waiting, refusing ------------------------------------------------------------


def test_a_job_cancelled_while_it_runs_stops_before_its_commit(county, lin, job):
    def be_cancelled(run):
        with run.transaction():
            county.stored_file(lin)
            assert cancel_job(job)

    job_steps.on("first", be_cancelled)

    assert run_job(job.pk) == Job.State.CANCELLED

    assert not StoredFile.objects.exists()
    assert job_steps.calls == ["first"]
    assert Job.objects.get(pk=job.pk).finished_at


def test_a_job_nobody_holds_is_cancelled_at_once(job):
    assert cancel_job(job)

    assert state_of(job) == Job.State.CANCELLED
    assert run_job(job.pk) is None
    assert job_steps.calls == []


def test_a_finished_job_cannot_be_cancelled(job):
    run_job(job.pk)

    assert not cancel_job(job)
    assert state_of(job) == Job.State.DONE


def wait_for_somebody(run):
    raise JobWaits("由县级审批人员决定是否入账。")


def test_a_job_waits_for_somebody_and_goes_on_with_the_next_step(job):
    job_steps.on("first", wait_for_somebody)

    assert run_job(job.pk) == Job.State.WAITING
    job.refresh_from_db()
    assert (job.message, job.finished_at) == ("由县级审批人员决定是否入账。", None)
    assert run_job(job.pk) is None

    assert continue_job(job)
    assert run_job(job.pk) == Job.State.DONE
    assert job_steps.calls == ["first", "second"]


def test_a_job_may_take_the_step_it_waited_in_again(job):
    job_steps.on("first", wait_for_somebody)
    run_job(job.pk)
    job_steps.on("first", lambda run: None)

    assert continue_job(job, skip_waiting_step=False)
    run_job(job.pk)

    assert job_steps.calls == ["first", "first", "second"]


def test_a_job_that_waits_no_more_is_not_continued(job):
    job_steps.on("first", wait_for_somebody)
    run_job(job.pk)

    assert continue_job(job)
    assert not continue_job(job)


def test_waiting_often_is_not_failing_often(job):
    job_steps.on("first", wait_for_somebody)

    for _time in range(MOST_ATTEMPTS + 2):
        assert run_job(job.pk) == Job.State.WAITING
        continue_job(job, skip_waiting_step=False)


def test_a_refusal_is_left_written_on_the_job(job):
    def refuse(run):
        raise FileIsEmpty(name="空.csv")

    job_steps.on("first", refuse)

    assert run_job(job.pk) == Job.State.REFUSED

    job.refresh_from_db()
    assert job.refusal_code == "file_is_empty"
    assert job.message == "「空.csv」是空文件。回到导出的系统重新导出后再传。"
    assert job.finished_at


# --- Failing --------------------------------------------------------------------------------


def test_a_job_that_fails_is_nobodys_and_goes_on_from_its_step(job):
    job_steps.on("second", fail)

    with pytest.raises(Bug):
        run_job(job.pk)

    job.refresh_from_db()
    assert (job.state, job.lease_until, job.steps_done) == (Job.State.RUNNING, None, 1)
    job_steps.on("second", lambda run: None)
    assert run_job(job.pk) == Job.State.DONE
    assert job_steps.calls == ["first", "second", "second"]


def test_a_job_that_fails_five_times_ends_with_a_number_to_ring_up_about(job):
    job_steps.on("first", fail)

    for _time in range(MOST_ATTEMPTS):
        with pytest.raises(Bug):
            run_job(job.pk)

    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert f"报修编号 {str(job.pk)[:8].upper()}" in job.message
    assert run_job(job.pk) is None
    assert len(job_steps.calls) == MOST_ATTEMPTS


def test_a_job_whose_workers_die_five_times_ends_too(job):
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=MOST_ATTEMPTS)

    assert run_job(job.pk) is None

    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "报修编号" in job.message
    assert job_steps.calls == []


def test_each_step_has_all_its_attempts(job):
    for name in ["first", "second"]:
        job_steps.on(name, fail)
        for _time in range(MOST_ATTEMPTS - 1):
            with pytest.raises(Bug):
                run_job(job.pk)
        job_steps.on(name, lambda run: None)

    assert run_job(job.pk) == Job.State.DONE


def test_a_step_that_gets_further_each_time_never_runs_out_of_attempts(job):
    strikes_left = [2 * MOST_ATTEMPTS]

    def get_further_and_fail(run):
        with run.transaction():
            run.note_headway()
        if strikes_left[0]:
            strikes_left[0] -= 1
            raise Bug

    job_steps.on("first", get_further_and_fail)

    for _time in range(2 * MOST_ATTEMPTS):
        with pytest.raises(Bug):
            run_job(job.pk)

    assert run_job(job.pk) == Job.State.DONE


def test_headway_that_was_rolled_back_gives_no_attempts_back(job):
    def fail_before_the_commit(run):
        with run.transaction():
            run.note_headway()
            fail(run)

    job_steps.on("first", fail_before_the_commit)

    for _time in range(MOST_ATTEMPTS):
        with pytest.raises(Bug):
            run_job(job.pk)

    assert run_job(job.pk) is None
    assert state_of(job) == Job.State.FAILED


# --- The sweep ------------------------------------------------------------------------------


@pytest.fixture
def dead_process():
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_the_sweep_wakes_what_no_living_worker_holds_and_nothing_else(county, lin, dead_process):
    now = timezone.now()
    held = {"state": Job.State.RUNNING, "lease_until": now + timedelta(seconds=15)}
    jobs_by_fate = {
        "never told": {},
        "told long ago": {"woken_at": now - timedelta(seconds=30)},
        "lease ran out": {"state": Job.State.RUNNING, "lease_until": now - timedelta(seconds=1)},
        "holder died": {**held, "worker": f"{HERE}:{dead_process}"},
        "just told": {"woken_at": now},
        "held here": {**held, "worker": f"{HERE}:{os.getpid()}"},
        "held elsewhere": {**held, "worker": f"other-{HERE}:{dead_process}"},
        "waits": {"state": Job.State.WAITING},
        "done": {"state": Job.State.DONE},
    }
    before = {
        fate: Job.objects.create(
            kind=job_steps.KIND,
            subject_id=1,
            county_code=county.COUNTY,
            created_by=lin,
            **({"woken_at": now - timedelta(minutes=1)} | fields if fate != "never told" else {}),
        )
        for fate, fields in jobs_by_fate.items()
    }

    assert sweep_jobs() == 4

    woken = {
        fate
        for fate, job in before.items()
        if Job.objects.get(pk=job.pk).woken_at != before[fate].woken_at
    }
    assert woken == {"never told", "told long ago", "lease ran out", "holder died"}
    assert Job.objects.get(pk=before["holder died"].pk).lease_until is None


def test_a_job_whose_holder_died_is_taken_over_at_once(job, dead_process):
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING,
        fence=1,
        worker=f"{HERE}:{dead_process}",
        lease_until=timezone.now() + timedelta(seconds=15),
    )

    assert run_job(job.pk) == Job.State.DONE


# --- The heart and the connection -----------------------------------------------------------


@pytest.fixture
def quick_heart(monkeypatch):
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0.05)


@contextmanager
def owner():
    """A connection of the owner beside Django's, which may look at others and end them."""
    parameters = connection.get_connection_params()
    parameters.pop("options", None)
    beside = psycopg2.connect(**parameters)
    beside.autocommit = True
    try:
        with beside.cursor() as cursor:
            yield cursor
    finally:
        beside.close()


def other_sessions():
    """Return the process numbers of this database's sessions but for Django's own and this one."""
    connection.ensure_connection()
    with owner() as cursor:
        cursor.execute(
            "select pid from pg_stat_activity where datname = current_database()"
            " and pid not in (pg_backend_pid(), %s) and backend_type = 'client backend'",
            [connection.connection.info.backend_pid],
        )
        return [pid for (pid,) in cursor.fetchall()]


def break_off(pid):
    with owner() as cursor:
        cursor.execute("select pg_terminate_backend(%s, 5000)", [pid])


def wait_until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_the_sweep_waits_for_no_row_whose_holder_fell_asleep(committed, county, lin, job):
    asleep = start_job(job_steps.KIND, 2, county_code=county.COUNTY, by=lin)
    Job.objects.update(woken_at=timezone.now() - timedelta(minutes=1))
    with owner() as cursor:
        cursor.execute("begin")
        cursor.execute("select from pension_portal_job where id = %s for update", [str(asleep.pk)])

        assert sweep_jobs() == 1

        cursor.execute("rollback")
    Job.objects.filter(pk=job.pk).delete()
    assert sweep_jobs() == 1


def test_a_long_step_keeps_its_job(committed, job, quick_heart):
    def last(run):
        def lease():
            return Job.objects.get(pk=job.pk).lease_until

        first_lease = lease()
        wait_until(lambda: lease() > first_lease)

    job_steps.on("first", last)

    assert run_job(job.pk) == Job.State.DONE
    assert Job.objects.get(pk=job.pk).lease_until is None


def test_the_heart_closes_its_connection(committed, job, quick_heart):
    before = other_sessions()
    job_steps.on("first", lambda run: wait_until(lambda: len(other_sessions()) > len(before)))

    run_job(job.pk)

    # Others may have gone meanwhile; nobody new may stay.
    wait_until(lambda: set(other_sessions()) <= set(before))


def test_the_heart_beats_on_when_its_connection_breaks(committed, job, quick_heart):
    before = set(other_sessions())

    def break_the_heart(run):
        wait_until(lambda: set(other_sessions()) - before)
        (heart,) = set(other_sessions()) - before
        break_off(heart)
        wait_until(lambda: set(other_sessions()) - before - {heart})
        lease = Job.objects.get(pk=job.pk).lease_until
        wait_until(lambda: Job.objects.get(pk=job.pk).lease_until > lease)

    job_steps.on("first", break_the_heart)

    assert run_job(job.pk) == Job.State.DONE


@pytest.mark.parametrize("in_transaction", [True, False], ids=["in a transaction", "between two"])
def test_a_broken_connection_leaves_the_job_to_the_sweep(
    committed, county, lin, job, in_transaction
):
    def break_off_here(run):
        break_off(connection.connection.info.backend_pid)
        StoredFile.objects.count()

    def write_and_break_off(run):
        with run.transaction():
            county.stored_file(lin)
            break_off_here(run)

    job_steps.on("first", write_and_break_off if in_transaction else break_off_here)

    with pytest.raises(OperationalError):
        run_job(job.pk)

    job.refresh_from_db()
    assert (job.state, job.lease_until) == (Job.State.RUNNING, None)
    assert not StoredFile.objects.exists()
    job_steps.on("first", lambda run: None)
    assert run_job(job.pk) == Job.State.DONE
