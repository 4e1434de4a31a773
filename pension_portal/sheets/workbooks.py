"""Read .xlsx and .xls (WPS .et too) with calamine, after a look inside and at arm's length."""

import fcntl
import marshal
import pickle
import subprocess
import sys
import weakref
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

from django.utils.translation import gettext as _

from pension_portal.cells import OfOneKind
from pension_portal.sheets import reader
from pension_portal.sheets.archives import MOST_TAGS_OF_STRINGS
from pension_portal.sheets.errors import (
    BrokenFile,
    HasLinks,
    HasMacros,
    Protected,
    UnpacksTooBig,
    WrongKind,
)
from pension_portal.sheets.sheet import BLOCK_ROWS, Block, Sheet

STRINGS_PART = "xl/sharedStrings.xml"
KINDS = {reader.TEXTS: str, reader.NUMBERS: float}
PIPE_BYTES = 1024**2  # a block of rows: the next is read while the last is worked on
F_SETPIPE_SZ = getattr(fcntl, "F_SETPIPE_SZ", None)  # Linux only

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Directory names in an OLE file stand as UTF-16 text.
_OLE_PROTECTED = "EncryptedPackage".encode("utf-16-le")
_OLE_MACROS = "_VBA_PROJECT_CUR".encode("utf-16-le")
_OLE_WORKBOOK = tuple(f"{name}\0".encode("utf-16-le") for name in ("Workbook", "Book"))


def xlsx_sheets(archive):
    """Return the sheets of a .xlsx whose headers are credible.

    While another process reads the workbook we unpack every part, to see that it is what it claims.
    Refuses HasMacros, HasLinks and all that `Archive` refuses.
    """
    check_parts(archive)
    workbook = Workbook(archive.data, archive.file_name)
    surveys = {}
    try:
        for part in archive.parts:
            if part.filename.startswith("xl/worksheets/"):
                surveys[part.filename] = archive.survey(part)
            elif part.filename == STRINGS_PART:
                archive.prove(part, MOST_TAGS_OF_STRINGS)
            else:
                archive.prove(part)
    except BaseException:
        workbook.close()
        raise
    return workbook.sheets([surveys.get(name) for name in _part_names(archive)])


def xls_sheets(data, file_name):
    """Return the sheets of an OLE file: .xls and WPS .et; refuse what else OLE may hold."""
    check_xls(data, file_name)
    return Workbook(data, file_name).sheets([])


def check_xls(data, file_name):
    """Refuse an OLE file with a password or macros, or without a workbook."""
    if _OLE_PROTECTED in data:
        raise Protected(name=file_name)
    if _OLE_MACROS in data:
        raise HasMacros(name=file_name)
    if not any(name in data for name in _OLE_WORKBOOK):
        raise WrongKind(name=file_name, kind=_("Word 文档或其他文件"))


class Workbook:
    """A workbook being read by a process of its own; the process ends with this object."""

    def __init__(self, data, file_name):
        self.file_name = file_name
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(Path(reader.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
        self.close = weakref.finalize(self, _end, self.process)
        if F_SETPIPE_SZ:
            fcntl.fcntl(self.process.stdout, F_SETPIPE_SZ, PIPE_BYTES)
        self._write(reader.LENGTH.pack(len(data)), data)
        self.is_busy = False
        self.turn = 0

    def sheets(self, surveys):
        """Return a Sheet for each worksheet; charts and dialogs are none."""
        about = self._receive()
        surveys = surveys if len(surveys) == len(about) else [None] * len(about)
        return [
            Sheet(
                known[0],
                number,
                lambda most, index=number - 1: self._blocks(index, most),
                file_name=self.file_name,
                hidden=known[1],
                survey=survey,
            )
            for number, (known, survey) in enumerate(zip(about, surveys, strict=True), 1)
            if known
        ]

    def _blocks(self, index, most):
        """Yield the blocks of a sheet from row 1 on; one sheet at a time."""
        while self.is_busy:  # someone stopped in the middle of a sheet; hear it out
            self._next_block()
        turn = self.turn = self.turn + 1
        self._write(reader.REQUEST.pack(index, BLOCK_ROWS, most or reader.ALL_ROWS))
        self.is_busy = True
        while columns := self._next_block():
            yield Block(columns=[_column(*column) for column in columns])
            assert turn == self.turn, "another sheet of this workbook was begun meanwhile"

    def _next_block(self):
        block = self._receive()
        self.is_busy = block is not None
        return block

    def _write(self, *texts):
        try:
            for text in texts:
                self.process.stdin.write(text)
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass  # it is dead; what it said last tells why

    def _receive(self):
        length = self.process.stdout.read(reader.LENGTH.size)
        if len(length) < reader.LENGTH.size:
            raise UnpacksTooBig(name=self.file_name)  # it ran into one of its limits
        message = self.process.stdout.read(reader.LENGTH.unpack(length)[0])
        # Our own program wrote it, and only days and times come pickled.
        read = marshal.loads if message[:1] == reader.MARSHALLED else pickle.loads
        said = read(memoryview(message)[1:])
        if said == reader.PROTECTED:
            raise Protected(name=self.file_name)
        if said == reader.BROKEN:
            raise BrokenFile(name=self.file_name)
        return said


def _column(kind, packed):
    cells = reader.unpacked(kind, packed)
    return cells if kind == reader.CELLS else OfOneKind(cells, KINDS[kind])


def _end(process):
    process.kill()
    with suppress(BrokenPipeError):  # what it has not heard yet, it need not hear
        process.stdin.close()
    process.stdout.close()
    process.wait()


def check_parts(archive):
    """Refuse a .xlsx that by the names of its parts has macros or links to other workbooks."""
    names = [name.lower() for name in archive.names]
    if any("vbaproject" in name or "/macrosheets/" in name for name in names):
        raise HasMacros(name=archive.file_name)
    if any("/externallinks/" in name for name in names):
        raise HasLinks(name=archive.file_name)


def _part_names(archive):
    """Return the part of each sheet, in the order of the workbook; [] if that cannot be told."""
    try:
        # Both parts were proved: small enough, and free of definitions that could expand.
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    except (ElementTree.ParseError, LookupError, ValueError):
        return []
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    return [
        "xl/" + targets.get(sheet.get(_RELATION), "").removeprefix("/xl/")
        for sheet in workbook.iter()
        if sheet.tag.endswith("}sheet")
    ]
