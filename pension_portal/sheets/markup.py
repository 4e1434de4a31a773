"""Read tables written as markup: HTML that calls itself .xls, XML spreadsheets of 2003, and .ods.

All three are read as a stream, a row at a time. XML goes through expat with every definition
refused, so nothing can be expanded and nothing fetched.
"""

import html
import re
from collections import deque
from datetime import date, datetime
from pathlib import PurePath
from xml.parsers import expat

from pension_portal.sheets.archives import LAST_ROW
from pension_portal.sheets.errors import BrokenFile, HasEntities, Protected, TooSpread
from pension_portal.sheets.sheet import MOST_COLUMNS, Sheet, Survey, blocks_of_rows

CHUNK = 65536
MOST_SPANNED = 256

# --- HTML --------------------------------------------------------------------------------------

_ROW = re.compile(r"<tr\b[^<>]*>(.*?)(?=</?tr\b|</table|\Z)", re.IGNORECASE | re.DOTALL)
_CELL = re.compile(
    r"<t[dh](?=[\s>/])([^<>]*)>(.*?)(?=</?t[dh](?=[\s>/])|\Z)", re.IGNORECASE | re.DOTALL
)
_LINE_BREAK = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_SPAN = re.compile(r"""(col|row)span\s*=\s*["']?([0-9]{1,5})""", re.IGNORECASE)


def html_sheets(text, file_name):
    """Return the one sheet of an HTML page: all rows of its tables, one after another."""

    def read_rows():
        held = {}  # column → rows that a cell above still covers
        for row in _ROW.finditer(text):
            yield _html_row(row[1], held)

    def read(most):
        return blocks_of_rows(read_rows(), most)

    return [Sheet(PurePath(file_name).stem, 1, read, file_name=file_name)]


def _html_row(text, held):
    cells = []
    for attributes, inner in _CELL.findall(text):
        _skip_held(cells, held)
        spans = {kind.lower(): int(number) for kind, number in _SPAN.findall(attributes)}
        width = min(spans.get("col", 1) or 1, MOST_SPANNED)
        rows_below = min(spans.get("row", 1) or 1, LAST_ROW) - 1
        if rows_below:
            held.update(dict.fromkeys(range(len(cells), len(cells) + width), rows_below))
        cells += [_html_text(inner)] + [""] * (width - 1)
    _skip_held(cells, held)
    return cells


def _skip_held(cells, held):
    while (left := held.get(len(cells), 0)) > 0:
        held[len(cells)] = left - 1
        cells.append("")


def _html_text(inner):
    if "<" in inner:
        inner = _TAG.sub("", _LINE_BREAK.sub("\n", inner))
    if "&" in inner:
        inner = html.unescape(inner)
    return inner.strip()


# --- XML ---------------------------------------------------------------------------------------


def xml_sheets(data, file_name):
    """Return the sheets of an XML spreadsheet of 2003 (SpreadsheetML), `data` being UTF-8."""
    return _sheets_of(_Xml2003, lambda: _slices(data), file_name)


def ods_sheets(archive):
    """Return the sheets of a .ods whose headers are credible."""
    if "META-INF/manifest.xml" in archive.names:
        archive.prove(archive.part("META-INF/manifest.xml"))
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise Protected(name=archive.file_name)
    if "content.xml" not in archive.names:
        raise BrokenFile(name=archive.file_name)
    content = archive.part("content.xml")
    return _sheets_of(_Ods, lambda: archive.unpack(content), archive.file_name)


def _sheets_of(reader_class, chunks, file_name):
    tables = _read_names(reader_class, chunks, file_name)

    def reading(index):
        return lambda most: blocks_of_rows(
            _read_table(reader_class, chunks, file_name, index), most
        )

    return [
        Sheet(name, index + 1, reading(index), file_name=file_name, survey=survey)
        for index, (name, survey) in enumerate(tables)
    ]


