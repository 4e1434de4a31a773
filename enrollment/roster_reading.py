"""Read the rows of a roster: which are good and what they say, and what is wrong with the others.

A block of rows is turned into columns, and each column is read as a whole, because a county's file
has six million cells and few different ones. What a row leaves empty is None: it says nothing and
changes nothing. A row has as many faults as it has, so that the clerk mends them all in one go.

    reader = RosterReader(places, tiers, today())
    block = reader.read(columns)       columns: field → cells of the block
    block.good                         places of the good rows
    block.values                       staging column → values of the good rows
    block.faults                       (place, column, code, detail, is_warning)
"""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import compress
from operator import ne

from enrollment.pinyin import read
from enrollment.roster_columns import (
    BASIC,
    BASIC_WORDS,
    BOTH_SCHEMES,
    COVER_OF_WORD,
    COVERS,
    GRADE_OF_WORD,
    HUKOU_OF_WORD,
    IDENTITY_OF_WORD,
    LIFE_STATUS_OF_WORD,
    MEDICAL,
    MEDICAL_WORDS,
    SCHEMES,
    SEX_OF_WORD,
    STATUS_OF_WORD,
    SUPPLEMENTARY,
    word_key,
)
from pension_portal import cells
from pension_portal.cells import Memory
from pension_portal.identity import faults as id_faults
from pension_portal.identity import upgrade
from pension_portal.secrecy import blind_indexes

MOST_NAME = 60
MOST_HOUSEHOLD = 30
MOST_SHOWN = 30
NUMBER_DIGITS = 15  # what a number cell keeps of a long number
NO_DAY = "-—/"  # what clerks put into a cell to say that there is none
NO_TIER = "0.-—"
UNKNOWN = object()
NOT_KNOWN = (None, None)

_PHONE = re.compile(r"\+?(?:86)?([0-9]{7,12})")
_ACCOUNT = re.compile(r"[0-9]{12,24}")
_SEVERAL = re.compile(r"[、,，;；+/\s]+")
_GRADE = re.compile(r"级$")


@dataclass
class Block:
    """What was read of some rows."""

    good: list = field(default_factory=list)
    values: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)


class Tiers:
    """The tiers of the policies in force, to warn of sums that nobody may pay this year."""

    def __init__(self, year, by_scheme):
        self.year = year
        self.by_scheme = by_scheme
        self.known = {}

    def read(self, scheme, tier):
        """Return (amount or None, None or (code, detail)) for what a cell says of a tier."""
        key = scheme, tier
        if key not in self.known:
            self.known[key] = self._work_out(scheme, tier)
        return self.known[key]

    def _work_out(self, scheme, tier):
        tiers = self.by_scheme.get(scheme, [])
        if tier.amount is None:
            amount = next((t["amount"] for t in tiers if t["number"] == tier.number), None)
            if amount is None:
                detail = {"number": tier.number, "year": self.year}
                return None, ("tier_number_unknown", detail)
            return amount, None
        if not tiers or any(t["amount"] == tier.amount for t in tiers):
            return tier.amount, None
        amounts = [f"{t['amount']:.0f}" for t in tiers if t["amount"] is not None]
        detail = {"amount": f"{tier.amount:.0f}", "year": self.year, "tiers": "/".join(amounts)}
        return tier.amount, ("tier_not_open", detail)


class RosterReader:
    """Reads blocks of one roster; what words and places mean is looked up once for all of them."""

    def __init__(self, places, tiers, today, local_identities=(), followed=None):
        self.places = places
        self.tiers = tiers
        self.today = today
        self.followed = frozenset(SCHEMES if followed is None else followed)
        words = IDENTITY_OF_WORD | {word_key(word): word for word in local_identities}
        self.identities = Memory(partial(_identities_of, words))

    def read(self, columns, height):
        """Return the Block of `height` rows given as columns; a field without column is absent."""
        return _BlockReading(self, columns, height).read()


