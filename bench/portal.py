"""The portal's own way, in fresh processes: upload, one worker's job, the dashboard.

    python -m bench.portal feed feed.xlsx       upload to posted and on the dashboard
    python -m bench.portal roster roster.xlsx   upload to loaded
    python -m bench.portal pages                the dashboard of a county, a town and a village

This process is the worker; a second one, which it asks, takes uploads and shows pages, so that the
worker's memory is its own. The last line printed is a JSON object. In both, Python is up, the
portal's modules are loaded and the connection to the database is open before the clock starts, as
in processes that wait for work; nothing else is done beforehand.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from statistics import median

import django
from django.conf import settings

from bench.ground import CLERK
from bench.peers.told import hash_of_rows

MEGABYTE = 1024**2
PAGE_REQUESTS = 50
PAGES_BEHIND = ("charts", "renewal", "coverage", "identities", "groups", "not_joined")
PAGES_OF_A_TOWN = ("charts", "renewal", "coverage", "identities")
PAGES_ISSUED = ("bulletins", "notices", "objections")
COUNTY, YEAR = "341202", 2021


class Watch:
    """Seconds since the last look, by name, and how many statements went to the database."""

    def __init__(self):
        self.started = self.last = time.perf_counter()
        self.seconds = {}

    def note(self, name):
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0) + now - self.last
        self.last = now

    @property
    def total(self):
        return self.last - self.started


def take_in(path):
    """Take one payment file in, as a clerk and a worker do, and look at the dashboard."""
    from contributions.models import FeedRow

    web = Web(path)
    _allow_files_of(path.stat().st_size)
    readers = _watch_readers()
    statements = _count_statements()

    def look():
        web.ask("open_page", COUNTY)
        watch.note("dashboard")
        watch.on_the_dashboard = watch.total

    # Whoever waits for the figures sees them now; what the state adds is worked out after that.
    watch = _step_watch(after={"note_progress": look})
    feed, job = web.ask("receive_feed")
    watch.note("receive")
    _work_on(job)
    watch.note("close")
    statements.update(web.ask("tell_statements"))
    used = dict(statements)
    memory = _memory(readers)
    web.close()
    posted = FeedRow.objects.filter(county_code=COUNTY, year=YEAR, feed_id=feed, verdict="")
    rows = posted.values_list("sheet_row", flat=True)
    told = _told(watch, used, memory, posted=len(rows), posted_rows=hash_of_rows(rows))
    return told | {"seconds": watch.on_the_dashboard, "seconds_with_subsidies": watch.total}


def take_in_roster(path):
    """Take one roster in."""
    from enrollment.models import RosterImport

    web = Web(path)
    _allow_files_of(path.stat().st_size)
    readers = _watch_readers()
    statements = _count_statements()
    watch = _step_watch()
    roster, job = web.ask("receive_roster")
    watch.note("receive")
    _work_on(job)
    statements.update(web.ask("tell_statements"))
    used = dict(statements)
    memory = _memory(readers)
    web.close()
    roster = RosterImport.objects.get(pk=roster)
    counted = {"rows": roster.rows, "new": roster.rows_new, "bad": roster.rows_bad}
    return _told(watch, used, memory, **counted)


def open_pages():
    """Open every page of the county's progress and of what it issues, as often as it takes to know
    its time; a night's count of the people has been made before the pages that read it.
    """
    from oversight.census import count_county
    from tests import county as people
    from townships.models import Area

    browser = _browser(people.staff("宁静", "county_officer", COUNTY))
    inside = Area.objects.inside(COUNTY)
    town = inside.towns().order_by("position").first()
    village = inside.villages().filter(parent=town).order_by("position", "code").first()
    found = {}
    for name, code in [("county", COUNTY), ("town", town.code), ("village", village.code)]:
        found[name] = _median_of(browser, _address("progress", code))
    counted = Watch()
    count_county(COUNTY, YEAR)
    counted.note("count")
    for page in PAGES_BEHIND:
        found[page] = _median_of(browser, _address(page, COUNTY))
    for page in PAGES_OF_A_TOWN:
        found[f"{page} of a town"] = _median_of(browser, _address(page, town.code))
    for page in PAGES_ISSUED:
        found[page] = _median_of(browser, _address(page))
    return {"seconds": found, "seconds_to_count": counted.total}


def issue_papers():
    """Draw up the county's notice of payments, a PDF for every village, and list all payers."""
    from oversight.models import Notice, NoticeLine, NoticeSheet
    from oversight.notices import draw_up_notice, period_of
    from pension_portal.clock import today
    from staff.exporting import approve_export, order_export
    from tests import county as people
    from townships.models import Area, AreaContact

    county = Area.objects.get(pk=COUNTY)
    AreaContact.objects.create(area=county, role=AreaContact.Role.HOTLINE, phone="12333")
    officer = people.staff("宁静", "county_officer", COUNTY)
    watch = Watch()
    notice = draw_up_notice(
        county,
        Notice.Kind.PAYMENT,
        scheme_id=1,
        period=period_of("quarter", today()),
        starts_on=today(),
        by=officer,
    )
    _work_on(notice.job_id)
    watch.note("notices")
    export = order_export("paid", county, "", form="xlsx", reason="年终核对", by=officer)
    if export.asks_first:
        export = approve_export(export, by=people.staff("严明", "county_approver", COUNTY))
    _work_on(export.job_id)
    watch.note("list")
    sheets = NoticeSheet.objects.filter(notice=notice)
    lines = NoticeLine.objects.filter(sheet__in=sheets)
    counted = {"villages": sheets.count(), "lines": lines.count(), "listed": export.rows}
    return {"seconds": watch.seconds, **counted}


