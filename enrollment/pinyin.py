"""Pinyin initials of a name, so that `zgl` finds 张桂兰 without an input method (拼音首字母).

initials("张桂兰")   → ("zgl", "")
initials("单桂兰")   → ("sgl", "dgl")      a surname with a reading of its own, and the common one
"""

from functools import cache

from pypinyin import Style, lazy_pinyin

MOST_INITIALS = 60
# Read in their own way as a surname; typists use either reading.
SURNAMES = {
    "单": "s",
    "仇": "q",
    "查": "z",
    "解": "x",
    "曾": "z",
    "区": "o",
    "朴": "p",
    "盖": "g",
    "尉": "y",
    "万": "w",
    "乐": "y",
    "翟": "z",
    "缪": "m",
    "宓": "f",
    "折": "s",
    "种": "c",
    "重": "c",
    "秘": "b",
    "冼": "x",
    "员": "y",
    "贠": "y",
    "召": "s",
    "繁": "p",
    "覃": "q",
}


def initials(name):
    """Return (initials, other initials) in small letters; the second is '' for most surnames."""
    letters = "".join(map(_initial, name))[:MOST_INITIALS]
    surname = SURNAMES.get(name[:1])
    if not surname or not letters or surname == letters[0]:
        return letters, ""
    return surname + letters[1:], letters


@cache
def _initial(character):
    """Return one letter for a character; a digit or a rare sign is passed over."""
    found = lazy_pinyin(character, style=Style.FIRST_LETTER)[0][:1].lower()
    return found if found.isascii() and found.isalpha() else ""
