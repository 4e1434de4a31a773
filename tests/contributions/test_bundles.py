"""One workbook for each village, from the county's own template or the portal's."""

import io
import zipfile

import openpyxl
import pytest
from django.urls import reverse
from openpyxl.styles import Font, PatternFill

from contributions import papers
from contributions.errors import TemplateUnreadable, TemplateWithoutName
from contributions.filling import fill_template, read_template
from contributions.messages import BUILT_IN, fill_message
from contributions.models import CountyPapers
from pension_portal.doors import NotAllowed
from pension_portal.files import read_file
from pension_portal.jobs import run_job
from pension_portal.models import Job
from staff import exporting
from staff.exporting import order_export
from staff.models import Export
from staff.models import exports as register
from tests.county import COUNTY, EAST_BAY, LI_VILLAGE, WANG_VILLAGE, upload
from townships.models import Area


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


def template(*header, title="{镇}{村}{年度}年未缴名单", foot="负责人签字："):
    """Return a county's own workbook: title, header, one styled row, a line to sign."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = title
    sheet.merge_cells("A1:D1")
    for column, heading in enumerate(header or ("序号", "姓名", "身份证号", "备注"), start=1):
        sheet.cell(3, column, heading)
        sheet.cell(4, column).font = Font(name="仿宋", size=14)
        sheet.cell(4, column).fill = PatternFill("solid", fgColor="FFEEDD")
    sheet.row_dimensions[4].height = 30
    sheet["A5"] = foot
    sheet.merge_cells("A5:D5")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ordered(area, by, *, kind="villages"):
    place = Area.objects.get(pk=area)
    return order_export(kind, place, "scheme=1&year=2021", form="zip", reason="电话催缴", by=by)


def made(area, by, **fields):
    """Order workbooks by village and do a worker's work; return {name in the zip: its workbook}."""
    return books_of(ordered(area, by, **fields))


def books_of(export):
    export.refresh_from_db()
    run_job(export.job_id)
    export.refresh_from_db()
    assert export.job.state == Job.State.DONE, export.job.message
    with zipfile.ZipFile(io.BytesIO(read_file(export.file))) as packed:
        return {
            name: openpyxl.load_workbook(io.BytesIO(packed.read(name)))
            for name in packed.namelist()
        }


@pytest.mark.requirement("Y33")
def test_each_village_has_a_workbook_in_the_folder_of_its_town(zhao, county):
    county.enrolled("李甲", phone="15400000011")
    county.enrolled("李乙")
    county.enrolled("王甲", WANG_VILLAGE)

    books = made(EAST_BAY, zhao)

    assert sorted(books) == ["东湾镇/李家村201.xlsx", "东湾镇/王家社区202.xlsx"]
    sheet = books["东湾镇/李家村201.xlsx"].worksheets[0]
    names = [row[3] for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert names == ["李甲", "李乙"]
    assert "15400000011" not in [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert sheet.print_title_rows == "$1:$2"
    assert "&P" in sheet.oddFooter.center.text
    export = Export.objects.get()
    assert (export.rows, export.state, export.reason) == (3, "draft", "电话催缴")
    assert export.watermark in sheet.oddHeader.right.text


def test_the_countys_own_template_is_filled_and_its_row_copied(lin, zhao, county):
    person = county.enrolled("李甲")
    county.enrolled("李乙")
    county.enrolled("李丙")
    papers.set_template(upload(template(), "我县模板.xlsx"), by=lin)

    sheet = made(LI_VILLAGE, zhao)["东湾镇/李家村201.xlsx"].active

    assert sheet["A1"].value == "东湾镇李家村2021年未缴名单"
    assert [sheet.cell(row, 2).value for row in (4, 5, 6)] == ["李甲", "李乙", "李丙"]
    assert sheet["C4"].value == f"{person.id_number[:6]}********{person.id_number[-4:]}"
    assert (sheet["B6"].font.name, sheet["B6"].fill.fgColor.rgb) == ("仿宋", "00FFEEDD")
    assert sheet.row_dimensions[6].height == 30
    assert sheet["A7"].value == "负责人签字："
    assert "A7:D7" in [str(area) for area in sheet.merged_cells.ranges]
    assert sheet.print_title_rows == "$1:$3"
    assert Export.objects.get().watermark in sheet.oddHeader.right.text


def test_a_list_shorter_than_its_template_leaves_no_second_person():
    content = template()
    header_row, columns = read_template(content, "模板.xlsx")

    filled = fill_template(
        content, "模板.xlsx", header_row=header_row, columns=columns, rows=[], places={}
    )

    assert openpyxl.load_workbook(io.BytesIO(filled)).active["B4"].value is None


def test_columns_are_known_by_their_words_and_changed_by_hand(lin, county):
    papers.set_template(upload(template("编号", "参保人", "手机号码", "情况"), "模板.xlsx"), by=lin)
    found = CountyPapers.of(COUNTY)
    assert (found.header_row, found.columns) == (3, {"A": "number", "B": "name", "C": "phone"})

    papers.map_columns({"B": "name", "D": "outcome", "E": "nonsense"}, by=lin)

    assert CountyPapers.of(COUNTY).columns == {"B": "name", "D": "outcome"}


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(template("甲", "乙"), TemplateWithoutName), ("姓名,电话\n".encode(), TemplateUnreadable)],
)
def test_a_template_that_cannot_serve_is_refused_and_the_old_one_stays(
    lin, county, content, refusal
):
    papers.set_template(upload(template(), "模板.xlsx"), by=lin)

    with pytest.raises(refusal):
        papers.set_template(upload(content, "新模板.xlsx"), by=lin)

    assert CountyPapers.of(COUNTY).template.name == "模板.xlsx"


