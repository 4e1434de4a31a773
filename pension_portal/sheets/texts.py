"""Read tables kept as text: commas or tabs, in UTF-8, UTF-16 or GB18030, a line at a time."""

import codecs
import csv
import io
from collections import Counter
from pathlib import PurePath

from pension_portal.sheets.errors import BrokenFile, TooSpread, UnpairedQuote, UnreadableText
from pension_portal.sheets.sheet import Sheet, blocks_of_rows

CHUNK = 1024**2
SAMPLE = 65536
SAMPLE_LINES = 30
SEPARATORS = "\t,;|"
LONGEST_CELL = 32767  # as in a spreadsheet; a longer one is a quote that was never closed
ENOUGH_TO_BE_SURE = 50  # characters beyond ASCII; no GB text is right UTF-8 for so long

csv.field_size_limit(LONGEST_CELL)


def find_encoding(data, file_name):
    """Return the encoding of a text; refuse UnreadableText where a UTF-8 file breaks halfway."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    head = data[:SAMPLE]
    if nulls := head.count(0):
        is_little = head[1::2].count(0) > nulls // 2
        return "utf-16-le" if is_little else "utf-16-be"
    good, line = _read_as(data, "utf-8")
    if line and good > ENOUGH_TO_BE_SURE:
        raise UnreadableText(name=file_name, line=line)
    return "gb18030" if line else "utf-8"


def text_sheets(data, file_name, encoding):
    """Return the one sheet of a text file."""
    if any(_has_no_line_end(data, place) for place in range(0, len(data) - CHUNK, CHUNK)):
        raise TooSpread(name=file_name, row=1, column=CHUNK)
    separator = find_separator(data[:SAMPLE].decode(encoding, "ignore"))

    def read_rows():
        lines = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
        rows = csv.reader(lines, delimiter=separator)
        try:
            yield from _guarded(rows, separator, file_name)
        except UnicodeDecodeError as fault:
            line = _read_as(data, encoding)[1]
            raise UnreadableText(name=file_name, line=line or rows.line_num) from fault
        except csv.Error as fault:
            if "field limit" in str(fault):
                raise UnpairedQuote(name=file_name, row=rows.line_num) from fault
            raise BrokenFile(name=file_name) from fault

    def read(most):
        return blocks_of_rows(read_rows(), most)

    return [Sheet(PurePath(file_name).stem, 1, read, file_name=file_name, hidden=False)]


def find_separator(sample):
    """Return the character that cuts most lines into equally many cells; a comma if none does."""
    lines = sample.splitlines()[:SAMPLE_LINES]

    def regularity(separator):
        counts = Counter(line.count(separator) for line in lines)
        counts.pop(0, None)
        return max((count * lines for count, lines in counts.items()), default=0)

    best = max(SEPARATORS, key=regularity)
    return best if regularity(best) else ","


def _guarded(rows, separator, file_name):
    """Yield rows, and refuse a cell that has swallowed the lines after it."""
    for number, row in enumerate(rows, 1):
        # line_num runs ahead of the rows only where a quoted cell holds a line break
        if rows.line_num > number and len(row) > 1:
            width = len(row)
            if any("\n" in cell and cell.count(separator) >= width - 1 for cell in row):
                raise UnpairedQuote(name=file_name, row=number)
        yield row


def _read_as(data, encoding):
    """Return (characters beyond ASCII read, line of the first that cannot be; None if all can)."""
    decoder = codecs.getincrementaldecoder(encoding)()
    good = line = 0
    for place in range(0, len(data), CHUNK):
        chunk = data[place : place + CHUNK]
        try:
            text = decoder.decode(chunk, final=place + CHUNK >= len(data))
        except UnicodeDecodeError as fault:
            before = fault.object[: fault.start].decode(encoding, "ignore")
            good += sum(not c.isascii() for c in before)
            return good, line + before.count("\n") + 1
        line += text.count("\n")
        if good <= ENOUGH_TO_BE_SURE and not text.isascii():
            good += len(text.encode("utf-8", "ignore")) - len(text)
    return good, None


def _has_no_line_end(data, place):
    return data.find(b"\n", place, place + CHUNK) < 0 and data.find(b"\r", place, place + CHUNK) < 0
