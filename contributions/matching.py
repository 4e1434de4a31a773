"""Name who may have been meant by a row that could not be posted, and say why (候选人).

    990101197503020011 张桂兰   the registry has 990101197503020101 张桂兰 of the same town
        → 第 15、16 位颠倒 · 姓名相同 · 同镇

Few people are found for each row by indexes; only their numbers are opened and laid beside the
row's own, digit by digit. What is found is a suggestion: a person takes it or leaves it.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from contributions.models import FeedRow
from contributions.originals import cell_of, rows_as_they_were
from contributions.statements import fetch_statement
from enrollment.models import Resident
from enrollment.pinyin import initials
from pension_portal.cells import id_text
from pension_portal.identity import birthday_of, upgrade
from pension_portal.secrecy import blind_index
from townships.models import Area

MOST_CANDIDATES = 5
MOST_LOOKED_AT = 8
DAMAGED_FROM = 15  # a spreadsheet loses what stands behind the fifteenth digit
HOUSEHOLD_CODES = ["E06", "E09", "E10"]

# What speaks for somebody, in words and in points. A sum below FAINT is not worth a look; the best
# is SURE enough for one key when it is far from the next.
REASONS = {
    "same_id": (_("身份证号相同"), 60),
    "swapped": (_("号码有相邻两位颠倒"), 55),
    "one_off": (_("号码只差一位"), 50),
    "same_start": (_("号码前 15 位相同"), 45),
    "same_birthday": (_("出生日期相同"), 15),
    "same_name": (_("姓名相同"), 30),
    "near_name": (_("姓名近似"), 18),
    "same_sound": (_("姓名同音首字母"), 12),
    "same_town": (_("同镇"), 10),
    "same_village": (_("同村"), 15),
    "same_phone": (_("电话相同"), 20),
    "same_household": (_("同户本年未缴"), 25),
    "only_one": (_("全县唯一同名"), 10),
}
FAINT, SURE, FAR = 25, 60, 15


@dataclass(frozen=True)
class RowBeside:
    """What a held row says of its person: the number as it came, birthday, folded name, phone."""

    row: FeedRow
    texts: list
    number: str
    born_on: object
    name_key: str
    phone: str = ""
    village: str = ""


@dataclass
class Candidate:
    """One person who may have been meant, with what speaks for them, and how much it weighs."""

    resident: Resident
    reasons: list
    is_owner: bool = False
    is_best: bool = False

    @property
    def points(self):
        return sum(REASONS[reason][1] for reason in self.reasons)

    @property
    def words(self):
        """What speaks for this person, as it is shown: 身份证号相同 · 姓名近似."""
        return " · ".join(str(REASONS[reason][0]) for reason in self.reasons)


@dataclass
class Match:
    """The candidates of one exception, best first, and how many stand outside one's area.

    With them its row of the file, and the row's cells as they were.
    """

    candidates: list
    elsewhere: int
    row: FeedRow
    texts: list

    @property
    def names_owner(self):
        """Whether the one whom the row's number names is among them."""
        return any(candidate.is_owner for candidate in self.candidates)

    @property
    def best(self):
        """The candidate one key may take: clearly ahead of all others. Else None."""
        if not self.candidates or self.candidates[0].points < SURE or self.elsewhere:
            return None
        first, second = [*self.candidates, None][:2]
        return first if second is None or first.points - second.points >= FAR else None


def find_candidates(exceptions, *, staff):
    """Return {exception id: Match} for some exceptions of one county, in one statement.

    Only people whom `staff` may see are named; the others are counted.
    """
    exceptions = list(exceptions)
    if not exceptions:
        return {}
    besides = _rows_beside(exceptions)
    found = fetch_statement("find_candidates", _parameters(exceptions, besides))
    ids = {row["resident_id"] for row in found}
    visible = Resident.objects.visible_to(staff).select_related("household").in_bulk(ids)
    villages = _names_of_villages(visible.values())
    by_exception = defaultdict(list)
    for row in found:
        resident = visible.get(row["resident_id"])
        row["village"] = villages.get(resident.village_code, "") if resident else ""
        by_exception[row["exception_id"]].append(row)
    return {
        exception.pk: _match(besides[exception.pk], by_exception[exception.pk], visible)
        for exception in exceptions
    }


def _parameters(exceptions, besides):
    rows = [besides[exception.pk] for exception in exceptions]
    phones = [row.phone if len(row.phone) == 11 else "" for row in rows]
    return {
        "county_code": exceptions[0].county_code,
        "exception_ids": [exception.pk for exception in exceptions],
        "born_ons": [row.born_on for row in rows],
        "phone_tails": [phone[-4:] for phone in phones],
        "phone_indexes": [blind_index(phone) if phone else None for phone in phones],
        "household_codes": HOUSEHOLD_CODES,
        "years": list({exception.year for exception in exceptions}),
        "most": MOST_LOOKED_AT,
    }


