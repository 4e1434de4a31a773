"""Walk the journeys of the desk in Chromium and print each figure beside its goal.

    make journeys                                          its own county, all 260,000 people
    make journeys OPTIONS="--tenth --tasks 2 4"            a small county, two tasks
    make journeys OPTIONS="--url http://127.0.0.1:8132 --var /tmp/portal"     one that runs already

A task is a module `task_<number>_<name>.py` here: TITLE, and `walk(desk)`, which yields Lines.
What hands cost is counted by the keystroke-level model (KLM): a key 0.28 s, pointing 1.1, moving
the hand 0.4, thinking 1.35. Seconds called real are the machine's, with no hand at all.
"""

import argparse
import importlib
import os
import pkgutil
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

from bench import databases, journeys
from bench.peers.told import TODAY
from bench.table import as_text

PORT = 8190
PATIENCE_SECONDS = 1800
TASK = re.compile(r"task_(\d+)_\w+")


def main():
    options = _options()
    os.environ["PORTAL_VAR"] = options.var
    os.environ["PORTAL_TODAY"] = TODAY
    os.environ["DJANGO_SETTINGS_MODULE"] = "pension_portal.settings"
    # The driver keeps an event loop in this thread, and Django would refuse every query beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with _portal(options) as url:
        import django

        django.setup()
        from bench.journeys.desk import Desk

        with Desk(url) as desk:
            for number, task in _tasks():
                if number in options.tasks or not options.tasks:
                    part = {f"{number} {task.TITLE}": list(task.walk(desk))}
                    print(f"\n{as_text(part)}", flush=True)


def _options():
    parser = argparse.ArgumentParser(prog="python -m bench.journeys")
    parser.add_argument("--url", help="a portal that runs already; needs its --var")
    parser.add_argument("--var", default=str(databases.PROJECT / "var" / "journeys"))
    parser.add_argument("--tenth", action="store_true", help="26,000 people, not 260,000")
    parser.add_argument("--tasks", type=int, nargs="+", default=[])
    return parser.parse_args()


def _tasks():
    """Return (number, module) of every task, in order."""
    names = [name for _finder, name, _is_package in pkgutil.iter_modules(journeys.__path__)]
    found = [(int(match[1]), name) for name in names if (match := TASK.fullmatch(name))]
    return [
        (number, importlib.import_module(f"bench.journeys.{name}"))
        for number, name in sorted(found)
    ]


@contextmanager
def _portal(options):
    """Yield the address of a portal on the demo county; started here, it is stopped here."""
    if options.url:
        yield options.url
        return
    command = [sys.executable, "manage.py", "demo", *([] if options.tenth else ["--whole"])]
    environment = os.environ | {"PORTAL_PORT": str(PORT)}
    portal = subprocess.Popen(command, cwd=databases.PROJECT, env=environment)
    try:
        yield _when_open(portal, f"http://127.0.0.1:{PORT}")
    finally:
        portal.terminate()
        portal.wait()


def _when_open(portal, url):
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        assert portal.poll() is None, "the portal ended before it was open"
        try:
            with urllib.request.urlopen(f"{url}/sign-in/", timeout=5):  # noqa: S310
                return url
        except OSError:
            time.sleep(1)
    raise TimeoutError(url)


if __name__ == "__main__":
    main()
