"""Run long work so that a dead worker, a lost message or a second delivery changes nothing (任务).

The truth is a `Job` row. Celery carries only its id and may lose it, repeat it or bring it late:

    start_job(...)    the row is written in the caller's transaction; the wake-up goes out after commit
    run_job(id)       claims the row (a lease and a higher fencing number), runs the steps that are left
    sweep_jobs()      wakes again every job that nobody holds

A step is a function `step(subject_id, *, by, run)`. It must bear being run twice. What it writes belongs inside
`run.transaction()`, which refuses to commit if another worker has taken the job meanwhile.
"""

import logging
import os
import socket
import threading
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from pension_portal.models import Job
from pension_portal.refusals import Refusal

LEASE = timedelta(seconds=20)
HEARTBEAT_SECONDS = 3
WAKE_AGAIN = timedelta(seconds=6)
MOST_ATTEMPTS = 5
WORDS_LANGUAGE = "zh-hans"

log = logging.getLogger(__name__)


class JobTakenOver(Exception):
    """Another worker holds this job now; whatever this one was doing must not be committed."""


class JobCancelled(Exception):
    """Somebody asked for the job to stop, and it stopped between two transactions."""


class JobWaits(Exception):
    """The step before this one is done, and a person must decide before the next."""


def start_job(kind, subject_id, *, county_code, by):
    """Return a new queued job; a worker is woken once the caller's transaction has committed."""
    assert kind in settings.JOB_STEPS, kind
    job = Job.objects.create(
        kind=kind, subject_id=subject_id, county_code=county_code, created_by=by
    )
    transaction.on_commit(lambda: wake_worker(job.pk))
    return job


def continue_job(job, *, skip_waiting_step=True):
    """Queue a waiting job again, past the question it waited for; return False if it no longer waits."""
    moved = Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(
        state=Job.State.QUEUED,
        lease_until=None,
        steps_done=F("steps_done") + (1 if skip_waiting_step else 0),
    )
    if moved:
        transaction.on_commit(lambda: wake_worker(job.pk))
    return bool(moved)


def cancel_job(job):
    """Ask an unfinished job to stop; return whether it was still unfinished.

    A job that no worker holds stops at once; one that runs stops before its next commit.
    """
    stopped = Job.objects.filter(pk=job.pk, state__in=[Job.State.QUEUED, Job.State.WAITING]).update(
        state=Job.State.CANCELLED, is_cancel_asked=True, finished_at=timezone.now()
    )
    asked = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(is_cancel_asked=True)
    return bool(stopped or asked)


def wake_worker(job_id):
    """Tell Celery that a job is ready. A broker that is away loses nothing: the sweep tells it again."""
    from pension_portal.tasks import run_job as task

    Job.objects.filter(pk=job_id).update(woken_at=timezone.now())
    try:
        task.delay(str(job_id))
    except task.OperationalError:
        log.warning("The broker is away; job %s waits for the sweep.", job_id)


def sweep_jobs():
    """Wake every unfinished job that no living worker holds; return how many.

    Held means: its lease has not run out, and where the holder is of this machine, its process is alive.
    """
    now = timezone.now()
    woken = 0
    for job in Job.objects.unfinished().filter(Q(woken_at=None) | Q(woken_at__lt=now - WAKE_AGAIN)):
        if job.lease_until and job.lease_until > now:
            if not _is_dead_here(job.worker):
                continue
            Job.objects.filter(pk=job.pk, fence=job.fence).update(lease_until=None)
        wake_worker(job.pk)
        woken += 1
    return woken


def run_job(job_id):
    """Run what is left of a job; return its state, or None where another worker holds it."""
    job = _claim(job_id)
    if job is None:
        return None
    run = JobRun(job)
    with override(WORDS_LANGUAGE), run.beating():
        try:
            _run_steps(job, run)
            run.end(Job.State.DONE)
        except JobWaits as wait:
            run.end(Job.State.WAITING, message=str(wait))
        except JobCancelled:
            run.end(Job.State.CANCELLED)
        except JobTakenOver:
            log.warning("Job %s was taken over; this worker lets go.", job.pk)
            return None
        except Refusal as refusal:
            run.end(Job.State.REFUSED, code=refusal.code, message=str(refusal))
        except Exception:
            _note_failure(job, run)
            raise
    return job.state


