"""Open whatever a clerk uploads and read it as sheets of rows (读表).

    for sheet in open_sheets(data, "缴费明细.xls"):
        for first_row, rows in sheet.blocks():
            columns = list(zip(*rows))

What a file is, is found from its content: a .xls may be a web page, tab-separated text or XML, and
a .csv may be in any of three encodings. What could harm is refused before it is read: a zip that
grows, a sheet that reaches to the end of the world, XML that defines things, macros.
"""

import io
import re
from collections import Counter

from django.utils.translation import gettext_lazy as _

from pension_portal.sheets import markup, texts, workbooks
from pension_portal.sheets.archives import Archive
from pension_portal.sheets.errors import (
    BrokenFile,
    EmptyFile,
    HasEntities,
    HasLinks,
    HasMacros,
    LyingArchive,
    NoRows,
    Protected,
    SheetRefusal,
    TooBig,
    TooSpread,
    UnpacksTooBig,
    UnpairedQuote,
    UnreadableText,
    WrongKind,
)
from pension_portal.sheets.sheet import BLOCK_ROWS, Sheet

__all__ = [
    "BLOCK_ROWS",
    "BrokenFile",
    "EmptyFile",
    "HasEntities",
    "HasLinks",
    "HasMacros",
    "LyingArchive",
    "NoRows",
    "Protected",
    "Sheet",
    "SheetRefusal",
    "TooBig",
    "TooSpread",
    "UnpacksTooBig",
    "UnpairedQuote",
    "UnreadableText",
    "WrongKind",
    "open_sheets",
    "refuse_other_kinds",
]

MOST_BYTES = 50 * 1024**2
SAMPLE = 8192
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EMPTY_ZIP = b"PK\x05\x06"
XML_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
_PAGE = re.compile(r"<(?:html|table|tr|head|meta|style|body|div)\b", re.IGNORECASE)
# A text of UTF-16 has many zeros, at every other place; a program has them anywhere.
FEWEST_ZEROS, MOSTLY = 0.02, 0.9

OTHER_KINDS = {
    b"%PDF": "PDF",
    b"\xff\xd8\xff": _("图片"),
    b"\x89PNG": _("图片"),
    b"GIF8": _("图片"),
    b"Rar!": _("压缩包"),
    b"7z\xbc\xaf": _("压缩包"),
    b"\x1f\x8b": _("压缩包"),
    b"MIME-Version:": _("网页"),
    b"{\\rtf": _("Word 文档"),
    b"MZ": _("程序"),
}
KINDS_OF_ZIP = {"word/document.xml": _("Word 文档"), "xl/workbook.bin": ".xlsb"}


def open_sheets(content, file_name, most_bytes=MOST_BYTES):
    """Return the sheets of a file, in their order, hidden ones too; at least one holds something.

    `content` is the file's bytes, or anything with its `size` and an `open()` that starts a binary
    stream at its beginning: of that, a text is never in memory as a whole. The name is only for
    messages. Every refusal is a SheetRefusal.
    """
    if isinstance(content, bytes):
        content = InMemory(content)
    if not content.size:
        raise EmptyFile(name=file_name)
    if content.size > most_bytes:
        raise TooBig(name=file_name, most=most_bytes >> 20)
    sheets = _sheets_by_content(content, file_name)
    if not any(sheet.has_rows() for sheet in sheets):
        raise NoRows(name=file_name)
    return sheets


def refuse_other_kinds(data, file_name):
    """Refuse at once what is plainly no table, or none that may be read: a picture, a letter, a
    program, macros, a password. Nothing is unpacked; what is inside shows when the file is read.
    """
    if data.startswith((ZIP, EMPTY_ZIP)):
        archive = Archive(data, file_name)
        _refuse_unless_spreadsheet(archive)
        workbooks.check_parts(archive)
    elif data.startswith(OLE):
        workbooks.check_xls(data, file_name)
    else:
        _refuse_known_others(data[:SAMPLE], file_name)


class InMemory:
    """The bytes of a file that are there already."""

    def __init__(self, data):
        self.data, self.size = data, len(data)

    def open(self):
        return io.BytesIO(self.data)


def _all_of(content):
    with content.open() as stream:
        return stream.read()


def _sheets_by_content(content, file_name):
    with content.open() as stream:
        head = stream.read(SAMPLE)
    if head.startswith((ZIP, EMPTY_ZIP)):
        return _zip_sheets(Archive(_all_of(content), file_name))
    if head.startswith(OLE):
        return workbooks.xls_sheets(_all_of(content), file_name)
    _refuse_known_others(head, file_name)
    return _written_sheets(content, head, file_name)


def _refuse_known_others(head, file_name):
    for magic, kind in OTHER_KINDS.items():
        if head.startswith(magic):
            raise WrongKind(name=file_name, kind=kind)
    if _is_binary(head):
        raise WrongKind(name=file_name, kind=_("别的文件"))


def _zip_sheets(archive):
    _refuse_unless_spreadsheet(archive)
    if "xl/workbook.xml" in archive.names:
        return workbooks.xlsx_sheets(archive)
    return markup.ods_sheets(archive)


def _refuse_unless_spreadsheet(archive):
    names = archive.names
    if "xl/workbook.xml" in names or {"content.xml", "mimetype"} <= names:
        return
    kind = next((kind for name, kind in KINDS_OF_ZIP.items() if name in names), _("压缩包"))
    raise WrongKind(name=archive.file_name, kind=kind)


def _written_sheets(content, head, file_name):
    encoding = texts.find_encoding(content, file_name)
    start = head.decode(encoding, "ignore").lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        data = _all_of(content)
        if XML_2003 in start:
            if not encoding.startswith("utf-8"):
                data = _decoded(data, encoding, file_name).encode()
            return markup.xml_sheets(data, file_name)
        if _PAGE.search(start):
            return markup.html_sheets(_decoded(data, encoding, file_name), file_name)
        raise WrongKind(name=file_name, kind=_("网页或 XML"))
    return texts.text_sheets(content, file_name, encoding)


def _decoded(data, encoding, file_name):
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise UnreadableText(name=file_name, line=line) from fault


def _is_binary(sample):
    counts = Counter(sample)
    zeros = counts[0]
    if zeros:
        on_one_side = max(sample[::2].count(0), sample[1::2].count(0))
        return zeros < len(sample) * FEWEST_ZEROS or on_one_side < zeros * MOSTLY
    return any(counts[code] for code in (*range(1, 8), *range(14, 26)))
