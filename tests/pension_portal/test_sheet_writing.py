"""What leaves the portal can be opened, summed and printed, and nothing in it runs."""

import io
import shutil
import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pension_portal.sheet_writing import TableColumn, mark_labels, write_marked_copy, write_table
from pension_portal.sheets import WrongKind, open_sheets
from tests.pension_portal.test_sheets import FIXTURES, one_sheet, rows_of

ID = "990101196801010013"
COLUMNS = [
    TableColumn("证件号码", width=20),
    TableColumn("姓名"),
    TableColumn("金额（元）", "amount"),
    TableColumn("缴款日期", "day"),
    TableColumn("完成率", "percent"),
]
ROW = [ID, "赵㼆·艾力", Decimal("1234.50"), date(2021, 3, 5), 0.85]
DANGEROUS = [
    "=1+1",
    "=cmd|'/c calc'!A1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "{=1+1}",
    "http://example.com/",
    "internal:Sheet1!A1",
    "1234567890123456789",
    "001",
]


def written(columns, rows, **said):
    out = io.BytesIO()
    write_table(out, columns, rows, title=said.pop("title", "缴费明细"), **said)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


def marked(data, name, marks, **said):
    out = io.BytesIO()
    write_marked_copy(data, name, marks, out, **said)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


def values(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


# --- tables -----------------------------------------------------------------------------------


def test_ids_are_texts_and_amounts_are_numbers():
    book = written(COLUMNS, [ROW])

    cells = book.worksheets[0][3]

    assert [cell.data_type for cell in cells] == ["s", "s", "n", "d", "n"]
    assert [cell.value for cell in cells[:3]] == [ID, "赵㼆·艾力", 1234.5]
    assert cells[3].value == datetime(2021, 3, 5)
    assert [cell.number_format for cell in cells] == ["@", "@", "#,##0.00", "yyyy-mm-dd", "0.00%"]


def test_a_table_is_ready_to_print():
    sheet = written(COLUMNS, [ROW]).worksheets[0]

    assert sheet["A1"].value == "缴费明细"
    assert [cell.value for cell in sheet[2]] == [column.label for column in COLUMNS]
    assert sheet.freeze_panes == "A3"
    assert sheet.print_title_rows == "$1:$2"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.oddFooter.center.text == "第 &P 页/共 &N 页"


def test_the_notes_say_what_was_exported():
    notes = [("筛选", "东湾镇 未缴"), ("操作人", "赵"), ("数据截至", "2021-03-20 18:00")]

    book = written(COLUMNS, [ROW, ROW], notes=notes)

    assert book.sheetnames == ["数据", "说明"]
    assert values(book["说明"]) == [["表名", "缴费明细"], *map(list, notes), ["行数", "2"]]


def test_an_empty_table_still_has_its_header_and_empty_cells_stay_empty():
    assert len(values(written(COLUMNS, []).worksheets[0])) == 2
    row = written(COLUMNS, [[ID, "", None, None, None]]).worksheets[0][3]
    assert [cell.value for cell in row] == [ID, None, None, None, None]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_comes_to_life(text):
    book = written([TableColumn("一"), TableColumn("二", "amount")], [[text, text]], title=text)

    sheet = book.worksheets[0]
    assert [(cell.data_type, cell.value) for cell in sheet[3]] == [("s", text)] * 2
    assert sheet["A1"].data_type == "s"
    assert sheet["A3"].hyperlink is None


def test_a_text_that_could_be_a_formula_stays_one_after_editing():
    book = written([TableColumn("一")], [["=1+1"], ["王桂兰"]])

    assert book.worksheets[0]["A3"].quotePrefix
    assert not book.worksheets[0]["A4"].quotePrefix


def test_moments_are_shown_in_the_time_of_the_county():
    moment = datetime(2021, 3, 20, 10, 0, tzinfo=UTC)

    sheet = written([TableColumn("时间", "moment")], [[moment]]).worksheets[0]

    assert sheet["A3"].value == datetime(2021, 3, 20, 18, 0)


def test_what_a_spreadsheet_cannot_hold_is_made_to_fit():
    sheet = written([TableColumn("一")], [["长" * 40_000], ["\ud800x"], ["a\x01b"]]).worksheets[0]

    assert len(sheet["A3"].value) == 32767
    assert sheet["A4"].value == "?x"


def test_the_file_we_write_we_can_read_again():
    out = io.BytesIO()
    write_table(out, COLUMNS, [ROW], title="缴费明细")

    data, notes = open_sheets(out.getvalue(), "导出.xlsx")

    assert rows_of(data)[2] == [ID, "赵㼆·艾力", 1234.5, date(2021, 3, 5), 0.85]
    assert notes.name == "说明"


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)


