"""The statements of this app: the SQL that stands in `benefits/sql/`."""

from functools import partial
from pathlib import Path

from pension_portal import statements

FOLDER = Path(__file__).parent / "sql"

fetch_statement = partial(statements.fetch_statement, FOLDER)
