"""Take away what the portal's own role must never do: change or remove a line of a claim."""

from django.conf import settings
from psycopg2 import sql

TABLES = ("subsidies_claimline", "subsidies_claimpart", "subsidies_claimarrival")


def protect_claims(cursor):
    """Leave the role SELECT and INSERT on frozen lists; called as the owner after migrations."""
    for table in TABLES:
        cursor.execute(
            sql.SQL("revoke update, delete, truncate on {} from {}").format(
                sql.Identifier(table), sql.Identifier(settings.DATABASE_ROLE)
            )
        )
