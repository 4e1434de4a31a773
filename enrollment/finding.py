"""Find people by what a clerk knows of them (查找): name, pinyin, the tail of a number, a village.

    zjg              张建国 and everybody else with these initials
    zhangjianguo     the same by full pinyin, and by what an input method shows while it composes
    张建 6612        a name that begins so, with an ID number or phone that ends so
    建国 lz          a name that ends so, in a village or town whose initials begin so
    a full ID or phone number finds the one person it belongs to

Words stand in any order and are joined by "and". Each kind of word has an index of its own, so that
a county of a million answers as fast as a village; what fits a common word is cut before it is
sorted. A word names a place only beside another one: alone it would bring a whole village.
"""

import re
from functools import reduce
from operator import and_, or_

from django.core.paginator import Paginator
from django.db.models import Q
from django.db.models.functions import Length, Reverse
from django.db.models.lookups import StartsWith
from django.utils.functional import cached_property

from enrollment.pinyin import SYLLABLES, read, segmentations, surnames_read
from pension_portal.cells import id_text
from pension_portal.identity import upgrade
from pension_portal.secrecy import blind_index
from townships.models import VILLAGE_CODE_LENGTH, Area

PAGE_LENGTH = 50
# Nobody turns two hundred pages; beyond this, a further word is quicker than a count.
MOST_FOUND = 10_000
# Of the people whom a common word fits, so many are sorted: forty pages.
MOST_SORTED = 2_000
MOST_WORDS = 6
MOST_LETTERS = 60
SHORTEST_PLACE = 2  # one letter begins the names of a fifth of the villages

_ID = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
_PHONE = re.compile(r"1[0-9]{10}")
_TAIL = re.compile(r"[0-9]{3}[0-9X]")
_LETTERS = re.compile(r"[a-zü]+(?:['’][a-zü]+)*['’]?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+X?")
_APOSTROPHES = re.compile(r"['’]")
_LETTERS_BEHIND = re.compile(r"(?<=[^a-zü'’])[a-zü'’]+$", re.IGNORECASE)


def find(residents, words, area_code=""):
    """Return those of the residents whom all words fit, the shortest names first; all by village
    for no words.

    `area_code` is where the words may name a village or town; left out, they name none.
    """
    words = [word[:MOST_LETTERS] for word in words.split()[:MOST_WORDS]]
    if not words:
        return residents.order_by("village_code", "id")
    places = _Places(area_code if len(words) > 1 else "")
    has_number = any(_TAIL.fullmatch(id_text(word)[0]) for word in words)
    fits = reduce(and_, [_fits(word, places, has_number) for word in words])
    if len(words) > 1 and all(map(_LETTERS.fullmatch, words)):
        # Some input methods show blanks between the syllables: zhang jian guo.
        fits |= _is_named([segment for word in words for segment in _typed(word)])
    matching = residents.filter(fits).order_by().values("pk")[:MOST_SORTED]
    found = residents.model.objects.filter(pk__in=matching)
    return found.order_by(Length("name"), "name", "village_code", "id")


def _fits(word, places, has_number):
    """Return the condition of one word."""
    number, _mark = id_text(word)
    if _ID.fullmatch(number):
        return Q(id_index=blind_index(upgrade(number) if len(number) == 15 else number))
    if _PHONE.fullmatch(number):
        return Q(phone_last4=number[-4:], phone_index=blind_index(number))
    if _TAIL.fullmatch(number):
        return Q(id_last4=number) | Q(phone_last4=number)
    if _NUMBER.fullmatch(number):
        return Q(pk__in=[])  # three digits of a number fit a thousand people: wait for the fourth
    if _LETTERS.fullmatch(word):
        return _fits_letters(word, has_number) | places.with_initials("".join(_typed(word)))
    return _fits_characters(word) | places.named(word)


