"""Know a column by what it is called (列名).

Names are compared bare of brackets, blanks, stars and units. A header may be two or three rows
high, its merged cells joined from top to bottom: 费款所属期 over 起 is 费款所属期起.
"""

import re
import unicodedata
from typing import NamedTuple

HEADER_ROWS = 15  # the header begins in one of these
HEADER_DEPTH = 3  # rows that merged cells may join into one header
FEWEST_NAMES = 2  # one known word may stand in any title
SAME_NAME, PART_OF_NAME = 1.0, 0.8
SHORTEST_PART = 3

# 户主身份证号 is an ID number, but not of the person the row is about.
SOMEONE_ELSE = (
    *("户主", "代办", "经办", "配偶", "监护", "联系", "开户", "收款", "领款", "代理", "操作"),
    *("开票", "法人", "单位", "家属", "代缴人", "审核", "村干部", "协办"),
)


def normal(text):
    """Return a header text bare of what varies: brackets, blanks, `*`, units and notes."""
    text = unicodedata.normalize("NFKC", str(text)).lower()
    text = _NOTES.sub("", text)
    return _DECORATION.sub("", text)


_NOTES = re.compile(
    r"[\[(【〔](?:单位:)?(?:人民币)?"
    r"(?:万元|元|元/年|元/人|人|岁|必填|选填|可选|必选|大写|小写|18位)[\])】〕]"
)
_DECORATION = re.compile(r"[\s*:：()\[\]【】〔〕<>《》\"'“”‘’、,，;；._\-—/\\|#※★]+")


def names_of(columns):
    """Return normal name → column, the first to claim a name having it."""
    names = {}
    for column in columns:
        for name in (column.label, column.field, *column.variants):
            names.setdefault(normal(name), column)
    names.pop("", None)
    return names


class Place(NamedTuple):
    """Where a header stands (rows from 0, `end` is the first after it) and its joined texts."""

    score: float
    start: int
    end: int
    texts: list[str]


def find_place(rows, names):
    """Return the best place for a header, shallow before deep, high before low; or None."""
    best = None
    for depth in range(1, HEADER_DEPTH + 1):
        for start in range(min(HEADER_ROWS, len(rows) - depth + 1)):
            block = rows[start : start + depth]
            if depth > 1 and not all(is_heading(row) for row in block):
                continue
            texts = joined(block)
            score = _score(texts, names)
            if score >= FEWEST_NAMES and (best is None or score > best.score):
                best = Place(score, start, start + depth, texts)
    return best


def _score(texts, names):
    found = {}
    for text in texts:
        if matched := match(text, names):
            quality, column = matched
            found[column.field] = max(quality, found.get(column.field, 0))
    return sum(found.values())


def is_heading(row):
    """Tell a row of words from a row of data: no numbers that belong to anybody."""
    return not any(
        not isinstance(cell, str) or _LONG_NUMBER.search(cell) or _MONEY.fullmatch(cell)
        for cell in row
    )


_LONG_NUMBER = re.compile(r"[0-9]{11}")
_MONEY = re.compile(r"-?[0-9]+\.[0-9]{2}")


def joined(block):
    """Return one text per column; a cell merged to the right speaks for those it covers."""
    width = max(map(len, block))
    texts = [""] * width
    for level, row in enumerate(block):
        row = [*map(str, row), *[""] * (width - len(row))]
        above = ""
        for index in range(width):
            below = any(index < len(r) and r[index] != "" for r in block[level + 1 :])
            above = row[index] or (above if below and level < len(block) - 1 else "")
            texts[index] += ("\n" if texts[index] and above else "") + above
    return texts


def match(text, names):
    """Return (quality, Column) for a header text, or None.

    A joined text counts as a whole or by its last line: what stands above may be the sheet's title.
    """
    whole, last = normal(text), normal(text.rsplit("\n", 1)[-1])
    if column := names.get(whole) or names.get(last):
        return SAME_NAME, column
    if any(word in whole for word in SOMEONE_ELSE):
        return None
    parts = [n for n in names if len(n) >= SHORTEST_PART and n in last and len(last) <= 3 * len(n)]
    return (PART_OF_NAME, names[max(parts, key=len)]) if parts else None


def matches(texts, names):
    """Return field → [(quality, column index)], the best first."""
    found = {}
    for index, text in enumerate(texts):
        if matched := match(text, names):
            quality, column = matched
            found.setdefault(column.field, []).append((quality, index))
    return {name: sorted(places, key=lambda p: (-p[0], p[1])) for name, places in found.items()}
