"""Read the rows of a department's list into people, one for each pair of name and ID number.

    reader = ListReader(list, today())
    read = reader.read(block, slots, certificates)
    read.values     staging column → values of the people that could be read
    read.faults     (row number, column, code, detail, is_warning)

What the list does not say is filled from the list itself: its one identity, its day. A row with a
fault keeps its good people out too where the fault is of the whole row; nobody is dropped unseen.
"""

from dataclasses import dataclass, field
from datetime import date

from enrollment.grades import grade_of
from enrollment.identity_words import IdentityWords
from enrollment.list_columns import CERTIFICATE_NUMBER
from enrollment.roster_columns import IDENTITIES
from enrollment.roster_reading import MOST_NAME, MOST_SHOWN, NO_DAY
from pension_portal import cells
from pension_portal.identity import faults as id_faults
from pension_portal.identity import upgrade
from pension_portal.masking import mask_id
from pension_portal.secrecy import blind_indexes
from policies.words import GRADED_IDENTITIES

MOST_PLACE, MOST_REMARK = 60, 120
COLUMNS = (
    *("row_number", "slot", "name", "number", "place", "identity", "grade"),
    *("valid_from", "valid_to", "remark"),
)


@dataclass
class ReadList:
    """What was read of some rows."""

    people: list = field(default_factory=list)
    faults: list = field(default_factory=list)

    def values(self):
        """Return staging column → values, numbers as their index and their masked form."""
        columns = zip(*self.people, strict=True) if self.people else [()] * len(COLUMNS)
        values = dict(zip(COLUMNS, map(list, columns), strict=True))
        numbers = values.pop("number")
        return values | {
            "name_key": cells.name_keys(values["name"]) if numbers else [],
            "id_shown": list(map(mask_id, numbers)),
            "id_index": blind_indexes(numbers),
            "born_on": [date.fromisoformat(number[6:14]) for number in numbers],
        }


class ListReader:
    """Reads blocks of one list; what its words mean is looked up once."""

    def __init__(self, received, today):
        self.received = received
        self.today = today
        self.words = IdentityWords(received.county_code, received.as_of.year)

    def read(self, block, slots, certificates=None):
        """Return what the rows of a block say."""
        return _Rows(self, block, slots, certificates).read()


