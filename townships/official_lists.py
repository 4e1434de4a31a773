"""Read the lists a county hands over (区划表、任务分解表): title rows, one header, then rows, then
perhaps a sum.

Whatever stands above the header is skipped; a column is known by its title once blanks, brackets
and units are gone.
"""

import re
import unicodedata
from typing import NamedTuple

from pension_portal.cells import cell_text
from pension_portal.sheets import open_sheets
from townships.errors import NoSuchTable

MOST_ROWS_ABOVE_THE_HEADER = 15
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]|[\s*:：]")


class Row(NamedTuple):
    """A row of a list: its number in the sheet and its cells by column title, as texts."""

    row_no: int
    cells: dict


def read_list(data, file_name, columns, optional=()):
    """Return the rows below the header that names all `columns`; blank rows are left out.

    Refuses NoSuchTable, and what the sheets refuse.
    """
    for sheet in open_sheets(data, file_name):
        if rows := _rows_of(sheet, columns, optional):
            return rows
    raise NoSuchTable(name=file_name, columns="、".join(columns))


def title_key(text):
    """Return a column title without blanks, units and signs: 「全年任务数(人)」 is 全年任务数."""
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", str(text)))


def _rows_of(sheet, columns, optional):
    found, places = [], None
    for first, rows in sheet.blocks():
        for row_no, cells in enumerate(rows, start=first):
            if places is None:
                if row_no > MOST_ROWS_ABOVE_THE_HEADER:
                    return None
                places = _places(cells, columns, optional)
                continue
            texts = {title: cell_text(cells[place]) for title, place in places.items()}
            if any(texts.values()):
                found.append(Row(row_no, texts))
    return found if places else None


def _places(cells, columns, optional):
    """Return where each column stands if this row is the header, else None."""
    keys = [title_key(cell_text(cell)) for cell in cells]
    if any(column not in keys for column in columns):
        return None
    return {title: keys.index(title) for title in (*columns, *optional) if title in keys}
