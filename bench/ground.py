"""Lay out what everything is measured on: a made-up county, what it paid before, one file to post.

    ground = Ground(residents=260_000, rows=223_300)
    ground.lay_out()
    ground.database                  the portal's database before the file came; copied for each run
    ground / "feed.xlsx"             the file, and the same payments as feed.csv
    ground / "roster.xlsx"           the county's people
    ground / "plain/residents.csv"   registry and books as the peers read them
    ground.truth                     which rows must be posted, by the oracle

Everything comes from one seed, is made once and kept under var/bench until a migration or the
generator changes. What must be done under Django runs as a program of its own, on that database:

    python -m bench.ground <residents> <rows>
"""

import csv
import hashlib
import json
import os
import subprocess
import sys
from datetime import date
from functools import cached_property
from pathlib import Path

from bench import databases

PROJECT = Path(__file__).resolve().parents[1]
# What can change the county, its files or the shape of its database.
SOURCES = ("*/migrations/*.py", "demo/*.py", "bench/ground.py", "policies/counties/*/*.yaml")
EARLIER_ROWS_A_FILE = 200_000
CLERK = "bench"


class Ground:
    """The county of one size, with its folder and its database."""

    def __init__(self, residents, rows):
        self.residents, self.rows = residents, rows
        self.name = f"bench_{residents}_{rows}_{_hash_of_sources()}"
        self.folder = databases.var() / "data" / self.name
        self.database = self.name

    def __truediv__(self, name):
        return self.folder / name

    @cached_property
    def truth(self):
        """What the oracle says of the file: rows, how many are posted, their yuan, and which."""
        return json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))

    def lay_out(self):
        """Make files and database unless both are there."""
        if (self.folder / "truth.json").exists() and databases.exists(self.database):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        databases.make(self.database)
        program = [sys.executable, "-m", "bench.ground", str(self.residents), str(self.rows)]
        environment = databases.environment(self.database, files=self.folder / "sealed")
        subprocess.run(program, env=environment, cwd=PROJECT, check=True)
        databases.settle(self.database)


def _hash_of_sources():
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SOURCES for path in PROJECT.glob(pattern)}):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


# --- The program that runs under Django ---------------------------------------------------------


def fill(ground):
    """Put the county into the database, post what came before, and write every file."""
    from demo.bench import feed_for_bench
    from demo.rosters import write_roster
    from tests import county as people
    from tests.demo_county import Exports, put_in_place

    made = feed_for_bench(ground.residents, ground.rows)
    county = made.county
    put_in_place(county, ground.folder)
    clerk = people.staff("梅雨", "data_admin", county.code, username=CLERK)
    _plan_the_year(county, by=clerk)
    exports = Exports(county, ground.folder)
    last = county.year - 1
    for start in range(0, len(made.last_year), EARLIER_ROWS_A_FILE):
        rows = made.last_year[start : start + EARLIER_ROWS_A_FILE]
        _post(exports.write(rows, "plain", "csv-gb", f"{last}-{start}", last), clerk)
    _post(exports.write(made.early, "plain", "csv-gb", "early", county.year), clerk)
    _write_plain(ground / "plain", county)
    written = exports.aside().write(made.rows, "plain", "csv-gb", "feed", county.year)
    export = exports.write(made.rows, "plain", "xlsx", "feed", county.year)
    assert [v.code for v in written.verdicts] == [v.code for v in export.verdicts]
    write_roster(ground / "roster.xlsx", county)
    _write_truth(ground / "truth.json", export)


def _plan_the_year(county, *, by):
    """Give the county its task, so that the dashboard has everything to show."""
    from enrollment.statements import run_statement
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
    run_statement("recount_payable", {"county_code": county.code, "today": date(year, 5, 1)})


def _post(export, clerk):
    """Do a worker's work on one earlier file, and believe it only if the oracle agrees."""
    from pension_portal.jobs import run_job
    from pension_portal.models import Job
    from tests.demo_county import disagreements

    feed = export.upload(by=clerk)
    assert run_job(feed.job_id) == Job.State.DONE
    assert not disagreements(feed, export), disagreements(feed, export)


def _write_truth(path, export):
    posted = [verdict for verdict in export.verdicts if not verdict.code]
    truth = {
        "rows": len(export.verdicts),
        "posted": len(posted),
        "fen": sum(verdict.amount_fen for verdict in posted),
        "posted_rows": hash_of_rows(verdict.row for verdict in posted),
    }
    path.write_text(json.dumps(truth, indent=1), encoding="utf-8")


def hash_of_rows(numbers):
    """Return what two programs that post the same rows of the sheet agree on."""
    return hashlib.sha256(" ".join(map(str, sorted(numbers))).encode()).hexdigest()


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
    fill(Ground(*map(int, sys.argv[1:3])))
    print(os.environ["DATABASE_URL"].rpartition("/")[2])
