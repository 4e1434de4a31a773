"""One workbook for each village, from the county's own template or the portal's."""

import io
import zipfile

import openpyxl
import pytest
from django.urls import reverse
from openpyxl.styles import Font, PatternFill

from contributions import papers
from contributions.bundles import order_bundle
from contributions.errors import TemplateUnreadable, TemplateWithoutName
from contributions.filling import fill_template, read_template
from contributions.messages import BUILT_IN, fill_message
from contributions.models import CountyPapers, ListBundle
from pension_portal.files import read_file
from pension_portal.jobs import run_job
from pension_portal.models import Job
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


def made(area, by, **fields):
    """Order a bundle and do a worker's work on it; return {name in the zip: its workbook}."""
    bundle = order_bundle(
        Area.objects.get(pk=area),
        **({"scheme_id": 1, "year": 2021, "query": "", "reason": "", "by": by} | fields),
    )
    run_job(bundle.job_id)
    bundle.refresh_from_db()
    assert bundle.job.state == Job.State.DONE, bundle.job.message
    with zipfile.ZipFile(io.BytesIO(read_file(bundle.file))) as packed:
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
    bundle = ListBundle.objects.get()
    assert (bundle.people, bundle.villages) == (3, 2)


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


def test_full_numbers_need_a_reason_and_are_for_who_gave_it(client, zhao, lin, county):
    county.enrolled("李甲", phone="15400000011")
    client.force_login(zhao)
    address = reverse("contributions:order_villages", args=[EAST_BAY])

    assert client.post(address, {"phones": "1", "reason": ""}).status_code == 400
    assert not ListBundle.objects.exists()
    client.post(address, {"phones": "1", "reason": "电话催缴"})

    bundle = ListBundle.objects.get()
    run_job(bundle.job_id)
    file = reverse("contributions:bundle_file", args=[bundle.pk])
    assert client.get(file).status_code == 200
    client.force_login(lin)
    assert client.get(file).status_code == 409


def test_a_bundle_made_twice_is_made_once(zhao, county):
    county.enrolled("李甲")
    bundle = order_bundle(
        Area.objects.get(pk=EAST_BAY), scheme_id=1, year=2021, query="", reason="", by=zhao
    )
    run_job(bundle.job_id)
    Job.objects.filter(pk=bundle.job_id).update(state="queued", steps_done=0)

    run_job(bundle.job_id)

    first = ListBundle.objects.get().file_id
    assert first is not None
    assert Job.objects.get(pk=bundle.job_id).state == "done"


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