class _Rows:
    """One block under way."""

    def __init__(self, reader, block, slots, certificates):
        self.reader, self.block, self.slots = reader, block, slots
        self.certificates = self._column(certificates)
        self.is_of_identities = reader.received.is_about_identities
        self.result = ReadList()
        self._texts = {}

    def read(self):
        about = [self.read_row(place) for place in range(len(self.block.row_numbers))]
        for number, slot in enumerate(self.slots, start=1):
            self.read_slot(number, slot, about)
        return self.result

    def note(self, place, column, code, *, is_warning=False, **detail):
        row = self.block.row_numbers[place]
        self.result.faults.append((row, column, code, detail, is_warning))

    # --- What a row says of everybody in it -----------------------------------------------------

    def read_row(self, place):
        """Return what a row says of its people: (place, identity, grade, first day, last day,
        remark); None where it says something that cannot be.
        """
        where = self._first_text(place, "address") or "".join(
            self._text(place, key) for key in ("town", "village")
        )
        if not self.is_of_identities:
            said_on = self.day(place, "said_on")
            remark = "；".join(
                filter(None, (self._text(place, "workplace"), self._text(place, "remark")))
            )
            return where[:MOST_PLACE], "", None, said_on, None, remark[:MOST_REMARK]
        identity, grade = self.identity(place)
        if identity is None:
            return None
        grade = self.grade(place, identity, grade)
        if grade is None and identity in GRADED_IDENTITIES:
            return None
        first, last = self.day(place, "identity_from"), self.day(place, "identity_to")
        if first and last and last < first:
            self.note(place, "identity_to", "identity_days_crossed")
            return None
        remark = self._text(place, "remark")[:MOST_REMARK]
        return where[:MOST_PLACE], identity, grade, first, last, remark

    def identity(self, place):
        """Return (identity, grade or None) of a row; (None, None) where it cannot be told."""
        listed = self.reader.received.identities
        text = self._text(place, "identity")
        found = self.reader.words.meaning(text) if text else None
        if found and found[0] in listed:
            return found
        if len(listed) == 1 and (not text or found is None):
            # 「肢体」 or 「A类」 in a list of one identity: the list says itself what it is of.
            return listed[0], None
        if found and found[0]:
            self.note(place, "identity", "identity_not_in_list", text=text[:MOST_SHOWN])
        else:
            self.note(place, "identity", "word_unknown", text=text[:MOST_SHOWN])
        return None, None

    def grade(self, place, identity, from_word):
        """Return the grade of a row; None for an identity without grades, or with a fault."""
        if identity not in GRADED_IDENTITIES:
            return None
        text = self._text(place, "grade")
        said = grade_of(text) if text else None
        certified = self.certified_grade(place)
        if said and certified and not said[1] and said[0] != certified:
            self.note(place, "grade", "grade_differs")
            return None
        if certified:
            return certified
        if said and not said[1]:
            return said[0]
        if from_word:
            return from_word
        if said:
            detail = {"text": text[:MOST_SHOWN], "grade": said[0]}
            self.note(place, "grade", "grade_vague", is_warning=True, **detail)
            return said[0]
        code = "grade_unknown" if text else "grade_missing"
        detail = {"text": text[:MOST_SHOWN]} if text else {"identity": IDENTITIES[identity][0]}
        self.note(place, "grade", code, **detail)
        return None

    def certified_grade(self, place):
        """Return the grade at the end of a disability certificate number of the row, or None."""
        if self.certificates is None:
            return None
        text, _mark = cells.id_text(self.certificates[place])
        found = CERTIFICATE_NUMBER.fullmatch(text)
        return int(found[3]) if found else None

    def day(self, place, key):
        """Return a day, or None; one that cannot be read is told, and the list's own day holds."""
        column = self.block.cells.get(key)
        if column is None:
            return None
        day = cells.day(column[place])
        text = cells.cell_text(column[place])
        if day is None and text.strip(NO_DAY):
            self.note(place, key, "day_unreadable", is_warning=True, text=text[:MOST_SHOWN])
        return day

    # --- Each person ----------------------------------------------------------------------------

    def read_slot(self, number, slot, about):
        names = cells.names(self._column(slot.name))
        texts, marks = cells.id_texts(self._column(slot.number))
        texts = [self.plain_number(text) for text in texts]
        faults = id_faults(texts, self.reader.today, marks)
        for place, (name, text, fault) in enumerate(zip(names, texts, faults, strict=True)):
            if not name and not text and number > 1:
                continue  # a household of fewer people
            if self.is_person(place, name, fault) and about[place]:
                number_text = upgrade(text) if len(text) == 15 else text
                where, identity, grade, first, last, remark = about[place]
                self.result.people.append(
                    (
                        *(self.block.row_numbers[place], number, name, number_text, where),
                        *(identity, grade, first, last, remark),
                    )
                )

    def is_person(self, place, name, fault):
        """Whether a slot holds a name and a right number; what is wrong is noted."""
        if not name:
            self.note(place, "name", "name_missing")
        elif len(name) > MOST_NAME:
            self.note(place, "name", "name_too_long", most=MOST_NAME)
        if fault:
            self.note(place, "id_number", f"id_{fault}")
        return bool(name) and len(name) <= MOST_NAME and not fault

    @staticmethod
    def plain_number(text):
        """Return the ID number in front of a disability certificate's kind and grade."""
        found = CERTIFICATE_NUMBER.fullmatch(text)
        return found[1] if found else text

    # --- Cells ----------------------------------------------------------------------------------

    def _column(self, place):
        """Return a whole column of the sheet by its place; None for none."""
        if place is None:
            return None
        if place < len(self.block.columns):
            return self.block.columns[place]
        return [""] * len(self.block.row_numbers)

    def _text(self, place, key):
        if key not in self._texts:
            column = self.block.cells.get(key)
            self._texts[key] = cells.texts(column) if column is not None else None
        column = self._texts[key]
        return column[place] if column is not None else ""

    def _first_text(self, place, *keys):
        return next(filter(None, (self._text(place, key) for key in keys)), "")
