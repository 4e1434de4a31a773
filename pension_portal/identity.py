"""Tell whether a number can be a resident's ID number, and if not, why (GB 11643-1999).

    check_id_number("990101196801010013", today)
      →  IdNumber("990101196801010013", 1968-01-01, "m", "foreigner")
    check_id_number("990101196801010014", today)
      →  IdFault("checksum", "身份证号最后一位对不上，应核对第 17、18 位")

The number is 6 area + 8 birth + 3 sequence (odd = male) + check. The check says that the weighted
sum of all 18 is 1 modulo 11. A whole file is checked a character place at a time: the first digits
of five thousand numbers are weighed by one table look-up, then the second digits, and so on, and
eighteen long additions give five thousand sums.

Only what never changes is asked: length, a province, a real day that is not in the future, the
check character. Area codes go out of use and people move, so they prove nothing. Nothing is ever
repaired: three digits that a spreadsheet has rounded away are gone, and a guess would be somebody
else's number.
"""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
CHECK_CHARACTERS = "10X98765432"
EARLIEST_BIRTH = date(1880, 1, 1)
CENTURY_AHEAD = 2100  # a "birth" in 2103 is no birth but the serial number of a receipt
MOST_DAYS = 100_000  # more than there are in two centuries; a hostile file may hold any
NOBODY = "0" * 18  # weighed in the place of what has no such shape; its sum is wrong

PROVINCES = frozenset(
    f"{ten}{one}"
    for ten, ones in zip(
        "123456", ("12345", "123", "1234567", "123456", "01234", "12345"), strict=True
    )
    for one in ones
) | {"71", "81", "82", "83"}
RESIDENCE_PERMITS = ("81", "82", "83")  # 港澳台居民居住证
FOREIGNER = "9"  # 外国人永久居留身份证 (2023); no province begins with 9

SENTENCES = {
    "missing": _("没有身份证号，应补填 18 位身份证号"),
    "damaged": _("身份证号被表格软件整数化，末三位变成 000；应从源系统按文本重新导出"),
    "length": _("身份证号应为 18 位，应对照证件补全"),
    "characters": _("身份证号只能是数字，末位可为 X，应核对其余字符"),
    "area": _("身份证号前两位不是省份代码，应核对第 1、2 位"),
    "date": _("身份证号第 7 至 14 位不是日期，应核对出生年月日"),
    "future": _("身份证号里的出生日期晚于今天，应核对第 7 至 14 位"),
    "checksum": _("身份证号最后一位对不上，应核对第 17、18 位"),
    "disability_card": _("这是 20 位残疾人证号，身份证号应填其中前 18 位"),
    "receipt": _("这是电子税票号码，不是身份证号；应核对是否错列"),
    "old_permit": _("这是旧版外国人永久居留证号，应改填 18 位新号"),
}


_BIRTH_CERTIFICATE = re.compile(r"[A-Z][0-9]{9}")


class IdNumber(NamedTuple):
    """A number that can be someone's, with the birthday, sex ('m'/'f') and document it shows."""

    text18: str
    born_on: date
    sex: str
    kind: str


class IdFault(NamedTuple):
    """Why a number cannot be anyone's: a stable code, and a sentence for the clerk."""

    code: str
    sentence: str


def check_id_number(text, today, mark=""):
    """Return IdNumber, or IdFault with the first thing wrong.

    `text` comes from `cells.id_texts`, already cleaned of blanks and look-alikes; `mark` is the
    damage mark it gave for the same cell. A 15-digit number is answered as its 18-digit one.
    """
    code = _fault(text, today, mark)
    if code:
        return IdFault(code, SENTENCES[code])
    text18 = upgrade(text) if len(text) == 15 else text
    sex = "m" if int(text18[16]) % 2 else "f"
    return IdNumber(text18, _born_on(text18), sex, _kind(text18))


def is_birth_certificate(text):
    """Tell a birth certificate's number (出生医学证明), a letter and nine digits: a
    newborn has no other until there is an ID number.
    """
    return bool(_BIRTH_CERTIFICATE.fullmatch(text))


def birth_certificate(text, born_on, sex):
    """Return the IdNumber of a certificate, which does not show birthday and sex by itself."""
    return IdNumber(text, born_on, sex, "birth_certificate")


def faults(texts, today, marks=None):
    """Return for each number None if it can be someone's, else its fault's code in SENTENCES."""
    days = _days_until(today)
    found = [
        None if fits and days[text[6:14]] else _fault(text, today, "")
        for text, fits in zip(texts, _weigh_all(texts), strict=True)
    ]
    if marks and any(marks):
        for position, mark in enumerate(marks):
            if mark:
                found[position] = _fault(texts[position], today, mark)
    return found


def upgrade(text15):
    """Return the 18-digit form of a 15-digit number: the century goes in, the check character on.

    Sequence 996–999 was kept for people born in the 1800s who were a hundred when numbers were
    given out.
    """
    century = "18" if text15[12:] in ("996", "997", "998", "999") else "19"
    text17 = text15[:6] + century + text15[6:]
    return text17 + check_character(text17)


def check_character(text17):
    """Return the eighteenth character that the first seventeen digits ask for."""
    return CHECK_CHARACTERS[_weigh(text17) % 11]


def birthday_of(text18):
    """Return the day that a number's digits 7 to 14 name, right or wrong number; else None."""
    return _born_on(text18)


