"""The program that lets calamine at a workbook, in a process of its own (started by workbooks.py).

A sheet is laid out as one rectangle, so a single cell in XFD1048576 asks for 400 GB, and calamine's
answer to too little memory is to end the process. So the process it ends is this one: it has a
limit of memory and of time, no database and no keys, and it never sees anything but one workbook.

Spoken over the pipes, each message a length and then that many bytes:
  in:   the workbook; then, for each request, the index of a sheet, a block size, and how many rows
  out:  about the sheets, or a complaint; then for each request its blocks of columns and an end
"""

import gc
import io
import marshal
import pickle
import resource
import struct
import sys
from array import array
from itertools import islice

import python_calamine

MOST_MEMORY = 2560 * 1024**2
MOST_SECONDS = 120
# A column of texts travels as one text and one of numbers as one run of bytes, a tenth of the work.
TEXTS, NUMBERS, CELLS = "texts", "numbers", "cells"
LENGTH = struct.Struct("<Q")
REQUEST = struct.Struct("<III")
ALL_ROWS = 2**32 - 1
MARSHALLED, PICKLED = b"m", b"p"
MARSHAL_VERSION = 2  # later ones look for equal objects, which takes longer than sending them twice

PROTECTED, BROKEN = "protected", "broken"


def main():
    _limit(resource.RLIMIT_AS, MOST_MEMORY)
    _limit(resource.RLIMIT_CPU, MOST_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    gc.disable()  # rows hold no circles, and looking for them takes as long as making the rows
    source, target = sys.stdin.buffer, sys.stdout.buffer
    (length,) = LENGTH.unpack(source.read(LENGTH.size))
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.read(length)))
        about = _about(book)
        _send(target, about)
        _serve(book, about, source, target)
    except python_calamine.PasswordError:
        _send(target, PROTECTED)
    except BaseException:  # a panic of Rust is no Exception; whatever it is, the file is to blame
        _send(target, BROKEN)


def _limit(what, most):
    _soft, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(what, (most, hard))
    except (ValueError, OSError):
        pass  # macOS knows the limit of memory but does not keep it


def _about(book):
    worksheet = python_calamine.SheetTypeEnum.WorkSheet
    visible = python_calamine.SheetVisibleEnum.Visible
    return [
        (about.name, about.visible != visible) if about.typ == worksheet else None
        for about in book.sheets_metadata
    ]


def _serve(book, about, source, target):
    # The first is nearly always asked for. All are kept: no file has more cells than a sheet may.
    loaded = {
        index: book.get_sheet_by_index(index)
        for index in [index for index, known in enumerate(about) if known][:1]
    }
    while request := source.read(REQUEST.size):
        index, size, most = REQUEST.unpack(request)
        if index not in loaded:
            loaded[index] = book.get_sheet_by_index(index)
        sheet = loaded[index]
        rows = islice(sheet.iter_rows() if sheet.start else (), most)
        while block := list(islice(rows, size)):
            _send(target, [_packed(column) for column in zip(*block, strict=True)])
        _send(target, None)


def _packed(column):
    kinds = set(map(type, column))
    if kinds == {str}:
        joined = "\n".join(column)
        if joined.count("\n") == len(column) - 1:
            return TEXTS, joined
    elif kinds == {float}:
        return NUMBERS, array("d", column).tobytes()
    return CELLS, column


def unpacked(kind, packed):
    """Return the column that was packed; for the other side of the pipe."""
    if kind == TEXTS:
        return packed.split("\n")
    return array("d", packed).tolist() if kind == NUMBERS else packed


def _send(target, message):
    try:
        text = MARSHALLED + marshal.dumps(message, MARSHAL_VERSION)
    except ValueError:  # days and times
        text = PICKLED + pickle.dumps(message)
    target.write(LENGTH.pack(len(text)))
    target.write(text)
    target.flush()


if __name__ == "__main__":
    main()
