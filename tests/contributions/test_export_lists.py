"""Lists that leave the portal: who may take how many, who agrees, what is in them, for how long."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from pension_portal.doors import NotAllowed
from pension_portal.files import read_file
from pension_portal.jobs import run_job
from staff import exporting
from staff.exporting import (
    LinkIsOver,
    NobodyToExport,
    NotYourExport,
    TooManyExportsToday,
    TooManyForPaper,
    download_export,
    drop_old_exports,
    hand_over,
    kind_of,
    order_export,
)
from staff.models import AuditEntry, DutyKind, Export
from staff.models import exports as register
from tests import county as places
from townships.models import Area


@pytest.fixture(autouse=True)
def in_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def bay(county, gui_lan):
    return Area.objects.get(pk=county.EAST_BAY)


@pytest.fixture
def two_are_many(monkeypatch):
    monkeypatch.setattr(register, "MOST_BY_ONESELF", 1)


def ordered(area, *, by, kind="roster", query="", form="xlsx"):
    return order_export(kind, area, query, form=form, reason="核对参保信息", by=by)


def written(export):
    run_job(Export.objects.get(pk=export.pk).job_id)
    return Export.objects.select_related("file", "job").get(pk=export.pk)


def sheets_of(export):
    book = openpyxl.load_workbook(io.BytesIO(read_file(export.file)))
    data, notes = book.worksheets
    rows = list(data.iter_rows(min_row=2, values_only=True))
    return data, rows, dict(notes.iter_rows(values_only=True))


@pytest.mark.requirement("A44", "Y58")
def test_a_roster_holds_the_areas_people_masked(bay, zhao, gui_lan, county):
    county.enrolled("石大", county.STONE_VILLAGE)

    export = written(ordered(bay, by=zhao))

    _sheet, rows, notes = sheets_of(export)
    assert rows[0][:5] == ("乡镇（街道）", "村（社区）", "组", "户主", "姓名")
    assert [(row[0], row[1], row[4], row[7]) for row in rows[1:]] == [
        ("东湾镇", "李家村", "张桂兰", "*" * 14 + gui_lan.id_last4)
    ]
    assert notes["导出编号"] == str(export.pk)
    assert notes["用途"] == "核对参保信息"
    assert notes["导出人"].startswith("赵明")
    assert notes["行数"] == "1"


def test_every_page_bears_who_took_it(bay, zhao):
    export = written(ordered(bay, by=zhao))

    sheet, _rows, _notes = sheets_of(export)

    assert export.watermark in sheet.oddHeader.right.text


@pytest.mark.requirement("A44")
def test_the_unpaid_and_the_paid_are_lists_too(bay, zhao, mei, gui_lan, county):
    county.policy()
    county.posts_by_itself()
    other = county.enrolled("李四")
    county.process(county.payment_row(gui_lan), by=mei)

    unpaid = written(ordered(bay, by=zhao, kind="unpaid", query="year=2021"))
    paid = written(ordered(bay, by=zhao, kind="paid", query="year=2021&source=own"))

    assert [row[4] for row in sheets_of(unpaid)[1][1:]] == [other.name]
    assert [(row[3], row[6]) for row in sheets_of(paid)[1][1:]] == [("张桂兰", 300)]


def test_a_list_is_what_its_filter_finds(bay, zhao, county, gui_lan):
    county.enrol(county.resident("钱二", born_on=date(1950, 1, 1)), status="drawing")

    assert ordered(bay, by=zhao, query="status=drawing").rows == 1
    assert ordered(bay, by=zhao).rows == 2
    with pytest.raises(NobodyToExport):
        ordered(bay, by=zhao, query="status=terminated")


def test_above_the_limit_somebody_else_agrees_first(bay, qian, county, two_are_many):
    county.enrolled("李四")
    wu = county.staff("吴敏", DutyKind.TOWN_REVIEWER, county.EAST_BAY)

    export = ordered(bay, by=wu)

    assert (export.state, export.job) == ("submitted", None)
    exporting.approve_export(export, by=qian)
    assert written(export).is_ready
    assert sheets_of(written(export))[2]["审批人"] == "钱程"


def test_a_clerk_takes_no_long_list_and_nobody_signs_their_own(
    bay, zhao, lin, county, two_are_many
):
    county.enrolled("李四")

    with pytest.raises(NotAllowed):
        ordered(bay, by=zhao)
    export = ordered(bay, by=lin)
    with pytest.raises(NotAllowed):
        exporting.approve_export(export, by=lin)

    assert list(Export.objects.values_list("state", "job")) == [("submitted", None)]


def test_the_fourth_long_list_of_a_day_is_refused(bay, lin, county, two_are_many):
    county.enrolled("李四")
    for _number in range(3):
        ordered(bay, by=lin)

    with pytest.raises(TooManyExportsToday, match="已申请 3 次"):
        ordered(bay, by=lin)

    assert Export.objects.count() == 3


def test_only_its_maker_gets_the_file_and_only_for_a_day(bay, zhao, county):
    colleague = county.staff("吴敏", DutyKind.TOWN_CLERK, county.EAST_BAY)
    export = written(ordered(bay, by=zhao))
    path = exporting.store_bytes.__globals__["_path"](export.file.stored_as)

    assert download_export(export, by=zhao) == export.file
    with pytest.raises(NotYourExport, match="只能由本人下载"):
        download_export(export, by=colleague)
    Export.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(LinkIsOver):
        download_export(export, by=zhao)

    assert Export.objects.get().downloads == 1
    assert path.exists()


def test_what_is_over_is_taken_away_and_stays_in_the_register(
    bay, zhao, django_capture_on_commit_callbacks
):
    export = written(ordered(bay, by=zhao))
    path = exporting.store_bytes.__globals__["_path"](export.file.stored_as)
    Export.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    with django_capture_on_commit_callbacks(execute=True):
        drop_old_exports()

    assert not path.exists()
    assert Export.objects.get().file is None


@pytest.mark.requirement("M35")
def test_the_tax_bureaus_roster_has_full_numbers_two_people_and_a_log(bay, lin, qian, gui_lan):
    export = ordered(bay, by=lin, kind="tax_roster", query="year=2021")
    assert export.state == "submitted"
    exporting.approve_export(export, by=qian)
    export = written(export)

    _sheet, rows, _notes = sheets_of(export)
    assert rows[0][:3] == ("身份证件号码", "缴费人姓名", "身份证件类型")
    assert rows[1][:3] == (gui_lan.id_number, "张桂兰", "居民身份证")
    handed = hand_over(export, day=date(2021, 3, 20), to="税务局 周某", by=lin)
    assert (handed.handed_over_to, handed.handed_over_by) == ("税务局 周某", lin)


@pytest.mark.requirement("M35", "X20")
def test_the_tax_bureaus_roster_of_medical_insurance_names_its_people_alone(
    bay, lin, qian, gui_lan, county
):
    child = county.enrolled("孩子", scheme=county.MEDICAL, born_on=date(2015, 1, 2))
    export = ordered(bay, by=lin, kind="tax_roster", query="scheme=3&year=2021")
    exporting.approve_export(export, by=qian)

    _sheet, rows, _notes = sheets_of(written(export))

    assert [row[0] for row in rows[1:]] == [child.id_number]


def test_paper_has_a_column_to_sign_and_an_end(bay, zhao, county, monkeypatch):
    export = written(ordered(bay, by=zhao, form="pdf"))
    assert read_file(export.file).startswith(b"%PDF")

    monkeypatch.setattr(exporting, "MOST_ROWS_ON_PAPER", 0)
    with pytest.raises(TooManyForPaper, match="选到镇或村"):
        ordered(bay, by=zhao, form="pdf")


@pytest.mark.parametrize("kind", ["roster", "unpaid", "paid", "tax_roster"])
def test_a_list_is_of_ones_own_area_alone(bay, sun, kind, county):
    query = QueryDict("year=2021")

    assert kind_of(kind).count(county.EAST_BAY, query, sun) == 0


@pytest.mark.parametrize("kind", ["roster", "unpaid", "paid", "tax_roster"])
def test_reading_costs_one_statement_however_many(
    bay, zhao, county, kind, django_assert_num_queries
):
    for number in range(20):
        county.enrolled(f"李{number}")
    listed = kind_of(kind)
    people = listed.people(county.EAST_BAY, QueryDict("year=2021"), zhao)

    with django_assert_num_queries(1):
        rows = list(map(listed.cells({}), people))

    assert all(len(row) == len(listed.columns) for row in rows)


def test_the_pages_take_a_list_from_its_order_to_its_download(bay, zhao, client, gui_lan):
    client.force_login(zhao)
    address = reverse("staff:new_export") + "?kind=roster"
    assert "1 人" in client.get(address).content.decode()

    made = client.post(address, {"form": "xlsx", "reason": "核对"})
    export = Export.objects.get()
    written(export)
    page = client.get(made.url).content.decode()
    file = client.post(reverse("staff:download_export", args=[export.pk]))

    assert "下载 1 人" in page
    assert b"".join(file.streaming_content).startswith(b"PK")
    assert "参保花名册" in client.get(reverse("staff:exports")).content.decode()
    assert AuditEntry.objects.filter(action="download_export", staff=zhao).count() == 1


def test_an_order_without_a_reason_is_refused(bay, zhao, client):
    client.force_login(zhao)

    answer = client.post(reverse("staff:new_export"), {"form": "xlsx", "reason": ""})

    assert answer.status_code == 422
    assert "写明名单用在哪里" in answer.content.decode()
    assert not Export.objects.exists()


@pytest.mark.requirement("A33")
def test_a_persons_record_is_printed_and_on_record(county, mei, zhao, sun, gui_lan, client):
    county.policy()
    county.posts_by_itself()
    county.process(county.payment_row(gui_lan), by=mei)
    url = reverse("contributions:payment_record", args=[gui_lan.pk])
    client.force_login(zhao)

    answer = client.get(url)
    client.force_login(sun)

    assert answer.content.startswith(b"%PDF")
    assert AuditEntry.objects.filter(action="print_record", staff=zhao).count() == 1
    assert client.get(url).status_code == 404


@pytest.mark.requirement("A33")
def test_the_record_says_that_the_tax_receipt_is_the_proof(county, mei, zhao, gui_lan):
    from contributions.payment_records import paper_of
    from staff.audit import record

    county.policy()
    county.posts_by_itself()
    county.process(county.payment_row(gui_lan), by=mei)

    paper = paper_of(gui_lan, place="李家村", entry=record("print_record", gui_lan, by=zhao))

    assert "以税务部门凭证为准" in paper["foot"][0]
    assert gui_lan.id_number not in str(paper)
    assert paper["total"]["row"][4] == "300.00"
    assert places.balance() == 0
