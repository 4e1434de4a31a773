"""What a right judgement of every export is, worked out row by row from the cells as written.

The oracle shares no code with the portal and imports nothing of it; it reads the same contract,
asks the same questions in the same order, one row at a time, and keeps plain books:

    books = Books()
    verdicts = judge_export(written, registry, books, policies, 2021)
    tally(verdicts)["posted"]        # (rows, fen)
    books.people(2021)               # {(village code, scheme): people who have paid}

Two programs written apart that agree on every row of every file are the proof the portal stands
on. Money is fen, as whole numbers.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import itemgetter, mul

from demo.county import BASIC, MEDICAL, SUPPLEMENTARY, without_collector

NOT_PAID = {"01", "02", "09"}
IN_TRANSIT = "03"
TAX_STATES = (
    ("未申报", "01"),
    ("已申报", "02"),
    ("已缴费", "03"),
    ("已入库", "04"),
    ("无此户", "09"),
)
PAYMENT_TYPES = (
    ("正常", "10"),
    ("退收", "20"),
    ("中断补收", "31"),
    ("一次性补收", "32"),
    ("退休补收", "33"),
)
REFUND = "20"
BACK_TYPES = {"31", "32", "33"}
COVERED = {"employees", "civil_service"}
PAYING_AGES = range(16, 60)

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
REMAINDERS = "10X98765432"
CLEAN_NUMBER = re.compile(r"[1-9]\d{16}[\dX]")
SPACES = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
DOTS = dict.fromkeys(map(ord, "·•・．.‧∙⋅"))
VARIANTS = str.maketrans("昇濬峯羣傑", "升浚峰群杰")
EXCEL_EPOCH = date(1899, 12, 30)
TEXTS_KEPT = 1 << 17
CELLS_READ = (
    "id_number",
    "name",
    "amount",
    "payment_type",
    "tax_state",
    "paid_on",
    "receipt",
    "determination",
    "town",
)
FIELDS = (*CELLS_READ, "charge", "item", "year", "period_from", "period_to")
NOT_DATA = ("合计", "小计", "总计", "审核人", "填表人", "制表人", "填报单位")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one row: outcome posted, known, set_aside or held; code '' when posted."""

    sheet: str
    row: int
    outcome: str
    code: str
    detail: str
    amount_fen: int


@dataclass(slots=True)
class Reading:
    """A row's cells, understood."""

    id_number: str | None
    id_fault: str
    name: str
    scheme: int | None
    item_text: str
    year: int | None
    last_year: int | None
    amount_fen: int | None
    payment_type: str
    tax_state: str
    paid_on: date | None
    receipt: str
    determination: str
    town_text: str


@dataclass(slots=True)
class Entry:
    """A payment standing in the books."""

    key: object
    kind: str
    source: str
    amount_fen: int
    village_code: str
    paid_on: date | None


class Books:
    """Effective payments by resident, scheme and year, and the natural keys behind them."""

    def __init__(self):
        self.entries = defaultdict(list)
        self.keys = set()

    def post(self, person, entry):
        self.entries[person].append(entry)
        if entry.key is not None:
            self.keys.add(entry.key)

    def refund(self, person, entry, key):
        """Take back a payment; it stays known: an overlapping file must not bring it again."""
        self.entries[person] = [other for other in self.entries[person] if other is not entry]
        if key is not None:
            self.keys.add(key)

    def payments_of(self, person, amount_fen):
        """Return the effective payments of this amount, the first paid first."""
        entries = (e for e in self.entries.get(person, ()) if e.amount_fen == amount_fen)
        return sorted(entries, key=lambda entry: entry.paid_on or date.max)

    def has_normal(self, person, source):
        entries = self.entries.get(person)
        return bool(entries) and any(e.kind == "normal" and e.source == source for e in entries)

    def people(self, year):
        """Return {(village code, scheme): how many have paid for the year}, each person once."""
        counts = defaultdict(int)
        for (_, scheme, paid_year), entries in self.entries.items():
            if paid_year == year and entries:
                counts[entries[0].village_code, scheme] += 1
        return dict(counts)

    def amounts(self, year):
        """Return {(village code, scheme, source): fen standing paid for the year}."""
        sums = defaultdict(int)
        for (_, scheme, paid_year), entries in self.entries.items():
            if paid_year == year:
                for entry in entries:
                    sums[entry.village_code, scheme, entry.source] += entry.amount_fen
        return dict(sums)

    def subsidies(self, year, policies):
        """Return {(scheme, tier fen): (people, subsidy fen)} of the year's normal payments.

        Back payments earn nothing (Y26), and the 100 tier's subsidy is undecided: it counts 0.
        """
        sums = defaultdict(lambda: [0, 0])
        for (_, scheme, paid_year), entries in self.entries.items():
            policy = policies.get((scheme, year))
            if paid_year != year or policy is None:
                continue
            for entry in entries:
                if entry.kind == "normal":
                    line = sums[scheme, entry.amount_fen]
                    line[0] += 1
                    line[1] += policy.subsidies.get(entry.amount_fen, 0)
        return {tier: tuple(line) for tier, line in sums.items()}


