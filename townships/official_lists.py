"""Read the lists a county hands over (区划表、任务分解表): titles, one header, rows, perhaps a sum.

A sheet that lacks a required column is passed over; rows keep their number in the sheet.
"""

from typing import NamedTuple

from pension_portal.cells import cell_text
from pension_portal.columns import find_header
from pension_portal.sheets import open_sheets
from townships.errors import NoSuchTable


class Row(NamedTuple):
    """A row of a list: its number in the sheet, and its cells as texts by field."""

    row_no: int
    cells: dict


def read_list(data, file_name, columns):
    """Return the rows below the header of the first sheet that has it; blank rows are left out.

    Refuses NoSuchTable, and what the sheets refuse.
    """
    for sheet in open_sheets(data, file_name):
        header = find_header(sheet.head(), columns)
        if header.is_known and not header.missing:
            return list(_rows_below(sheet, header))
    required = "、".join(column.label for column in columns if column.required)
    raise NoSuchTable(name=file_name, columns=required)


def _rows_below(sheet, header):
    for first, rows in sheet.blocks():
        for row_no, cells in enumerate(rows, start=first):
            texts = {field: cell_text(cells[place]) for field, place in header.mapping.items()}
            if row_no >= header.first_data_row and any(texts.values()):
                yield Row(row_no, texts)
