"""Run the SQL that stands in `sql/`, one named file for each step; values travel as parameters."""

from functools import cache
from pathlib import Path

from django.db import connection

FOLDER = Path(__file__).parent / "sql"


@cache
def statement(name):
    """Return the text of sql/<name>.sql."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def run_statement(name, parameters):
    """Run one statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters)
        return cursor.rowcount


def fetch_statement(name, parameters):
    """Run one statement and return its rows as dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
