"""Look into a .xlsx or .ods, which is a zip, before anything that trusts it is let near.

How large a part of a zip is, is a claim and not a fact. Headers that claim too much are refused in
a millisecond; headers that claim too little are found out by unpacking, a megabyte at a time, and
stopping at the first byte too many.
"""

import io
import re
import struct
import zipfile
import zlib

from pension_portal.sheets.errors import (
    BrokenFile,
    HasEntities,
    LyingArchive,
    Protected,
    UnpacksTooBig,
)
from pension_portal.sheets.sheet import Survey

MOST_UNPACKED = 1024**3
MOST_RATIO = 100
RATIO_MATTERS_FROM = 10 * 1024**2  # a small part may be all zeros without harm
MOST_PARTS = 5000
MOST_TAGS_OF_SHEET = 160_000_000  # a cell is <c><v></v></c>
MOST_TAGS_OF_STRINGS = 40_000_000
LAST_ROW = 1_048_576
CHUNK = 1024**2
SLICE = 65536  # of what is packed; small, for zlib copies what it has not yet come to
LONGEST_TAG = 4 * CHUNK

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED = 0x1

_EMPTY_FORMULA = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"[^<>]*><f[^<>]*(?:/>|>[^<]*</f>)(?:<v></v>|<v/>)?</c>'
)
_HIDDEN_ROW = re.compile(rb'<row [^<>]*hidden="(?:1|true)"')
_ROOT_TAG = re.compile(rb"<[A-Za-z]")


class Archive:
    """A zip whose headers have been found credible; `prove` and `survey` check its contents."""

    def __init__(self, data, file_name):
        self.data = data
        self.file_name = file_name
        try:
            self.parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as fault:
            raise BrokenFile(name=file_name) from fault
        self._by_name = {part.filename: part for part in self.parts}
        self.names = self._by_name.keys()
        self._check_headers()

    def _check_headers(self):
        if len(self.names) != len(self.parts) or any(map(_leads_outside, self.names)):
            raise LyingArchive(name=self.file_name)
        if any(part.flag_bits & _ENCRYPTED for part in self.parts):
            raise Protected(name=self.file_name)
        is_blown_up = any(
            part.file_size > RATIO_MATTERS_FROM and part.file_size > part.compress_size * MOST_RATIO
            for part in self.parts
        )
        unpacked = sum(part.file_size for part in self.parts)
        if is_blown_up or unpacked > MOST_UNPACKED or len(self.parts) > MOST_PARTS:
            raise UnpacksTooBig(name=self.file_name)

    def part(self, name):
        """Return the header of one part; KeyError if there is none of that name."""
        return self._by_name[name]

    def unpack(self, part):
        """Yield a part in chunks; refuse LyingArchive once it is not as long as its header says."""
        left = part.file_size
        for chunk in self._inflate(part):
            left -= len(chunk)
            if left < 0:
                raise LyingArchive(name=self.file_name)
            yield chunk
        if left:
            raise LyingArchive(name=self.file_name)

    def read(self, name):
        """Return one part whole; only for parts that `prove` has passed."""
        return b"".join(self.unpack(self.part(name)))

    def prove(self, part, most_tags=MOST_TAGS_OF_SHEET):
        """Unpack a part to nowhere: it must be what its header says and, if XML, define nothing."""
        tags = 0
        for position, chunk in enumerate(self.unpack(part)):
            if part.filename.endswith((".xml", ".rels")):
                tags += self._check_xml(chunk, is_start=position == 0)
                if tags > most_tags:
                    raise UnpacksTooBig(name=self.file_name)

    def survey(self, part):
        """Prove a worksheet, and return its Survey."""
        survey, tags, rest = Survey(), 0, b""
        for position, chunk in enumerate(self.unpack(part)):
            tags += self._check_xml(chunk, is_start=position == 0)
            piece, rest = _whole_rows(rest + chunk)
            if tags > MOST_TAGS_OF_SHEET or len(rest) > LONGEST_TAG:
                raise UnpacksTooBig(name=self.file_name)
            _note(survey, piece)
        _note(survey, rest)
        return survey

    def _check_xml(self, chunk, is_start):
        """Return how many tags a chunk has; refuse XML that defines things or hides its letters."""
        if is_start:
            if chunk[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
                raise BrokenFile(name=self.file_name)  # no program writes these parts in UTF-16
            if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                raise HasEntities(name=self.file_name)
            if not _ROOT_TAG.search(chunk):  # definitions may only stand before the first tag
                raise BrokenFile(name=self.file_name)
        return chunk.count(b"<")

    def _inflate(self, part):
        start = self._start_of(part)
        packed = memoryview(self.data)[start : start + part.compress_size]
        if part.compress_type == zipfile.ZIP_STORED:
            for place in range(0, len(packed), CHUNK):
                yield bytes(packed[place : place + CHUNK])
            return
        if part.compress_type != zipfile.ZIP_DEFLATED:
            raise BrokenFile(name=self.file_name)
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for place in range(0, len(packed), SLICE):
                rest = packed[place : place + SLICE]
                while len(rest) and not inflater.eof:
                    if chunk := inflater.decompress(rest, CHUNK):
                        yield chunk
                    rest = inflater.unconsumed_tail
        except zlib.error as fault:
            raise BrokenFile(name=self.file_name) from fault

    def _start_of(self, part):
        header = self.data[part.header_offset : part.header_offset + _LOCAL_HEADER.size]
        if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
            raise BrokenFile(name=self.file_name)
        _magic, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        return part.header_offset + _LOCAL_HEADER.size + name_length + extra_length


def _leads_outside(name):
    return name.startswith(("/", "\\")) or ":" in name or ".." in re.split(r"[/\\]", name)


def _whole_rows(text):
    """Split text behind its last row (or tag), so that no tag is cut in two."""
    end = text.rfind(b"</row>") + len(b"</row>")
    if end < len(b"</row>"):
        end = text.rfind(b">") + 1
    return text[:end], text[end:]


def _note(survey, piece):
    survey.rows += piece.count(b"</row>")
    if b"</f>" in piece or b"<f " in piece:
        survey.note_empty_formulas([cell.decode() for cell in _EMPTY_FORMULA.findall(piece)])
    if b'hidden="' in piece:
        survey.hidden_rows += len(_HIDDEN_ROW.findall(piece))
