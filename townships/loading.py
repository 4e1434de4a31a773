"""Load a county's area tree (区划表) from its official list: county, towns, villages, groups.

    区划代码        名称      上级        层级      别名              来源
    990100         示样县
    990100101      东湾镇    990100     乡镇街道   税务东湾镇分局      税务
    990100101201   李家村    990100101  村

The code says the level and the parent; 上级 and 层级 may stay empty and are only compared. A list
may hold part of the tree. Loading it again changes nothing; a row that cannot be taken is a fault
of that row, and the others go in.
"""

from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from pension_portal.columns import Column, normal
from townships.errors import Fault, NameTaken
from townships.models import AREA_CODE_LENGTHS, Area, AreaAlias
from townships.naming import rename_area
from townships.official_lists import read_list

CODE, NAME, PARENT, LEVEL = "区划代码", "名称", "上级", "层级"
ALIASES, SOURCE = "别名", "来源"
COLUMNS = [
    Column("code", CODE, ("行政区划代码", "代码"), required=True),
    Column("name", NAME, ("区划名称",), required=True),
    Column("parent_code", PARENT, ("上级代码", "上级区划代码", "上级名称")),
    Column("level", LEVEL, ("级别",)),
    Column("aliases", ALIASES),
    Column("source", SOURCE),
]
PARENT_LENGTHS = {9: 6, 12: 9, 14: 12}
LEVEL_WORDS = {
    "县": 1, "县区": 1, "区县": 1, "区": 1, "市": 1,
    "乡镇": 2, "乡镇街道": 2, "镇": 2, "乡": 2, "街道": 2, "社区中心": 2,
    "村": 3, "村社区": 3, "社区": 3, "居委会": 3, "村居": 3, "行政村": 3,
    "组": 4, "村民组": 4, "居民小组": 4, "村民小组": 4,
}  # fmt: skip
SOURCE_WORDS = {
    "税务": "tax", "花名册": "roster", "参保花名册": "roster", "银行": "bank", "民政": "civil",
    "民政等部门": "civil",
}  # fmt: skip
ALIAS_MARKS = "、；;，,"
LONGEST_NAME, LONGEST_ALIAS = 60, 120


class AreaRow(NamedTuple):
    """A row of an area list; only the code and the name must be filled."""

    code: str
    name: str
    parent_code: str = ""
    level: str = ""
    aliases: tuple = ()
    source: str = ""
    row_no: int = 0


class AreasLoaded(NamedTuple):
    """What a list brought: numbers of areas and aliases, and the rows that could not be taken."""

    added: int
    renamed: int
    unchanged: int
    aliases: int
    faults: list


def load_area_file(upload, *, by):
    """Load the tree from an uploaded .xlsx or .csv; see `load_areas`. Refuses NoSuchTable."""
    return load_areas(read_area_rows(upload.read(), upload.name), by=by)


def read_area_rows(data, file_name):
    """Return the AreaRows of a file. Refuses NoSuchTable."""
    return [
        AreaRow(row_no=row.row_no, **row.cells | {"aliases": _split(row.cells.get("aliases", ""))})
        for row in read_list(data, file_name, COLUMNS)
    ]


@transaction.atomic
def load_areas(rows, *, by):
    """Add and rename areas and their aliases from AreaRows; return AreasLoaded.

    Areas stay inside `by`'s own; with `by` None, as a county is set up, any county may come.
    A different name is a renaming, so the former name stays as an alias.
    """
    rows = [row._replace(row_no=row.row_no or place) for place, row in enumerate(rows, start=1)]
    faults = []
    areas = {area.code: area for area in Area.objects.filter(code__in=_codes_named(rows))}
    had = set(areas)
    fresh, renamed = [], 0
    # Shorter codes are parents, so they go first whatever the order of the list.
    for row in sorted(rows, key=lambda row: (len(row.code), row.row_no)):
        if fault := _fault_of(row, areas, by):
            faults.append(fault)
        elif row.code not in areas:
            areas[row.code] = _new_area(row)
            fresh.append(areas[row.code])
        elif row.code in had and areas[row.code].name != row.name:
            try:
                areas[row.code] = rename_area(areas[row.code], row.name, by=by)
                renamed += 1
            except NameTaken as refusal:
                faults.append(Fault(row.row_no, NAME, str(refusal)))
    Area.objects.bulk_create(fresh)
    aliases = _load_aliases(rows, areas, faults)
    if by is not None and (fresh or renamed or aliases):
        by.note("load_areas", added=len(fresh), renamed=renamed, aliases=aliases)
    faults.sort()
    return AreasLoaded(
        added=len(fresh),
        renamed=renamed,
        unchanged=len(had & {row.code for row in rows}) - renamed,
        aliases=aliases,
        faults=faults,
    )


