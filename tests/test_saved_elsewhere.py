"""The county's other forms as LibreOffice saves them: what is read is what the first file said."""

from collections import Counter
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contributions.bank_statements import receive_statement
from contributions.models import BankStatement
from demo.county import make_county
from demo.lists import write_disabled, write_low_income
from demo.rosters import write_roster
from enrollment.models import RosterFault, RosterImport
from enrollment.rosters import job_of, receive_roster
from oversight.demo_money import COLUMNS
from pension_portal.jobs import run_job
from pension_portal.sheet_writing import write_table
from tests import county as people
from tests import demo_county
from tests.enrollment.lists import send
from tests.libreoffice import FORMS, needs_libreoffice, saved_again

pytestmark = needs_libreoffice

BANK_ROWS = [
    [date(2021, 3, 8), "微信", "城乡居民基本养老保险", 1204, 361200.5],
    [date(2021, 3, 9), "银行柜面", "城乡居民基本养老保险", 3, -300],
]


@pytest.fixture(scope="module")
def made():
    return make_county(scale=0.003, villages=15)


@pytest.fixture(params=FORMS)
def again(request, tmp_path):
    """Return a function from a workbook to the same as LibreOffice saves it in one form."""
    return lambda path: saved_again(path, request.param, tmp_path / "again")


def test_a_roster(db, made, tmp_path, again):
    demo_county.put_places_in_place(made, tmp_path)
    clerk = people.staff("梅雨", "data_admin", made.code)
    written = write_roster(tmp_path / "花名册.xlsx", made)

    roster, _is_new = receive_roster(_upload(again(written.path)), area_code=made.code, by=clerk)
    run_job(job_of(roster).pk)

    roster = RosterImport.objects.get(pk=roster.pk)
    refused = RosterFault.objects.filter(roster=roster, is_warning=False)
    assert roster.rows_new == written.people
    rows = set(refused.values_list("row_number", flat=True))
    assert rows == {row for row, _reason in written.refused}


@pytest.mark.parametrize(
    ("write", "of", "identities"),
    [(write_disabled, "残联", ["disabled"]), (write_low_income, "民政局", ["low_income"])],
)
def test_a_departments_list(db, made, tmp_path, again, write, of, identities):
    demo_county.put_in_place(made, tmp_path)
    clerk = people.staff("梅雨", "data_admin", made.code)
    path = tmp_path / "名单.xlsx"
    write(path, made)

    first = send(clerk, path.read_bytes(), of=of, identities=identities)
    saved = again(path)
    second = send(clerk, saved.read_bytes(), of=of, identities=identities, name=saved.name)

    assert first.pk != second.pk
    assert _compared(first) == _compared(second)
    assert sum(_compared(first).values()) > 0


def test_a_statement_of_the_bank(db, made, tmp_path, again):
    demo_county.put_places_in_place(made, tmp_path)
    cashier = people.staff("钱多", "finance", made.code)
    path = tmp_path / "银行到账.xlsx"
    write_table(path, COLUMNS, BANK_ROWS, title="代收到账合计")

    statement, _is_new = receive_statement(_upload(again(path)), source="bank", by=cashier)
    run_job(statement.job_id)

    statement = BankStatement.objects.get(pk=statement.pk)
    lines = statement.lines.order_by("row").values_list("day", "payments", "amount")
    assert [list(line) for line in lines] == [[row[0], *row[3:]] for row in BANK_ROWS]
    assert statement.faults == []


def _upload(path):
    return SimpleUploadedFile(path.name, path.read_bytes())


def _compared(received):
    """Return how many people of a list are new, changed, dropped."""
    return Counter(received.changes.values_list("kind", flat=True))
