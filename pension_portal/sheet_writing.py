"""Write tables that a county officer can open, print and send on (导出).

An ID number is text, or its last digits are lost; an amount is a number, or it cannot be summed; a
text that begins with = is a text, or it runs. Long tables are written row by row and take no more
memory than short ones.

A clerk who sent a faulty file gets that file back, with the place, the reason and the remedy beside
each faulty row.
"""

import io
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
import xlsxwriter
from django.utils.timezone import is_aware, make_naive
from django.utils.translation import gettext as _
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from pension_portal.sheets import ZIP, open_sheets
from pension_portal.sheets.archives import Archive
from pension_portal.sheets.sheet import MOST_COLUMNS

LAST_ROW = 1_048_576
LONGEST_TEXT = 32767
MOST_ROWS_KEPT = 20_000  # above this a workbook is not kept whole: loading it would take minutes
MOST_BYTES_KEPT = 64 * 1024**2
MARK_WIDTHS = (8, 36, 36)
# It has no error of its own for a file it does not understand; a broken part is a SyntaxError.
OPENPYXL_COMPLAINTS = (
    *(InvalidFileException, LookupError, ValueError, TypeError, AttributeError),
    *(SyntaxError, OSError, AssertionError, BadZipFile),
)
A4 = 9
HEADER_SEARCH_ROWS = 15
DANGEROUS_STARTS = ("=", "+", "-", "@", "\t", "\r")
AMOUNT_FORMAT, TEXT_FORMAT = "#,##0.00", "@"
DAY_FORMAT, MOMENT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
FAULTY_COLOUR = "FFF2CC"


@dataclass(frozen=True)
class TableColumn:
    """A column to write: its header, its width in characters, and what it holds.

    `kind` is text, amount, number, percent, day or moment. What does not fit is written as text.
    """

    label: str
    kind: str = "text"
    width: int = 14


def write_table(target, columns, rows, *, title, notes=(), watermark="", said_rows=None):
    """Write a table to a path or binary file, and return how many rows it has.

    `columns` are TableColumn, `rows` any iterable of sequences in the same order, `notes` pairs of
    (what, value) for the 说明 sheet: filter, time, operator, 数据截至. A table longer than a sheet
    goes on in the next. `watermark` is printed above every page; `said_rows` is the number of rows
    that 说明 names, where somebody else writes them.
    """
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        },
    )
    with book:
        styles = _Styles(book)
        writers = [_writer(column.kind, styles) for column in columns]
        sheet, line, count = None, LAST_ROW, 0
        for row in rows:
            if line >= LAST_ROW:
                sheet, line = _begin_sheet(book, columns, title, styles, count), 2
                _set_watermark(sheet, watermark)
            for place, (write, value) in enumerate(zip(writers, row, strict=True)):
                if value is not None and value != "":
                    write(sheet, line, place, value)
            line += 1
            count += 1
        if sheet is None:
            _begin_sheet(book, columns, title, styles, 0)
        _write_notes(
            book, styles, title, [*notes, (_("行数"), count if said_rows is None else said_rows)]
        )
    return count


class _Styles:
    def __init__(self, book):
        cell = {"font_size": 10, "border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}
        self.title = book.add_format({"bold": True, "font_size": 14, "align": "center"})
        self.header = book.add_format(
            cell | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#DDEBF7"}
        )
        self.text = book.add_format(cell | {"num_format": TEXT_FORMAT})
        # A leading = would come to life when the cell is edited; the prefix keeps it text.
        self.quoted = book.add_format(cell | {"num_format": TEXT_FORMAT, "quote_prefix": True})
        self.amount = book.add_format(cell | {"num_format": AMOUNT_FORMAT})
        self.number = book.add_format(cell | {"num_format": "0"})
        self.percent = book.add_format(cell | {"num_format": "0.00%"})
        self.day = book.add_format(cell | {"num_format": DAY_FORMAT, "align": "center"})
        self.moment = book.add_format(cell | {"num_format": MOMENT_FORMAT, "align": "center"})
        self.faulty = book.add_format(cell | {"num_format": TEXT_FORMAT, "bg_color": "#FFF2CC"})
        self.note = book.add_format({"text_wrap": True, "valign": "top", "num_format": TEXT_FORMAT})


def _writer(kind, styles):
    """Return the function that writes one cell of a kind; what does not fit is written as text."""

    def write_text(sheet, line, place, value):
        text = plain_text(value)
        style = styles.quoted if text.startswith(DANGEROUS_STARTS) else styles.text
        sheet.write_string(line, place, text, style)

    def write_number(sheet, line, place, value):
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            sheet.write_number(line, place, float(value), getattr(styles, kind))
        else:
            write_text(sheet, line, place, value)

    def write_moment(sheet, line, place, value):
        if isinstance(value, datetime) and is_aware(value):
            value = make_naive(value)
        if isinstance(value, date):
            sheet.write_datetime(line, place, value, getattr(styles, kind))
        else:
            write_text(sheet, line, place, value)

    special = {"text": write_text, "day": write_moment, "moment": write_moment}
    return special.get(kind, write_number)


def plain_text(value):
    """Return a value as text a spreadsheet can hold: no lone surrogates, no longer than a cell."""
    text = value if isinstance(value, str) else _shown(value)
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - 1] + "…"
    return text.encode("utf-8", "replace").decode()