def looks_like_receipt(text):
    """Tell a tax receipt number (电子税票号码) that happens to have 18 digits.

    It is 3 + eight digits of day, or 3 + five of tax office + six of day, and then a serial number.
    """
    if len(text) != 18 or text[0] != "3" or not _is_digits(text):
        return False
    if (birth := _born_on(text)) and birth.year < CENTURY_AHEAD:
        return False
    return bool(_day(text[1:9]) or _day("20" + text[6:12]))


# --- the parts -----------------------------------------------------------------------------


def _fault(text, today, mark):
    if not text:
        return "missing"
    if mark == "exponent" or _lost_its_end(text, mark):
        return "damaged"
    if len(text) == 15 and _is_digits(text):
        text = upgrade(text)
    if len(text) != 18:
        return _odd_length(text)
    if not _is_digits(text[:17]) or text[17] not in "0123456789X":
        return "characters"
    return _fault_of_18(text, today)


def _fault_of_18(text, today):
    born_on = _born_on(text)
    if looks_like_receipt(text):
        return "receipt"
    if text[0] != FOREIGNER and text[:2] not in PROVINCES:
        return "area"
    if not born_on:
        return "date"
    if not _check_fits(text):
        return "damaged" if text.endswith("000") else "checksum"
    return "future" if born_on > today else None


def _lost_its_end(text, mark):
    # A number cell keeps 15 or 16 digits. A 15-digit number survives it whole; an 18-digit one
    # never does, and if the check character still fits, that is chance.
    return mark == "number" and len(text) > 15


def _odd_length(text):
    if 20 <= len(text) <= 22 and _is_digits(text[:17]) and _check_fits(text[:18]):
        return "disability_card"
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", text):
        return "old_permit"
    return "characters" if re.search(r"[^0-9X]", text) else "length"


def _kind(text18):
    if text18.startswith(FOREIGNER):
        return "foreigner"
    return "residence_permit" if text18.startswith(RESIDENCE_PERMITS) else "resident"


def _is_digits(text):
    # str.isdigit alone would let ² and Arabic digits through.
    return text.isascii() and text.isdigit()


def _check_fits(text18):
    return text18[17] in "0123456789X" and _weigh(text18) % 11 == 1


def _weigh(text):
    values = [10 if c == "X" else int(c) for c in text]
    return sum(v * w for v, w in zip(values, WEIGHTS, strict=False))


def _day(text8):
    """Return the date of eight digits, or None."""
    if not _is_digits(text8):
        return None
    try:
        return date(int(text8[:4]), int(text8[4:6]), int(text8[6:]))
    except ValueError:
        return None


def _born_on(text18):
    day = _day(text18[6:14])
    return day if day and day >= EARLIEST_BIRTH else None


class _Days(dict):
    """Eight digits → whether somebody alive can be born on that day; each day worked out once."""

    def __init__(self, today):
        super().__init__()
        self.today = today

    def __missing__(self, text8):
        day = _day(text8)
        is_birthday = bool(day) and EARLIEST_BIRTH <= day <= self.today
        if len(self) < MOST_DAYS:
            self[text8] = is_birthday
        return is_birthday


@lru_cache(maxsize=4)
def _days_until(today):
    return _Days(today)


# --- many numbers at once ------------------------------------------------------------------


def _table(value_of):
    """Return a table for `bytes.translate`: what each byte becomes."""
    return bytes(value_of(code) for code in range(256))


def _value(code):
    return 10 if code == ord("X") else max(code - ord("0"), 0) % 10


_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_DIGITS_AND_X = b"0123456789X"
_WEIGHED = [_table(lambda code, w=weight: _value(code) * w % 11) for weight in WEIGHTS]
_SUM_IS_RIGHT = _table(lambda total: total % 11 == 1)
_TENS = _table(lambda code: _value(code) * 10)
_ONES = _table(_value)
_IS_PROVINCE = _table(lambda code: f"{code:02d}" in PROVINCES or code // 10 == int(FOREIGNER))


def _weigh_all(texts):
    """Return a byte for each text: 1 where shape, province and check character are right.

    Each place of all the texts is one long integer with a byte for every text. Eighteen values of
    at most 10 add up to less than 256, so no sum runs over into its neighbour's byte.
    """
    joined = _shaped(texts)
    places = [joined[place::18] for place in range(18)]
    sums = sum(
        int.from_bytes(place.translate(table), "little")
        for place, table in zip(places, _WEIGHED, strict=True)
    )
    provinces = int.from_bytes(places[0].translate(_TENS), "little")
    provinces += int.from_bytes(places[1].translate(_ONES), "little")
    right = sums.to_bytes(len(texts), "little").translate(_SUM_IS_RIGHT)
    known = provinces.to_bytes(len(texts), "little").translate(_IS_PROVINCE)
    both = int.from_bytes(right, "little") & int.from_bytes(known, "little")
    return both.to_bytes(len(texts), "little")


def _shaped(texts):
    """Return all texts joined, those that are not 17 digits and a digit or X replaced by NOBODY."""
    joined = "".join([text if len(text) == 18 else NOBODY for text in texts])
    if joined.isascii():
        joined = joined.encode()
        has_others = joined.translate(None, _DIGITS_AND_X)
        if not has_others and joined.count(b"X") == joined[17::18].count(b"X"):
            return joined
    return "".join([text if _SHAPE.fullmatch(text) else NOBODY for text in texts]).encode()
