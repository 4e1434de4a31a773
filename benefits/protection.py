"""Take away what the portal's own role must never do: change or remove a line of interest."""

from django.conf import settings
from psycopg2 import sql


def protect_interest(cursor):
    """Leave the role SELECT and INSERT on the lines; called as the owner after every migration."""
    cursor.execute(
        sql.SQL("revoke update, delete, truncate on benefits_interestline from {}").format(
            sql.Identifier(settings.DATABASE_ROLE)
        )
    )
