"""Measure what a policy's rules cost: `python -m bench.policies [people]`.

Tier, subsidy and proxy payment of a whole county, under a policy with bands, identities and an age
condition, beside the same people joined with a flat table of tiers. Then one person's answer, as a
page asks it.
"""

import statistics
import sys
import time
from pathlib import Path

from bench import databases

PEOPLE = 260_000
ROUNDS = 7
ONE_PERSON_ROUNDS = 200
MOST_OF_THE_FLAT_JOIN = 3
MOST_MILLISECONDS = 10
MOST_STATEMENTS = 5
SQL = Path(__file__).with_name("sql")
POLICY = Path(__file__).with_name("policies.yaml")
DATABASE = "bench_policies"


def main():
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    databases.start_servers()
    databases.make(DATABASE)
    import os

    os.environ.update(databases.environment(DATABASE))
    import django

    django.setup()
    measure(people)


def measure(people):
    """Lay out the people, time both joins and one person's answer, and print the three figures."""
    from pension_portal.statements import run_statement
    from policies.loading import load_policy, publish_policy

    policy = publish_policy(load_policy(POLICY), by=None)
    run_statement(SQL, "people", {"people": people})
    _flatten(policy)
    flat, asked = [], []
    for _round in range(ROUNDS):
        flat.append(_seconds("flat", "flat"))
        asked.append(_seconds("asked", "asked_of_rules"))
    flat_seconds, asked_seconds = statistics.median(flat), statistics.median(asked)
    one, statements = _one_person(policy)
    print(f"\n  tier, subsidy and proxy payment of {people:,} people, median of {ROUNDS}\n")
    print(f"  flat table of tiers                  {flat_seconds * 1000:8.0f} ms")
    print(f"  rules with bands, identities, ages   {asked_seconds * 1000:8.0f} ms")
    ratio = asked_seconds / flat_seconds
    print(f"  × the flat join                      {ratio:8.2f}   goal ≤ {MOST_OF_THE_FLAT_JOIN}")
    print(f"  one person's answer                  {one:8.1f} ms  goal < {MOST_MILLISECONDS}")
    print(f"  statements                           {statements:8d}   goal ≤ {MOST_STATEMENTS}")


def _flatten(policy):
    """Write the yardstick's table: each sum that is paid, with one subsidy."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table bench_flat as"
            " select distinct on (p.amount) p.amount, t.id as tier_id,"
            " 40::numeric as subsidy_amount, r.id as subsidy_rule_id"
            " from (select distinct amount from bench_person) p"
            " join policies_tier t on p.amount between t.amount_from and t.amount_to"
            " join policies_rule r on r.policy_id = t.policy_id"
            " where t.policy_id = %s; analyze bench_flat",
            [policy.pk],
        )


def _seconds(name, table):
    from django.db import connection

    from pension_portal.statements import run_statement

    begun = time.perf_counter()
    run_statement(SQL, name, {})
    taken = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute(f"drop table pg_temp.{table}")
    return taken


def _one_person(policy):
    """Return the median milliseconds and the number of statements of one person's answer."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from policies.answers import ask

    question = {
        "policy_id": policy.pk,
        "amount": 500,
        "paid_on": "2021-03-05",
        "born_on": "1975-03-02",
        "sex": "f",
        "area_code": "990100101201",
        "identities": [{"identity": "disabled", "grade": 2}],
    }
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ask([question])
    taken = []
    for _round in range(ONE_PERSON_ROUNDS):
        begun = time.perf_counter()
        ask([question])
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1000, len(asked)


if __name__ == "__main__":
    main()
