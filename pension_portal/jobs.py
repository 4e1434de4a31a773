"""Run long work so that a dead worker, a lost message or a second delivery changes nothing (任务).

The truth is a `Job` row. Celery carries only its id and may lose it, repeat it or bring it late:

    start_job(...)    the row is written in the caller's transaction; a worker is woken after commit
    run_job(id)       claims the row (a lease, a higher fencing number) and runs the steps left
    sweep_jobs()      wakes again every job that nobody holds

A step is a function `step(subject_id, *, by, run)`. It must bear being run twice. What it writes
belongs inside `run.transaction()`, which refuses to commit if another worker has taken the job
meanwhile. Leases are counted by the database's clock, so no machine's own clock can steal a job.
"""

import logging
import os
import socket
import threading
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection, connections, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
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
    """Queue a waiting job again, past what it waited for; return whether it was still waiting."""
    moved = Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(
        state=Job.State.QUEUED,
        lease_until=None,
        attempts=0,
        steps_done=F("steps_done") + (1 if skip_waiting_step else 0),
    )
    if moved:
        transaction.on_commit(lambda: wake_worker(job.pk))
    return bool(moved)


@transaction.atomic
def cancel_job(job):
    """Ask an unfinished job to stop; return whether it was still unfinished.

    A job that no worker holds stops at once; one that runs stops before its next commit.
    """
    job = Job.objects.select_for_update(of=["self"]).get(pk=job.pk)
    if job.is_finished:
        return False
    job.is_cancel_asked = True
    if job.state != Job.State.RUNNING:
        job.state, job.finished_at = Job.State.CANCELLED, timezone.now()
    job.save(update_fields=["is_cancel_asked", "state", "finished_at"])
    return True


def wake_worker(job_id):
    """Tell Celery that a job is ready; where the broker is away, the sweep tells it again."""
    Job.objects.filter(pk=job_id).update(woken_at=timezone.now())
    _send(job_id)


def _send(job_id):
    from pension_portal.tasks import run_job as task

    try:
        task.delay(str(job_id))
    except task.OperationalError:
        log.warning("The broker is away; job %s waits for the sweep.", job_id)


def sweep_jobs():
    """Wake every unfinished job that no living worker holds; return how many.

    Held means: its lease has not run out, and where the holder is of this machine, its process is
    alive.
    """
    was_long_ago = Q(woken_at=None) | Q(woken_at__lt=Now() - WAKE_AGAIN)
    woken = 0
    for job in Job.objects.unfinished().with_lease().filter(was_long_ago):
        if not _is_held(job) and _free(job):
            _send(job.pk)
            woken += 1
    return woken


@transaction.atomic
def _free(job):
    """Take a job from a holder that is dead; return False where the row itself is held.

    A worker that fell asleep in the midst of a commit keeps its lock. Whoever waited for it would
    sleep too, and every sweep one more of the workers that could do other jobs.
    """
    row = Job.objects.select_for_update(skip_locked=True)
    if row.filter(pk=job.pk, fence=job.fence).first() is None:
        return False
    # A worker on another machine cannot see that the holder is dead.
    Job.objects.filter(pk=job.pk).update(lease_until=None, woken_at=timezone.now())
    return True


def run_job(job_id):
    """Run what is left of a job; return its state, or None where another worker holds it."""
    job = _claim(job_id)
    if job is None:
        return None
    run = JobRun(job)
    with override(WORDS_LANGUAGE), run.beating():
        try:
            _run_to_an_end(job, run)
        except JobTakenOver:
            return _let_go(job)
        except Exception:
            if not _note_failure(job, run):
                return _let_go(job)
            raise
    return job.state


def _run_to_an_end(job, run):
    """Run the steps that are left, and leave the job in the state they lead to."""
    try:
        for name in job.step_names[job.steps_done :]:
            run.stop_if_cancelled()
            import_string(name)(job.subject_id, by=job.created_by, run=run)
            run.note_step_done()
    except JobWaits as wait:
        run.end(Job.State.WAITING, message=str(wait))
    except JobCancelled:
        run.end(Job.State.CANCELLED)
    except Refusal as refusal:
        run.end(Job.State.REFUSED, code=refusal.code, message=str(refusal))
    else:
        run.end(Job.State.DONE)


@transaction.atomic
def _claim(job_id):
    """Return the job, now held by this process, or None if it is finished, held or gone.

    The row stays locked until the claim stands: no two workers can have read one fencing number.
    """
    claimed = Job.objects.filter(pk=job_id).select_related("created_by")
    job = claimed.unfinished().with_lease().select_for_update(of=["self"]).first()
    if job is None or _is_held(job):
        return None
    if job.attempts >= MOST_ATTEMPTS:
        JobRun(job).end(Job.State.FAILED, message=_words_of_failure(job))
        return None
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING,
        fence=F("fence") + 1,
        attempts=F("attempts") + 1,
        lease_until=Now() + LEASE,
        worker=_this_worker(),
        started_at=Now(),
    )
    return claimed.get()


def _is_held(job):
    return job.is_leased and not _is_dead_here(job.worker)


def _let_go(job):
    log.warning("Job %s was taken over; this worker lets go.", job.pk)


def _note_failure(job, run):
    """Leave a failed job to the sweep, or end it after as many tries as it may have.

    Return False where the job is no longer this worker's: what failed then means nothing.
    """
    # What failed may be the connection, and then this needs another.
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    try:
        if job.attempts < MOST_ATTEMPTS:
            run.give_back()
        else:
            run.end(Job.State.FAILED, message=_words_of_failure(job))
    except JobTakenOver:
        return False
    log.exception("Job %s failed (报修编号 %s).", job.pk, _repair_number(job))
    return True


def _words_of_failure(job):
    return _("抱歉，处理中断，已入账数据不受影响，文件已保留。报修编号 %(number)s") % {
        "number": _repair_number(job)
    }


def _repair_number(job):
    """Return the number an officer reads out on the telephone and the log is searched for."""
    return str(job.pk)[:8].upper()


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
        """A transaction that commits only while the job is this worker's and is not to stop."""
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
        """Go on from the next step, whoever does; it has all its attempts before it."""
        self.job.steps_done += 1
        self.job.attempts = 1
        self._update(steps_done=self.job.steps_done, attempts=1)

    def note_headway(self):
        """Note that this try left something behind that no later one does again.

        A file that kills its worker does so at the same place each time, but one whose worker is
        struck at ever later places is no danger: it has all its attempts before it again. Part of
        the transaction it is called in.
        """
        if self.job.attempts > 1:
            self._update(attempts=1)
            self.job.attempts = 1

    def give_back(self):
        """Let go of an unfinished job, for whoever takes it next."""
        self._update(lease_until=None)

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
        """Renew the lease from a thread with a connection of its own, also in a long statement."""
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
        """Renew the lease every few seconds; one that was given back stays so.

        A connection that breaks is no reason to lose the job: the next beat opens another.
        """
        held = Job.objects.filter(pk=self.job.pk, fence=self.fence, lease_until__isnull=False)
        try:
            while not self._stopped.wait(HEARTBEAT_SECONDS):
                try:
                    held.update(lease_until=Now() + LEASE)
                except Error as error:
                    log.warning("The heart of job %s missed a beat: %s", self.job.pk, error)
                    connection.close()
        finally:
            connections.close_all()