class Registry:
    """What the county's registers say, ready to be asked by identity number."""

    def __init__(self, county):
        self.by_number = {resident.id_number: resident for resident in county.residents}
        self.elsewhere = {resident.id_number for resident in county.neighbours}
        self.village_codes = [village.code for village in county.villages]
        self.town_codes = [county.towns[index].code for index in county.village_towns]
        self.determinations = defaultdict(list)
        for determination in county.determinations:
            if determination.approved:
                person = determination.resident.id_number, determination.scheme
                self.determinations[person].append(determination)
        self.towns = {squeeze(town.name): town.code for town in county.towns}
        for alias in county.aliases:
            if alias.source == "tax":
                self.towns[squeeze(alias.text)] = alias.area_code


@lru_cache(TEXTS_KEPT)
def squeeze(text):
    """Return the text in one width without any space."""
    return SPACES.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(TEXTS_KEPT)
def name_key(name):
    """Return what two writings of one name have in common."""
    return squeeze(name).translate(DOTS).translate(VARIANTS)


def read_id(cell):
    """Return (number, fault): a checked 18-character number, or None and what is wrong."""
    if cell.__class__ is str and CLEAN_NUMBER.fullmatch(cell):
        number = cell
    elif cell is None or cell == "":
        return None, "missing"
    elif isinstance(cell, (int, float)):
        return None, "became a number"
    else:
        number = squeeze(str(cell)).lstrip("'‘’`").upper().replace("Х", "X")
        if not number:
            return None, "missing"
        if "E+" in number or "." in number:
            return None, "became a number"
        if len(number) == 15 and number.isdecimal():
            number = number[:6] + "19" + number[6:]
            number += check_digit(number)
        if not CLEAN_NUMBER.fullmatch(number):
            return None, "wrong length or characters"
    if check_digit(number) != number[17]:
        return None, "lost its last digits" if number.endswith("000") else "wrong check character"
    if not is_day(number[6:14]):
        return None, "no such birth date"
    return number, ""


def check_digit(number):
    """Return the character that GB 11643 asks for after the first seventeen."""
    total = weigh(number[:6], 0) + weigh(number[6:14], 6) + weigh(number[14:17], 14)
    return REMAINDERS[total % 11]


@lru_cache(TEXTS_KEPT)
def weigh(digits, start):
    return sum(map(mul, map(int, digits), WEIGHTS[start:]))


@lru_cache(TEXTS_KEPT)
def is_day(eight):
    try:
        date(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
    except ValueError:
        return False
    return True


def read_amount(cell):
    """Return fen, or None where there is no amount to be read."""
    if cell is None or cell == "":
        return None
    if cell.__class__ is int:
        return cell * 100
    if cell.__class__ is float:
        return round(cell * 100)
    text = squeeze(cell).strip("¥￥元").replace(",", "")
    try:
        return int(Decimal(text) * 100)
    except InvalidOperation:
        return None


def read_day(cell):
    """Return the day a cell means, or None."""
    if cell is None or cell == "":
        return None
    if cell.__class__ is str and len(cell) >= 10 and cell[4] == "-":
        return date.fromisoformat(cell[:10])
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)):
        return EXCEL_EPOCH + timedelta(days=int(cell))
    parts = re.findall(r"\d+", cell)
    if len(parts) >= 3:
        return date(*map(int, parts[:3]))
    digits = "".join(parts)
    if len(digits) == 8:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == 5:
        return EXCEL_EPOCH + timedelta(days=int(digits))
    return None


