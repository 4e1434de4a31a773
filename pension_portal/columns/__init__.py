"""Find out which column of a sheet holds what (认列).

    header = find_header(sheet.head(), COLUMNS)
    header.mapping  →  {"id_number": 1, "name": 2, "amount": 6}
    for block in data_blocks(sheet, header):
        block.cells["amount"], block.row_numbers, block.noise

Two witnesses are heard: what a column is called, and what it holds. Names vary from office to
office and may lie; contents may not: an ID column passes the checksum, and the 18 digits of a tax
receipt do not. Where the witnesses disagree, or one is missing, the clerk is asked, and the answer
is kept under the header's signature for the next file that looks the same.
"""

import hashlib
from datetime import date
from typing import NamedTuple

from pension_portal import identity
from pension_portal.cells import cell_text, id_texts
from pension_portal.columns.contents import Holding, was_an_id
from pension_portal.columns.header import (
    Column,
    Header,
    Question,
    apply_mapping,
    column_words,
)
from pension_portal.columns.mapping import Mapping
from pension_portal.columns.names import (
    Place,
    find_place,
    is_heading,
    joined,
    matches,
    names_of,
    normal,
)
from pension_portal.columns.noise import SHORTEST_ID, is_numbering, is_row_noise, is_total

__all__ = [
    "Column",
    "DataBlock",
    "Header",
    "Question",
    "apply_mapping",
    "column_words",
    "data_blocks",
    "find_header",
    "is_row_noise",
    "normal",
]

SAMPLE_ROWS = 200
FEWEST_CELLS = 3


def find_header(rows, columns, today=date.max):
    """Return the Header of a sheet from its first rows (`sheet.head()`).

    There is always an answer. Where a row heads the columns in words that nobody knows, or none
    does (`row` is 0), `is_known` is false and the columns are told from what they hold. Without
    `today`, no birthday counts as in the future.
    """
    rows = [[cell_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    names = names_of(columns)
    known = find_place(rows, names)
    first_id = 0 if known else _first_id_row(rows, today)
    place = known or _unknown_place(rows[:first_id])
    texts = place.texts if place else [""] * max(map(len, rows), default=0)
    first = _skip_numbering(rows, place.end if place else first_id)
    holdings = _holdings(rows[first : first + SAMPLE_ROWS], len(texts), today)
    mapping = Mapping(columns, texts, holdings, matches(texts, names), has_names=bool(known))
    mapping.settle()
    if place and any("万元" in str(cell) for row in rows[: place.start] for cell in row):
        mapping.ask_about_units()
    taken = mapping.taken()
    return Header(
        row=place.start + 1 if place else 0,
        first_data_row=first + 1,
        labels=tuple(texts),
        mapping=mapping.places,
        kinds={c.field: c.looks_like for c in columns if c.field in mapping.places},
        signature=_signature(texts, holdings),
        confidence=mapping.confidence(),
        unmatched=tuple(i for i, text in enumerate(texts) if text and i not in taken),
        missing=mapping.missing(),
        questions=tuple(mapping.questions),
        also=mapping.also,
        header_texts=_texts_by_row(rows, place),
        is_known=bool(known),
        holdings=tuple(holdings),
    )


def _unknown_place(above):
    """Return the place of the row next above the data that may head its columns, or None."""
    for index in reversed(range(len(above))):
        filled = [cell for cell in above[index] if cell != ""]
        if len(filled) >= FEWEST_CELLS and is_heading(filled) and not is_numbering(above[index]):
            return Place(0, index, index + 1, joined([above[index]]))
    return None


def _holdings(sample, width, today):
    telling = [row for row in sample if _is_telling(row, width)]
    return [
        Holding([row[i] for row in telling if i < len(row) and row[i] != ""], today)
        for i in range(width)
    ]


def _is_telling(row, width):
    """Tell whether a row may stand for the data: no total and not nearly empty."""
    filled = [str(cell) for cell in row if cell != ""]
    return len(filled) >= min(FEWEST_CELLS, width) and not any(map(is_total, filled))


def _texts_by_row(rows, place):
    """Return, for each row of the header, its normal texts: to know it again on the next page."""
    block = rows[place.start : place.end] if place else []
    return tuple(frozenset(filter(None, map(normal, row))) for row in block)


def _signature(texts, holdings):
    """Return what stands for this layout: the same for next month's file, another for others."""
    parts = [normal(text) for text in texts]
    while parts and not parts[-1]:
        parts.pop()
    if not parts:
        parts = ["no header", *(holding.kind() for holding in holdings)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _first_id_row(rows, today):
    for index, row in enumerate(rows):
        ids, marks = id_texts([cell for cell in row if cell != ""])
        if None in identity.faults(ids, today, marks) or any(map(was_an_id, ids, marks)):
            return index
    return 0


def _skip_numbering(rows, first):
    while first < len(rows) and (is_numbering(rows[first]) or not any(map(str, rows[first]))):
        first += 1
    return first


class DataBlock(NamedTuple):
    """Some thousand rows of data: their numbers in the file, and the cells of each mapped field.

    `columns` are all columns of the sheet, for keeping a row as it was; `noise` is (row number,
    kind) of the rows left out.
    """

    row_numbers: list[int] | range
    cells: dict[str, list]
    columns: list[list]
    noise: list[tuple[int, str]]

    def rows(self):
        """Return the rows as they were, all columns."""
        return list(zip(*self.columns, strict=True))


def data_blocks(sheet, header):
    """Yield a sheet's data by columns, below its header, rows that are no data left out."""
    for first, columns in sheet.column_blocks():
        height = len(columns[0]) if columns else 0
        skipped = max(header.first_data_row - first, 0)
        if skipped >= height:
            continue
        if skipped:
            columns = [column[skipped:] for column in columns]
        yield _data_block(first + skipped, height - skipped, columns, header)


def _data_block(first, height, columns, header):
    row_numbers = range(first, first + height)
    noise = {}
    for position in _suspects(columns, height, header):
        row = [column[position] for column in columns]
        if kind := is_row_noise(row, header):
            noise[position] = kind
    if noise:
        kept = [position for position in range(height) if position not in noise]
        columns = [[column[position] for position in kept] for column in columns]
        row_numbers = [first + position for position in kept]
    absent = [""] * len(row_numbers)
    cells = {
        name: columns[place] if place < len(columns) else absent
        for name, place in header.mapping.items()
    }
    return DataBlock(row_numbers, cells, columns, [(first + p, k) for p, k in noise.items()])


def _suspects(columns, height, header):
    """Return the positions of rows without a plain ID: only these are looked at one by one."""
    index = header.id_column
    if index is None or index >= len(columns):
        return range(height)
    return [
        position
        for position, cell in enumerate(columns[index])
        if type(cell) is not str or len(cell) < SHORTEST_ID or not cell[:8].isdigit()
    ]
