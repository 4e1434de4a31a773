"""What the cells of an export mean, for the peers written in Python; the prototype says it in SQL.

number_of("\t99010319950226619x")    "990103199502266197X" or what else is written there
amount_of("¥1,200.00")               Decimal("1200.00"), None where there is no amount
day_of("2021年3月5日")                date(2021, 3, 5), None where there is no day
"""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

COLUMNS = (
    *("seq", "id_number", "name", "item", "year", "payment_type", "tier", "amount", "paid_on"),
    *("treasury_on", "tax_state", "channel", "receipt", "determination", "town", "village"),
)
THIS_YEAR = 2021
BASIC, SUPPLEMENTARY, MEDICAL = 1, 2, 3
NOT_PAID, IN_TRANSIT = {"01", "02", "09"}, "03"
REFUND, BACK_TYPES = "20", {"31", "32", "33"}

EXCEL_EPOCH = date(1899, 12, 30)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
REMAINDERS = "10X98765432"
QUOTES = dict.fromkeys(map(ord, "'’‘`"))
DOTS = dict.fromkeys(map(ord, "·•・．.‧∙･⋅●"))
VARIANTS = str.maketrans("昇濬峯羣傑", "升浚峰群杰")
CYRILLIC_AND_GREEK_X = str.maketrans("ХΧ", "XX")
TEXTS_KEPT = 1 << 16


def text_of(cell):
    """Return a workbook's cell as the text a person sees; whole numbers without a point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def squeezed(text):
    return "".join(unicodedata.normalize("NFKC", text).split())


def number_of(text):
    """Return an identity number without what a spreadsheet put around it, 15 digits made 18."""
    number = squeezed(text).translate(QUOTES).upper().translate(CYRILLIC_AND_GREEK_X)
    if len(number) == 15 and number.isdecimal():
        number = f"{number[:6]}19{number[6:]}"
        number += REMAINDERS[sum(map(int.__mul__, map(int, number), WEIGHTS)) % 11]
    return number


def name_key(text):
    """Return what two writings of one name have in common."""
    return squeezed(text).translate(DOTS).translate(VARIANTS)


@lru_cache(TEXTS_KEPT)
def amount_of(text):
    try:
        return Decimal(squeezed(text).strip("¥￥元").replace(",", "") or "none")
    except InvalidOperation:
        return None


@lru_cache(TEXTS_KEPT)
def day_of(text):
    digits = re.findall(r"\d+", text)
    if len(digits) >= 3:
        return date(*map(int, digits[:3]))
    if digits and len(digits[0]) == 8:
        return date.fromisoformat(digits[0])
    if digits and len(digits[0]) == 5:
        return EXCEL_EPOCH + timedelta(int(digits[0]))
    return None


@lru_cache(TEXTS_KEPT)
def scheme_of(item):
    """Return the scheme that an item names, None where it does not say which."""
    if "医疗" in item:
        return MEDICAL
    if "补充养老" in item:
        return SUPPLEMENTARY
    return BASIC if "基本养老" in item else None


@lru_cache(TEXTS_KEPT)
def year_of(text):
    return int(text[:4]) if text[:4].isdecimal() else None
