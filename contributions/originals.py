"""Rows as they stood in the file, out of sealed blocks, and the file itself with marks (原始行).

Cells lie column by column in a block of five thousand rows. One row is cut out of it without
splitting the rest: 10 ms instead of 30.
"""

import io
import zlib
from collections import defaultdict

from django.utils.translation import gettext as _

from contributions.layouts import SECRET_FIELDS
from contributions.models import FeedRow
from contributions.reading import CELL_END, COLUMN_END
from contributions.verdicts import HELD_CODES
from pension_portal.files import read_file
from pension_portal.identity import SENTENCES
from pension_portal.secrecy import unseal
from pension_portal.sheet_writing import write_marked_copy

FEW = 20  # above, a column is split whole


def row_as_it_was(feed, row):
    """Return [(label, text, is secret)] for the cells of a row as they stood in the file."""
    return labelled(feed, row, rows_as_they_were(feed, [row.row_no])[row.row_no])


def labelled(feed, row, texts):
    """Return [(label, text, is secret)] for the texts of a row."""
    sheet = sheet_of(feed, row)
    secret = {sheet["places"].get(field) for field in SECRET_FIELDS}
    return [
        (label, text, place in secret)
        for place, (label, text) in enumerate(zip(sheet["labels"], texts, strict=False))
    ]


def sheet_of(feed, row):
    """Return what is kept of the sheet a row stands in: its number, labels and places."""
    return next(sheet for sheet in feed.sheets if sheet["number"] == row.sheet_number)


def cell_of(feed, row, texts, field):
    """Return the text of one field of a row; '' where the file has no such column."""
    place = sheet_of(feed, row)["places"].get(field)
    return "" if place is None or place >= len(texts) else texts[place]


def rows_as_they_were(feed, row_nos):
    """Return {row number: texts of its cells}; each block of the file is opened once."""
    blocks = feed.blocks.filter(rows__gt=0).order_by("-first_row_no")
    firsts = list(blocks.values_list("first_row_no", "number"))
    wanted = defaultdict(list)
    for row_no in row_nos:
        wanted[next(number for first, number in firsts if first <= row_no)].append(row_no)
    found = {}
    for block in feed.blocks.filter(number__in=wanted):
        places = [row_no - block.first_row_no for row_no in wanted[block.number]]
        found |= zip(wanted[block.number], _cut_out(block, places), strict=True)
    return found


def _cut_out(block, places):
    """Return the texts of some rows of a block, in the order of `places`."""
    text = zlib.decompress(unseal(block.sealed_cells)).decode()
    columns = text.split(COLUMN_END)
    if len(places) > FEW:
        whole = [column.split(CELL_END) for column in columns]
        return [tuple(column[place] for column in whole) for place in places]
    return [
        tuple(column.split(CELL_END, place + 1)[place] for column in columns) for place in places
    ]


def marked_copy(feed, row_nos=None):
    """Return (bytes, name) of the clerk's own file with reason and remedy beside each held row.

    With `row_nos` the copy holds those rows only: who may see a part of a file gets that part.
    """
    held = FeedRow.objects.filter(
        county_code=feed.county_code, year=feed.year, feed_id=feed.pk, verdict__in=HELD_CODES
    )
    if row_nos is not None:
        held = held.filter(row_no__in=row_nos)
    marks = {(row.sheet_number, row.sheet_row): _mark(row) for row in held}
    out = io.BytesIO()
    only_marked = row_nos is not None
    write_marked_copy(read_file(feed.file), feed.file.name, marks, out, only_marked=only_marked)
    stem = feed.file.name.rpartition(".")[0] or feed.file.name
    return out.getvalue(), _("%(name)s（异常行）.xlsx") % {"name": stem}


def _mark(row):
    """Return (reason, remedy) of a held row; a number at fault is told which fault it is."""
    fault = SENTENCES.get(row.id_fault) if row.verdict == "E01" else None
    remedy = row.ruling.remedy if fault is None else f"{fault}；{row.ruling.remedy}"
    return f"{row.verdict} {row.ruling.name}", str(remedy)
