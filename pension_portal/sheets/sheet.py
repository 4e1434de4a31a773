"""One sheet of a file, whatever the file is, given out in blocks of rows or of columns."""

from functools import cached_property
from itertools import chain, islice

from django.utils.translation import gettext as _

from pension_portal.sheets.errors import TooSpread

BLOCK_ROWS = 5000
HEAD_ROWS = 300  # enough for titles, a header, and a fair sample of what each column holds
MOST_COLUMNS = 2000


class Sheet:
    """A sheet (工作表): its name, its place in the file, and what is written in it.

    Cells are plain Python: str, float, int, bool, date, datetime, and '' for an empty one. Within a
    block all rows are equally long. `read(most)` gives the blocks, of all rows or the first few.
    """

    def __init__(self, name, number, read, *, file_name, hidden=None, survey=None):
        self.name = name
        self.number = number
        self.file_name = file_name
        self.hidden = hidden
        self.survey = survey or Survey()
        self._read = read

    def __repr__(self):
        return f"<Sheet {self.number} {self.name!r}>"

    def blocks(self, size=BLOCK_ROWS):
        """Yield (number of the first row, list of rows); rows count from 1, blank ones too."""
        first = 1
        rows = chain.from_iterable(block.rows for block in self._checked_blocks(None))
        while some := list(islice(rows, size)):
            yield first, some
            first += len(some)

    def column_blocks(self):
        """Yield (number of the first row, list of columns): the same blocks, turned on their side.

        A workbook arrives by columns, so this is the faster way through a long sheet.
        """
        first = 1
        for block in self._checked_blocks(None):
            yield first, block.columns
            first += block.height

    def head(self, count=HEAD_ROWS):
        """Return the first rows of the sheet, [] if it has none."""
        blocks = self._checked_blocks(count)
        return list(islice(chain.from_iterable(block.rows for block in blocks), count))

    def has_rows(self):
        """Tell whether anything at all is written near the top of the sheet."""
        return any(cell != "" for row in self.head() for cell in row)

    def warnings(self):
        """Return what a clerk should know although the sheet can be read, as sentences."""
        found = []
        if self.survey.empty_formulas:
            found.append(
                _("%(cell)s 等 %(count)d 格的公式没有算出结果，按空格读入。打开文件另存后再传。")
                % {"cell": self.survey.first_empty_formula, "count": self.survey.empty_formulas}
            )
        if self.survey.hidden_rows:
            found.append(
                _("有 %(count)d 行被隐藏或筛掉，也一并读入。") % {"count": self.survey.hidden_rows}
            )
        if self.hidden:
            found.append(_("这张工作表是隐藏的。"))
        return found

    def _checked_blocks(self, most):
        row = 1
        for block in self._read(most):
            if block.width > MOST_COLUMNS:
                raise TooSpread(name=self.file_name, row=row, column=block.width)
            yield block
            row += block.height


class Block:
    """Some thousand rows of a sheet; made of rows or of columns, and turned when first asked to."""

    def __init__(self, rows=None, columns=None):
        if rows is not None:
            self.height, self.width = len(rows), max(map(len, rows), default=0)
            self.rows = _even(rows, self.width)
        else:
            self.height, self.width = len(columns[0]) if columns else 0, len(columns)
            self.columns = columns

    @cached_property
    def rows(self):
        return list(zip(*self.columns, strict=True))

    @cached_property
    def columns(self):
        return list(zip(*self.rows, strict=True))


def blocks_of_rows(rows, most):
    """Yield blocks of what an iterator of rows gives, of all of it or of the first few."""
    rows = iter(rows if most is None else islice(rows, most))
    while some := list(islice(rows, BLOCK_ROWS)):
        yield Block(rows=some)


def _even(rows, width):
    if min(map(len, rows), default=0) == width or width > MOST_COLUMNS:
        return rows
    return [row + [""] * (width - len(row)) for row in rows]


class Survey:
    """What was seen of a sheet before its cells were read."""

    def __init__(self):
        self.rows = 0
        self.empty_formulas = 0
        self.first_empty_formula = ""
        self.hidden_rows = 0

    def note_empty_formulas(self, cells):
        """Count formula cells that the writing program left without a result."""
        if cells and not self.empty_formulas:
            self.first_empty_formula = cells[0]
        self.empty_formulas += len(cells)
