"""The statements of this app: the SQL that stands in `subsidies/sql/`."""

from functools import partial
from pathlib import Path

from pension_portal import statements

FOLDER = Path(__file__).parent / "sql"

run_statement = partial(statements.run_statement, FOLDER)
fetch_statement = partial(statements.fetch_statement, FOLDER)