def payer_of(exception):
    """Return {field: text} of what a row says of its payer: number, name and phone."""
    beside = _rows_beside([exception])[exception.pk]
    return {"id_number": beside.number, "name": beside.row.name, "phone": beside.phone}


def _rows_beside(exceptions):
    """Return {exception id: RowBeside}, each file opened once for all its exceptions."""
    besides = {}
    by_feed = defaultdict(list)
    for exception in exceptions:
        by_feed[exception.feed_id].append(exception)
    for of_feed in by_feed.values():
        feed = of_feed[0].feed
        rows = FeedRow.objects.filter(
            county_code=feed.county_code,
            year=feed.year,
            feed_id=feed.pk,
            row_no__in=[exception.row_no for exception in of_feed],
        )
        rows = {row.row_no: row for row in rows}
        texts = rows_as_they_were(feed, rows)
        for exception in of_feed:
            row = rows[exception.row_no]
            besides[exception.pk] = _beside(feed, row, texts[row.row_no])
    return besides


def _beside(feed, row, texts):
    number, _mark = id_text(cell_of(feed, row, texts, "id_number"))
    number = upgrade(number) if len(number) == 15 and number.isdigit() else number
    phone = cell_of(feed, row, texts, "phone").strip()
    village = cell_of(feed, row, texts, "village").strip()
    return RowBeside(row, texts, number, birthday_of(number), row.name_key, phone, village)


def _names_of_villages(residents):
    codes = {resident.village_code for resident in residents}
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


def _match(beside, found, visible):
    candidates = []
    namesakes = 0
    for row in found:
        resident = visible.get(row["resident_id"])
        if resident is None:
            continue
        namesakes += resident.name_key == beside.name_key
        candidates.append(Candidate(resident, _reasons(beside, resident, row), row["by_id"]))
    for candidate in candidates:
        is_namesake = candidate.resident.name_key == beside.name_key
        if is_namesake and namesakes == 1 and len(visible) == len(found):
            candidate.reasons.append("only_one")
    worth = [candidate for candidate in candidates if candidate.points >= FAINT]
    worth.sort(key=lambda candidate: (-candidate.points, candidate.resident.pk))
    if worth:
        worth[0].is_best = True
    elsewhere = sum(row["by_id"] and row["resident_id"] not in visible for row in found)
    return Match(worth[:MOST_CANDIDATES], elsewhere, beside.row, beside.texts)


def _reasons(beside, resident, row):
    """Return the codes of what speaks for a resident, the strongest kind first."""
    number, name = (
        number_likeness(beside.number, resident.id_number),
        name_likeness(beside, resident),
    )
    # A village shares its first digits, and many share a birthday: alone they say nothing.
    said = [number if number != "same_start" or name else "", name]
    if number != "same_id" and name and beside.born_on and beside.born_on == resident.born_on:
        said.append("same_birthday")
    if row["town_code"] and resident.village_code.startswith(row["town_code"]):
        said.append("same_town")
    if row["village"] and beside.village.endswith(row["village"]):
        said.append("same_village")
    if row["by_phone"]:
        said.append("same_phone")
    if row["by_household"]:
        said.append("same_household")
    return [reason for reason in said if reason]


def number_likeness(number, known):
    """Return how a number is like a resident's own: same_id, swapped, one_off, same_start or ''."""
    if len(number) != len(known) or not number:
        return ""
    if number == known:
        return "same_id"
    places = [n for n, (a, b) in enumerate(zip(number, known, strict=True)) if a != b]
    if len(places) == 1:
        return "one_off"
    if len(places) == 2 and places[1] - places[0] == 1 and _is_swapped(number, known, places[0]):
        return "swapped"
    return "same_start" if places[0] >= DAMAGED_FROM else ""


def _is_swapped(number, known, place):
    return number[place : place + 2] == known[place : place + 2][::-1]


def name_likeness(beside, resident):
    """Return how a row's name is like a resident's: same_name, near_name, same_sound or ''."""
    ours, theirs = beside.name_key, resident.name_key
    if not ours or ours == theirs:
        return "same_name" if ours else ""
    if _is_near(ours, theirs):
        return "near_name"
    return "same_sound" if initials(ours)[0] == initials(theirs)[0] != "" else ""


def _is_near(ours, theirs):
    """Whether two names differ in one character that was mistaken, left out or put in."""
    if len(ours) == len(theirs) > 1:
        return sum(a != b for a, b in zip(ours, theirs, strict=True)) == 1
    shorter, longer = sorted((ours, theirs), key=len)
    if len(longer) - len(shorter) != 1 or len(shorter) < 2:
        return False
    return any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer)))
