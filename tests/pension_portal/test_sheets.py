"""Whatever a clerk uploads is read as the same rows."""

import io
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from pension_portal.cells import id_texts
from pension_portal.identity import faults
from pension_portal.sheets import EmptyFile, NoRows, TooBig, UnreadableText, open_sheets

FIXTURES = Path(__file__).parents[1] / "fixtures"
TODAY = date(2021, 3, 20)
TABLE = [["证件号码", "姓名", "金额"], ["990101196801010013", "赵㼆·艾力", "200"]]
TEXT = "证件号码,姓名,金额\r\n990101196801010013,赵㼆·艾力,200\r\n"


def read(name):
    return open_sheets((FIXTURES / name).read_bytes(), name)


def rows_of(sheet):
    return [list(row) for _first, rows in sheet.blocks() for row in rows]


def xlsx(fill):
    """Return the bytes of a workbook that `fill(book)` has filled."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    fill(book)
    book.close()
    return out.getvalue()


def one_sheet(rows):
    def fill(book):
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write(line, place, cell)

    return xlsx(fill)


@pytest.mark.parametrize(
    "name",
    [
        "libreoffice.csv",
        "libreoffice.xls",
        "libreoffice.xlsx",
        "libreoffice.ods",
        "libreoffice_html.xls",
        "libreoffice_xml.xls",
    ],
)
def test_the_same_table_written_by_another_program_reads_the_same(name):
    (sheet,) = read(name)
    rows = rows_of(sheet)

    assert rows[2][:4] == ["序号", "身份证件号码", "缴费人姓名", "费款所属期"]
    assert rows[4] == [
        *("1", "990101196801010013", "王桂兰", "2021-01-01", "2021-12-31"),
        *("200", "399010210305000001"),
    ]
    assert rows[5][2] == "买买提·艾力"
    assert rows[6][2] == "赵㼆"
    assert [row[:2] for row in rows[7:]] == [["", "合计"], ["审核人：", ""]]


@pytest.mark.requirement("A51")
@pytest.mark.parametrize("name", ["libreoffice_damaged.xls", "libreoffice_damaged.xlsx"])
def test_ids_that_a_spreadsheet_turned_into_numbers_are_named_as_damaged(name):
    (sheet,) = read(name)
    columns = list(zip(*rows_of(sheet)[4:7], strict=True))

    ids, marks = id_texts(columns[1])

    assert marks == ["number"] * 3
    assert ids[0] == "990101196801010000"
    assert faults(ids, TODAY, marks) == ["damaged"] * 3
    assert columns[3][0] == date(2021, 1, 1)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace(",", "\t").encode("gb18030"),
        TEXT.replace(",", "\t").encode("utf-16"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "|").encode(),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("\r\n", "\r").encode(),
    ],
)
@pytest.mark.parametrize("name", ["缴费.csv", "缴费.txt", "缴费.xls"])
def test_text_is_read_in_any_encoding_and_under_any_name(data, name):
    (sheet,) = open_sheets(data, name)

    assert rows_of(sheet) == TABLE


def test_rows_keep_the_number_they_have_in_the_file():
    blank_above = one_sheet([[], [], ["甲"], [], ["乙"]])

    (sheet,) = open_sheets(blank_above, "a.xlsx")

    assert list(sheet.blocks()) == [(1, [("",), ("",), ("甲",), ("",), ("乙",)])]
    assert [first for first, _rows in sheet.blocks(size=2)] == [1, 3, 5]
    (text,) = open_sheets("甲,1\n\n乙,2\n".encode(), "a.csv")
    assert rows_of(text) == [["甲", "1"], ["", ""], ["乙", "2"]]


def test_a_quoted_line_break_is_one_cell_of_one_row():
    (sheet,) = open_sheets(b'a,b\n"x\ny",1\nz,2\n', "a.csv")

    assert rows_of(sheet) == [["a", "b"], ["x\ny", "1"], ["z", "2"]]


def test_columns_and_rows_are_two_views_of_the_same_block():
    rows = [[f"行{n}", n, n / 2] for n in range(12_000)]

    (sheet,) = open_sheets(one_sheet(rows), "a.xlsx")

    blocks = list(sheet.column_blocks())
    assert [first for first, _columns in blocks] == [1, 5001, 10001]
    assert [cell for _first, columns in blocks for cell in columns[1]] == list(range(12_000))
    assert rows_of(sheet) == rows
    assert sheet.head(3) == [tuple(row) for row in rows[:3]]


def test_every_kind_of_cell_arrives_as_plain_python():
    def fill(book):
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["文", 1, 2.5, True])
        sheet.write_datetime(0, 4, datetime(2021, 1, 5), day)
        sheet.write_datetime(0, 5, datetime(2021, 1, 5, 3, 4), day)
        sheet.write_string(0, 6, "上\n下")

    (sheet,) = open_sheets(xlsx(fill), "a.xlsx")

    assert sheet.head() == [
        ("文", 1.0, 2.5, True, date(2021, 1, 5), datetime(2021, 1, 5, 3, 4), "上\n下")
    ]


def test_several_sheets_are_told_apart_and_hidden_ones_named():
    def fill(book):
        book.add_worksheet("甲").write(0, 0, "a")
        hidden = book.add_worksheet("乙")
        hidden.write(0, 0, "b")
        hidden.hide()
        book.add_worksheet("空")

    first, second, third = open_sheets(xlsx(fill), "a.xlsx")

    assert [(s.number, s.name, s.hidden) for s in (first, second, third)] == [
        (1, "甲", False),
        (2, "乙", True),
        (3, "空", False),
    ]
    assert (first.head(), second.head(), third.head()) == ([("a",)], [("b",)], [])
    assert second.warnings() == ["这张工作表是隐藏的。"]


def test_a_chart_is_no_sheet_but_keeps_its_number():
    def fill(book):
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=数!$A$1:$A$2"})
        book.add_chartsheet("图").set_chart(chart)
        book.add_worksheet("数").write_column(0, 0, [1, 2])

    (sheet,) = open_sheets(xlsx(fill), "a.xlsx")

    assert (sheet.number, sheet.name, sheet.head()) == (2, "数", [(1.0,), (2.0,)])


def test_a_workbook_of_wps_is_an_old_workbook_under_another_name():
    (sheet,) = open_sheets((FIXTURES / "libreoffice.xls").read_bytes(), "缴费.et")

    assert sheet.head()[4][1] == "990101196801010013"


def test_a_sheet_left_in_the_middle_does_not_spoil_the_next():
    rows = [[n] for n in range(12_000)]

    def fill(book):
        for name in ("甲", "乙"):
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, [name, *row])

    first, second = open_sheets(xlsx(fill), "a.xlsx")
    next(first.blocks())

    assert {row[0] for row in rows_of(second)} == {"乙"}
    assert len(rows_of(first)) == 12_000


def test_formulas_without_a_result_and_hidden_rows_are_pointed_out():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["金额", "合计"])
        sheet.write_formula(1, 1, "=SUM(A1:A9)", value="")
        sheet.write_formula(2, 1, "=1+1", value=2)
        sheet.set_row(4, None, None, {"hidden": True})

    (sheet,) = open_sheets(xlsx(fill), "a.xlsx")

    assert sheet.survey.first_empty_formula == "B2"
    assert sheet.warnings() == [
        "B2 等 1 格的公式没有算出结果，按空格读入。打开文件另存后再传。",
        "有 1 行被隐藏或筛掉，也一并读入。",
    ]
    assert sheet.head()[1:] == [("", ""), ("", 2.0)]


def test_a_web_page_that_calls_itself_xls_is_read_with_its_merged_cells():
    page = """<html><meta charset="gb2312"><table border=1>
    <tr><td colspan="3">缴费&nbsp;明细</td></tr>
    <tr><td rowspan=2>姓名</td><td colspan=2>费款期</td></tr>
    <tr><td>起</td><td>止</td></tr>
    <TR><TD>张<b>三</b></TD><TD x:num>1&lt;2</TD><TD>上<br/>下</TD>
    <tr><td>李四<td>x<td>y</table>"""

    (sheet,) = open_sheets(page.encode("gb18030"), "缴费.xls")

    assert rows_of(sheet) == [
        ["缴费\xa0明细", "", ""],
        ["姓名", "费款期", ""],
        ["", "起", "止"],
        ["张三", "1<2", "上\n下"],
        ["李四", "x", "y"],
    ]


def test_gaps_in_an_xml_spreadsheet_keep_rows_and_columns_in_place():
    book = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
     xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="甲"><Table>
     <Row><Cell ss:MergeAcross="1"><Data ss:Type="String">题</Data></Cell>
      <Cell><Data ss:Type="Boolean">1</Data></Cell></Row>
     <Row ss:Index="4" ss:Hidden="1"><Cell ss:Index="2"><Data ss:Type="Number">5.5</Data></Cell>
      <Cell ss:Formula="=R1C1"/></Row>
     <Row><Cell><Data ss:Type="DateTime">2021-01-05T00:00:00.000</Data></Cell></Row>
     </Table></Worksheet><Worksheet ss:Name="乙"><Table/></Worksheet></Workbook>"""

    first, second = open_sheets(book.encode(), "缴费.xls")
    in_gb = book.replace('"1.0"', '"1.0" encoding="gb2312"').encode("gb18030")
    assert [s.name for s in open_sheets(in_gb, "缴费.xls")] == ["甲", "乙"]

    assert rows_of(first) == [
        ["题", "", True],
        ["", "", ""],
        ["", "", ""],
        ["", 5.5, ""],
        [datetime(2021, 1, 5), "", ""],
    ]
    assert first.survey.empty_formulas == first.survey.hidden_rows == 1
    assert (second.name, rows_of(second)) == ("乙", [])


def test_a_long_text_is_read_in_little_memory(tmp_path):
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    data = b"990101196801010013,name,200\n" * 300_000

    (sheet,) = open_sheets(data, "a.csv")

    assert sum(len(rows) for _first, rows in sheet.blocks()) == 300_000
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 60 * 1024


def test_what_holds_nothing_is_refused():
    with pytest.raises(EmptyFile, match="是空文件"):
        open_sheets(b"", "a.csv")
    with pytest.raises(NoRows):
        open_sheets(b"\n\n,,,\n", "a.csv")
    with pytest.raises(NoRows):
        open_sheets(one_sheet([]), "a.xlsx")
    with pytest.raises(TooBig, match="超过 1 MB。按乡镇或日期拆成几个文件后再传"):
        open_sheets(b"a,b\n" * 500_000, "a.csv", most_bytes=1024**2)


def test_a_text_that_breaks_halfway_says_in_which_line():
    data = ("姓名,金额\n" + "王桂兰,200\n" * 40).encode() + b"\xd5\xc5\xc8\xfd,5\n"

    with pytest.raises(UnreadableText, match="第 42 行"):
        open_sheets(data, "a.csv")
