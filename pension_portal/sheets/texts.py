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


def find_encoding(content, file_name):
    """Return the encoding of a text; refuse UnreadableText where a UTF-8 file breaks halfway, and
    TooSpread where a megabyte has no line end.
    """
    head = _head_of(content)
    good, line = _read_as(content, "utf-8", file_name)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if nulls := head.count(0):
        is_little = head[1::2].count(0) > nulls // 2
        return "utf-16-le" if is_little else "utf-16-be"
    if line and good > ENOUGH_TO_BE_SURE:
        raise UnreadableText(name=file_name, line=line)
    return "gb18030" if line else "utf-8"


def text_sheets(content, file_name, encoding):
    """Return the one sheet of a text file."""
    separator = find_separator(_head_of(content).decode(encoding, "ignore"))

    def read_rows():
        lines = io.TextIOWrapper(content.open(), encoding, newline="")
        rows = csv.reader(lines, delimiter=separator)
        try:
            yield from _guarded(rows, separator, file_name)
        except UnicodeDecodeError as fault:
            line = _read_as(content, encoding, file_name)[1]
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


def _head_of(content):
    with content.open() as stream:
        return stream.read(SAMPLE)


def _read_as(content, encoding, file_name):
    """Return (characters beyond ASCII read, line of the first that cannot be; None if all can).

    Refuses TooSpread: a text without line ends is not a table, and would be held as one row.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    good = line = 0
    bad_line = None
    for chunk, is_last in _chunks_of(content, file_name):
        if bad_line:
            continue  # the rest is only looked through for line ends
        try:
            text = decoder.decode(chunk, final=is_last)
        except UnicodeDecodeError as fault:
            text = fault.object[: fault.start].decode(encoding, "ignore")
            bad_line = line + text.count("\n") + 1
        line += text.count("\n")
        if good <= ENOUGH_TO_BE_SURE and not text.isascii():
            good += sum(not character.isascii() for character in text)
    return good, bad_line


def _chunks_of(content, file_name):
    with content.open() as stream:
        chunk = stream.read(CHUNK)
        while chunk:
            following = stream.read(CHUNK)
            if following and b"\n" not in chunk and b"\r" not in chunk:
                raise TooSpread(name=file_name, row=1, column=CHUNK)
            yield chunk, not following
            chunk = following
