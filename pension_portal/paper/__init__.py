"""Print Chinese paper (纸质材料): a template of typst, some data, and a PDF with its fonts inside.

    print_paper("list", {"title": "缴费信息公示表", …})          b"%PDF-…"
    for pdf in print_papers("list", papers, count=220): …     a county, on all processors

What a sheet says travels as JSON beside the template and is never pasted into markup, so nothing
that somebody typed can become a command of typst. Templates lie in `templates/paper/`, and nothing
but them and the fonts can be read from inside one.
"""

import json
import os
import struct
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from pension_portal.paper import press

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "paper"
FONTS = Path(__file__).parent / "fonts"
PDF = "application/pdf"
MOST_PRESSES = 8
FEW_PAPERS = 4  # starting a process takes longer than to print so many

_of_thread = threading.local()


def print_paper(template, paper, *, kind="pdf", pixels_per_inch=72):
    """Return a sheet as PDF, or with kind "png" as a list of pictures, one for each page."""
    if not hasattr(_of_thread, "compiler"):
        _of_thread.compiler = press.compiler_of(*_places())
    return press.press(
        _of_thread.compiler,
        path_of(template),
        as_json(paper),
        kind=kind,
        pixels_per_inch=pixels_per_inch,
    )


def print_papers(template, papers, *, count):
    """Yield a PDF for each of `count` papers, in their order; many are printed by several
    processes at once.

    Papers may come from a generator: the first are printed while the last are still made. typst
    holds the interpreter while it lays out a page, so threads alone would wait for each other.
    """
    if count <= FEW_PAPERS:
        yield from (print_paper(template, paper) for paper in papers)
        return
    with _presses(min(os.cpu_count() or 1, MOST_PRESSES)) as (pool, idle):

        def print_one(paper):
            own = idle.get()
            try:
                return own.print(path_of(template), as_json(paper))
            finally:
                idle.put(own)

        yield from pool.map(print_one, papers)


def as_json(paper):
    """Return what a template reads; lazy words become words, money and days their text."""
    return json.dumps(paper, cls=DjangoJSONEncoder, ensure_ascii=False)


def path_of(template):
    return str(TEMPLATES / f"{template}.typ")


def _places():
    return str(TEMPLATES), [str(FONTS), *([settings.PAPER_FONTS] if settings.PAPER_FONTS else [])]


@contextmanager
def _presses(count):
    """Give a pool of threads and as many processes that print."""
    idle, presses = SimpleQueue(), [Press() for _ in range(count)]
    for one in presses:
        idle.put(one)
    pool = ThreadPoolExecutor(count)
    try:
        yield pool, idle
    finally:
        pool.shutdown(cancel_futures=True)
        for one in presses:
            one.close()


class Press:
    """A process that prints: one line of JSON in, the length of a PDF and the PDF out."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-I", press.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Each process has one processor; there are as many of them as there are.
            env={"RAYON_NUM_THREADS": "1"},
        )
        self._say(_places())

    def print(self, template, paper):
        """Return the PDF of a paper that is JSON already."""
        self._say([template, paper])
        (length,) = struct.unpack("<Q", self._read(8))
        return self._read(length)

    def close(self):
        self.process.kill()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def _say(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def _read(self, length):
        content = self.process.stdout.read(length)
        if len(content) < length:
            raise RuntimeError("a press has stopped; what was wrong stands above in the log")
        return content
