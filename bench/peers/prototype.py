"""The bare prototype: a payment file to a posted ledger with calamine, COPY and SQL, nothing else.

    python -m bench.peers.prototype fill <folder>    tables as they stand before the file
    python -m bench.peers.prototype post <file>

No Django, no sealed numbers, no history, one transaction. Rows go to the server as the workbook
gives them, while it takes in those before; one parallel statement asks what a row can be asked
alone, small ones find what must not be posted, and clean rows are inserted under few indexes.
"""

import csv
import io
import os
import sys
import time
from itertools import islice
from pathlib import Path

import psycopg2
import python_calamine

from bench.peers.told import tell

SQL = Path(__file__).parent / "sql"
TABLES = {
    "resident": "residents",
    "enrolment": "enrolments",
    "identity": "identities",
    "determination": "determinations",
    "town": "towns",
    "tier": "tiers",
    "proxy": "proxies",
    "ledger (id, year, scheme_id, resident_id, village_code, kind, source, amount, tier_amount,"
    " paid_on, receipt, reverses_id)": "ledger",
}
COPY_ROWS = (
    "copy raw (seq, id_number, name, item, year, payment_type, tier, amount, paid_on, treasury_on,"
    " tax_state, channel, receipt, determination, town, village)"
    " from stdin (format csv, null 'no such text')"
)
STEPS = ("judge", "find_known", "find_others", "find_second", "post", "count", "close")
BLOCK = 2000


class Rows:
    """The sheet's rows as a file of CSV, written a block at a time as the server asks for more."""

    def __init__(self, path):
        self.rows = python_calamine.load_workbook(path).get_sheet_by_index(0).iter_rows()
        next(self.rows)

    def read(self, _size):
        text = io.StringIO()
        csv.writer(text).writerows(islice(self.rows, BLOCK))
        return text.getvalue().encode()


def fill(folder):
    """Make the tables and fill them with the county."""
    connection = _connect()
    with connection, connection.cursor() as cursor:
        cursor.execute((SQL / "tables.sql").read_text(encoding="utf-8"))
        for table, name in TABLES.items():
            with open(folder / f"{name}.csv", "rb") as file:
                cursor.copy_expert(f"copy {table} from stdin (format csv, header)", file)
        cursor.execute((SQL / "indexes.sql").read_text(encoding="utf-8"))


def post(path):
    """Post the file, and return the seconds of each step and the rows of the sheet posted."""
    connection = _connect()
    cursor = connection.cursor()
    cursor.execute("select (select count(*) from resident), (select count(*) from ledger)")
    connection.commit()
    statements = {step: (SQL / f"{step}.sql").read_text(encoding="utf-8") for step in STEPS}
    seconds, last = {}, time.perf_counter()

    def note(name):
        nonlocal last
        seconds[name] = time.perf_counter() - last
        last += seconds[name]

    cursor.execute((SQL / "raw.sql").read_text(encoding="utf-8"))
    if path.suffix == ".csv":
        with open(path, "rb", buffering=0) as file:
            file.readline()
            cursor.copy_expert(COPY_ROWS[:-1] + ", encoding 'GB18030')", file, size=1 << 18)
    else:
        source = Rows(path)
        note("open")
        cursor.copy_expert(COPY_ROWS, source, size=1 << 22)
    note("copy")
    for step, statement in statements.items():
        cursor.execute(statement)
        note(step)
    connection.commit()
    note("commit")
    # The header is the sheet's first row.
    cursor.execute("select row_no + 1 from raw where row_no not in (select row_no from held)")
    return seconds, [row for (row,) in cursor.fetchall()]


def _connect():
    return psycopg2.connect(os.environ["DATABASE_URL"])


if __name__ == "__main__":
    deed, place = sys.argv[1:]
    if deed == "fill":
        fill(Path(place))
    else:
        tell(*post(Path(place)))
