"""Write the area list and the annex of tasks as Excel files, in the very layouts that are read
back.
"""

from io import BytesIO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from pension_portal.sheet_writing import TableColumn, write_table
from townships.annex import NUMBER, PHASES, TARGET, TOTAL, TOWN
from townships.loading import ALIASES, CODE, LEVEL, NAME, PARENT, SOURCE
from townships.models import AreaAlias

PEOPLE = "（人）"
VILLAGE = "村（社区）"
NAME_WIDTH, ALIASES_WIDTH, FIGURE_WIDTH, NUMBER_WIDTH = 22, 44, 20, 8
AREA_COLUMNS = [
    TableColumn(CODE, width=16),
    TableColumn(NAME, width=NAME_WIDTH),
    TableColumn(PARENT, width=16),
    TableColumn(LEVEL),
    TableColumn(ALIASES, width=ALIASES_WIDTH),
    TableColumn(SOURCE),
]


def area_list(title, areas, *, by):
    """Return a workbook of areas, one line for each source that writes an area in its own way."""
    # The words for levels and sources stay Chinese: they are what the file is read by.
    with override(settings.LANGUAGE_CODE):
        lines = list(_area_lines(areas))
    return _written(title, AREA_COLUMNS, lines, by)


def _area_lines(areas):
    aliases = {}
    for alias in AreaAlias.objects.filter(area__in=areas).order_by("source", "text"):
        texts = aliases.setdefault(alias.area_id, {})
        texts.setdefault(alias.get_source_display(), []).append(alias.text)
    for area in areas:
        for source, texts in (aliases.get(area.code) or {"": []}).items():
            level = str(area.get_level_display())
            yield [area.code, area.name, area.parent_id, level, "、".join(texts), source]


def annex(title, plan, parent, rows, total, *, by):
    """Return a workbook of a plan's quotas below an area, as annex 1 lays them out."""
    phases = PHASES[: len(total.increments)]
    columns = [
        TableColumn(NUMBER, "number", NUMBER_WIDTH),
        TableColumn(TOWN if parent.pk == plan.county_id else VILLAGE, width=NAME_WIDTH),
        *(TableColumn(f"{label}{PEOPLE}", "number", FIGURE_WIDTH) for label in (TARGET, *phases)),
    ]
    lines = [
        [place, row.area.name, row.people, *row.increments]
        for place, row in enumerate(rows, start=1)
    ]
    return _written(title, columns, [*lines, [TOTAL, "", total.people, *total.increments]], by)


def _written(title, columns, lines, by):
    buffer = BytesIO()
    notes = [(_("导出人"), str(by)), (_("导出时间"), timezone.localtime())]
    write_table(buffer, columns, lines, title=title, notes=notes)
    return buffer.getvalue()