def _address(page, *arguments):
    from django.urls import reverse

    return reverse(f"oversight:{page}", args=arguments)


def _median_of(browser, address):
    """Return the median seconds of a page; its first answer, which loads templates, is not one."""
    _open(browser, address)
    return median(_timed(browser, address) for _turn in range(PAGE_REQUESTS))


def _timed(browser, address):
    started = time.perf_counter()
    _open(browser, address)
    return time.perf_counter() - started


# --- The other process ---------------------------------------------------------------------------


class Web:
    """A process that takes uploads and shows pages; it has the file in hand before it is asked."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.portal", "web", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._hear()

    def ask(self, deed, *arguments):
        """Have the process do one deed, and return its answer."""
        print(json.dumps([deed, *arguments]), file=self.process.stdin, flush=True)
        return self._hear()

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def _hear(self):
        line = self.process.stdout.readline()
        assert line, "the process that takes uploads has ended; what it said is above"
        return json.loads(line)


def be_web(path):
    """Do what the worker's process asks, a line at a time; begun as the website begins."""
    import_module("pension_portal.wsgi")
    clerk, browser, upload = _clerk(), _browser(), _upload(path)
    statements = _count_statements()

    def receive_feed():
        from contributions.receiving import receive_feed

        feed, _is_new = receive_feed(upload, year=YEAR, by=clerk)
        return str(feed.pk), str(feed.job_id)

    def receive_roster():
        from enrollment.rosters import job_of, receive_roster

        roster, _is_new = receive_roster(upload, area_code=COUNTY, by=clerk)
        return str(roster.pk), str(job_of(roster).pk)

    deeds = {
        "receive_feed": receive_feed,
        "receive_roster": receive_roster,
        "open_page": lambda code: _open(browser, _address("progress", code)),
        "tell_statements": lambda: dict(statements),
    }
    _load_deeds()
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        deed, *arguments = json.loads(line)
        print(json.dumps(deeds[deed](*arguments)), flush=True)


def _load_deeds():
    """Load the modules that an upload needs, as a process that has seen one before."""
    import contributions.receiving
    import enrollment.rosters

    assert contributions.receiving and enrollment.rosters


# --- Parts ----------------------------------------------------------------------------------------


def _clerk():
    from staff.models import Staff

    return Staff.objects.get(username=CLERK)


