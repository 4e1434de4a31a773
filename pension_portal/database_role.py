"""The two faces of the portal in its database: the owner, who migrates, and the role it runs under.

Everyday work runs under `settings.DATABASE_ROLE`, which may read and write tables but not change
them, and from which a table can be protected further (the ledger may only grow).
"""

from contextlib import contextmanager

from psycopg2 import sql

# MAINTAIN is for ANALYZE: after a file of 200,000 rows the planner must know that they are there.
WRITING = sql.SQL("SELECT, INSERT, UPDATE, DELETE, MAINTAIN")


@contextmanager
def as_owner(connection):
    """Run the block as the owner of the tables; the role returns afterwards, whatever happens.

    The connection is opened anew, so that it works before the role has ever been made.
    """
    options = connection.settings_dict["OPTIONS"]
    role = options.pop("options", None)
    connection.close()
    try:
        yield
    finally:
        if role:
            options["options"] = role
        connection.close()


def make_role(cursor, role):
    """Make the role where it is missing, with the owner as a member who may take it on."""
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    cursor.execute("SELECT pg_has_role(current_user, %s, 'SET')", [role])
    (may_take_it_on,) = cursor.fetchone()
    if not may_take_it_on:
        cursor.execute(
            sql.SQL("GRANT {} TO CURRENT_USER WITH SET TRUE").format(sql.Identifier(role))
        )


def grant_everyday_work(cursor, role):
    """Let the role read and write every table, number new rows, and make temporary tables."""
    cursor.execute("SELECT current_database()")
    (database,) = cursor.fetchone()
    names = {"role": sql.Identifier(role), "database": sql.Identifier(database), "what": WRITING}
    for statement in [
        "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT {what} ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        # What has been migrated may be read by everyone and rewritten by nobody.
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    ]:
        cursor.execute(sql.SQL(statement).format(**names))
