"""Know a column by what it holds (列的内容)."""

import re
from datetime import date
from itertools import pairwise

from pension_portal import identity
from pension_portal.cells import amount, cell_text, day, id_texts, name_key, year

MOSTLY = 0.9
HARDLY = 0.1


class Holding:
    """What a sample of one column looks like: which share can be IDs, money, days."""

    def __init__(self, cells, today):
        self.cells = cells
        self.today = today or date.max
        self.ids, self.marks = id_texts(cells)
        codes = identity.faults(self.ids, self.today, self.marks)
        self.valid = self._share(code is None for code in codes)
        self.damaged = self._share(map(was_an_id, self.ids, self.marks))
        self.born = self._share(map(_has_birthday, self.ids))
        self.receipts = self._share(map(identity.looks_like_receipt, self.ids))

    def _share(self, tests):
        return sum(tests) / len(self.cells) if self.cells else 0.0

    @property
    def is_ids(self):
        """IDs, or clearly what is left of IDs; a few wrong ones do not make it something else."""
        return self.valid > MOSTLY or (
            self.damaged + self.valid > MOSTLY and self.receipts < HARDLY
        )

    @property
    def may_be_ids(self):
        return not self.cells or self.born + self.damaged > HARDLY

    def share(self, kind):
        """Return the share of cells that can be of a kind; 1 for kinds that anything can be."""
        if kind == "id":
            return max(self.valid, self.damaged)
        if kind == "receipt":
            return self._share(len(text) > 5 for text in self.ids) if not self.is_ids else 0.0
        return self._share(map(_TESTS[kind], self.cells)) if kind in _TESTS else 1.0

    def kind(self):
        """Return the kind that fits best, for a sheet without a header."""
        kinds = ("id", "receipt", "day", "phone", "year", "amount", "name")
        if not self.cells:
            return "empty"
        if self._counts():
            return "serial"
        return next((k for k in kinds if self.share(k) > MOSTLY and self._is_typical(k)), "text")

    def _counts(self):
        """Tell a column of 序号: each number one more than the last, nearly everywhere."""
        numbers = [int(text) if text.isdecimal() and len(text) < 9 else 0 for text in self.ids]
        steps = [after - before == 1 for before, after in pairwise(numbers)]
        return bool(steps) and sum(steps) > len(steps) * MOSTLY

    def _is_typical(self, kind):
        if kind == "receipt":
            return self.receipts > HARDLY
        if kind == "name":  # 缴费渠道 and village names are short words too, but few of them
            return len(set(self.cells)) > len(self.cells) / 4
        return True


_LONG_NUMBER = re.compile(r"[0-9]{11}")
_NAME = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,25}|[a-z]{2,40}", re.IGNORECASE
)
_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}")
_TESTS = {
    "amount": lambda cell: amount(cell) is not None and not _LONG_NUMBER.search(cell_text(cell)),
    "day": lambda cell: day(cell) is not None,
    "year": lambda cell: year(cell) is not None,
    "name": lambda cell: bool(_NAME.fullmatch(name_key(cell_text(cell)))),
    "phone": lambda cell: bool(_PHONE.fullmatch(cell_text(cell))),
}
_EXPONENT_OF_18 = re.compile(r"[1-9](?:\.[0-9]+)?E\+?17", re.IGNORECASE)


def was_an_id(text, mark):
    """Tell what a spreadsheet has left of an ID number."""
    if mark == "exponent":
        return bool(_EXPONENT_OF_18.fullmatch(text))
    return mark == "number" and len(text) == 18 and _has_birthday(text)


def _has_birthday(text):
    if len(text) == 15 and text.isdigit():
        text = text[:6] + "19" + text[6:]
    if len(text) < 18 or not text[:17].isdigit():
        return False
    try:
        return 1880 <= date(int(text[6:10]), int(text[10:12]), int(text[12:14])).year < 2100
    except ValueError:
        return False
