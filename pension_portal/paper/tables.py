"""Tables on paper (表格): a title and the column heads on every page, page x of y, who made and who
checked it.

    table = PaperTable("缴费信息公示表", [PaperColumn("姓名", 20)], [["张桂兰"], ["李四"]])
    print_paper("list", table.paper())

A row is as high as its longest cell needs, and a page ends where the next row no longer fits: both
are worked out here, so that typst sets each column of a page as one text. A table of cells that
measure themselves takes it five times as long, and a county has 200,000 rows.
"""

import math
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pension_portal.paper.glyphs import characters_missing

FONT_SIZE = 10  # points, at scale 1
LINE, PADDING = 4.7, 2.3  # millimetres at scale 1: each line of a row, and the room around them
MILLIMETRES_A_POINT = 0.3528
NARROW = 0.58  # a Latin letter or digit beside a Chinese character
CELL_PADDING = 2.4  # millimetres, both sides
SIZES = {"a4": (210, 297), "a3": (297, 420)}
SIDE_MARGIN = 14
ROUNDING = 0.3  # millimetres that a page may seem fuller than it is
TITLE_ROOM, ABOVE_ROOM, SIGNATURE_ROOM, FOOTER_ROOM = 10, 7, 6, 6
EDGE_ABOVE, EDGE_BELOW = 11, 14
NOTHING = "\u00a0"  # an empty line within a text would be lost


@dataclass(frozen=True)
class PaperColumn:
    """A column on paper: its head, its share of the width, and on which side its cells stand."""

    label: str
    width: float
    align: str = "left"


@dataclass
class PaperTable:
    """A table to print. `above` stands left, in the middle and right under the title, `foot` once
    after the last row, `signatures` and `footer` on every page.
    """

    title: str
    columns: list[PaperColumn]
    rows: list
    above: tuple = ()
    foot: tuple = ()
    signatures: tuple = ()
    footer: str = ""
    total: list | None = None
    size: str = "a4"
    is_landscape: bool = False
    scale: float = 1
    watermark: str = ""

    def __post_init__(self):
        width = self._page_size()[0] - 2 * SIDE_MARGIN
        shares = sum(column.width for column in self.columns)
        self.widths = [round(width * column.width / shares, 2) for column in self.columns]
        character = FONT_SIZE * MILLIMETRES_A_POINT * self.scale
        self.room = [max(1.0, (width - CELL_PADDING) / character) for width in self.widths]
        self.surely = [room * NARROW for room in self.room]

    def paper(self):
        """Return what the template `list` reads."""
        texts = [self._texts(row) for row in self.rows]
        labels = [str(column.label) for column in self.columns]
        top = self._top(self._lines(labels))
        bottom = self._bottom()
        room = self._page_size()[1] - top - bottom + ROUNDING
        return {
            "title": self.title,
            "above": list(self.above),
            "widths": self.widths,
            "aligns": [column.align for column in self.columns],
            "labels": labels,
            "head_lines": self._lines(labels),
            "parts": list(self._parts(texts, room)),
            "total": self._part_of_one(self._texts(self.total)) if self.total else None,
            "foot": [*map(str, self.foot), *_missing(texts)],
            "signatures": list(map(str, self.signatures)),
            "footer": str(self.footer),
            "page_words": _("第 {page} 页，共 {pages} 页"),
            "size": self.size,
            "landscape": self.is_landscape,
            "scale": self.scale,
            "line": LINE * self.scale,
            "padding": PADDING * self.scale,
            "top": top,
            "bottom": bottom,
            "watermark": self.watermark,
        }

    def _page_size(self):
        size = SIZES[self.size]
        return size[::-1] if self.is_landscape else size

    def _top(self, head_lines):
        above = ABOVE_ROOM if self.above else 0
        return EDGE_ABOVE + (TITLE_ROOM + above) * self.scale + self._height(head_lines)

    def _bottom(self):
        signatures = SIGNATURE_ROOM if self.signatures else 0
        footer = FOOTER_ROOM if self.footer else 0
        return EDGE_BELOW + (signatures + footer) * self.scale

    def _height(self, lines):
        return (lines * LINE + PADDING) * self.scale

    def _texts(self, row):
        return ["" if cell is None else cell if type(cell) is str else str(cell) for cell in row]

    def _parts(self, rows, room):
        """Yield what stands between two breaks: rows of one line as whole columns, others alone."""
        plain, left = [], room
        for row in rows:
            lines = self._lines(row)
            height = self._height(lines)
            if height > left or lines > 1:
                yield from _columns(plain)
                plain = []
            left = (room if height > left else left) - height
            if lines > 1:
                yield {"row": row, "lines": lines}
            else:
                plain.append(row)
        yield from _columns(plain)

    def _part_of_one(self, row):
        return {"row": row, "lines": self._lines(row)}

    def _lines(self, texts):
        """Return how many lines the longest of a row's texts takes."""
        lines = 1
        for text, surely, room in zip(texts, self.surely, self.room, strict=True):
            if len(text) > surely:
                lines = max(lines, _lines_of(text, room))
        return lines


def _columns(rows):
    """Yield rows of one line as the texts of their columns; nothing for no rows."""
    if rows:
        columns = zip(*rows, strict=True)
        texts = ["\n".join([cell or NOTHING for cell in column]) for column in columns]
        yield {"columns": texts, "rows": len(rows)}


def _missing(rows):
    """Say which characters have to be written by hand: by number, as they cannot be shown."""
    text = set("".join(["".join(row) for row in rows]))
    return [
        _("第 %(row)d 行有字库没有的字（U+%(number)X），打印后手写补上")
        % {"row": _row_with(one, rows), "number": ord(one)}
        for one in characters_missing(text)
    ]


def _row_with(character, rows):
    return next(n for n, row in enumerate(rows, 1) if any(character in cell for cell in row))


def _lines_of(text, room):
    return sum(max(1, math.ceil(_width_of(part) / room)) for part in text.split("\n"))


def _width_of(text):
    """Return how wide a text is in Chinese characters."""
    wide = sum(unicodedata.east_asian_width(one) in "WFA" for one in text)
    return wide + NARROW * (len(text) - wide)