def parent_code_of(code):
    """Return the code one level up; empty for a county."""
    return code[: PARENT_LENGTHS.get(len(code), 0)]


def _codes_named(rows):
    return {row.code for row in rows} | {parent_code_of(row.code) for row in rows}


def _fault_of(row, areas, by):
    """Return what is wrong with a row, or None; the first fault is enough to mend it."""
    if not (row.code.isascii() and row.code.isdigit()) or len(row.code) not in AREA_CODE_LENGTHS:
        return Fault(
            row.row_no, CODE, _("「%s」不是 6、9、12 或 14 位数字，补全代码后重传") % row.code
        )
    if not row.name or len(row.name) > LONGEST_NAME:
        return Fault(row.row_no, NAME, _("名称要填，最多 %d 个字") % LONGEST_NAME)
    if by is not None and not (by.area_code and row.code.startswith(by.area_code)):
        return Fault(row.row_no, CODE, _("%s 不在本人负责的区域内，删去此行") % row.code)
    parent = parent_code_of(row.code)
    if parent and parent not in areas:
        return Fault(row.row_no, CODE, _("上级 %s 不在表内也未登记，先补上级") % parent)
    if row.parent_code and row.parent_code not in (parent, areas[parent].name if parent else ""):
        return Fault(
            row.row_no,
            PARENT,
            _("「%(given)s」与代码的上级 %(parent)s 不同，改代码或上级")
            % {"given": row.parent_code, "parent": parent or "—"},
        )
    if row.level and _level_of(row.level) != AREA_CODE_LENGTHS[len(row.code)]:
        label = Area.Level(AREA_CODE_LENGTHS[len(row.code)]).label
        return Fault(
            row.row_no,
            LEVEL,
            _("%(digits)d 位代码是%(label)s，与「%(given)s」不同")
            % {"digits": len(row.code), "label": label, "given": row.level},
        )
    return _fault_of_the_known(row, areas)


def _fault_of_the_known(row, areas):
    known = areas.get(row.code)
    if known is None or known.name == row.name:
        return None
    if known._state.adding:
        return Fault(row.row_no, CODE, _("%s 在表内出现两次且名称不同，留一行") % row.code)
    if known.valid_to:
        return Fault(
            row.row_no,
            NAME,
            _("「%(name)s」已于 %(day)s 停用，不再改名")
            % {"name": known.name, "day": known.valid_to},
        )
    return None


def _level_of(text):
    """Return the level a word names (镇, 乡镇街道, 2), or None."""
    key = normal(text)
    return int(key) if key in ("1", "2", "3", "4") else LEVEL_WORDS.get(key)


def _new_area(row):
    return Area(
        code=row.code,
        name=row.name,
        level=AREA_CODE_LENGTHS[len(row.code)],
        parent_id=parent_code_of(row.code) or None,
        # The official order is the order of the list, never that of pinyin.
        position=row.row_no,
    )


def _load_aliases(rows, areas, faults):
    """Add the aliases of good rows, first come, first served; return how many were new."""
    bad = {fault.row_no for fault in faults}
    wanted = [row for row in rows if row.aliases and row.row_no not in bad and row.code in areas]
    counties = {row.code[:6] for row in wanted}
    known = {
        (alias.county_code, alias.source, alias.text): alias.area_id
        for alias in AreaAlias.objects.filter(county_code__in=counties)
    }
    fresh = []
    for row in wanted:
        source = SOURCE_WORDS.get(row.source, row.source or AreaAlias.Source.TAX)
        if source not in AreaAlias.Source.values:
            faults.append(Fault(row.row_no, SOURCE, _("「%s」不是已知来源") % row.source))
            continue
        for text in row.aliases:
            owner = known.setdefault((row.code[:6], source, text), "")
            if owner and owner != row.code:
                name = areas[owner].name if owner in areas else owner
                faults.append(
                    Fault(
                        row.row_no,
                        ALIASES,
                        _("「%(text)s」已是「%(area)s」的写法") % {"text": text, "area": name},
                    )
                )
            elif not owner:
                known[(row.code[:6], source, text)] = row.code
                fresh.append(
                    AreaAlias(county_code=row.code[:6], source=source, text=text, area_id=row.code)
                )
    AreaAlias.objects.bulk_create(fresh)
    return len(fresh)


def _split(text):
    for mark in ALIAS_MARKS:
        text = text.replace(mark, "\n")
    return tuple(part.strip()[:LONGEST_ALIAS] for part in text.split("\n") if part.strip())