@lru_cache(TEXTS_KEPT)
def read_item(charge, item):
    return squeeze(f"{charge or ''}{item or ''}")


@lru_cache(TEXTS_KEPT)
def read_years(year, period_from, period_to):
    """Return the first and last year the payment is for; the year column speaks first."""
    first = read_year(year)
    if first is None:
        first = read_year(period_from)
    return first, read_year(period_to) or first


def read_mark(cell):
    """Return a receipt or determination number as plain text."""
    if not cell:
        return ""
    text = str(cell)
    return text if text.isalnum() and text.isascii() else squeeze(text)


def read_year(cell):
    """Return the first four digits as a year, or None."""
    if cell.__class__ is int:
        return cell
    found = re.search(r"\d{4}", squeeze(str(cell or "")))
    return int(found.group()) if found else None


@lru_cache(TEXTS_KEPT)
def read_code(cell, words):
    """Return the two-digit code of a coded cell, whatever it is dressed in."""
    if cell is None or cell == "":
        return ""
    text = squeeze(str(cell))
    if text[:2].isdecimal():
        return text[:2]
    return next((code for word, code in words if word in text), "")


@lru_cache(TEXTS_KEPT)
def read_scheme(text):
    """Return the scheme an item names, or None when it does not say which."""
    if "医疗" in text or "医保" in text:
        return MEDICAL
    if "补充养老" in text:
        return SUPPLEMENTARY
    if "基本养老" in text:
        return BASIC
    return None


class Reader:
    """Reads the rows of one layout; columns a layout lacks read as empty."""

    def __init__(self, layout):
        self.headers = {squeeze(cell) for row in layout.header_rows() for cell in row if cell}
        self.width = len(layout.columns)
        # A column that is not there is read from the empty cell put behind every row.
        nowhere = self.width
        at = self.at = dict.fromkeys(FIELDS, nowhere) | layout.places
        self.items = itemgetter(at["charge"], at["item"])
        self.periods = itemgetter(at["year"], at["period_from"], at["period_to"])
        self.cells = itemgetter(*(at[name] for name in CELLS_READ))

    def is_data(self, row):
        """Whether the row is a payment, and not a blank, a header again, a sum or a signature."""
        first = row[0]
        if first is None or first == "":
            first = next((cell for cell in row if cell is not None and cell != ""), None)
        if first is None:
            return False
        if first.__class__ is not str:
            return True
        text = squeeze(first)
        return text not in self.headers and not text.startswith(NOT_DATA)

    def read(self, row):
        """Return what the cells mean; a missing state means arrived, a missing type normal."""
        row = [*row, *([None] * (self.width + 1 - len(row)))]
        number, name, amount, kind, state, day, receipt, determination, town = self.cells(row)
        number, fault = read_id(number)
        item = read_item(*self.items(row))
        first_year, last_year = read_years(*self.periods(row))
        return Reading(
            number,
            fault,
            name or "",
            read_scheme(item),
            item,
            first_year,
            last_year,
            read_amount(amount),
            read_code(kind, PAYMENT_TYPES) or "10",
            read_code(state, TAX_STATES) or "04",
            read_day(day),
            read_mark(receipt),
            read_mark(determination),
            squeeze(town) if town else "",
        )


