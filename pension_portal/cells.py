"""Turn the cells of a column into values: texts, money, days, years, ID numbers, names.

    amounts(["￥1,000.00", "200元", "(50)", "待定", ""])
      →  values [1000.00, 200.00, -50.00, None, None], blanks [False, False, False, False, True]

Every parser takes a whole column and gives back a whole column, because a county's file has two
million cells and few different ones: a column of tiers holds fourteen values, a column of days
ninety. Each parser looks once at what kinds of cell it has, joins texts to test them all in one go,
and works out each different cell only once.

A cell that cannot be read becomes None (or an unchanged text), never a guess: what it means is the
judge's business.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

FEN = Decimal("0.01")
MOST_YUAN = 10**10
FLOAT_NOISE = 1e-4  # fen; a float further than this from a whole fen was never an amount of money
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
EXCEL_DAY_ZERO = date(1899, 12, 30)
EARLIEST_SERIAL, LATEST_SERIAL = 30000, 60000  # days 1982-02-18 to 2064-04-08
MOST_TIER_NUMBERS = 50  # "5" is the fifth tier, "100" is a hundred yuan
FIRST_INEXACT_INTEGER = 2**53

# Characters that take no room on the screen and come along with copied text.
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u202a\u202c\u202d\u202e"
BLANKS = " \t\r\n\u00a0\u3000\u2002\u2003\u2009\u200a\u202f"
DOTS = "·•・．.‧∙･⋅●"
VARIANTS = {"昇": "升", "濬": "浚", "峯": "峰", "羣": "群", "傑": "杰"}
CYRILLIC_X = {"Х": "X", "х": "X", "Χ": "X", "χ": "X", "×": "X", "x": "X"}

_QUOTED_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
_EXPONENT = re.compile(r"[0-9][.,]?[0-9]*E\+?[0-9]{1,2}", re.IGNORECASE)
_CLEAN_IDS = re.compile(r"[0-9X\n]*")
_DROP_FROM_ID = str.maketrans("", "", BLANKS + INVISIBLE + "'’‘`\"“”\x0b\x0c\x1a")


class Memory(dict):
    """What each different cell of a column comes to, worked out once; forgets when too large."""

    MOST = 20_000

    def __init__(self, work_out):
        super().__init__()
        self.work_out = work_out

    def __missing__(self, cell):
        if len(self) >= self.MOST:
            self.clear()
        value = self[cell] = self.work_out(cell)
        return value

    def column(self, cells):
        """Return what every cell of a column comes to."""
        if bool in kinds_of(cells):  # True equals 1 and would be remembered as the same cell
            cells = ["" if isinstance(cell, bool) else cell for cell in cells]
        return [self[cell] for cell in cells]


class OfOneKind(list):
    """A column whose cells are all of one type, as whoever made it knows."""

    def __init__(self, cells, kind):
        super().__init__(cells)
        self.kinds = {kind}


def kinds_of(cells):
    """Return the set of Python types in a column; {str} opens the fast ways."""
    return getattr(cells, "kinds", None) or set(map(type, cells))


# --- texts -----------------------------------------------------------------------------------


def cell_text(value):
    """Return a cell as a person reads it: trimmed, 5.0 as 5, a day as 2021-01-05."""
    if isinstance(value, str):
        return _tidy(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return str(value)


def texts(cells):
    """Return a column as trimmed texts."""
    if kinds_of(cells) == {str} and not _has_oddities("".join(cells)):
        return list(map(str.strip, cells))
    return [cell_text(cell) for cell in cells]


def names(cells):
    """Return a column of names as written, trimmed; what is compared is `name_keys`."""
    return texts(cells)


def _tidy(text):
    if _has_oddities(text):
        text = "".join(c for c in text if c not in INVISIBLE)
        if quoted := _QUOTED_FORMULA.fullmatch(text.strip()):
            text = quoted[1]  # ="341202…" is how some exports keep Excel from counting
    return text.strip()


def _has_oddities(text):
    # A pattern over the set of characters is an order slower than these ten searches.
    return '="' in text or (not text.isascii() and any(c in text for c in INVISIBLE))


def _number_text(number):
    # repr gives the shortest digits that lead back to the same float: what the file really held.
    if number != number or number in (float("inf"), float("-inf")):
        return ""
    if number.is_integer():
        return (
            str(int(number))
            if abs(number) < FIRST_INEXACT_INTEGER
            else f"{Decimal(repr(number)):f}"
        )
    return f"{Decimal(repr(number)):f}"


# --- names -----------------------------------------------------------------------------------

_NAME_FOLDS = [(c, "") for c in BLANKS.replace("\n", "") + INVISIBLE + DOTS] + list(
    VARIANTS.items()
)


def name_key(text):
    """Return the form in which two spellings of one name are equal: 买买提•艾力 = 买买提·艾力."""
    return _folded(text).replace("\n", "")


def name_keys(names):
    """Return the key of every name; a column is folded as one text, at next to no cost."""
    joined = "\n".join(names)
    if joined.count("\n") == len(names) - 1:
        keys = _folded(joined).split("\n")
        if len(keys) == len(names):
            return keys
    return [name_key(name) for name in names]


def _folded(text):
    text = unicodedata.normalize("NFKC", text)
    for character, plain in _NAME_FOLDS:
        text = text.replace(character, plain)
    return text


# --- ID numbers ------------------------------------------------------------------------------


def id_text(cell):
    """Return (text, damage mark) of one ID cell; see `id_texts`."""
    if not isinstance(cell, str):
        is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
        return cell_text(cell), "number" if is_number else ""
    if quoted := _QUOTED_FORMULA.fullmatch(cell.strip()):
        cell = quoted[1]
    text = unicodedata.normalize("NFKC", cell).translate(_DROP_FROM_ID).upper()
    for look_alike, x in CYRILLIC_X.items():
        text = text.replace(look_alike, x)
    return text, "exponent" if _EXPONENT.fullmatch(text) else ""


def id_texts(cells):
    """Return (texts, marks) of a column of ID, receipt or card numbers.

    Blanks, apostrophes and look-alike letters go; digits are never touched. A mark is 'number'
    where the cell was a number, 'exponent' where it is a text like 5.10322E+17, else ''.
    """
    marks = [""] * len(cells)
    if kinds_of(cells) == {str}:
        joined = "\n".join(cells)
        if _CLEAN_IDS.fullmatch(joined) and joined.count("\n") == len(cells) - 1:
            return list(cells), marks
    found = list(cells)
    for position, cell in enumerate(cells):
        if type(cell) is not str or not _CLEAN_IDS.fullmatch(cell) or "\n" in cell:
            found[position], marks[position] = id_text(cell)
    return found, marks


# --- money -----------------------------------------------------------------------------------

_MONEY = re.compile(r"([-+]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?(\.[0-9]*)?")
_MONEY_WORDS = re.compile(r"人民币|RMB|CNY|[¥￥$元圆块整正]|\s", re.IGNORECASE)


def amount(cell):
    """Return a cell as yuan with two places, or None where it is blank or not money."""
    if isinstance(cell, str):
        return _amount_of_text(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not abs(cell) < MOST_YUAN:
        return None
    fen = round(cell * 100)
    return Decimal(fen).scaleb(-2) if abs(cell * 100 - fen) < FLOAT_NOISE else None


def amounts(cells):
    """Return (values, blanks): yuan or None, and whether the cell was empty or unreadable."""
    values = _amounts.column(cells)
    if type(None) not in kinds_of(values):
        return values, [False] * len(values)
    blanks = [
        value is None and isinstance(cell, str) and not cell_text(cell)
        for value, cell in zip(values, cells, strict=True)
    ]
    return values, blanks


def _amount_of_text(text):
    text = _MONEY_WORDS.sub("", unicodedata.normalize("NFKC", _tidy(text)))
    text = text.translate({0x2212: "-", 0x2013: "-", 0x2014: "-"})
    if is_bracketed := text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    read = _MONEY.fullmatch(text)
    if not read or not any(c.isdigit() for c in text) or (is_bracketed and read[1]):
        return None
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    if abs(value) >= MOST_YUAN or value != value.quantize(FEN):
        return None
    value = value.quantize(FEN)
    return -value if is_bracketed else value


_amounts = Memory(amount)


# --- days, years, periods --------------------------------------------------------------------

_DAY = re.compile(
    r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?"
    r"(?:[T ]*[0-9]{1,2}(?:[:时][0-9]{1,2}(?:[:分][0-9]{1,2}(?:\.[0-9]+)?)?)?[分秒]?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_DIGIT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{6}|[T ]?[0-9]{1,2}:[0-9:.]+)?")
_SERIAL = re.compile(r"[0-9]{5}")
_YEAR = re.compile(r"([0-9]{4})(?:年度?|\.0+)?|([0-9]{4})(?:[-/.年]?[0-9]{1,2}月?|[0-9]{4})")
_PERIOD = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})月?|([0-9]{2}))")
_SPAN_WORDS = re.compile(
    r"至|到|~|—+|--|–|(?<=^[0-9]{6})-(?=[0-9]{6}$)|(?<=^[0-9]{4})-(?=[0-9]{4}$)"
)


def day(cell):
    """Return a cell as a date, or None; texts, 20210105 and Excel serials are understood."""
    if isinstance(cell, str):
        return _day_of_text(cell)
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    if EARLIEST_SERIAL <= cell < LATEST_SERIAL:
        return _day_of_serial(cell)
    return _day_of_text(_number_text(float(cell)))


def days(cells):
    """Return a column as dates, None where a cell is blank or no day."""
    if bool in kinds_of(cells):
        return _days.column(cells)
    known = _days
    # 2021-01-05 14:00:56: the seconds make every cell different, the day does not
    return [
        known[cell[:10]]
        if cell.__class__ is str and cell[13:14] == ":" and cell[10] in " T"
        else known[cell]
        for cell in cells
    ]


def year(cell):
    """Return a cell as a year: 2021, "2021年度", 202101 and true dates; None for anything else."""
    if isinstance(cell, date):
        return cell.year
    read = _YEAR.fullmatch(_plain(cell))
    if not read:
        return None
    value = int(read[1] or read[2])
    return value if EARLIEST_YEAR <= value <= LATEST_YEAR else None


def years(cells):
    """Return a column as years, None where a cell is blank or no year."""
    return _years.column(cells)


def period(cell, is_end=False):
    """Return a month as 202101, or None; a year alone is its first month, at an end its last."""
    if isinstance(cell, date):
        return cell.year * 100 + cell.month
    text = _plain(cell)
    if read := _PERIOD.fullmatch(text):
        month = int(read[2] or read[3])
        return int(read[1]) * 100 + month if 1 <= month <= 12 and year(read[1]) else None
    if found := day(cell):
        return found.year * 100 + found.month
    if found := year(cell):
        return found * 100 + (12 if is_end else 1)
    return None


def periods(cells, is_end=False):
    """Return a column as months (202101), None where a cell is blank or no period."""
    return (_period_ends if is_end else _periods).column(cells)


def span(cell):
    """Return (first, last month) of "2021-01-01至2021-12-31", a month or a year; else None."""
    ends = (
        [part for part in _SPAN_WORDS.split(_plain(cell)) if part]
        if isinstance(cell, str)
        else [cell]
    )
    if not 1 <= len(ends) <= 2:
        return None
    first, last = period(ends[0]), period(ends[-1], is_end=True)
    return (first, last) if first and last and first <= last else None


def spans(cells):
    """Return a column of spans; see `span`."""
    return _spans.column(cells)


def _plain(cell):
    if isinstance(cell, str):
        return "".join(unicodedata.normalize("NFKC", cell_text(cell)).split())
    return "" if isinstance(cell, bool) else cell_text(cell)


def _day_of_text(text):
    text = unicodedata.normalize("NFKC", _tidy(text))
    read = _DAY.fullmatch(text) or _DIGIT_DAY.fullmatch(text)
    if not read:
        return _day_of_serial(int(text)) if _SERIAL.fullmatch(text) else None
    try:
        found = date(int(read[1]), int(read[2]), int(read[3]))
    except ValueError:
        return None
    return found if EARLIEST_YEAR <= found.year <= LATEST_YEAR else None


def _day_of_serial(number):
    if not EARLIEST_SERIAL <= number < LATEST_SERIAL:
        return None
    return EXCEL_DAY_ZERO + timedelta(days=int(number))


_days = Memory(day)
_years = Memory(year)
_periods = Memory(period)
_period_ends = Memory(lambda cell: period(cell, is_end=True))
_spans = Memory(span)


# --- tiers -----------------------------------------------------------------------------------


class Tier(NamedTuple):
    """What a cell says of a tier: its place in the list ("5档"), its yuan ("500元"), or both."""

    number: int | None
    amount: Decimal | None


_NUMERALS = {c: n for n, c in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
_TIER_NUMBER = re.compile(r"第?([0-9]{1,2}|[一二三四五六七八九]|十[一二]?)档(?:次)?[:(,、-]?(.*)")
_TIER_UNIT = re.compile(r"(?:/|每)?(?:人)?(?:/|每)?年$|档次?$|[)）]$")


def tier(cell):
    """Return the Tier a cell names, or None where it is blank or names none."""
    text = _plain(cell)
    number = None
    if read := _TIER_NUMBER.fullmatch(text):
        number, text = _NUMERALS.get(read[1]) or int(read[1]), read[2]
        if not text:
            return Tier(number, None)
    value = amount(_TIER_UNIT.sub("", _TIER_UNIT.sub("", text)))
    if value is None or value <= 0:
        return Tier(number, None) if number else None
    if not number and value <= MOST_TIER_NUMBERS and value == value.to_integral_value():
        return Tier(int(value), None)
    return Tier(number, value)


def tiers(cells):
    """Return a column of tiers, None where a cell is blank or names none."""
    return _tiers.column(cells)


_tiers = Memory(tier)