def _run_steps(job, run):
    for name in job.step_names[job.steps_done :]:
        run.stop_if_cancelled()
        import_string(name)(job.subject_id, by=job.created_by, run=run)
        run.note_step_done()


def _claim(job_id):
    """Return the job, now held by this process, or None if it is finished, held or gone."""
    now = timezone.now()
    is_free = Q(lease_until=None) | Q(lease_until__lt=now)
    claimed = Job.objects.unfinished().filter(is_free, pk=job_id)
    if not claimed.update(
        state=Job.State.RUNNING,
        fence=F("fence") + 1,
        attempts=F("attempts") + 1,
        lease_until=now + LEASE,
        worker=_this_worker(),
        started_at=now,
    ):
        return None
    job = Job.objects.select_related("created_by").get(pk=job_id)
    if job.attempts > MOST_ATTEMPTS:
        JobRun(job).end(
            Job.State.FAILED,
            message=_("已重试 %(times)d 次仍未完成，已停下；上传的文件没有丢失。")
            % {"times": MOST_ATTEMPTS},
        )
        return None
    return job


def _note_failure(job, run):
    """Leave a failed job for the sweep to try again, until it has been tried often enough."""
    number = str(job.pk)[:8].upper()
    log.exception("Job %s failed (报修编号 %s).", job.pk, number)
    if job.attempts < MOST_ATTEMPTS:
        Job.objects.filter(pk=job.pk, fence=run.fence).update(lease_until=None)
        return
    run.end(
        Job.State.FAILED,
        message=_("抱歉，处理中断，已入账数据不受影响，文件已保留。报修编号 %(number)s")
        % {"number": number},
    )


def _this_worker():
    return f"{socket.gethostname()}:{os.getpid()}"


def _is_dead_here(worker):
    """Whether the holder was a process of this machine that no longer lives."""
    host, _colon, pid = worker.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _is_zombie(pid)


def _is_zombie(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False


class JobRun:
    """One worker's hold on one job: heartbeats, progress, and the fence at every commit."""

    def __init__(self, job):
        self.job = job
        self.fence = job.fence
        self._stopped = threading.Event()

    @contextmanager
    def transaction(self):
        """A transaction that commits only while this worker still holds the job and nobody asked it to stop."""
        with transaction.atomic():
            yield
            self._hold_fast()

    def progress(self, rows_done, rows_total=None):
        """Note how far the work has come; part of the transaction it is called in."""
        Job.objects.filter(pk=self.job.pk, fence=self.fence).update(
            rows_done=rows_done, rows_total=rows_total
        )

    def stop_if_cancelled(self):
        """Raise JobCancelled if somebody asked the job to stop."""
        if Job.objects.filter(pk=self.job.pk, is_cancel_asked=True).exists():
            raise JobCancelled

    def note_step_done(self):
        self.job.steps_done += 1
        self._update(steps_done=self.job.steps_done)

    def end(self, state, *, code="", message=""):
        """Let go of the job in a last state."""
        self.job.state = state
        self._update(
            state=state,
            lease_until=None,
            refusal_code=code,
            message=message,
            finished_at=None if state == Job.State.WAITING else timezone.now(),
        )

    def _update(self, **values):
        if not Job.objects.filter(pk=self.job.pk, fence=self.fence).update(**values):
            raise JobTakenOver

    def _hold_fast(self):
        """Lock the job row until commit; raise if it is no longer ours or is to stop."""
        job = Job.objects.select_for_update().filter(pk=self.job.pk, fence=self.fence).first()
        if job is None:
            raise JobTakenOver
        if job.is_cancel_asked:
            raise JobCancelled

    @contextmanager
    def beating(self):
        """Renew the lease from a thread with its own connection, so that a long statement keeps the job."""
        thread = threading.Thread(target=self._beat, daemon=True)
        if not connection.in_atomic_block:
            thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            if thread.ident:
                thread.join()

    def _beat(self):
        try:
            while not self._stopped.wait(HEARTBEAT_SECONDS):
                Job.objects.filter(pk=self.job.pk, fence=self.fence).update(
                    lease_until=timezone.now() + LEASE
                )
        finally:
            connections.close_all()
