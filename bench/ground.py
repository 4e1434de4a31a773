"""Lay out what everything is measured on: a made-up county, what it paid before, one file to post.

    ground = Ground(residents=260_000, rows=223_300)
    ground.lay_out()
    ground.database                  the portal's database before the file came; copied for each run
    ground.places                    the same county before anybody was registered
    ground / "feed.xlsx"             the file, and the same payments as feed.csv
    ground / "roster.xlsx"           the county's people
    ground / "plain/residents.csv"   registry and books as the peers read them
    ground.truth                     which rows must be posted, by the oracle

Everything comes from one seed, is made once and kept under var/bench until a migration or the
generator changes. What must be done under Django runs as programs of their own, on a database:

    python -m bench.ground places|people <residents> <rows> [bare]

A bare ground has no roster and nothing for peers: a county too large for either.
"""

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
from datetime import date
from functools import cached_property
from pathlib import Path

from bench import databases
from bench.peers.told import hash_of_rows

PROJECT = Path(__file__).resolve().parents[1]
# What can change the county, its files or the shape of its database.
SOURCES = (
    *("*/migrations/*.py", "policies/counties/*/*.yaml", "demo/*.py"),
    *("tests/demo_county.py", "bench/ground.py"),
)
EARLIER_ROWS_A_FILE = 200_000
CLERK = "bench"
ENOUGH_PEOPLE = 20_000


class Ground:
    """The county of one size, with its folder and its database."""

    def __init__(self, residents, rows, *, is_bare=False):
        self.residents, self.rows, self.is_bare = residents, rows, is_bare
        self.size = f"bench_{residents}_{rows}{'_bare' if is_bare else ''}"
        self.name = f"{self.size}_{_hash_of_sources()}"
        self.folder = databases.var() / "data" / self.name
        self.database = self.name
        self.places = f"{self.name}_places"

    def __truediv__(self, name):
        return self.folder / name

    @cached_property
    def truth(self):
        """What the oracle says of the file: rows, how many are posted, their yuan, and which."""
        return json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))

    @cached_property
    def posted(self):
        """Every row of the sheet that must be posted, in order."""
        return [int(n) for n in (self.folder / "posted.txt").read_text().split()]

    def hash_of_first(self, rows):
        """Return what must be posted of the file's first rows; the header is the sheet's first."""
        return hash_of_rows(row for row in self.posted if row <= rows + 1)

    def lay_out(self):
        """Make files and databases unless all are there."""
        if (self.folder / "truth.json").exists() and databases.exists(self.database):
            return
        self._forget()
        self.folder.mkdir(parents=True)
        databases.make(self.places)
        self._run("places", self.places)
        databases.settle(self.places)
        databases.copy(self.places, self.database)
        self._run("people", self.database)
        databases.settle(self.database)

    def _forget(self):
        """Remove what was made of this size before: a large county takes gigabytes."""
        ours = re.compile(rf"{self.size}_[0-9a-f]{{8}}(_[a-z]+)?")
        for name in filter(ours.fullmatch, databases.names()):
            databases.drop(name)
        for folder in self.folder.parent.glob(f"{self.size}_*"):
            if ours.fullmatch(folder.name):
                shutil.rmtree(folder)

    def _run(self, deed, database):
        size = [str(self.residents), str(self.rows), *(["bare"] if self.is_bare else [])]
        program = [sys.executable, "-m", "bench.ground", deed, *size]
        environment = databases.environment(database, files=self.folder / "sealed")
        subprocess.run(program, env=environment, cwd=PROJECT, check=True)


def _hash_of_sources():
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SOURCES for path in PROJECT.glob(pattern)}):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


# --- The program that runs under Django ---------------------------------------------------------


def put_places(ground):
    """Lay out towns, villages, policies and a clerk; nobody lives there yet."""
    from demo.bench import county_for_bench
    from tests import county as people
    from tests.demo_county import put_places_in_place

    # Places do not depend on how many people live in them.
    county = county_for_bench(ground.residents, settled=min(ground.residents, ENOUGH_PEOPLE))
    put_places_in_place(county, ground.folder)
    people.staff("梅雨", "data_admin", county.code, username=CLERK)


def put_people(ground):
    """Put the people into the database, post what came before, and write every file."""
    from demo.bench import feed_for_bench
    from demo.county import without_collector
    from staff.models import Staff
    from tests.demo_county import Exports, put_people_in_place

    with without_collector():
        made = feed_for_bench(ground.residents, ground.rows)
        county = made.county
        put_people_in_place(county)
        clerk = Staff.objects.get(username=CLERK)
        _plan_the_year(county, by=clerk)
        exports = Exports(county, ground.folder)
        last = county.year - 1
        for start in range(0, len(made.last_year), EARLIER_ROWS_A_FILE):
            rows = made.last_year[start : start + EARLIER_ROWS_A_FILE]
            _post(exports.write(rows, "plain", "csv-gb", f"{last}-{start}", last), clerk)
        made.last_year.clear()
        _post(exports.write(made.early, "plain", "csv-gb", "early", county.year), clerk)
        if not ground.is_bare:
            _write_plain(ground / "plain", county)
            _write_roster(ground, county)
        _write_feed_as_text(ground / "feed.csv", made)
        export = exports.write(made.rows, "plain", "xlsx", "feed", county.year)
        _write_truth(ground, export)


def _write_feed_as_text(path, made):
    """Write the feed as .csv, cell for cell what the workbook will say; the same are posted."""
    from demo.exports import LAYOUTS, Pen, write_export

    pen = Pen(path.stem)
    write_export(path, made.rows, LAYOUTS["plain"], "csv-gb", county=made.county, pen=pen)


