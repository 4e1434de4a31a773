"""People as documents write them: 223300, 223,300, 22.33 万人."""

import re
from decimal import Decimal

TEN_THOUSAND = 10_000
_HEADCOUNT = re.compile(r"([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?(万)?(?:人)?")
_BLANKS = re.compile(r"\s")


def read_headcount(text):
    """Return a number of people, or None where the text is none; 22.33万人 is 223300."""
    read = _HEADCOUNT.fullmatch(_BLANKS.sub("", str(text)).replace("，", ","))
    if not read:
        return None
    people = Decimal(read[1].replace(",", "") + (read[2] or ""))
    if read[3]:
        people *= TEN_THOUSAND
    return int(people) if people == people.to_integral_value() else None


def in_ten_thousands(people):
    """Return people as 万人 with as many places as they need: 223300 → `22.33`."""
    return f"{(Decimal(people) / TEN_THOUSAND).normalize():f}"
