"""A long table holds, cell for cell, what a short one would."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from pension_portal.long_tables import write_long_table
from pension_portal.sheet_writing import TableColumn, write_table

COLUMNS = [
    TableColumn("证件号码", width=22),
    TableColumn("金额（元）", "amount"),
    TableColumn("年龄", "number"),
    TableColumn("缴款日期", "day"),
]
ROWS = [
    ["34120219680101001X", Decimal("300.00"), 45, date(2021, 3, 5)],
    ["=1+1", "未定", None, ""],
    ["@SUM(A1)", Decimal("0.10"), "四十", "2021-03-05"],
    ["<b>&amp;</b> 㼆𬭊", -1, 0, date(1900, 3, 1)],
    [" 前后空格 ", None, None, None],
]
OPTIONS = {"title": "参保 <花名册>", "notes": [("用途", "核对")], "watermark": "林秋 A&B"}


def written_by(write, rows=ROWS):
    target = io.BytesIO()
    count = write(target, COLUMNS, rows, **OPTIONS)
    return count, openpyxl.load_workbook(target)


def cells_of(book):
    return [
        [
            (
                cell.value,
                cell.data_type,
                cell.number_format,
                cell.quotePrefix,
                cell.border.left.style,
            )
            for cell in row
        ]
        for sheet in book
        for row in sheet.iter_rows(max_col=4)
    ]


def test_a_long_table_is_what_a_short_one_would_be():
    count, long = written_by(write_long_table)
    _count, short = written_by(write_table)

    assert count == 5
    assert cells_of(long) == cells_of(short)
    sheet = long.worksheets[0]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A3", "$1:$2")
    assert sheet.oddHeader.right.text == short.worksheets[0].oddHeader.right.text
    assert long.defined_names == short.defined_names


def test_nothing_in_it_runs_and_nothing_breaks_it():
    rows = [["=cmd|' /C calc'!A0\x00\x0b", 1, 1, None], ["]]>\r\n\ud800", None, None, None]]

    _count, book = written_by(write_long_table, rows)

    first, second = (book.worksheets[0].cell(line, 1) for line in (3, 4))
    assert (first.data_type, first.quotePrefix) == ("s", True)
    assert first.value == "=cmd|' /C calc'!A0"
    assert second.value.startswith("]]>")


@pytest.mark.parametrize("count", [0, 1, 2_500])
def test_the_notes_say_how_many_rows_there_are(count):
    written, book = written_by(write_long_table, [["x", 1, 1, None]] * count)

    assert written == count
    assert book.worksheets[0].max_row == max(2, count + 2)
    assert dict(book.worksheets[1].iter_rows(values_only=True))["行数"] == str(count)
