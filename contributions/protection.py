"""Take away what the portal's own role must never do: change or remove a line of the ledger."""

from django.conf import settings
from psycopg2 import sql

KEPT_FOR_EVER = ("contributions_cashreceipt", "contributions_cashline")


def protect_receipts(cursor):
    """Leave the role no way to delete a receipt: one that was wrong is voided."""
    for table in KEPT_FOR_EVER:
        cursor.execute(
            sql.SQL("revoke delete, truncate on {} from {}").format(
                sql.Identifier(table), sql.Identifier(settings.DATABASE_ROLE)
            )
        )


def protect_ledger(cursor):
    """Leave the role SELECT and INSERT on the ledger; called as the owner after every migration."""
    cursor.execute(
        "select relname from pg_class where relname like 'contributions_transfer%%'"
        " and relkind in ('r', 'p')"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(
            sql.SQL("revoke update, delete, truncate on {} from {}").format(
                sql.Identifier(table), sql.Identifier(settings.DATABASE_ROLE)
            )
        )