def _fits_characters(word):
    """A name that begins or ends so; while an input method composes, letters may stand behind."""
    start = _LETTERS_BEHIND.sub("", word)
    if start == word:
        begins = Q(name__startswith=word)
        # One character ends the names of a tenth of a county.
        return begins if len(word) == 1 else begins | Q(StartsWith(Reverse("name"), word[::-1]))
    known, other, _pinyin = read(start)
    typed = "".join(segment[:1] for segment in _typed(word[len(start) :]))
    fits = Q(initials__startswith=known + typed)
    if other:
        fits |= Q(other_initials__startswith=other + typed)
    return Q(name__startswith=start) & fits


# --- Letters --------------------------------------------------------------------------------------


def _typed(word):
    """Return the segments of a typed word: what apostrophes part, else the word as a whole."""
    plain = word.lower().replace("ü", "v")
    return [segment for segment in _APOSTROPHES.split(plain) if segment]


def _fits_letters(word, has_number):
    """Initials of the name, or its pinyin; beside a number also the pinyin of its end."""
    segments = _typed(word)
    ways = [segments] if len(segments) > 1 else segmentations(segments[0])
    letters = "".join(segments)
    conditions = [
        Q(initials__startswith=letters),
        Q(other_initials__startswith=letters) & ~Q(other_initials=""),
        *map(_is_named, ways),
    ]
    if has_number:
        # No index holds the ends, but a number leaves a hundred people to look at.
        conditions += [Q(pinyin__regex=f" {_pattern(way)}") for way in ways]
    return reduce(or_, conditions)


def _is_named(segments):
    """A name whose pinyin begins with these segments, each a syllable or the start of one."""
    initials = "".join(segment[:1] for segment in segments)
    fits = Q(initials__startswith=initials, pinyin__regex=f"^{_pattern(segments)}")
    for surname, own in surnames_read(segments):
        meant = own + segments[len(surname) :]
        fits |= Q(name__startswith=surname, pinyin__regex=f"^{_pattern(meant)}")
    return fits


def _pattern(segments):
    *whole, last = segments
    parts = [part if len(part) > 1 and part in SYLLABLES else f"{part}[a-z]*" for part in whole]
    return " ".join([*parts, last])


# --- Places ---------------------------------------------------------------------------------------


class _Places:
    """The towns and villages that a word may name."""

    def __init__(self, area_code):
        self.area_code = area_code

    @cached_property
    def areas(self):
        """(code, name, initials) of each."""
        if not self.area_code:
            return []
        areas = Area.objects.inside(self.area_code).filter(
            level__in=[Area.Level.TOWN, Area.Level.VILLAGE]
        )
        return [
            (code, name, read(name).initials) for code, name in areas.values_list("code", "name")
        ]

    def with_initials(self, letters):
        if len(letters) < SHORTEST_PLACE:
            return Q(pk__in=[])
        return _lives_in([code for code, _name, known in self.areas if known.startswith(letters)])

    def named(self, word):
        if len(word) < SHORTEST_PLACE:
            return Q(pk__in=[])
        return _lives_in([code for code, name, _known in self.areas if name.startswith(word)])


def _lives_in(codes):
    villages = [code for code in codes if len(code) == VILLAGE_CODE_LENGTH]
    towns = [code for code in codes if len(code) < VILLAGE_CODE_LENGTH]
    lives = Q(village_code__in=villages)
    for town in towns:
        lives |= Q(village_code__startswith=town)
    return lives


class FoundPages(Paginator):
    """Pages of people, counted only as far as anybody would turn them.

    `counted` is what last night's count said, where everybody would have to be looked at to know.
    """

    def __init__(self, people, most=MOST_FOUND, counted=None):
        super().__init__(people, PAGE_LENGTH)
        self.most = most
        if counted is not None:
            self.count = counted

    @cached_property
    def count(self):
        return self.object_list.order_by()[: self.most].count()

    def page(self, number):
        """Return a page; whoever came since the count stands on it too."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        return self._get_page(self.object_list[first : first + self.per_page], number, self)

    @property
    def is_cut(self):
        """Whether there may be more people than are counted."""
        return self.count == self.most
