"""A real Celery worker for tests: a process of its own, on the test's database and broker."""

import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit

START_SECONDS = 60
STOP_SECONDS = 20


class CeleryWorker:
    """One worker with a beat inside; `kill()` ends it as a power cut would."""

    def __init__(self, *, folder, database, broker_prefix, files, processes=2):
        self.folder = folder
        self.log = folder / "worker.log"
        self.processes = processes
        self.process = None
        url = urlsplit(os.environ["DATABASE_URL"])
        self.environment = os.environ | {
            "DATABASE_URL": urlunsplit(url._replace(path=f"/{database}")),
            "PORTAL_BROKER_PREFIX": broker_prefix,
            "PORTAL_FILES": str(files),
        }

    def ensure_running(self):
        """Start the worker unless it runs, and return once it takes messages."""
        if self.process is not None and self.process.poll() is None:
            return
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *[sys.executable, "-m", "pension_portal.leash", "celery"],
                    *["--app=pension_portal", "worker", "--beat", "--loglevel=INFO"],
                    *[f"--schedule={self.folder / 'beat'}", f"--concurrency={self.processes}"],
                    *["--without-gossip", "--without-mingle"],
                ],
                env=self.environment,
                # The leash: the worker ends with this process, even one that was killed.
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready()

    def stop(self):
        """Let the worker finish what it does, and end it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        """End the worker and its children at once, without a word to anybody."""
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def words(self):
        """Return what the worker has said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if " ready." in self.words():
                return
            assert self.process.poll() is None, self.words()
            time.sleep(0.05)
        raise AssertionError(f"the worker did not become ready:\n{self.words()}")