def _shown(value):
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return str(value)


def _begin_sheet(book, columns, title, styles, rows_before):
    name = _("数据") if not rows_before else _("数据(续 %d)") % (len(book.worksheets()) + 1)
    sheet = book.add_worksheet(name)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    if len(columns) > 1:
        sheet.merge_range(0, 0, 0, len(columns) - 1, plain_text(title), styles.title)
    else:
        sheet.write_string(0, 0, plain_text(title), styles.title)
    for place, column in enumerate(columns):
        sheet.write_string(1, place, plain_text(column.label), styles.header)
    sheet.freeze_panes(2, 0)
    _set_up_print(sheet, header_lines=2)
    return sheet


def _set_up_print(sheet, header_lines):
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, header_lines - 1)
    sheet.set_footer("&C" + _("第 &P 页/共 &N 页"))
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)


def _set_watermark(sheet, watermark):
    if watermark:
        sheet.set_header("&R&9" + watermark.replace("&", "&&"))


def _write_notes(book, styles, title, notes):
    sheet = book.add_worksheet(_("说明"))
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 80)
    for line, (what, value) in enumerate([(_("表名"), title), *notes]):
        sheet.write_string(line, 0, plain_text(what), styles.note)
        sheet.write_string(line, 1, plain_text(value), styles.note)


# --- the clerk's own file, marked -----------------------------------------------------------


def write_marked_copy(data, file_name, marks, out, header_rows=None, *, only_marked=False):
    """Write a faulty file back as .xlsx with 行号, 原因 and 改法 beside each faulty row.

    `marks` maps (sheet number, row number) to (reason, remedy); `header_rows`, if known, maps sheet
    number to the row of its header. A .xlsx of moderate length stays as it was, with formats and
    formulas; of anything else, or where only what is marked may be seen, the header and the faulty
    rows are written. What was text stays text. Refuses what `open_sheets` refuses.
    """
    sheets = open_sheets(data, file_name)
    header_rows = header_rows or {}
    may_keep = not only_marked and _can_be_kept(data, file_name, sheets)
    if may_keep and (whole := _marked_whole(data, marks, header_rows)):
        _put(whole, out)
    else:
        _write_faulty_rows(sheets, marks, header_rows, out)


def mark_labels():
    """Return the headers of the three columns that a marked copy has more than the original."""
    return [_("行号"), _("原因"), _("改法")]


def _can_be_kept(data, file_name, sheets):
    """Tell whether this is a .xlsx short enough to be loaded with all its formats."""
    if not data.startswith(ZIP):
        return False
    archive = Archive(data, file_name)
    return (
        "xl/workbook.xml" in archive.names
        and sum(sheet.survey.rows for sheet in sheets) <= MOST_ROWS_KEPT
        and sum(part.file_size for part in archive.parts) <= MOST_BYTES_KEPT
    )


def _marked_whole(data, marks, header_rows):
    """Return the workbook with its faulty rows marked, or b"" if openpyxl cannot bear it.

    `open_sheets` has found its parts honest and harmless.
    """
    copy_of_book = io.BytesIO()
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
        _mark_whole(book, marks, header_rows)
        book.save(copy_of_book)
    except OPENPYXL_COMPLAINTS:
        return b""
    return copy_of_book.getvalue()


def _put(content, out):
    if hasattr(out, "write"):
        out.write(content)
    else:
        Path(out).write_bytes(content)


