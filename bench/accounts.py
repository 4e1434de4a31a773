"""Measure what the state's share and a year's interest cost: `python -m bench.accounts [people]`.

Everybody's payment of a year gets its subsidy, then everybody's account its interest: own money and
subsidy, two lines a person. Beside each stands one INSERT … SELECT of as many rows into a table of
the same shape, with the same keys and indexes.
"""

import os
import statistics
import sys
import time
from pathlib import Path

from bench import databases

PEOPLE = 260_000
ROUNDS = 3
MOST_OF_AN_INSERT = 3
YEAR = 2021
COUNTY = "990100"
DATABASE = "bench_accounts"
SQL = Path(__file__).with_name("sql")
POLICY = Path(__file__).with_name("policies.yaml")


def main():
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    databases.start_servers()
    databases.make(DATABASE)
    os.environ.update(databases.environment(DATABASE))
    import django

    django.setup()
    measure(people)


def measure(people):
    """Lay out people and payments, time both runs beside their yardsticks, and print the ratios."""
    from pension_portal.statements import run_statement
    from policies.loading import load_policy, publish_policy

    publish_policy(load_policy(POLICY), by=None)
    run_statement(SQL, "people", {"people": people})
    run_statement(SQL, "accounts", {})
    databases.settle(DATABASE)
    terms = _terms()
    rounds = [_round(terms) for _number in range(ROUNDS)]
    print(f"\n  {people:,} people, two years of payments, median of {ROUNDS}\n")
    for name in ("subsidies", "interest"):
        seconds = statistics.median(one[name][0] for one in rounds)
        insert = statistics.median(one[name][1] for one in rounds)
        ratio = statistics.median(one[name][0] / one[name][1] for one in rounds)
        rows = rounds[0][name][2]
        print(
            f"  {name:10} {rows:8,} rows {seconds:7.2f} s   one insert of as many {insert:6.2f} s"
        )
        print(f"  {'':10} × the insert {ratio:11.2f}     goal ≤ {MOST_OF_AN_INSERT}")


def _terms():
    """Return the rate of the year, as three people would have agreed to it."""
    from decimal import Decimal

    from benefits.models import InterestTerms

    return InterestTerms(
        county_code=COUNTY,
        scheme_id=1,
        year=YEAR,
        rate=Decimal("3.59"),
        date_basis="treasury",
        starts="next_month",
        rounding="half_up",
    )


def _round(terms):
    """Return {what: (seconds, seconds of the plain insert, rows)}; everything is undone after."""
    from django.db import transaction

    from benefits.interest import earning_parameters
    from benefits.statements import fetch_statement
    from pension_portal.statements import joining_as_a_whole
    from subsidies.entitlements import entitle_new_payments

    told = {}
    with transaction.atomic():
        begun = time.perf_counter()
        rows = entitle_new_payments(COUNTY)
        told["subsidies"] = _beside_an_insert("subsidies_entitlement", begun, rows)
        asked = earning_parameters(terms, year=YEAR) | {"resident_id": None, "run_id": 1}
        begun = time.perf_counter()
        with joining_as_a_whole():
            (sums,) = fetch_statement("credit_interest", asked)
        told["interest"] = _beside_an_insert("benefits_interestline", begun, sums["lines"])
        transaction.set_rollback(True)
    return told


def _beside_an_insert(table, begun, rows):
    """Return (seconds since `begun`, seconds of copying the rows just written, their number)."""
    from django.conf import settings
    from django.db import connection
    from psycopg2 import sql

    seconds = time.perf_counter() - begun
    name = sql.Identifier(table)
    with connection.cursor() as cursor:
        # The portal's own role makes no tables; a temporary one would not be written to disk.
        cursor.execute("set role none")
        cursor.execute(sql.SQL("create table bench_copy (like {} including all)").format(name))
        begun = time.perf_counter()
        cursor.execute(sql.SQL("insert into bench_copy select * from {}").format(name))
        insert = time.perf_counter() - begun
        assert cursor.rowcount == rows, (cursor.rowcount, rows)
        cursor.execute("drop table bench_copy")
        cursor.execute(sql.SQL("set role {}").format(sql.Identifier(settings.DATABASE_ROLE)))
    return seconds, insert, rows


if __name__ == "__main__":
    main()
