"""Add many rows to a table by COPY, a column at a time: twenty times faster than INSERT.

    copy_columns("enrollment_rosterrow", {"name": ["张桂兰", "李四"], "grade": [None, 2]})

A column holds values of one kind: texts, bytes, whole numbers, amounts, days, truths, or lists of
words and numbers for an array; None is NULL anywhere.
"""

import io
from itertools import repeat

from django.db import connection
from psycopg2 import sql

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\0": None})


def copy_columns(table, columns):
    """Add one row for each place of the columns; return how many rows that were."""
    rows = len(next(iter(columns.values())))
    if not rows:
        return 0
    command = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    texts = [copied(values) for values in columns.values()]
    lines = "\n".join(map("\t".join, zip(*texts, strict=True))) + "\n"
    # In one piece: beside a thread that reads on, every further piece would wait for its turn.
    whole = lines.encode()
    with connection.cursor() as cursor:
        cursor.copy_expert(command.as_string(cursor.cursor), io.BytesIO(whole), len(whole))
    return rows


def copied(values):
    """Return a column as COPY's text format wants it."""
    kinds = set(map(type, values))
    if kinds == {type(None)}:
        return list(repeat("\\N", len(values)))
    write = _writer(kinds - {type(None)}, values)
    if type(None) in kinds:
        return ["\\N" if value is None else write(value) for value in values]
    return list(map(write, values))


def _writer(kinds, values):
    """Return the function that writes one value of a column; plain texts are left as they are."""
    (kind,) = kinds
    if kind is str:
        joined = "".join(filter(None, values))
        has_oddities = any(sign in joined for sign in "\\\t\n\r\0")
        return _escaped if has_oddities else str
    return {bytes: _hex, bool: _truth, list: _array}.get(kind, str)


def _escaped(text):
    return text.translate(_ESCAPES)


def _hex(value):
    return "\\\\x" + value.hex()


def _truth(value):
    return "t" if value else "f"


def _array(values):
    # Words of our own choosing and numbers: nothing in them needs a quote.
    return "{" + ",".join(map(str, values)) + "}"
