"""Run a program on a fresh copy of a database, and hear what it tells.

Every measurement is a process of its own: nothing is warm that would not be, and memory is that of
one job.
"""

import json
import shutil
import subprocess
import sys

from bench import databases
from bench.ground import PROJECT

RUN = "bench_run"
PANDAS_PYTHON = PROJECT / ".venv-bench" / "bin" / "python"


class Bench:
    """The county, the options, and what a measure found that those after it compare with."""

    def __init__(self, ground, options):
        self.ground, self.options = ground, options
        self.seconds_a_row = None
        self.feed = None

    def portal(self, database, *deed):
        """Do one of the portal's deeds on a fresh copy of the database."""
        databases.copy(database, RUN)
        # The sealed uploads of earlier runs; nobody asks for them again.
        shutil.rmtree(databases.var() / "files", ignore_errors=True)
        return told_by("bench.portal", *deed, database=RUN)

    def peer(self, database, module, *arguments):
        """Run a peer on a fresh copy of its database."""
        databases.copy(database, RUN)
        return told_by(f"bench.peers.{module}", *arguments, database=RUN)


def told_by(module, *arguments, database="postgres", python=sys.executable):
    """Run a program and return the JSON object it prints last, {} for nothing."""
    done = subprocess.run(
        [str(python), "-m", module, *map(str, arguments)],
        env=databases.environment(database),
        cwd=PROJECT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = done.stdout.strip().splitlines()
    return json.loads(lines[-1]) if lines else {}