def _read_names(reader_class, chunks, file_name):
    reader = reader_class(file_name, wanted=None)
    for _ in _feed(reader, chunks, file_name):
        pass
    return list(zip(reader.names, reader.surveys, strict=True))


def _read_table(reader_class, chunks, file_name, index):
    """Yield the rows of one table; blank rows are only made up when something follows them."""
    reader = reader_class(file_name, wanted=index)
    blank = number = 0
    for row, times in _feed(reader, chunks, file_name):
        number += times
        if number > LAST_ROW:
            raise TooSpread(name=file_name, row=number, column=len(row))
        if not row:
            blank += times
            continue
        for _ in range(blank):
            yield []
        blank = 0
        for _ in range(times):
            yield list(row)


def _feed(reader, chunks, file_name):
    parser = expat.ParserCreate("utf-8", " ")  # whatever else the file may say of itself
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    try:
        for chunk in chunks():
            parser.Parse(chunk, False)
            while reader.ready:
                yield reader.ready.popleft()
            if reader.is_done:
                return
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise BrokenFile(name=file_name) from fault
    while reader.ready:
        yield reader.ready.popleft()


def _slices(data):
    return (data[place : place + CHUNK] for place in range(0, len(data), CHUNK))


class _MarkupReader:
    """Collects finished rows of the wanted table as (cells, how many times)."""

    TABLE = ROW = CELL = NAME = ""

    def __init__(self, file_name, wanted):
        self.file_name = file_name
        self.wanted = wanted
        self.names = []
        self.surveys = []
        self.ready = deque()
        self.is_done = False
        self.row = None
        self.cell = None
        self.written = []

    def start(self, tag, attributes):
        if tag == self.TABLE:
            self.names.append(attributes.get(self.NAME, ""))
            self.surveys.append(Survey())
        elif tag == self.ROW:
            self.row = []
            self.start_row(attributes)
        elif self.row is not None and tag in self.CELLS:
            self.cell = attributes
            self.written = []
        elif self.cell is not None:
            self.start_inside(tag, attributes)

    def end(self, tag):
        if tag == self.TABLE:
            self.is_done = self.wanted == len(self.names) - 1
        elif tag == self.ROW and self.row is not None:
            self.end_row()
            self.row = None
        elif self.cell is not None and tag in self.CELLS:
            self.end_cell(self.cell)
            self.cell = None
        elif self.cell is not None:
            self.end_inside(tag)

    def text(self, text):
        if self.cell is not None and self.is_writing():
            self.written.append(text)

    def refuse(self, *_declaration):
        raise HasEntities(name=self.file_name)

    def put(self, value, times=1, skipped=0):
        """Add a cell; empty ones are only counted until one with a value follows."""
        if value == "":
            self.empty += times + skipped
            return
        width = len(self.row) + self.empty + skipped + times
        if width > MOST_COLUMNS:
            raise TooSpread(name=self.file_name, row=1, column=width)
        self.row += [""] * (self.empty + skipped) + [value] * times
        self.empty = 0

    def give(self, times):
        if self.wanted == len(self.names) - 1:
            self.ready.append((self.row, times))


