"""Write the area list and the annex of tasks as Excel files, in the very layouts that are read
back.

Codes are text cells, people are numbers, and nothing is ever a formula.
"""

from io import BytesIO
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from pension_portal.templatetags.figures import moment
from townships.annex import NUMBER, PHASES, TARGET, TOWN
from townships.loading import ALIASES, CODE, LEVEL, NAME, PARENT, SOURCE
from townships.models import AreaAlias

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PEOPLE = "（人）"
VILLAGE = "村（社区）"
NAME_WIDTH, CODE_WIDTH, FIGURE_WIDTH, NUMBER_WIDTH = 22, 16, 20, 6


def area_list(areas, *, by):
    """Return a workbook of areas, one line for each source that writes an area in its own way."""
    aliases = {}
    for alias in AreaAlias.objects.filter(area__in=areas).order_by("source", "text"):
        texts = aliases.setdefault(alias.area_id, {})
        texts.setdefault(alias.get_source_display(), []).append(alias.text)
    lines = []
    for area in areas:
        for source, texts in (aliases.get(area.code) or {"": []}).items():
            cells = [area.code, area.name, area.parent_id or "", area.get_level_display()]
            lines.append([*cells, "、".join(texts), source])
    with _Book(_("区划表"), by) as book:
        book.widths(CODE_WIDTH, NAME_WIDTH, CODE_WIDTH, CODE_WIDTH, 2 * NAME_WIDTH, CODE_WIDTH)
        book.table(0, [CODE, NAME, PARENT, LEVEL, ALIASES, SOURCE], lines)
    return book.content


def annex(plan, parent, rows, total, *, by):
    """Return a workbook of a plan's quotas below an area, as annex 1 lays them out."""
    is_county = parent.pk == plan.county_id
    phases = [f"{title}{PEOPLE}" for title in PHASES[: len(total.increments)]]
    titles = [NUMBER, TOWN if is_county else VILLAGE, f"{TARGET}{PEOPLE}", *phases]
    lines = [
        [place, row.area.name, row.people, *row.increments]
        for place, row in enumerate(rows, start=1)
    ]
    title = _("%(area)s %(year)d 年度%(scheme)s任务分解表") % {
        "area": parent.name,
        "year": plan.year,
        "scheme": plan.scheme_title,
    }
    with _Book(title, by) as book:
        book.widths(NUMBER_WIDTH, NAME_WIDTH, *[FIGURE_WIDTH] * (1 + len(phases)))
        book.sheet.write_string(0, 0, title, book.bold)
        book.table(1, titles, [*lines, ["合计", "", total.people, *total.increments]])
    return book.content


def as_download(content, name):
    """Return the answer that makes a browser save a workbook under a Chinese name."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    response["Cache-Control"] = "no-store"
    return response


class _Book:
    """A workbook of one table and a sheet that says who made it and when."""

    def __init__(self, title, by):
        self.buffer = BytesIO()
        self.book = xlsxwriter.Workbook(
            self.buffer, {"in_memory": True, "strings_to_formulas": False}
        )
        self.bold = self.book.add_format({"bold": True})
        self.plain = self.book.add_format({"border": 1})
        self.figure = self.book.add_format({"border": 1, "num_format": "0"})
        self.head = self.book.add_format({"border": 1, "bold": True, "text_wrap": True})
        self.sheet = self.book.add_worksheet(_("表"))
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.title, self.by = title, by

    def __enter__(self):
        return self

    def __exit__(self, *_fault):
        self._say_who_and_when()
        self.book.close()
        self.content = self.buffer.getvalue()

    def widths(self, *widths):
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def table(self, first_row, titles, lines):
        """Write a header that repeats on every printed page, and its lines."""
        self.sheet.freeze_panes(first_row + 1, 0)
        self.sheet.repeat_rows(first_row)
        for column, title in enumerate(titles):
            self.sheet.write_string(first_row, column, title, self.head)
        for row, line in enumerate(lines, start=first_row + 1):
            for column, cell in enumerate(line):
                if isinstance(cell, int):
                    self.sheet.write_number(row, column, cell, self.figure)
                else:
                    self.sheet.write_string(row, column, cell, self.plain)

    def _say_who_and_when(self):
        notes = self.book.add_worksheet(_("说明"))
        notes.set_column(0, 0, NAME_WIDTH)
        notes.set_column(1, 1, 2 * NAME_WIDTH)
        lines = [
            (_("表名"), self.title),
            (_("导出人"), str(self.by)),
            (_("导出时间"), moment(timezone.now())),
        ]
        for row, cells in enumerate(lines):
            notes.write_row(row, 0, [str(cell) for cell in cells])