@settings(max_examples=20, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_any_text_arrives_as_it_left(texts):
    out = io.BytesIO()
    write_table(out, [TableColumn("一")], [[text] for text in texts], title="题")

    data, _notes = open_sheets(out.getvalue(), "a.xlsx")

    assert [row[0] for row in rows_of(data)[2:]] == texts


AS_UTF8_CSV = "csv:Text - txt - csv (StarCalc):44,34,76"


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not here")
def test_another_program_finds_no_formula_in_it(tmp_path):
    path = tmp_path / "out.xlsx"
    write_table(path, [TableColumn("一")], [[text] for text in DANGEROUS[:5]], title="=1+1")

    subprocess.run(
        [*["soffice", "--headless", "--convert-to"], AS_UTF8_CSV, "--outdir", tmp_path, path],
        check=True,
        capture_output=True,
        timeout=120,
    )

    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert lines == ["=1+1", "一", *DANGEROUS[:5]]


# --- marked copies -------------------------------------------------------------------------------

MARKS = {(1, 6): ("身份证号最后一位对不上", "核对第 17、18 位"), (1, 7): ("金额不是档次", "=改")}


def test_a_clerk_gets_the_own_workbook_back_with_reasons():
    data = (FIXTURES / "libreoffice.xlsx").read_bytes()
    before = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]

    sheet = marked(data, "缴费.xlsx", MARKS, header_rows={1: 4}).worksheets[0]

    assert [row[:7] for row in values(sheet)] == values(before)
    assert [cell.value for cell in sheet[4][7:]] == mark_labels()
    assert [cell.value for cell in sheet[6][7:]] == [6, *MARKS[1, 6]]
    assert [cell.value for cell in sheet[7][7:]] == [7, *MARKS[1, 7]]
    assert sheet["J7"].data_type == "s"
    filled = [row for row in range(1, 10) if sheet.cell(row, 2).fill.fgColor.rgb == "00FFF2CC"]
    assert filled == [6, 7]
    assert sheet["B6"].data_type == "s"


def test_formulas_and_formats_of_the_own_workbook_survive():
    book = openpyxl.Workbook()
    book.active.append(["姓名", "金额"])
    book.active.append(["王桂兰", 200])
    book.active.append(["合计", "=SUM(B2:B2)"])
    book.active["A1"].font = openpyxl.styles.Font(bold=True)
    out = io.BytesIO()
    book.save(out)

    sheet = marked(out.getvalue(), "a.xlsx", {(1, 2): ("甲", "乙")}).worksheets[0]

    assert sheet["B3"].value == "=SUM(B2:B2)"
    assert sheet["A1"].font.bold
    assert [cell.value for cell in sheet[1]] == ["姓名", "金额", *mark_labels()]


@pytest.mark.parametrize("name", ["libreoffice.xls", "libreoffice.csv", "libreoffice.ods"])
def test_of_other_files_the_header_and_the_faulty_rows_come_back(name):
    data = (FIXTURES / name).read_bytes()

    sheet = marked(data, name, MARKS, header_rows={1: 4}).worksheets[0]

    rows = values(sheet)
    assert len(rows) == 6
    assert rows[3][7:] == mark_labels()
    assert rows[4] == [
        *("2", "990101197506150245", "买买提·艾力", "2021-01-01", "2021-12-31", "1,000.00"),
        *("399010210305000002", 6, *MARKS[1, 6]),
    ]
    assert sheet["B5"].data_type == sheet["J6"].data_type == "s"
    assert sheet.freeze_panes == "A5"


def test_a_long_workbook_comes_back_as_its_faulty_rows():
    data = one_sheet([["证件号码", "姓名"], *[[ID, f"人{n}"] for n in range(20_001)]])

    sheet = marked(data, "a.xlsx", {(1, 15_000): ("甲", "乙")}).worksheets[0]

    assert values(sheet) == [
        ["证件号码", "姓名", *mark_labels()],
        [ID, "人14998", 15_000, "甲", "乙"],
    ]


def test_a_marked_copy_read_again_still_has_its_ids():
    out = io.BytesIO()
    write_marked_copy((FIXTURES / "libreoffice.xls").read_bytes(), "a.xls", MARKS, out)

    (sheet,) = open_sheets(out.getvalue(), "a.xlsx")

    assert "990101197506150245" in {row[1] for row in rows_of(sheet)}


def test_what_cannot_be_read_cannot_be_marked():
    with pytest.raises(WrongKind):
        write_marked_copy(b"%PDF-1.7", "a.pdf", MARKS, io.BytesIO())
