"""A test process's own database: a copy of one that was migrated once.

Migrating takes many seconds and gives the same result until a migration changes, so the migrated
database is kept on the server under the hash of what made it, and every test process copies it.
"""

import hashlib
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.conf import settings
from django.db import ProgrammingError, connection

from pension_portal.database_role import as_owner
from pension_portal.management.commands.migrate import grant

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "test_portal_"
TEMPLATE = f"{PREFIX}migrated_"
# What can change the outcome of migrating: the migrations, what they may read, the libraries.
SOURCES = ["*/migrations/*.py", "*/**/*.sql", "*/**/*.yaml", "requirements.txt"]
# One of all advisory locks, held while the template is made or copied.
LOCK = 20210320


def make(name):
    """Make the database and lead the connection to it; the caller is its owner."""
    with _server() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        _drop_databases_of_dead_runs(cursor)
        template = TEMPLATE + _hash_of_sources()
        if template not in _databases(cursor):
            _migrate(template)
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _lead_to(name)
    grant(connection)
    connection.close()


def drop(name, *, back_to):
    """Drop the database and lead the connection back to where it was."""
    _lead_to(back_to)
    with _server() as cursor:
        _end(cursor, name)


def _end(cursor, name, tries=30):
    """Drop a database; the server's own vacuum may be in it, and ends by itself: wait for it."""
    try:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    except ProgrammingError:
        if tries == 1:
            raise
        time.sleep(1)
        _end(cursor, name, tries - 1)


@contextmanager
def owner_cursor():
    """Give a cursor of the owner of the tables, outside any test's transaction."""
    with as_owner(connection), connection.cursor() as cursor:
        yield cursor


def tables(cursor):
    """Return the names of all tables; a partitioned one stands for its parts."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND NOT relispartition"
    )
    return [name for (name,) in cursor.fetchall()]


def _server():
    """Give a cursor on the server's own database."""
    return connection._nodb_cursor()


def _lead_to(name):
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name


def _databases(cursor):
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
    return [name for (name,) in cursor.fetchall()]


def _drop_databases_of_dead_runs(cursor):
    """A test run that was killed could not drop its own."""
    for name in _databases(cursor):
        run = name.removeprefix(PREFIX).partition("_")[0]
        if run.isdigit() and not psutil.pid_exists(int(run)):
            _end(cursor, name)


def _migrate(template):
    """Make the migrated database; it gets its name last, so a half-made one is never copied."""
    with _server() as cursor:
        for outdated in _databases(cursor):
            if outdated.startswith(TEMPLATE):
                _end(cursor, outdated)
        before = connection.settings_dict["NAME"]
        making = f"{TEMPLATE}making"
        connection.settings_dict["TEST"]["NAME"] = making
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        _lead_to(before)
        cursor.execute(f'ALTER DATABASE "{making}" RENAME TO "{template}"')


def _hash_of_sources():
    digest = hashlib.sha256()
    paths = {path for pattern in SOURCES for path in PROJECT.glob(pattern)}
    for path in sorted(paths):
        if not path.is_relative_to(PROJECT / "tests"):
            digest.update(str(path.relative_to(PROJECT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
