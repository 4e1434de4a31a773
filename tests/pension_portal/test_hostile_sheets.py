"""What could harm is refused, quickly, and with a sentence that says what to do."""

import io
import os
import struct
import time
import zipfile

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pension_portal.sheets import (
    BrokenFile,
    HasEntities,
    HasLinks,
    HasMacros,
    LyingArchive,
    Protected,
    SheetRefusal,
    TooSpread,
    UnpacksTooBig,
    UnpairedQuote,
    WrongKind,
    open_sheets,
    refuse_other_kinds,
)
from tests.pension_portal.test_sheets import FIXTURES, one_sheet, rows_of

QUICKLY = 2.0  # seconds
XLSX = one_sheet([["证件号码", "姓名"], ["990101196801010013", "王桂兰"]])
SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
DOCTYPE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
XML_2003 = '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">&e;</Workbook>'


def altered(data=XLSX, add=(), **parts):
    """Return a workbook with parts added, or changed by a function of the old bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            change = parts.get(name.rsplit("/", 1)[-1].split(".")[0])
            new.writestr(name, change(old.read(name)) if change else old.read(name))
        for name, content in add:
            new.writestr(name, content)
    return out.getvalue()


def with_declared_size(data, name, size):
    """Return a zip whose headers say another size for one part than it has."""
    data = bytearray(data)
    for info in zipfile.ZipFile(io.BytesIO(data)).infolist():
        if info.filename == name:
            struct.pack_into("<I", data, info.header_offset + 22, size)
            struct.pack_into("<I", data, _directory_entry(data, name) + 24, size)
    return bytes(data)


def with_password_flag(data):
    data = bytearray(data)
    data[_directory_entry(data, SHEET) + 8] |= 1
    return bytes(data)


def _directory_entry(data, name):
    return data.index(name.encode(), data.index(b"PK\x01\x02")) - 46


def far_cell(address):
    return altered(sheet1=lambda xml: xml.replace(b'r="B2"', f'r="{address}"'.encode()))


def ods(rows):
    content = f"""<?xml version="1.0"?><office:document-content
      xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
      xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
      xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
      <table:table table:name="S">{rows}</table:table>
      </office:spreadsheet></office:body></office:document-content>"""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", 8) as new:
        new.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        new.writestr("content.xml", content)
    return out.getvalue()


CELL = "<table:table-cell><text:p>a</text:p></table:table-cell>"
ROW = f"<table:table-row>{CELL}</table:table-row>"

HOSTILE = {
    "a bomb that says so": (
        altered(add=[("xl/media/a.xml", b"<a>" + b" " * 60 * 1024**2)]),
        UnpacksTooBig,
    ),
    "giant shared strings": (
        altered(sharedStrings=lambda xml: xml + b"<si><t/></si>" * 2_000_000),
        UnpacksTooBig,
    ),
    "more tags than a county has cells": (
        altered(add=[("xl/worksheets/sheet2.xml", b"<a>" + b"<c/>" * 3_000_000)]),
        UnpacksTooBig,
    ),
    "a bomb that says it is small": (
        with_declared_size(altered(sheet1=lambda xml: xml + b" " * 5_000_000), SHEET, 4000),
        LyingArchive,
    ),
    "a header that says too much": (with_declared_size(XLSX, SHEET, 90_000), LyingArchive),
    "a cell at the end of the world": (far_cell("XFD1048576"), UnpacksTooBig),
    "a cell beyond the end of the world": (far_cell("A4000000000"), UnpacksTooBig),
    "a cell far to the right": (far_cell("XFD2"), TooSpread),
    "macros": (altered(add=[("xl/vbaProject.bin", b"x")]), HasMacros),
    "old macros": (altered(add=[("xl/macrosheets/sheet1.xml", b"<a/>")]), HasMacros),
    "macros in an old workbook": (OLE + "_VBA_PROJECT_CUR".encode("utf-16-le"), HasMacros),
    "another workbook": (altered(add=[("xl/externalLinks/a.xml", b"<a/>")]), HasLinks),
    "a way out of the archive": (altered(add=[("../../etc/cron.d/a", b"x")]), LyingArchive),
    "a way out with a drive": (altered(add=[("C:\\a", b"x")]), LyingArchive),
    "an external entity": (
        altered(workbook=lambda xml: xml.replace(b"<workbook", DOCTYPE.encode() + b"<workbook")),
        HasEntities,
    ),
    "an external entity in the strings": (
        altered(sharedStrings=lambda xml: xml.replace(b"<sst", DOCTYPE.encode() + b"<sst")),
        HasEntities,
    ),
    "an entity in letters of two bytes": (
        altered(workbook=lambda xml: xml.decode().encode("utf-16")),
        BrokenFile,
    ),
    "an external entity in XML of 2003": ((DOCTYPE + XML_2003).encode(), HasEntities),
    "an external entity in .ods": (
        altered(ods(ROW), content=lambda xml: xml.replace(b"?>", b"?>" + DOCTYPE.encode(), 1)),
        HasEntities,
    ),
    "a row repeated for ever": (
        ods(ROW + ROW.replace("row>", 'row table:number-rows-repeated="99999999">', 1)),
        TooSpread,
    ),
    "a cell repeated for ever": (
        ods(ROW.replace("cell>", 'cell table:number-columns-repeated="99999999">', 1)),
        TooSpread,
    ),
    "a password": (OLE + "EncryptedPackage".encode("utf-16-le"), Protected),
    "a zip with a password": (with_password_flag(XLSX), Protected),
    "a Word document of old": (OLE + "WordDocument".encode("utf-16-le"), WrongKind),
    "an old workbook cut short": (OLE + "Workbook\0".encode("utf-16-le"), BrokenFile),
    "a workbook cut short": (XLSX[:-200], BrokenFile),
    "a sheet cut short": (altered(sheet1=lambda xml: xml[:-60]), BrokenFile),
    "a string that is not there": (
        altered(sheet1=lambda xml: xml.replace(b"<v>0</v>", b"<v>999</v>")),
        BrokenFile,
    ),
    "an empty zip": (b"PK\x05\x06" + bytes(18), WrongKind),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), WrongKind),
    "a PDF": (b"%PDF-1.7 ...", WrongKind),
    "an archive": (b"Rar!\x1a\x07\x00", WrongKind),
    "a program": (b"MZ" + os.urandom(5000), WrongKind),
    "noise": (bytes(range(256)) * 50, WrongKind),
    "a quote never closed": (b'a,b\n1,"x\n' + b"2,y\n" * 50_000, UnpairedQuote),
    "a quote closed many rows later": (b'a,b\n1,"x\n2,y\n3,z\n4,w"\n5,v\n', UnpairedQuote),
    "a line without an end": (b"," * 3_000_000, TooSpread),
    "a row of very many cells": (b"a,b\n" + b"," * 5000 + b"\n", TooSpread),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_quickly(name):
    data, refusal = HOSTILE[name]
    began = time.perf_counter()

    with pytest.raises(refusal) as refused:
        for sheet in open_sheets(data, "名单.xlsx"):
            rows_of(sheet)

    assert time.perf_counter() - began < QUICKLY
    assert "「名单.xlsx」" in str(refused.value)


def test_no_reading_process_outlives_its_workbook():
    before = _child_processes()
    sheets = open_sheets(XLSX, "a.xlsx")
    during = _child_processes()

    del sheets

    assert len(during - before) == 1
    assert _child_processes() <= before


def test_the_reading_process_is_told_nothing_but_the_workbook(monkeypatch):
    monkeypatch.setenv("PORTAL_SEAL_KEY", "secret")
    before = _child_processes()
    sheets = open_sheets(XLSX, "a.xlsx")

    (child,) = _child_processes() - before
    assert child.environ() == {}
    del sheets


def test_a_name_with_percent_signs_does_not_break_the_sentence():
    with pytest.raises(WrongKind, match="完成100%s"):
        open_sheets(b"%PDF-", "完成100%s.pdf")


SAMPLES = [path.read_bytes() for path in sorted(FIXTURES.glob("libreoffice*"))] + [XLSX]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), max_size=5),
    st.floats(0, 1),
)
def test_a_file_damaged_at_random_is_read_or_refused_but_never_a_bug(data, edits, cut):
    data = bytearray(data)
    for place, junk in edits:
        start = int(place * len(data))
        data[start : start + len(junk)] = junk
    if cut > 0.8:
        del data[int(cut * len(data)) :]

    try:
        for sheet in open_sheets(bytes(data), "a.xls"):
            for first, rows in sheet.blocks():
                assert first >= 1
                assert len(set(map(len, rows))) == 1
    except SheetRefusal as refused:
        assert "a.xls" in str(refused)


def _child_processes():
    return set(psutil.Process().children())


# --- At the upload, without reading -----------------------------------------------------------


def zipped(*names):
    """Return a zip with parts of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


OTHER_KINDS = [
    (b"\x89PNG\r\n\x1a\n" + bytes(64), WrongKind, "图片"),
    (b"%PDF-1.7 ...", WrongKind, "PDF"),
    (zipped("[Content_Types].xml", "word/document.xml"), WrongKind, "Word 文档"),
    (zipped("缴费明细.xlsx"), WrongKind, "压缩包"),
    (altered(add=[("xl/vbaProject.bin", b"x")]), HasMacros, "宏"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), Protected, "打开密码"),
    (OLE + "_VBA_PROJECT_CUR".encode("utf-16-le"), HasMacros, "宏"),
    (OLE + "WordDocument".encode("utf-16-le"), WrongKind, "Word 文档"),
    (b"MZ" + bytes(64), WrongKind, "程序"),
]


@pytest.mark.parametrize(("data", "refusal", "words"), OTHER_KINDS)
def test_another_kind_of_file_is_known_by_its_first_look(data, refusal, words):
    with pytest.raises(refusal, match=words):
        refuse_other_kinds(data, "缴费明细.xlsx")


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("libreoffice.*")), ids=lambda p: p.name)
def test_every_table_passes_the_first_look(path):
    refuse_other_kinds(path.read_bytes(), path.name)