class _BlockReading:
    """One block under way: columns read so far, and which rows turned out bad."""

    def __init__(self, reader, columns, height):
        self.places, self.tiers, self.today = reader.places, reader.tiers, reader.today
        self.identity_words, self.followed = reader.identities, reader.followed
        self.columns = columns
        self.height = height
        self.faults = []
        self.is_good = [True] * height
        self._texts = {}

    def read(self):
        self.read_people()
        self.read_places()
        self.read_enrolments()
        self.read_identities()
        self.read_accounts()
        good = list(compress(range(self.height), self.is_good))
        return Block(good, self.values_of_good_rows(), self.faults)

    def cells_of(self, key):
        return self.columns.get(key) or [""] * self.height

    def texts_of(self, key):
        if key not in self._texts:
            self._texts[key] = cells.texts(self.cells_of(key))
        return self._texts[key]

    def refuse(self, place, column, code, **detail):
        self.faults.append((place, column, code, detail, False))
        self.is_good[place] = False

    def warn(self, place, column, code, **detail):
        self.faults.append((place, column, code, detail, True))

    # --- Who it is ------------------------------------------------------------------------------

    def read_people(self):
        self.names = cells.names(self.cells_of("name"))
        for place, name in enumerate(self.names):
            if not name:
                self.refuse(place, "name", "name_missing")
            elif len(name) > MOST_NAME:
                self.refuse(place, "name", "name_too_long", most=MOST_NAME)
        texts, marks = cells.id_texts(self.cells_of("id_number"))
        for place, fault in enumerate(id_faults(texts, self.today, marks)):
            if fault:
                self.refuse(place, "id_number", f"id_{fault}")
        self.ids = [upgrade(text) if len(text) == 15 else text for text in texts]
        self.born_on = [
            date.fromisoformat(text[6:14]) if is_good else None
            for text, is_good in zip(self.ids, self.is_good, strict=True)
        ]
        self.sexes = ["m" if text[16:17] in "13579" else "f" for text in self.ids]
        self.compare_sexes()
        self.compare_births()

    def compare_sexes(self):
        for place, said in enumerate(self.words("sex", SEX_OF_WORD)):
            if said is UNKNOWN:
                self.refuse(place, "sex", "sex_unknown", text=self.shown("sex", place))
            elif said and self.is_good[place] and said != self.sexes[place]:
                self.refuse(place, "sex", "sex_differs")

    def compare_births(self):
        if "born_on" not in self.columns:
            return
        for place, text in enumerate(self.texts_of("born_on")):
            # Nearly every file writes the day as the number has it, and need not be parsed for it.
            if text and text != str(self.born_on[place]):
                self.compare_birth(place, text)

    def compare_birth(self, place, text):
        said = cells.day(self.cells_of("born_on")[place])
        if said is None:
            self.refuse(place, "born_on", "born_unreadable", text=text[:MOST_SHOWN])
        elif self.is_good[place] and said != self.born_on[place]:
            self.refuse(place, "born_on", "born_differs")

    def read_places(self):
        found = [
            self.places.find(town, village)
            for town, village in zip(self.texts_of("town"), self.texts_of("village"), strict=True)
        ]
        self.villages = [code for code, _fault in found]
        for place, (_code, fault) in enumerate(found):
            if fault:
                column, code, detail = fault
                self.refuse(place, column, code, **detail)
        self.groups = [_group_name(text) for text in self.texts_of("group")]
        self.households = [text[:MOST_HOUSEHOLD] or None for text in self.texts_of("household")]
        self.heads = [text[:MOST_NAME] or None for text in self.texts_of("head")]

    # --- What they joined -----------------------------------------------------------------------

    def read_enrolments(self):
        self.started_on = self.days("started_on")
        self.ended_on = self.days("ended_on")
        self.end_reasons = [text[:MOST_NAME] or None for text in self.texts_of("end_reason")]
        self.statuses = self.needed_words("status", STATUS_OF_WORD, "status_unknown")
        self.basic_tiers = self.tiers_of("tier", BASIC)
        self.supplementary_tiers = self.tiers_of("supplementary_tier", SUPPLEMENTARY)
        self.schemes = self.schemes_of()

    def schemes_of(self):
        """Return for each row the schemes it enrols in; a roster without the column is basic's."""
        if "scheme" not in self.columns:
            return [[BASIC]] * self.height
        found = _schemes.column(self.texts_of("scheme"))
        for place, schemes in enumerate(found):
            if schemes is UNKNOWN:
                self.refuse(place, "scheme", "scheme_unknown", text=self.shown("scheme", place))
            elif not self.followed.issuperset(schemes):
                self.refuse(place, "scheme", "scheme_not_followed")
        return found

    def tiers_of(self, key, scheme):
        """Return a column of amounts; a cell of 0 or blank says nothing."""
        if key not in self.columns:
            return [None] * self.height
        raw = self.cells_of(key)
        amounts = []
        for place, tier in enumerate(cells.tiers(raw)):
            if tier is None:
                amounts.append(None)
                if raw[place] != "" and self.shown(key, place).strip(NO_TIER):
                    self.refuse(place, key, "tier_unreadable", text=self.shown(key, place))
                continue
            amount, warning = self.tiers.read(scheme, tier)
            amounts.append(amount)
            if warning:
                code, detail = warning
                self.warn(place, key, code, **detail)
        return amounts

    # --- What else is known ---------------------------------------------------------------------

    def read_identities(self):
        self.life = self.needed_words("life_status", LIFE_STATUS_OF_WORD, "life_status_unknown")
        self.covers = self.needed_words("other_cover", COVER_OF_WORD, "cover_unknown")
        self.hukous = self.needed_words("hukou", HUKOU_OF_WORD, "hukou_unknown")
        for place, cover in enumerate(self.covers):
            if cover and self.life[place] in (None, "alive"):
                self.warn(place, "other_cover", "covered_elsewhere", cover=COVERS[cover][0])
        self.identities = self.identity_words.column(self.texts_of("identity"))
        for place, identities in enumerate(self.identities):
            if identities is UNKNOWN:
                text = self.shown("identity", place)
                self.refuse(place, "identity", "identity_unknown", text=text)
        self.grades = self.needed_words("grade", GRADE_OF_WORD, "grade_unknown")
        self.identity_from = self.days("identity_from")
        self.identity_to = self.days("identity_to")
        for place, last in enumerate(self.identity_to):
            first = self.identity_from[place]
            if first and last and last < first:
                self.refuse(place, "identity_to", "identity_days_crossed")

    def read_accounts(self):
        """Read phones and bank accounts: an odd one is left out with a warning, the row is good."""
        phones, _marks = cells.id_texts(self.cells_of("phone"))
        self.phones = []
        for place, text in enumerate(phones):
            found = _PHONE.fullmatch(text.replace("-", "")) if text else None
            self.phones.append(found[1] if found else "")
            if text and not found:
                self.warn(place, "phone", "phone_odd")
        accounts, marks = cells.id_texts(self.cells_of("bank_account"))
        self.accounts = []
        for place, text in enumerate(accounts):
            is_damaged = marks[place] and len(text) > NUMBER_DIGITS
            is_account = not is_damaged and _ACCOUNT.fullmatch(text)
            self.accounts.append(text if is_account else "")
            if text and not is_account:
                self.warn(place, "bank_account", "account_odd")

    # --- Words and days -------------------------------------------------------------------------

    def words(self, key, table):
        """Return a column of what its words mean: None for blank, UNKNOWN for a strange one."""
        if key not in self.columns:
            return [None] * self.height
        texts = self.texts_of(key)
        meanings = {
            text: table.get(_GRADE.sub("", word_key(text)), UNKNOWN) if text else None
            for text in set(texts)
        }
        return [meanings[text] for text in texts]

    def needed_words(self, key, table, fault):
        """Return a column of meanings; a row with a strange word is bad."""
        found = self.words(key, table)
        if UNKNOWN in found:
            for place, meaning in enumerate(found):
                if meaning is UNKNOWN:
                    self.refuse(place, key, fault, text=self.shown(key, place))
        return found

    def days(self, key):
        """Return a column of days; a row with something else than a day in it is bad."""
        if key not in self.columns:
            return [None] * self.height
        found = cells.days(self.cells_of(key))
        if None in found:
            texts = self.texts_of(key)
            for place, day in enumerate(found):
                if day is None and texts[place].strip(NO_DAY):
                    self.refuse(place, key, "day_unreadable", text=texts[place][:MOST_SHOWN])
        return found

    def shown(self, key, place):
        """Return what stands in a cell, short enough for a sentence."""
        return cells.cell_text(self.cells_of(key)[place])[:MOST_SHOWN]

    # --- What goes on ---------------------------------------------------------------------------

    def values_of_good_rows(self):
        """Return staging column → values, for the good rows in their order."""

        def good(column):
            return list(compress(column, self.is_good))

        names, ids = good(self.names), good(self.ids)
        phones, accounts = good(self.phones), good(self.accounts)
        readings = [_readings[name] for name in names]
        return {
            "village_code": good(self.villages),
            "group_name": good(self.groups),
            "household_number": good(self.households),
            "head_name": good(self.heads),
            "name": names,
            "name_key": cells.name_keys(names) if names else [],
            "initials": [reading.initials for reading in readings],
            "other_initials": [reading.other_initials for reading in readings],
            "pinyin": [reading.pinyin for reading in readings],
            "id_number": ids,
            "id_index": blind_indexes(ids),
            "id_last4": [text[-4:] for text in ids],
            "born_on": good(self.born_on),
            "sex": good(self.sexes),
            "phone": phones,
            "phone_index": blind_indexes(phones),
            "phone_last4": [text[-4:] or None for text in phones],
            "bank_account": accounts,
            "bank_index": blind_indexes(accounts),
            "life_status": good(self.life),
            "other_cover": good(self.covers),
            "hukou": good(self.hukous),
            "schemes": good(self.schemes),
            "status": good(self.statuses),
            "started_on": good(self.started_on),
            "ended_on": good(self.ended_on),
            "end_reason": good(self.end_reasons),
            "basic_tier": good(self.basic_tiers),
            "supplementary_tier": good(self.supplementary_tiers),
            "identities": good(self.identities),
            "grade": good(self.grades),
            "identity_from": good(self.identity_from),
            "identity_to": good(self.identity_to),
        }


