"""Find people by what a clerk knows of them (查找): a name, its initials, the tail of a number.

    zjg          张建国 and everybody else with these initials
    张建 6612    a name that begins so, with an ID number or phone that ends so
    a full ID or phone number finds the one person it belongs to

Words are joined by "and". Each kind of word has an index of its own, so that a county of a million
answers as fast as a village.
"""

import re

from django.core.paginator import Paginator
from django.db.models import Q
from django.utils.functional import cached_property

from pension_portal.cells import id_text
from pension_portal.identity import upgrade
from pension_portal.secrecy import blind_index

PAGE_LENGTH = 50
# Nobody turns two hundred pages; beyond this, a further word is quicker than a count.
MOST_FOUND = 10_000
MOST_WORDS = 4
MOST_LETTERS = 60

_ID = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
_PHONE = re.compile(r"1[0-9]{10}")
_TAIL = re.compile(r"[0-9]{3}[0-9X]")
_LETTERS = re.compile(r"[A-Z]+", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+X?")


def find(residents, words):
    """Return those of the residents whom all words fit, by name; all by village for no words."""
    words = words.split()[:MOST_WORDS]
    if not words:
        return residents.order_by("village_code", "id")
    for word in words:
        residents = residents.filter(_fits(word[:MOST_LETTERS]))
    return residents.order_by("name", "village_code", "id")


def _fits(word):
    number, _mark = id_text(word)
    if _ID.fullmatch(number):
        return Q(id_index=blind_index(upgrade(number) if len(number) == 15 else number))
    if _PHONE.fullmatch(number):
        return Q(phone_last4=number[-4:], phone_index=blind_index(number))
    if _TAIL.fullmatch(number):
        return Q(id_last4=number) | Q(phone_last4=number)
    if _LETTERS.fullmatch(word):
        letters = word.lower()
        return Q(initials__startswith=letters) | (
            Q(other_initials__startswith=letters) & ~Q(other_initials="")
        )
    if _NUMBER.fullmatch(number):
        return Q(pk__in=[])  # three digits of a number fit a thousand people: wait for the fourth
    return Q(name__startswith=word)


class FoundPages(Paginator):
    """Pages of people, counted only as far as anybody would turn them."""

    def __init__(self, people):
        super().__init__(people, PAGE_LENGTH)

    @cached_property
    def count(self):
        return self.object_list.order_by()[:MOST_FOUND].count()

    @property
    def is_cut(self):
        """Whether there may be more people than are counted."""
        return self.count == MOST_FOUND
