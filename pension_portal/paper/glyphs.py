"""Which characters the fonts cannot draw, so that a sheet can say so instead of printing boxes.

    characters_missing("张㼆𮧵")        ["𮧵"]

Read from each font's own list of characters (its table `cmap`, format 12).
"""

import struct
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
TABLES_START, TABLE_BYTES = 12, 16
ENCODINGS_START, ENCODING_BYTES = 4, 8
GROUPS_START, GROUP_BYTES = 16, 12
FULL_UNICODE = 12


def characters_missing(text):
    """Return the characters of a text that are in none of the fonts, each once, in order."""
    drawn = _drawn()
    return [one for one in dict.fromkeys(text) if ord(one) not in drawn and not one.isspace()]


@cache
def _drawn():
    return frozenset().union(*map(_characters_of, sorted(FONTS.glob("*.ttf"))))


def _characters_of(path):
    """Return the code points that a font file has a drawing for."""
    font = path.read_bytes()
    found = set()
    for start, end, _glyph in _groups(font, _table(font, b"cmap")):
        found.update(range(start, end + 1))
    return found


def _table(font, wanted):
    """Return where a table of a font begins."""
    for number in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _sum, offset, _length = struct.unpack_from(
            ">4sLLL", font, TABLES_START + TABLE_BYTES * number
        )
        if tag == wanted:
            return offset
    raise ValueError(wanted)


def _groups(font, cmap):
    for number in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        place = cmap + ENCODINGS_START + ENCODING_BYTES * number
        encoding = cmap + struct.unpack_from(">HHL", font, place)[2]
        if struct.unpack_from(">H", font, encoding)[0] == FULL_UNICODE:
            count = struct.unpack_from(">L", font, encoding + 12)[0]
            first = encoding + GROUPS_START
            return [
                struct.unpack_from(">LLL", font, first + GROUP_BYTES * group)
                for group in range(count)
            ]
    raise ValueError("a font without a full list of characters")