class Judge:
    """Judges the rows of one file, in order, against the books as they stood before it."""

    def __init__(self, registry, books, policies, year):
        self.registry = registry
        self.books = books
        self.policies = policies
        self.year = year
        self.seen_keys = set()
        self.seen_payments = set()
        self.refunds = Counter()
        self.postings = []

    def judge(self, reading):
        """Return (outcome, code, detail); the first question that holds decides."""
        return (
            self.arrived_pension(reading)
            or self.readable(reading)
            or self.known(reading)
            or self.person(reading)
            or self.refund(reading)
            or self.standing(reading)
            or self.back(reading)
            or self.normal(reading)
        )

    def arrived_pension(self, reading):
        """Questions 1 and 2: has the money arrived, and is it for a pension?"""
        if reading.tax_state in NOT_PAID:
            return "set_aside", "S02", reading.tax_state
        if reading.tax_state == IN_TRANSIT:
            return "set_aside", "S03", "not yet in the treasury"
        if reading.scheme == MEDICAL:
            return "set_aside", "S01", reading.item_text
        return None

    def readable(self, reading):
        """Questions 3 and 4: can number, amount and year be read?"""
        if reading.id_number is None:
            return "held", "E01", reading.id_fault
        if not reading.amount_fen:
            return "held", "E05", "no amount"
        if reading.year is None:
            return "held", "E07", "no year"
        return None

    def natural_key(self, reading):
        if not reading.receipt:
            return None
        scheme = reading.scheme or reading.item_text
        return (reading.receipt, reading.id_number, scheme, reading.year, reading.amount_fen)

    def known(self, reading):
        """Questions 5 and 6: is the row here already, and is its scheme clear and in force?"""
        key = self.natural_key(reading)
        if key is not None:
            if key in self.books.keys:
                return "known", "E18", "posted before"
            if key in self.seen_keys:
                return "known", "E18", "earlier in this file"
            self.seen_keys.add(key)
        if reading.scheme is None or (reading.scheme, self.year) not in self.policies:
            return "held", "E15", reading.item_text
        return None

    def person(self, reading):
        """Questions 7 and 8: who is it, and is the name the same?"""
        resident = self.registry.by_number.get(reading.id_number)
        if resident is None:
            if reading.id_number in self.registry.elsewhere:
                return "held", "E04", "registered in another county"
            return "held", "E03", "in no registry"
        if resident.name != reading.name and name_key(resident.name) != name_key(reading.name):
            return "held", "E02", "another name"
        return None

    def refund(self, reading):
        """Question 9: is money going back, and was it ever paid?"""
        if reading.amount_fen > 0 and reading.payment_type != REFUND:
            return None
        person = self.payment_of(reading)
        amount = abs(reading.amount_fen)
        payments = self.books.payments_of(person, amount)[self.refunds[person, amount] :]
        if not payments:
            return "held", "E14", "nothing to give back"
        self.refunds[person, amount] += 1
        key = self.natural_key(reading)
        self.postings.append((self.books.refund, (person, payments[0], key)))
        return "posted", "", "refund"

    def payment_of(self, reading):
        resident = self.registry.by_number[reading.id_number]
        return resident.number, reading.scheme, reading.year

    def standing(self, reading):
        """Questions 10 to 12: enrolled, alive, of paying age, not covered elsewhere?"""
        resident = self.registry.by_number[reading.id_number]
        status = enrolment_status(resident, reading.scheme)
        if not status:
            return "held", "E03", "not enrolled in this scheme"
        if resident.life_status != "alive" or status in ("drawing", "terminated"):
            return "held", "E09", f"{resident.life_status} {status}"
        age = age_on(reading.paid_on, resident.born_on)
        may_make_up = self.is_back(reading) and self.determination(reading) is not None
        if age < PAYING_AGES.start or (age >= PAYING_AGES.stop and not may_make_up):
            return "held", "E09", f"{age} years old"
        if resident.other_cover in COVERED:
            return "held", "E10", resident.other_cover
        return None

    def determination(self, reading):
        """Return the approved determination that covers the row, or None.

        Where the row names none, any of the person's may; the one that agrees goes first.
        """
        found = self.registry.determinations.get((reading.id_number, reading.scheme), ())
        if reading.determination:
            found = [d for d in found if d.number == reading.determination]
        return max(found, key=lambda d: agrees(d, reading), default=None)

    def is_back(self, reading):
        return (
            reading.payment_type in BACK_TYPES
            or reading.year < self.year
            or reading.last_year != reading.year
        )

    def back(self, reading):
        """Question 13: a past year asks for a determination that says the same."""
        if reading.year > self.year or not self.is_back(reading):
            return self.future(reading)
        determination = self.determination(reading)
        if determination is None:
            return "held", "E07", "no approved determination"
        if not agrees(determination, reading):
            return "held", "E08", f"determined {determination.amount_fen} for {determination.years}"
        return self.town(reading) or self.post(reading, "back", "own", determination.years)

    def future(self, reading):
        if reading.year > self.year:
            return "held", "E07", "a year to come"
        return None

    def normal(self, reading):
        """Questions 14 to 16: a tier, the right town, and not paid yet."""
        policy = self.policies[reading.scheme, self.year]
        proxy_only = policy.tiers.get(reading.amount_fen)
        if proxy_only is None:
            return "held", "E05", "no tier of the year"
        if proxy_only:
            entitled = self.entitlement(reading, policy)
            if entitled:
                return entitled
        source = "proxy" if proxy_only else "own"
        return self.town(reading) or self.once(reading, source)

    def entitlement(self, reading, policy):
        """Return why the proxy tier is not open to this person, or None when it is."""
        resident = self.registry.by_number[reading.id_number]
        kinds = policy.paid_for(reading.amount_fen)
        qualifying = [
            held
            for held in resident.identities
            for identity, worst in kinds
            if held.identity == identity and (worst is None or held.grade <= worst)
        ]
        if not qualifying:
            return "held", "E16", "never entitled"
        new_year = date(self.year, 1, 1)
        if all(held.valid_to is not None and held.valid_to < new_year for held in qualifying):
            return "held", "E17", "no longer entitled"
        return None

    def town(self, reading):
        if not reading.town_text:
            return None
        resident = self.registry.by_number[reading.id_number]
        code = self.registry.towns.get(reading.town_text)
        if code != self.registry.town_codes[resident.village]:
            return "held", "E11", reading.town_text
        return None

    def once(self, reading, source):
        person = self.payment_of(reading)
        if self.books.has_normal(person, source) or (person, source) in self.seen_payments:
            return "held", "E06", "paid already"
        self.seen_payments.add((person, source))
        return self.post(reading, "normal", source)

    def post(self, reading, kind, source, years=None):
        """Note one payment, or an even share of it for each year that was determined."""
        resident = self.registry.by_number[reading.id_number]
        village = self.registry.village_codes[resident.village]
        key = self.natural_key(reading)
        years = years or (reading.year,)
        for year in years:
            share = reading.amount_fen // len(years)
            entry = Entry(key, kind, source, share, village, reading.paid_on)
            person = resident.number, reading.scheme, year
            self.postings.append((self.books.post, (person, entry)))
        return "posted", "", kind if kind == "back" else source


