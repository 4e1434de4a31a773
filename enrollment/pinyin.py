"""The pinyin of a name, so that `zgl` and `zhangguilan` find 张桂兰 without an input method (拼音).

    read("张桂兰")      → Reading("zgl", "", "zhang gui lan")
    read("单桂兰")      → Reading("sgl", "dgl", "shan gui lan")     a surname is read in its own way

What somebody types is taken apart the other way round, with every way to read it:

    segmentations("zhangjg")  → [["zhang", "j", "g"]]
    segmentations("xian")     → [["xian"], ["xi", "an"]]
"""

from functools import cache
from itertools import islice
from typing import NamedTuple

MOST_INITIALS = 60
MOST_PINYIN = 200
MOST_SEGMENTATIONS = 8
LONGEST_SYLLABLE = 6

# Read in their own way as a surname; typists use either reading.
SURNAMES = {
    "单": "shan",
    "仇": "qiu",
    "查": "zha",
    "解": "xie",
    "曾": "zeng",
    "区": "ou",
    "朴": "piao",
    "盖": "ge",
    "尉": "yu",
    "乐": "yue",
    "翟": "zhai",
    "缪": "miao",
    "宓": "fu",
    "折": "she",
    "种": "chong",
    "重": "chong",
    "秘": "bi",
    "冼": "xian",
    "员": "yun",
    "贠": "yun",
    "召": "shao",
    "繁": "po",
    "覃": "qin",
    "薄": "bo",
    "都": "du",
    "句": "gou",
    "隗": "wei",
    "藏": "zang",
    "柏": "bo",
    "牟": "mu",
    "洗": "xian",
    "黑": "he",
    "过": "guo",
    "訾": "zi",
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "单于": "chan yu",
    "长孙": "zhang sun",
    "澹台": "tan tai",
}
LONGEST_SURNAME = 2

_FINALS = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
SYLLABLES = frozenset(
    initial + final for initial, finals in _FINALS.items() for final in finals.split()
)
_BEGINNINGS = frozenset(
    syllable[:length] for syllable in SYLLABLES for length in range(1, len(syllable) + 1)
)


class Reading(NamedTuple):
    """How a name is read: its initials, those of the common reading where it differs, its pinyin
    with a blank between characters.
    """

    initials: str
    other_initials: str
    pinyin: str


def read(name):
    """Return the Reading of a name; a digit or a rare sign in it is passed over."""
    common = [_syllable(character) for character in name]
    surname, own = surname_of(name)
    syllables = own + common[len(surname) :] if surname else common
    initials = _initials(syllables)
    other = _initials(common)
    pinyin = " ".join(filter(None, syllables))[:MOST_PINYIN]
    return Reading(initials, other if other != initials else "", pinyin)


def initials(name):
    """Return (initials, other initials) in small letters; the second is '' for most surnames."""
    return read(name)[:2]


def surname_of(name):
    """Return (surname, syllables) where a surname is read in its own way, else ('', [])."""
    for length in range(LONGEST_SURNAME, 0, -1):
        if own := SURNAMES.get(name[:length]):
            return name[:length], own.split()
    return "", []


def surnames_read(segments):
    """Return the surnames with a reading of their own whose common reading is what was typed.

    Each comes with its own syllables: ["dan", "gui"] gives [("单", ["shan"]), …].
    """
    return [
        (surname, own.split())
        for surname, own in SURNAMES.items()
        if all(
            _syllable(character).startswith(segment)
            for character, segment in zip(surname, segments, strict=False)
        )
    ]


def segmentations(letters):
    """Return the ways to take letters apart into syllables, the last perhaps unfinished, those
    with few parts first; none where they are no pinyin.

    Behind whole syllables, single letters may stand for the rest: zhangjg.
    """
    found = dict.fromkeys(map(tuple, islice(_splits(letters), MOST_SEGMENTATIONS)))
    return sorted(map(list, found), key=len)


def _splits(letters):
    if letters in _BEGINNINGS:
        yield [letters]
    for length in range(min(LONGEST_SYLLABLE, len(letters) - 1), 0, -1):
        if letters[:length] not in SYLLABLES:
            continue
        rest = letters[length:]
        yield from ([letters[:length], *split] for split in _splits(rest))
        if len(rest) > 1 and _are_initials(rest):
            yield [letters[:length], *rest]


def _are_initials(letters):
    return not set(letters) & set("iuv")


def _initials(syllables):
    return "".join(syllable[:1] for syllable in syllables)[:MOST_INITIALS]


@cache
def _syllable(character):
    """Return the common reading of one character in small letters; '' for a digit or a sign."""
    # Its dictionaries take 50 MB, which a worker that reads payments does without.
    from pypinyin import lazy_pinyin

    found = lazy_pinyin(character)[0].lower()
    return found if found.isascii() and found.isalpha() else ""