SECRETS = ("id_number", "phone", "bank_account")


def secrets_to_seal(values, known):
    """Return the columns of SECRETS with '' where a secret stands sealed in the registry already.

    `known` is {index: (phone index, bank index)} of those who are registered: sealing takes half of
    the time of a first import.
    """
    held = [known.get(index, NOT_KNOWN) for index in values["id_index"]]
    is_new_phone = map(ne, values["phone_index"], [phone for phone, _bank in held])
    return [
        _where(values["id_number"], [pair is NOT_KNOWN for pair in held]),
        _where(values["phone"], is_new_phone),
        _where(values["bank_account"], [bank is None for _phone, bank in held]),
    ]


def _where(texts, is_needed):
    """Return the texts that are needed, '' in the place of the others."""
    return [text if needed else "" for text, needed in zip(texts, is_needed, strict=True)]


def _group_name(text):
    """Return a group as the area tree names it: 3 is 3组; None for none."""
    if text.isdigit():
        return f"{int(text)}组"
    return text[:MOST_NAME] or None


# What stands between two schemes of one cell.
_JOINS = re.compile(r"[+＋,，;；和及]")


def _schemes_of(text):
    """Return the schemes a cell names, [] for a blank one, or UNKNOWN."""
    key = word_key(text)
    if not key or key in ("无", "未参保"):
        return []
    if key in BOTH_SCHEMES:
        return list(SCHEMES)
    rest = MEDICAL_WORDS.sub("", key)
    if rest != key:
        others = _schemes_of(_JOINS.sub("", rest))
        return UNKNOWN if others is UNKNOWN else [*others, MEDICAL]
    found = [scheme for scheme, word in SCHEMES.items() if word in key]
    if not found and any(word in key for word in BASIC_WORDS):
        return [BASIC]
    return found or UNKNOWN


def _identities_of(codes, text):
    """Return the identities a cell names, several with 、 between; or UNKNOWN."""
    whole = codes.get(word_key(text))
    if whole is not None or not text:
        return [whole] if whole else []
    found = [codes.get(word_key(part)) for part in _SEVERAL.split(text) if part]
    if None in found:
        return UNKNOWN
    return sorted({identity for identity in found if identity})


_schemes = Memory(_schemes_of)
_readings = Memory(read)
