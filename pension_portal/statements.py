"""Run the SQL that stands in an app's `sql/` folder: one named file for each step.

Values travel as parameters:

run_statement(FOLDER, "post_normal", {"feed_id": 12})
"""

import re
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.db import connection
from psycopg2 import sql

PROJECT = Path(__file__).resolve().parents[1]
FEW_ROWS = 2_000  # up to here looking rows up one by one is the faster way
SET_NESTLOOP = "select set_config('enable_nestloop', %s, true)"
INCLUDED = re.compile(r"(?m)^\\i (\S+\.sql)$")


@cache
def statement(folder, name):
    """Return the text of <folder>/<name>.sql, with the files that it names put in their places.

    A line `\\i policies/sql/answers.sql` stands for that file, as in psql: what several statements
    ask in the same words is written once.
    """
    return _with_files((folder / f"{name}.sql").read_text(encoding="utf-8"))


def _with_files(text):
    return INCLUDED.sub(
        lambda line: _with_files((PROJECT / line[1]).read_text(encoding="utf-8")), text
    )


def run_statement(folder, name, parameters):
    """Run one statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement(folder, name), parameters)
        return cursor.rowcount


@contextmanager
def joining_as_a_whole(is_large=True):
    """Let statements over a whole file join by hashing, whatever the planner guesses.

    It knows nothing of what a statement works out on its way, takes it for a handful of rows, and
    looks up a quarter of a million one by one.
    """
    with connection.cursor() as cursor:
        cursor.execute(SET_NESTLOOP, ["off" if is_large else "on"])
        yield
        cursor.execute(SET_NESTLOOP, ["on"])


def fetch_statement(folder, name, parameters):
    """Run one statement and return its rows as dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute(statement(folder, name), parameters)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


# A tenth of the usual sample: the planner must know of 200,000 new rows, not their finer points.
STATISTICS_TARGET = "10"


def analyze(table, year=None, columns=()):
    """Let the planner see what was just written to a table, or to one year's part of it.

    Without it a file's own rows are unknown to the joins that judge it, and PostgreSQL guesses
    plans that take minutes instead of a second. `columns` are those that joins and filters name;
    none given means all.
    """
    with connection.cursor() as cursor:
        if year is not None:
            part = f"{table}_{year}"
            cursor.execute("select to_regclass(%s) is not null", [part])
            table = part if cursor.fetchone()[0] else f"{table}_other"
        cursor.execute(
            "select set_config('default_statistics_target', %s, true)", [STATISTICS_TARGET]
        )
        named = sql.SQL(", ").join(map(sql.Identifier, columns))
        cursor.execute(
            sql.SQL("analyze {} ({})" if columns else "analyze {}").format(
                sql.Identifier(*table.split(".")), named
            )
        )
