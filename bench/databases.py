"""Databases of the bench's own, on the embedded server of its own folder (var/bench).

One is made for a county and kept; each measurement runs on a fresh copy of it. A copy is made file
by file and ends with a checkpoint, so that no run pays for what another wrote.
"""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from bench.peers.told import TODAY

PROJECT = Path(__file__).resolve().parents[1]


def var():
    """Return the bench's folder: files, servers, sealed uploads."""
    return PROJECT / "var" / "bench"


def start_servers():
    """Start the embedded servers of the bench; they end with this process."""
    os.environ["PORTAL_VAR"] = str(var())
    os.environ["PORTAL_TODAY"] = TODAY
    os.environ["DJANGO_SETTINGS_MODULE"] = "pension_portal.settings"
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    from pension_portal.servers import ensure_servers

    ensure_servers()


def url(database):
    """Return the address of a database on the bench's server."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))


def environment(database, **files):
    """Return the environment of a program that runs the portal on this database."""
    return os.environ | {
        "DATABASE_URL": url(database),
        "PORTAL_FILES": str(files.get("files", var() / "files")),
        "PORTAL_BROKER_PREFIX": "bench:",
        "PORTAL_LOG_LEVEL": "WARNING",
    }


def names():
    return [name for (name,) in _run("select datname from pg_database")]


def exists(name):
    return name in names()


def make(name):
    """Make the portal's database, migrated and empty."""
    drop(name)
    _run(f'create database "{name}"')
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, env=environment(name), cwd=PROJECT, check=True)


def make_empty(name):
    """Make a database without any table, for a peer."""
    drop(name)
    _run(f'create database "{name}"')


def settle(name):
    """Leave a filled database as it would be after a quiet night."""
    with closing(psycopg2.connect(url(name))) as connection:
        connection.autocommit = True
        connection.cursor().execute("vacuum (freeze, analyze)")


def version():
    """Return the server's version and whether it forces its writes to disk."""
    return _run("select current_setting('server_version'), current_setting('fsync')")[0]


def copy(name, to):
    """Make `to` a fresh copy of `name`."""
    drop(to)
    _run(f'create database "{to}" template "{name}" strategy file_copy')


def drop(name, tries=30):
    """Remove a database; the server's own vacuum may be in it, and ends by itself: wait for it."""
    try:
        _run(f'drop database if exists "{name}" with (force)')
    except psycopg2.errors.InsufficientPrivilege:
        if tries == 1:
            raise
        time.sleep(2)
        drop(name, tries - 1)


def _run(statement, parameters=None):
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