def test_a_text_that_begins_like_a_formula_stays_a_text(lin, zhao, county):
    county.enrolled("=1+1")
    papers.set_template(upload(template(), "模板.xlsx"), by=lin)

    cell = made(LI_VILLAGE, zhao)["东湾镇/李家村201.xlsx"].active["B4"]

    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_above_the_limit_no_workbook_is_made_before_somebody_else_agrees(county, qian, monkeypatch):
    monkeypatch.setattr(register, "MOST_BY_ONESELF", 1)
    wu = county.staff("吴敏", "town_reviewer", EAST_BAY)
    county.enrolled("李甲")
    county.enrolled("王甲", WANG_VILLAGE)

    export = ordered(EAST_BAY, wu)

    assert (export.state, export.job, export.file) == ("submitted", None, None)
    exporting.approve_export(export, by=qian)
    assert sorted(books_of(export)) == ["东湾镇/李家村201.xlsx", "东湾镇/王家社区202.xlsx"]
    with pytest.raises(exporting.NotYourExport):
        exporting.download_export(export, by=qian)


def test_above_the_limit_a_clerk_orders_none(zhao, county, monkeypatch):
    monkeypatch.setattr(register, "MOST_BY_ONESELF", 0)
    county.enrolled("李甲")

    with pytest.raises(NotAllowed):
        ordered(EAST_BAY, zhao)

    assert not Export.objects.exists()
    assert not Job.objects.exists()


def test_full_numbers_are_for_duties_that_may_see_them(client, zhao, lin, county):
    county.enrolled("李甲", phone="15400000011")

    with pytest.raises(NotAllowed):
        ordered(EAST_BAY, lin, kind="villages_phones")
    client.force_login(lin)
    address = reverse("staff:new_export")
    assert client.get(address, {"kind": "villages_phones"}).status_code == 403
    assert not Export.objects.exists()

    sheet = made(EAST_BAY, zhao, kind="villages_phones")["东湾镇/李家村201.xlsx"].worksheets[0]
    assert "15400000011" in [cell for row in sheet.iter_rows(values_only=True) for cell in row]


def test_the_page_orders_a_zip_and_nothing_else(client, zhao, sun, county):
    county.enrolled("李甲")
    client.force_login(zhao)
    address = f"{reverse('staff:new_export')}?kind=villages&area={EAST_BAY}&year=2021"

    refused = client.post(address, {"form": "xlsx", "reason": "催缴"})
    made = client.post(address, {"form": "zip", "reason": "催缴"})

    assert refused.status_code == 422
    export = Export.objects.get()
    assert made.url == reverse("staff:export", args=[export.pk])
    books_of(export)
    file = client.post(reverse("staff:download_export", args=[export.pk]))
    assert b"".join(file.streaming_content).startswith(b"PK")
    client.force_login(sun)
    assert client.get(address).status_code == 404
    assert client.post(reverse("staff:download_export", args=[export.pk])).status_code == 404


def test_a_zip_made_twice_is_made_once(zhao, county):
    county.enrolled("李甲")
    export = ordered(EAST_BAY, zhao)
    run_job(export.job_id)
    first = Export.objects.get().file_id
    Job.objects.filter(pk=export.job_id).update(state="queued", steps_done=0)

    run_job(export.job_id)

    assert Export.objects.get().file_id == first is not None
    assert Job.objects.get(pk=export.job_id).state == "done"


def test_a_message_holds_no_full_number_whatever_the_county_writes(client, lin, county):
    client.force_login(lin)

    answer = client.post(
        reverse("contributions:save_message"), {"message": "990101197503021234 还没缴"}
    )

    assert answer.status_code == 422
    assert CountyPapers.of(COUNTY).message == ""
    text = fill_message(
        BUILT_IN,
        name="张桂兰",
        id_last4="1234",
        year=2021,
        village="李家村",
        tier=300,
        due_on="12-31",
    )
    assert text.startswith("张桂兰（证件尾号1234）：2021年")
