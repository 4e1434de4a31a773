"""`manage.py serve`: the whole portal in one terminal, while parts of it are killed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.faults

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
WELL = {"database": True, "broker": True}


class Portal:
    """A portal of its own, with servers, folder and port of its own."""

    def __init__(self, var):
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "PORTAL_EMBEDDED"}
        } | {"PORTAL_VAR": str(var), "PYTHONUNBUFFERED": "1"}
        self.var = var
        self.log = var / "serve.log"

    def start(self):
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", "18100"],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(lambda: re.search(r"http://\S+/", self.words()) is not None)
        self.address = re.search(r"http://\S+/", self.words())[0]
        wait_until(lambda: self.health() == WELL)

    def words(self):
        return self.log.read_text(encoding="utf-8")

    def health(self):
        try:
            with urllib.request.urlopen(f"{self.address}health/", timeout=5) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)
        except OSError:
            return None

    def part(self, word):
        """Return the process of one part: gunicorn, worker or beat."""
        return next(
            child
            for child in psutil.Process(self.process.pid).children()
            if child.status() != psutil.STATUS_ZOMBIE and word in child.cmdline()
        )

    def postmaster(self):
        claim = self.var / "servers/postgres/data/postmaster.pid"
        return psutil.Process(int(claim.read_text(encoding="utf-8").split()[0]))

    def valkey(self):
        claim = self.var / "servers/valkey/valkey.pid"
        return psutil.Process(int(claim.read_text(encoding="utf-8").split()[0]))

    def processes(self):
        return [
            *psutil.Process(self.process.pid).children(recursive=True),
            self.postmaster(),
            self.valkey(),
        ]


@pytest.fixture(scope="module")
def portal():
    folder = Path(tempfile.mkdtemp(prefix="portal-serve-"))
    folder.chmod(0o755)
    portal = Portal(folder)
    portal.start()
    yield portal
    if portal.process.poll() is None:
        portal.process.terminate()
        portal.process.wait(PATIENCE_SECONDS)
    shutil.rmtree(folder)


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def have_ended(processes):
    return all(
        not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
        for process in processes
    )


@pytest.mark.parametrize("word", ["gunicorn", "worker", "beat"])
def test_a_killed_part_is_started_again(portal, word):
    before = portal.part(word)

    before.kill()

    wait_until(lambda: psutil.pid_exists(portal.process.pid) and _is_new(portal, word, before.pid))
    wait_until(lambda: portal.health() == WELL)


def _is_new(portal, word, old):
    try:
        return portal.part(word).pid != old
    except (StopIteration, psutil.Error):
        return False


@pytest.mark.parametrize("server", ["postmaster", "valkey"])
def test_a_killed_server_is_started_again(portal, server):
    getattr(portal, server)().kill()

    wait_until(lambda: portal.health() != WELL)
    wait_until(lambda: portal.health() == WELL)


def test_everything_ends_with_a_killed_supervisor(portal):
    processes = portal.processes()

    portal.process.kill()
    portal.process.wait()

    wait_until(lambda: have_ended(processes))
    portal.start()


def test_everything_ends_in_order_when_asked(portal):
    processes = portal.processes()

    portal.process.send_signal(signal.SIGINT)

    assert portal.process.wait(PATIENCE_SECONDS) == 0
    wait_until(lambda: have_ended(processes))
