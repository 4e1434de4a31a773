"""One row after another judged in Python: what the peers written with Django have in common.

    judge = Judge(county)                 county answers from dictionaries or from the database
    verdict = judge.judge(read(cells))
    verdict.reason                        "" where the row is to be posted

The questions and their order are those of the portal; the answers to a row that is held are less
exact (a number with a wrong check digit is merely unknown).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from bench.peers.cells import (
    BACK_TYPES,
    COLUMNS,
    IN_TRANSIT,
    MEDICAL,
    NOT_PAID,
    REFUND,
    THIS_YEAR,
    amount_of,
    day_of,
    name_key,
    number_of,
    scheme_of,
    year_of,
)

NEW_YEAR = date(THIS_YEAR, 1, 1)
PAYING_AGES = range(16, 60)


@dataclass(slots=True)
class Row:
    """What the cells of a row mean; `fault` is why it cannot be judged further, or ""."""

    id_number: str
    name: str
    scheme_id: int
    year: int
    amount: object
    paid_on: date
    receipt: str
    determination: str
    town: str
    is_refund: bool
    is_back: bool
    fault: str


@dataclass(slots=True)
class Verdict:
    """What becomes of a row: posted as `kind`, or held for `reason`."""

    reason: str
    resident: object = None
    kind: str = ""
    source: str = "own"
    tier: object = None
    reverses_id: int = None


def read(cells, today):
    """Return a row of the sheet, given as texts, understood."""
    cell = dict(zip(COLUMNS, cells, strict=False))
    amount, year = amount_of(cell["amount"]), year_of(cell["year"])
    scheme_id, kind = scheme_of(cell["item"]), cell["payment_type"]
    number = number_of(cell["id_number"])
    is_refund = kind == REFUND or (amount is not None and amount < 0)
    return Row(
        number,
        cell["name"],
        scheme_id,
        year,
        amount,
        day_of(cell["paid_on"]) or day_of(cell["treasury_on"]) or today,
        cell["receipt"],
        cell["determination"],
        cell["town"].strip(),
        is_refund,
        not is_refund and (kind in BACK_TYPES or (year is not None and year < THIS_YEAR)),
        _fault(cell["tax_state"], scheme_id, number, amount, year),
    )


def _fault(state, scheme_id, number, amount, year):
    if state in NOT_PAID:
        return "S02"
    if state == IN_TRANSIT:
        return "S03"
    if scheme_id == MEDICAL:
        return "S01"
    if not number:
        return "E01"
    if not amount:
        return "E05"
    return "" if year else "E07"


class Judge:
    """Judges the rows of one file in their order, against the books as they stood before it."""

    def __init__(self, county):
        self.county = county
        self.keys, self.payments, self.refunds = set(), set(), Counter()

    def judge(self, row):
        """Return the verdict on a row; the first question that holds decides."""
        if row.fault:
            return Verdict(row.fault)
        if row.scheme_id is None:
            return Verdict("E15")
        resident = self.county.resident(row.id_number)
        if resident is None:
            return Verdict("E03")
        reason = self._known(row, resident) or self._other_name(row, resident)
        if reason:
            return Verdict(reason, resident)
        if row.is_refund:
            return self._refund(row, resident)
        reason = self._standing(row, resident)
        if reason:
            return Verdict(reason, resident)
        return self._back(row, resident) if row.is_back else self._normal(row, resident)

    def _known(self, row, resident):
        key = row.receipt, resident.id, row.scheme_id, row.year, row.amount
        if key in self.keys or self.county.has_posted(*key):
            return "E18"
        self.keys.add(key)
        return ""

    @staticmethod
    def _other_name(row, resident):
        is_same = resident.name_key in (row.name, name_key(row.name))
        return "" if is_same else "E02"

    def _refund(self, row, resident):
        person = resident.id, row.scheme_id, row.year, abs(row.amount)
        paid = self.county.payments_of(*person)[self.refunds[person] :]
        if not paid:
            return Verdict("E14", resident)
        self.refunds[person] += 1
        return Verdict("", resident, "refund", reverses_id=paid[0])

    def _standing(self, row, resident):
        status = self.county.status_of(resident.id, row.scheme_id)
        if status is None:
            return "E03"
        age = age_on(row.paid_on, resident.born_on)
        is_too_old = age >= PAYING_AGES.stop and not row.is_back
        is_gone = resident.life_status in ("dead", "moved") or status in ("drawing", "terminated")
        if is_gone or age < PAYING_AGES.start or is_too_old:
            return "E09"
        if resident.life_status != "alive":
            return "E10"
        return "E07" if row.year > THIS_YEAR else ""

    def _back(self, row, resident):
        determined = self.county.is_determined(
            resident.id, row.scheme_id, row.year, row.amount, row.determination
        )
        reason = self._other_town(row, resident) if determined else "E07"
        return Verdict(reason, resident, "back")

    def _normal(self, row, resident):
        tier = self.county.tier(row.scheme_id, row.amount)
        if tier is None:
            return Verdict("E05", resident)
        if tier.proxy_only and not self._is_paid_for(row, resident):
            return Verdict("E16", resident)
        source = "proxy" if tier.proxy_only else "own"
        payment = resident.id, row.scheme_id, source
        reason = self._other_town(row, resident)
        if not reason and (payment in self.payments or self.county.has_paid(*payment)):
            reason = "E06"
        if not reason:
            self.payments.add(payment)
        return Verdict(reason, resident, "normal", source, tier)

    def _is_paid_for(self, row, resident):
        rules = self.county.proxy_rules(row.scheme_id, row.amount)
        return any(
            held.identity == rule.identity
            and (rule.grade_max is None or (held.grade or 0) <= rule.grade_max)
            and (held.valid_to is None or held.valid_to >= NEW_YEAR)
            for held in self.county.identities_of(resident.id)
            for rule in rules
        )

    def _other_town(self, row, resident):
        if row.town and self.county.town_code(row.town) != resident.village_code[:9]:
            return "E11"
        return ""


def age_on(day, born_on):
    """Return whole years lived; a birthday counts from the day itself."""
    had_birthday = (day.month, day.day) >= (born_on.month, born_on.day)
    return day.year - born_on.year - (not had_birthday)