class _Xml2003(_MarkupReader):
    SPACE = "urn:schemas-microsoft-com:office:spreadsheet "
    TABLE, ROW, NAME = SPACE + "Worksheet", SPACE + "Row", SPACE + "Name"
    CELLS = (SPACE + "Cell",)
    DATA = SPACE + "Data"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.number = 0
        self.kind = None

    def start(self, tag, attributes):
        if tag == self.TABLE:
            self.number = 0
        super().start(tag, attributes)

    def start_row(self, attributes):
        self.empty = 0
        place = _whole(attributes.get(self.SPACE + "Index"), self.number + 1)
        if place > self.number + 1:
            if self.wanted == len(self.names) - 1:
                self.ready.append(([], place - self.number - 1))
            self.number = place - 1
        self.times = 1 + _whole(attributes.get(self.SPACE + "Span"), 0)
        self.surveys[-1].hidden_rows += attributes.get(self.SPACE + "Hidden") == "1"

    def end_row(self):
        self.number += self.times
        self.give(1)
        if self.times > 1 and self.wanted == len(self.names) - 1:
            self.ready.append(([], self.times - 1))

    def start_inside(self, tag, attributes):
        if tag == self.DATA:
            self.kind = attributes.get(self.SPACE + "Type", "String")

    def end_inside(self, tag):
        if tag == self.DATA:
            self.value = _typed(self.kind, "".join(self.written))
            self.kind = None

    def is_writing(self):
        return self.kind is not None

    value = ""

    def end_cell(self, attributes):
        value, self.value = self.value, ""
        place = _whole(attributes.get(self.SPACE + "Index"), 0)
        skipped = max(place - 1 - len(self.row) - self.empty, 0) if place else 0
        if value == "" and self.SPACE + "Formula" in attributes:
            row, column = self.number + 1, len(self.row) + self.empty + skipped + 1
            self.surveys[-1].note_empty_formulas([f"R{row}C{column}"])
        self.put(value, skipped=skipped)
        self.put("", times=_whole(attributes.get(self.SPACE + "MergeAcross"), 0))


class _Ods(_MarkupReader):
    OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
    SPACE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
    WORDS = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
    TABLE, ROW, NAME = SPACE + "table", SPACE + "table-row", SPACE + "name"
    CELLS = (SPACE + "table-cell", SPACE + "covered-table-cell")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.depth_of_note = self.depth_of_text = self.paragraphs = 0

    def start_row(self, attributes):
        self.empty = 0
        self.times = _whole(attributes.get(self.SPACE + "number-rows-repeated"), 1)
        if attributes.get(self.SPACE + "visibility", "visible") != "visible":
            self.surveys[-1].hidden_rows += self.times

    def end_row(self):
        self.give(self.times)

    def start_inside(self, tag, attributes):
        if tag == self.OFFICE + "annotation":
            self.depth_of_note += 1
        elif self.depth_of_note:
            return
        elif tag == self.WORDS + "p":
            if self.written:
                self.written.append("\n")
            self.depth_of_text += 1
        elif tag == self.WORDS + "s":
            self.written.append(" " * min(_whole(attributes.get(self.WORDS + "c"), 1), 1000))
        elif tag == self.WORDS + "tab":
            self.written.append("\t")
        elif tag == self.WORDS + "line-break":
            self.written.append("\n")

    def end_inside(self, tag):
        if tag == self.OFFICE + "annotation":
            self.depth_of_note -= 1
        elif tag == self.WORDS + "p" and not self.depth_of_note:
            self.depth_of_text -= 1

    def is_writing(self):
        return self.depth_of_text > 0 and not self.depth_of_note

    def end_cell(self, attributes):
        times = _whole(attributes.get(self.SPACE + "number-columns-repeated"), 1)
        kind = attributes.get(self.OFFICE + "value-type", "")
        said = (
            attributes.get(self.OFFICE + "value")
            or attributes.get(self.OFFICE + "date-value")
            or attributes.get(self.OFFICE + "boolean-value")
        )
        self.put(_typed(kind, said) if said else "".join(self.written), times=times)


_NUMBER_KINDS = {"Number", "float", "currency", "percentage"}
_DAY_KINDS = {"DateTime", "date"}
_TRUE_KINDS = {"Boolean", "boolean"}


def _typed(kind, text):
    """Return the value of a typed cell; its text where the type does not fit."""
    try:
        if kind in _NUMBER_KINDS:
            return float(text)
        if kind in _DAY_KINDS:
            moment = datetime.fromisoformat(text[:19])
            return date.fromisoformat(text) if len(text) == 10 else moment
        if kind in _TRUE_KINDS:
            return text in ("1", "true")
    except ValueError:
        pass
    return text


def _whole(text, default):
    """Return a repeat count or place as a number; refuse nothing here, limits come later."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default
