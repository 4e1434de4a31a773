"""A clerk takes the error file out, repairs some rows, and gives it back: only those are posted."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from contributions.errors import FeedWaitsForPosting
from contributions.judging import strip_of
from contributions.models import FeedRepair, FeedSettings, Handling, PaymentException
from contributions.originals import marked_copy
from contributions.repairing import give_back_repair
from contributions.undoing import undo_settlement
from pension_portal.jobs import run_job
from tests import county as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def misnamed(county, mei):
    """Five people of 东湾镇 paid under other names, one of 西岭镇 too; one row was posted."""
    county.policy()
    county.posts_by_itself()
    payers = [county.enrolled(f"王{name}") for name in "一二三四五"]
    payers.append(county.enrolled("石大山", people.STONE_VILLAGE))
    rows = [county.payment_row(payer, name=f"李{payer.name[1:]}") for payer in payers]
    rows.insert(3, county.payment_row(county.enrolled("张桂兰")))
    return county.process(content=as_workbook(rows), name="导出.xlsx", by=mei)


def as_workbook(rows):
    """Return an .xlsx as the bureau makes one: a title above the header, numbers as text."""
    book = Workbook()
    sheet = book.active
    sheet.append(["城乡居民养老保险缴费明细"])
    sheet.append(people.HEADER.split(","))
    for row in rows:
        sheet.append(row.split(","))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repaired(feed, changes, row_nos=None):
    """Return the error file with some cells changed; `changes` is sheet row → {column: value}."""
    content, _name = marked_copy(feed, row_nos)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    header = next(row for row in sheet.iter_rows() if any(cell.value == "行号" for cell in row))
    places = {cell.value: cell.column for cell in header}
    for row in sheet.iter_rows(min_row=header[0].row + 1):
        number = row[places["行号"] - 1].value
        for label, value in changes.get(number, {}).items():
            row[places[label] - 1].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def give_back(feed, content, by, name="修好.xlsx"):
    repair, _is_new = give_back_repair(feed, people.upload(content, name), by=by)
    run_job(repair.job_id)
    repair.refresh_from_db()
    return repair


def outcomes(repair):
    return {line["sheet_row"]: line["outcome"] for line in repair.lines}


def names(*numbers):
    """Return the repair of some rows: the right names."""
    right = {3: "王一", 4: "王二", 5: "王三", 7: "王四", 8: "王五", 9: "石大山"}
    return {number: {"姓名": right[number]} for number in numbers}


def test_only_what_was_repaired_is_posted(county, misnamed, qian):
    assert PaymentException.objects.open().count() == 6

    repair = give_back(misnamed, repaired(misnamed, names(3, 5)), qian)

    assert outcomes(repair) == {
        3: "posted",
        4: "unchanged",
        5: "posted",
        7: "unchanged",
        8: "unchanged",
        9: "unchanged",
    }
    assert PaymentException.objects.open().count() == 4
    strip = strip_of(misnamed)
    assert (strip["posted"]["rows"], strip["held"]["rows"]) == (3, 4)
    assert strip["posted"]["amount"] + strip["held"]["amount"] == misnamed.amount
    assert set(Handling.objects.values_list("deed", "done_by")) == {("repair", qian.pk)}
    assert county.balance() == 0


def test_the_same_file_given_back_again_changes_nothing(county, misnamed, qian):
    content = repaired(misnamed, names(3))
    first = give_back(misnamed, content, qian)

    again, is_new = give_back_repair(misnamed, people.upload(content, "again.xlsx"), by=qian)
    other = give_back(misnamed, repaired(misnamed, names(4)), qian)

    assert (again, is_new) == (first, False)
    assert county.transfers().count() == 3
    assert "posted" in outcomes(other).values()
    assert FeedRepair.objects.count() == 2


def test_a_row_repaired_twice_in_different_files_is_settled_already(county, misnamed, qian):
    content = repaired(misnamed, names(3))
    later = repaired(misnamed, names(3, 4))
    give_back(misnamed, content, qian)

    repair = give_back(misnamed, later, qian, name="later.xlsx")

    assert (outcomes(repair)[3], outcomes(repair)[4]) == ("settled", "posted")
    assert county.balance() == 0


def test_ids_come_back_as_the_text_they_were(misnamed, qian):
    content, _name = marked_copy(misnamed)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active

    ids = [row[0] for row in sheet.iter_rows(min_row=3, values_only=True)]

    assert all(isinstance(text, str) and len(text) == 18 for text in ids)


def test_a_repaired_row_with_another_objection_stays_under_it(county, misnamed, qian):
    repair = give_back(
        misnamed, repaired(misnamed, {3: {"姓名": "王一", "缴费年度": "2030"}}), qian
    )

    assert outcomes(repair)[3] == "held"
    exception = PaymentException.objects.get(row_no=1)
    assert (exception.code, exception.name, exception.state) == ("E07", "王一", "open")
    assert strip_of(misnamed)["held"]["rows"] == 6


def test_money_is_what_the_bureau_says(county, misnamed, qian):
    repair = give_back(misnamed, repaired(misnamed, {3: {"姓名": "王一", "实缴金额": "500"}}), qian)

    assert outcomes(repair)[3] == "money"
    assert "以税务为准" in repair.lines[0]["words"]
    assert county.transfers().count() == 1


def test_a_sum_for_two_people_waits_in_the_queue(county, misnamed, qian):
    FeedSettings.objects.update(review_above=200)

    repair = give_back(misnamed, repaired(misnamed, names(3)), qian)

    assert outcomes(repair)[3] == "large"
    assert PaymentException.objects.open().count() == 6
    assert county.transfers().count() == 1


def test_a_town_repairs_its_own_rows_alone(county, misnamed, zhao):
    ours = [1, 2, 3, 5, 6]
    content = repaired(misnamed, names(3), ours)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert "石大山" not in {cell.value for row in sheet.iter_rows() for cell in row}
    assert sheet.max_row == 2 + len(ours)

    repair = give_back(misnamed, repaired(misnamed, names(3, 9)), zhao)

    assert (outcomes(repair)[3], outcomes(repair)[9]) == ("posted", "busy")


def test_what_a_repair_posted_is_undone_like_any_deed(county, misnamed, qian):
    give_back(misnamed, repaired(misnamed, names(3)), qian)
    exception = PaymentException.objects.get(row_no=1)
    assert (exception.name, exception.state) == ("王一", "posted")

    undo_settlement(exception, by=qian)

    exception.refresh_from_db()
    assert (exception.name, exception.code, exception.state) == ("李一", "E02", "open")
    assert county.balance() == 0


def test_one_repaired_row_takes_as_many_queries_as_many(county, misnamed, qian):
    counts = []
    for number, rows in enumerate(((3,), (4, 5, 7, 8, 9))):
        content = repaired(misnamed, names(*rows))
        repair, _is_new = give_back_repair(
            misnamed, people.upload(content, f"{number}.xlsx"), by=qian
        )
        with CaptureQueriesContext(connection) as asked:
            run_job(repair.job_id)
        counts.append(len(asked))

    assert county.transfers().count() == 7
    assert counts[0] == counts[1]


def test_a_file_of_other_columns_is_refused_and_nothing_changes(county, misnamed, qian):
    book = Workbook()
    book.active.append(["姓名", "金额"])
    out = io.BytesIO()
    book.save(out)

    repair = give_back(misnamed, out.getvalue(), qian)

    assert repair.applied_at is None
    repair.job.refresh_from_db()
    assert "行号" in repair.job.message
    assert county.transfers().count() == 1


def test_nothing_is_given_back_to_a_file_that_was_not_posted(county, mei, qian):
    feed = county.feed(mei)

    with pytest.raises(FeedWaitsForPosting):
        give_back_repair(feed, people.upload(b"x"), by=qian)

    assert not FeedRepair.objects.exists()


def test_a_clerk_takes_out_and_gives_back_at_the_door(client, county, misnamed, zhao, sun):
    client.force_login(zhao)
    page = client.get(reverse("contributions:repairs")).content.decode()
    assert reverse("contributions:exception_faults", args=[misnamed.pk]) in page

    out = client.get(reverse("contributions:exception_faults", args=[misnamed.pk]))
    assert out["Content-Disposition"].startswith("attachment")
    content = repaired(misnamed, names(3), [1, 2, 3, 5, 6])
    answer = client.post(
        reverse("contributions:give_back_repair", args=[misnamed.pk]),
        {"file": people.upload(content, "修好.xlsx")},
    )
    repair = FeedRepair.objects.get()
    assert answer["Location"] == reverse("contributions:repair", args=[repair.pk])
    run_job(repair.job_id)
    assert "已入账" in client.get(answer["Location"]).content.decode()
    client.force_login(sun)
    assert client.get(answer["Location"]).status_code == 404