def _mark_whole(book, marks, header_rows):
    fill = PatternFill("solid", fgColor=FAULTY_COLOUR)
    for number, name in enumerate(book.sheetnames, 1):
        faulty = {row: mark for (of_sheet, row), mark in marks.items() if of_sheet == number}
        if not faulty:
            continue
        sheet = book[name]
        header_row = header_rows.get(number) or _guess_header_row(sheet, min(faulty))
        width = _used_width(sheet, [header_row, *faulty])
        _put_beside(sheet, header_row, width, mark_labels(), like=sheet.cell(header_row, width))
        for row, mark in faulty.items():
            for cell in _cells_of(sheet, row, width):
                cell.fill = fill
            _put_beside(sheet, row, width, [row, *mark])
        for place, size in enumerate(MARK_WIDTHS, width + 1):
            sheet.column_dimensions[get_column_letter(place)].width = size


def _cells_of(sheet, row, width=MOST_COLUMNS):
    return next(sheet.iter_rows(min_row=row, max_row=row, max_col=min(width, sheet.max_column)))


def _put_beside(sheet, row, width, values, like=None):
    for place, value in enumerate(values, width + 1):
        cell = sheet.cell(row, place)
        cell.value = value if isinstance(value, int) else plain_text(value)
        if isinstance(cell.value, str):
            cell.data_type = "s"  # openpyxl takes a leading = for a formula
        if like is not None:
            cell.font, cell.border, cell.alignment = map(
                copy, (like.font, like.border, like.alignment)
            )


def _used_width(sheet, rows):
    """Return the last column used in these rows, merged cells included."""
    cells = [cell for row in rows for cell in _cells_of(sheet, row)]
    used = [cell.column for cell in cells if cell.value not in (None, "")]
    merged = [area.max_col for area in sheet.merged_cells.ranges if area.max_col <= MOST_COLUMNS]
    return max([*used, *merged], default=1)


def _guess_header_row(sheet, first_faulty):
    """Return the first row above the faulty ones that has the most words in it."""
    rows = range(1, min(first_faulty, HEADER_SEARCH_ROWS + 1)) or range(1, 2)
    return max(rows, key=lambda row: (_words(c.value for c in _cells_of(sheet, row)), -row))


def _words(cells):
    return sum(isinstance(cell, str) and bool(cell.strip()) for cell in cells)


def _write_faulty_rows(sheets, marks, header_rows, out):
    book = xlsxwriter.Workbook(
        out,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    with book:
        styles = _Styles(book)
        for sheet in sheets:
            faulty = {row: mark for (number, row), mark in marks.items() if number == sheet.number}
            if faulty:
                _write_faulty_sheet(book, styles, sheet, faulty, header_rows)


def _write_faulty_sheet(book, styles, sheet, faulty, header_rows):
    head = sheet.head(HEADER_SEARCH_ROWS)
    header_row = header_rows.get(sheet.number) or _fullest(head[: max(min(faulty) - 1, 1)])
    target = book.add_worksheet(_safe_sheet_name(sheet.name, sheet.number))
    line = 0
    for row in head[:header_row]:
        _write_as_it_was(target, line, row, styles)
        line += 1
    width = max(map(len, head), default=0)
    if line:
        for place, label in enumerate(mark_labels(), width):
            target.write_string(line - 1, place, label, styles.header)
    target.freeze_panes(line, 0)
    _set_up_print(target, header_lines=max(line, 1))
    for first, rows in sheet.blocks():
        for number in range(first, first + len(rows)):
            if number in faulty:
                row = rows[number - first]
                _write_as_it_was(target, line, row, styles)
                target.write_number(line, max(width, len(row)), number, styles.number)
                for place, text in enumerate(faulty[number], max(width, len(row)) + 1):
                    target.write_string(line, place, plain_text(text), styles.faulty)
                line += 1


def _write_as_it_was(target, line, row, styles):
    for place, cell in enumerate(row):
        if isinstance(cell, str):
            if cell:
                style = styles.quoted if cell.startswith(DANGEROUS_STARTS) else styles.text
                target.write_string(line, place, plain_text(cell), style)
        elif isinstance(cell, bool):
            target.write_boolean(line, place, cell, styles.text)
        elif isinstance(cell, int | float):
            # What came as a number has no more digits to lose
            target.write_number(line, place, cell)
        elif isinstance(cell, date):
            target.write_datetime(line, place, cell, styles.day)
        else:
            target.write_string(line, place, plain_text(cell), styles.text)


def _fullest(head):
    """Return the number of the row with the most words: the header."""
    if not head:
        return 0
    return max(range(1, len(head) + 1), key=lambda row: (_words(head[row - 1]), -row))


def _safe_sheet_name(name, number):
    allowed = "".join(" " if c in "[]:*?/\\" else c for c in plain_text(name)).strip(" '")
    return allowed[:31] or str(number)
