"""Work out what the state owes for each posted payment (缴费补贴).

    300 yuan, basic scheme of 颍州区, normal, own money  → 50.00 by 「缴费 300 元补贴 50 元」
    500 yuan back payment                                → 0.00: 补缴的不享受缴费补贴

The amount comes from SQL over the policy's rows, for one payment as for a whole file.
"""

from functools import partial
from pathlib import Path

from django.db import connection

from contributions.models import PaymentFeed
from pension_portal import statements

run_statement = partial(statements.run_statement, Path(__file__).parent / "sql")


def entitle_feed(feed_id, *, by, run):
    """Give every payment of a feed its entitlement; payments that have one keep it."""
    with run.transaction():
        feed = PaymentFeed.objects.get(pk=feed_id)
        with statements.joining_as_a_whole():
            run_statement("entitle_feed", {"county_code": feed.county_code, "feed_id": feed.pk})


def entitlements_of(resident):
    """Return the entitlements that stand for a resident, newest year first, each with its rule's
    words and article.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            statements.statement(Path(__file__).parent / "sql", "entitlements_of_resident"),
            {"county_code": resident.county_code, "resident_id": resident.pk},
        )
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