def _write_roster(ground, county):
    from demo.rosters import write_roster

    written = write_roster(ground / "roster.xlsx", county)
    told = {"people": written.people, "refused": len(written.refused)}
    (ground / "roster.json").write_text(json.dumps(told), encoding="utf-8")


def _plan_the_year(county, *, by):
    """Give the county its task, so that the dashboard has everything to show."""
    from enrollment.statements import run_statement
    from policies.schemes import traits_for_sql
    from townships.models import Area
    from townships.tasks import plan_task, set_quotas

    year = county.year
    plan = plan_task(
        Area.objects.get(code=county.code),
        1,
        year,
        county.quotas[county.code],
        date(year, 1, 1),
        date(year, 10, 10),
        [("第一阶段", date(year, 3, 31), 85), ("第二阶段", date(year, 6, 30), 100)],
        by=by,
    )
    quotas = {code: people for code, people in county.quotas.items() if code != county.code}
    set_quotas(plan, quotas, by=by)
    run_statement(
        "recount_payable",
        {
            "county_code": county.code,
            "villages": None,
            "today": date(year, 5, 1),
            **traits_for_sql(),
        },
    )


def _post(export, clerk):
    """Do a worker's work on one earlier file, and believe it only if the oracle agrees."""
    from pension_portal.jobs import run_job
    from pension_portal.models import Job
    from tests.demo_county import disagreements

    feed = export.upload(by=clerk)
    assert run_job(feed.job_id) == Job.State.DONE
    assert not disagreements(feed, export), disagreements(feed, export)


def _write_truth(ground, export):
    posted = [verdict for verdict in export.verdicts if not verdict.code]
    rows = sorted(verdict.row for verdict in posted)
    (ground / "posted.txt").write_text("\n".join(map(str, rows)), encoding="utf-8")
    truth = {
        "rows": len(export.verdicts),
        "posted": len(posted),
        "fen": sum(verdict.amount_fen for verdict in posted),
        "posted_rows": hash_of_rows(rows),
    }
    # The last to be written: where it is, everything is.
    (ground / "truth.json").write_text(json.dumps(truth, indent=1), encoding="utf-8")


# --- The same in plain, for the peers -----------------------------------------------------------

PLAIN = {
    "enrolments": "select resident_id, scheme_id, status from enrollment_enrolment",
    "identities": (
        "select resident_id, identity, grade, valid_to from enrollment_specialidentity order by id"
    ),
    "determinations": (
        "select resident_id, scheme_id, number, d.amount,"
        " string_agg(y.year::text, ' ' order by y.year) as years"
        " from contributions_determination d"
        " join contributions_determinationyear y on y.determination_id = d.id"
        " where d.approved_on is not null group by d.id"
    ),
    "towns": (
        "select text, min(code) as town_code from ("
        " select name as text, code from townships_area where level = 2"
        " union select text, left(area_id, 9) from townships_areaalias where source = 'tax') named"
        " group by text having count(distinct code) = 1"
    ),
    "tiers": (
        "select v.scheme_id, t.amount_from as amount, t.proxy_only,"
        " coalesce(max(s.subsidy_amount) filter (where s.kind = 'normal' and"
        " s.source = case when t.proxy_only then 'proxy' else 'own' end), 0) as subsidy"
        " from policies_in_force v join policies_tier t on t.policy_id = v.policy_id"
        " left join policies_tier_subsidy s on s.tier_id = t.id"
        " where v.year = {year} and v.scheme_id in (1, 2) group by 1, 2, 3"
    ),
    "proxies": (
        "select distinct v.scheme_id, p.base_amount as amount,"
        " rtrim(token, '1234') as identity,"
        " nullif(max(substring(token from '[1-4]$')::int) over (partition by p.id), 0) as grade_max"
        " from policies_in_force v join policies_rule p on p.policy_id = v.policy_id"
        " join policies_condition c on c.id = p.condition_id"
        " cross join unnest(c.identities) as token"
        " where v.year = {year} and p.subject = 'proxy'"
    ),
    "ledger": (
        "select id, year, scheme_id, resident_id, village_code, kind, source, amount, tier_amount,"
        " paid_on, receipt, reverses_id from contributions_transfer order by id"
    ),
}


def _write_plain(folder, county):
    from django.db import connection

    folder.mkdir(exist_ok=True)
    _write_residents(folder / "residents.csv", county)
    with connection.cursor() as cursor:
        for name, query in PLAIN.items():
            with open(folder / f"{name}.csv", "w", encoding="utf-8") as file:
                query = query.format(year=county.year)
                cursor.copy_expert(f"copy ({query}) to stdout (format csv, header)", file)


def _write_residents(path, county):
    """Write everybody with the number that the portal gave them: they went in in this order."""
    from enrollment.models import Resident
    from pension_portal.cells import name_key

    people = Resident.objects.filter(county_code=county.code).order_by("pk")
    known = people.values_list("pk", "village_code", "id_last4")
    with open(path, "w", encoding="utf-8", newline="") as file:
        write = csv.writer(file).writerow
        write(["id", "id_number", "name_key", "village_code", "born_on", "life_status"])
        for (number, village, last4), person in zip(known, county.residents, strict=True):
            assert last4 == person.id_number[-4:]
            life = person.life_status if not _is_covered(person) else person.other_cover
            write([number, person.id_number, name_key(person.name), village, person.born_on, life])


def _is_covered(person):
    """Whether somebody is in another scheme, which stops a payment as death does."""
    return person.other_cover in ("employees", "civil_service") and person.life_status == "alive"


if __name__ == "__main__":
    import django

    django.setup()
    deed, residents, rows, *bare = sys.argv[1:]
    ground = Ground(int(residents), int(rows), is_bare=bool(bare))
    {"places": put_places, "people": put_people}[deed](ground)