def agrees(determination, reading):
    """Whether a determination is for the row's very sum and years."""
    years = tuple(range(reading.year, reading.last_year + 1))
    return (determination.amount_fen, determination.years) == (reading.amount_fen, years)


def enrolment_status(resident, scheme):
    if scheme == BASIC:
        return resident.basic_status
    return resident.supplementary_status


def age_on(day, born_on):
    """Return whole years lived on the day; without a day the age is taken as in order."""
    if day is None:
        return PAYING_AGES.start
    had_birthday = (day.month, day.day) >= (born_on.month, born_on.day)
    return day.year - born_on.year - (not had_birthday)


@without_collector()
def judge_export(written, registry, books, policies, year):
    """Return a verdict for every data row of the file, and post the posted ones to the books."""
    judge = Judge(registry, books, policies, year)
    reader = Reader(written.layout)
    verdicts = []
    for sheet in written.sheets:
        for number, row in enumerate(sheet.rows[sheet.head_rows :], start=sheet.head_rows + 1):
            if not reader.is_data(row):
                continue
            reading = reader.read(row)
            outcome, code, detail = judge.judge(reading)
            amount = reading.amount_fen or 0
            verdicts.append(Verdict(sheet.name, number, outcome, code, detail, amount))
    for post, arguments in judge.postings:
        post(*arguments)
    return verdicts


def tally(verdicts):
    """Return {outcome or code: (rows, fen)}; held and set-aside rows count under both."""
    sums = defaultdict(lambda: [0, 0])
    for verdict in verdicts:
        for name in {verdict.outcome, verdict.code or verdict.outcome}:
            sums[name][0] += 1
            sums[name][1] += verdict.amount_fen
    return {name: tuple(line) for name, line in sorted(sums.items())}
