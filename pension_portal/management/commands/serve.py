"""Run the whole portal on this machine: the website, a worker and the clock, in one terminal.

Each part is a process of its own. One that dies is started again; all end with Ctrl-C. For a
demonstration or a small office; a county runs the same parts under its own supervision.
"""

import os
import signal
import subprocess
import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand

from pension_portal.ports import LOOPBACK, free_port, is_free
from pension_portal.servers import ensure_servers

WATCH_SECONDS = 1
STOP_SECONDS = 20
# A part that dies at once would otherwise be started a hundred times a second.
MOST_PATIENCE_SECONDS = 30
STEADY_SECONDS = 60


class Part:
    """One child process, started again when it dies; it ends with us even if we are killed."""

    def __init__(self, name, *command):
        self.name = name
        self.command = [sys.executable, "-m", "pension_portal.leash", *command]
        self.deaths = 0
        self.start()

    def start(self):
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            # A terminal sends Ctrl-C to everyone; the parts are to end in order, by our word.
            start_new_session=True,
        )

    def start_again_if_dead(self):
        """Return whether it was dead; wait longer after each death that follows soon."""
        code = self.process.poll()
        if code is None:
            return False
        lived = time.monotonic() - self.started_at
        self.deaths = 0 if lived > STEADY_SECONDS else self.deaths + 1
        if lived < min(2**self.deaths, MOST_PATIENCE_SECONDS):
            return False
        self.start()
        return True

    def ask_to_stop(self):
        if self.process.poll() is None:
            self.process.terminate()

    def stop(self, deadline):
        """Wait for the part to end; kill it when its time is over."""
        try:
            self.process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Command(BaseCommand):
    help = "Run the website, a worker and the clock until Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORTAL_PORT", 8000)))
        parser.add_argument("--bind", default=os.environ.get("PORTAL_BIND", LOOPBACK))

    def handle(self, *, port, bind, **options):
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        port = _free_port_from(port)
        parts = _parts(bind, port)
        self.stdout.write(f"http://{bind}:{port}/  (Ctrl-C ends it)")
        self.stdout.flush()
        try:
            while True:
                time.sleep(WATCH_SECONDS)
                # The embedded servers are watched like the parts; others look after themselves.
                ensure_servers()
                for part in parts:
                    if part.start_again_if_dead():
                        self.stderr.write(f"{part.name} had ended and was started again")
        except KeyboardInterrupt:
            self.stdout.write("stopping …")
        finally:
            _stop(parts)


def _parts(bind, port):
    schedule = settings.VAR / f"beat-schedule-{port}"
    return [
        Part(
            *["website", "gunicorn", "pension_portal.wsgi", f"--bind={bind}:{port}"],
            *["--worker-class=gthread", "--workers=2", "--threads=4", "--timeout=120"],
            *["--graceful-timeout=10", "--no-control-socket", "--log-level=warning"],
        ),
        Part(
            *["worker", "celery", "--quiet", "--app=pension_portal", "worker", "--concurrency=2"],
            *["--loglevel=WARNING", "--without-gossip", "--without-mingle"],
        ),
        Part(
            *["clock", "celery", "--quiet", "--app=pension_portal", "beat", "--pidfile="],
            *[f"--schedule={schedule}", "--loglevel=WARNING"],
        ),
    ]


def _free_port_from(port):
    """Return the wished port, or the next free one after it."""
    return next((n for n in range(port, port + 100) if is_free(n)), free_port())


def _stop(parts):
    # A second Ctrl-C must not leave half of them running.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for part in parts:
        part.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for part in parts:
        part.stop(deadline)