def _browser(person=None):
    """Return a client that is signed in; every page's module is loaded by then."""
    from django.test import Client
    from django.urls import get_resolver

    assert get_resolver().url_patterns
    browser = Client(headers={"host": "localhost"})
    browser.force_login(person or _clerk(), backend=settings.AUTHENTICATION_BACKENDS[-1])
    return browser


def _open(browser, address):
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)


def _upload(path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    content = path.read_bytes()
    _allow_files_of(len(content))
    return SimpleUploadedFile(path.name, content)


def _allow_files_of(size):
    """Lift the limit of an upload where a file of a million rows is above it."""
    from pension_portal import sheets

    if size > settings.MAX_UPLOAD_BYTES:
        settings.MAX_UPLOAD_BYTES = size
        sheets.open_sheets.__defaults__ = (size,)


def _work_on(job):
    from pension_portal.jobs import run_job
    from pension_portal.models import Job

    assert run_job(job) == Job.State.DONE


def _watch_readers():
    """Return a list that gets the memory of every process that reads a workbook, as it is ended."""
    readers = []

    class Reader(subprocess.Popen):
        def kill(self):
            readers.append(_most_memory(self.pid))
            super().kill()

    subprocess.Popen = Reader
    return readers


def _most_memory(process="self"):
    """Return the most bytes that a process had in memory, 0 for one that has ended."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _memory(readers):
    return {"worker_bytes": _most_memory(), "reader_bytes": max(readers, default=0)}


def _step_watch(after=None):
    """Return a watch that notes every step of a job; the steps' modules are loaded by then.

    `after` names what is to be done when a step is over.
    """
    from django.utils.module_loading import import_string

    from pension_portal import jobs

    steps = {name: import_string(name) for names in settings.JOB_STEPS.values() for name in names}

    def timed(name):
        def step(*arguments, **words):
            watch.note("between")
            steps[name](*arguments, **words)
            watch.note(name.rpartition(".")[2])
            (after or {}).get(name.rpartition(".")[2], bool)()

        return step

    jobs.import_string = timed
    watch = Watch()
    return watch


def _count_statements():
    """Return a counter that goes on counting this thread's statements, COPY among them."""
    from django.db import connection
    from psycopg2.extensions import cursor

    count, thread = Counter(), threading.get_ident()

    def note(statement, run):
        started = time.perf_counter()
        try:
            return run()
        finally:
            if threading.get_ident() == thread:
                count["statements"] += 1
                count["copies"] += str(statement).lower().startswith("copy ")
                if SLOW:
                    name = str(statement).strip().splitlines()[0][:100]
                    count[name] += time.perf_counter() - started

    class CountingCursor(cursor):
        def execute(self, statement, parameters=None):
            return note(
                statement, lambda: super(CountingCursor, self).execute(statement, parameters)
            )

        def copy_expert(self, statement, file, size=8192):
            return note(
                statement, lambda: super(CountingCursor, self).copy_expert(statement, file, size)
            )

    connection.ensure_connection()
    connection.connection.cursor_factory = CountingCursor
    _warm(connection)
    count.clear()
    return count


SLOW = os.environ.get("BENCH_STATEMENTS")


def _warm(connection):
    """Bring the registry and the books into the server's memory, as on any working day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select count(*) from enrollment_resident),"
            " (select count(*) from enrollment_enrolment),"
            " (select count(*) from contributions_transfer)"
        )


def _told(watch, statements, memory, **more):
    slow = sorted(statements.items(), key=lambda item: -item[1])[:25] if SLOW else []
    return {
        "seconds": watch.total,
        "steps": watch.seconds,
        "statements": statements["statements"],
        "copies": statements["copies"],
        "slow": slow,
        **memory,
        **more,
    }


def main():
    django.setup()
    deed, *rest = sys.argv[1:]
    if deed == "web":
        be_web(Path(rest[0]))
        return
    deeds = {"feed": take_in, "roster": take_in_roster, "pages": open_pages, "issued": issue_papers}
    print(json.dumps(deeds[deed](*map(Path, rest)), ensure_ascii=False))


if __name__ == "__main__":
    main()
