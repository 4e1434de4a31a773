"""The county's rosters (花名册) as sheets, some rows spoilt on purpose.

`write_roster` returns the file with the list of rows that must be refused and why, so an import
can be tested row by row. A spoilt row is always an extra one: the residents themselves all stand
in the roster rightly.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from demo.county import without_collector
from demo.exports import TEXT_FORMATS
from demo.faults import spoil
from demo.names import FIRST_PREFIX, PREFIXES, identity_number
from demo.workbooks import Sheet, as_text, write_text, write_xls, write_xlsx

HEADERS = (
    "序号",
    "乡镇（街道）",
    "村（社区）",
    "组别",
    "户编号",
    "户主姓名",
    "姓名",
    "性别",
    "证件号码",
    "出生日期",
    "联系电话",
    "参保险种",
    "缴费档次",
    "补充缴费档次",
    "参保日期",
    "参保状态",
    "终止原因",
    "人员状态",
    "其他参保情况",
    "特殊身份",
    "残疾等级",
    "身份起",
    "身份止",
    "银行账号",
    "备注",
)
SEX_WORDS = {"m": "男", "f": "女"}
STATUS_WORDS = {
    "active": "正常缴费",
    "suspended": "暂停缴费",
    "drawing": "正常待遇",
    "terminated": "终止",
}
LIFE_WORDS = {"alive": "正常", "dead": "死亡", "moved": "迁出"}
COVER_WORDS = {"": "", "employees": "职工", "civil_service": "机关事业", "student": "在校学生"}
IDENTITY_WORDS = {
    "low_income": "低保对象",
    "destitute": "特困人员",
    "disabled": "残疾",
    "registered_poor": "建档立卡",
    "bereaved_parent": "独生子女死亡或伤残父母",
    "procedure_injury": "节育手术并发症",
}
GRADE_WORDS = {0: "", 1: "一级", 2: "二级", 3: "三级", 4: "四级"}
REFUSALS = (
    "id_checksum",
    "name_missing",
    "village_unknown",
    "repeated_with_other_name",
    "under_sixteen",
    "id_damaged",
)
ODD_SHARE = 0.001
NEW_SINCE = 2021


@dataclass
class WrittenRoster:
    """A roster as written: how many people it registers, and which rows must be refused.

    `refused` holds (row number in the sheet, reason).
    """

    path: str
    people: int
    refused: list = field(default_factory=list)


@without_collector()
def write_roster(path, county, form="xlsx", *, residents=None, bad_share=ODD_SHARE, seed="roster"):
    """Write the roster of the residents given (all by default) and say which rows are bad.

    At least one row of each kind is spoilt unless `bad_share` is 0.
    """
    residents = county.residents if residents is None else residents
    rng = Random(f"{county.seed}/{seed}")
    bad_at = bad_places(len(residents), bad_share, rng)
    written = WrittenRoster(str(path), len(residents))
    places = places_of(county)
    rows = [list(HEADERS)]
    for resident in residents:
        rows.append(roster_row(len(rows), resident, places[resident.village]))
        if len(rows) in bad_at:
            kind = REFUSALS[len(written.refused) % len(REFUSALS)]
            spoilt = spoilt_row(kind, len(rows), resident, places, county, rng)
            rows.append(spoilt)
            written.refused.append((len(rows), kind))
    save(path, rows, form)
    return written


def save(path, rows, form):
    if form in TEXT_FORMATS:
        encoding, delimiter = TEXT_FORMATS[form]
        texts = [[as_text(cell) for cell in row] for row in rows]
        write_text(path, texts, encoding=encoding, delimiter=delimiter)
    elif form == "xls":
        write_xls(path, [Sheet("花名册", rows)])
    else:
        write_xlsx(path, [Sheet("花名册", rows)])


def bad_places(people, share, rng):
    """Return the row counts at which a spoilt row follows."""
    if not share:
        return set()
    wanted = max(len(REFUSALS), round(people * share))
    return set(rng.sample(range(2, people + 2), min(wanted, people)))


def places_of(county):
    """Return (town, village, groups) by village index, as the roster writes them."""
    groups = {}
    for group in county.groups:
        groups.setdefault(group.parent_code, []).append(group.name)
    return [
        (county.towns[town].name, village.name, groups[village.code])
        for village, town in zip(county.villages, county.village_towns, strict=True)
    ]


def roster_row(number, resident, place):
    """Return one person's row; the first special identity only, as rosters have it."""
    town, village, groups = place
    held = resident.identities[0] if resident.identities else None
    supplementary = resident.supplementary_tier
    started_on = resident.started_on
    return [
        number,
        town,
        village,
        groups[(resident.group - 1) % len(groups)],
        f"H{resident.household:06d}",
        resident.head,
        resident.name,
        SEX_WORDS[resident.sex],
        resident.id_number,
        resident.born_on.isoformat(),
        resident.phone,
        "基本+补充" if supplementary else "基本",
        resident.basic_tier,
        supplementary or "",
        started_on.isoformat(),
        STATUS_WORDS[resident.basic_status],
        resident.end_reason,
        LIFE_WORDS[resident.life_status],
        COVER_WORDS[resident.other_cover],
        IDENTITY_WORDS[held.identity] if held else "",
        GRADE_WORDS[held.grade] if held else "",
        held.valid_from.isoformat() if held else "",
        held.valid_to.isoformat() if held and held.valid_to else "",
        resident.bank_account,
        "本年新增" if started_on.year == NEW_SINCE else "",
    ]


def spoilt_row(kind, number, resident, places, county, rng):
    """Return an extra row that must be refused for exactly this reason."""
    born_on = date(county.year - 30 - rng.randrange(20), 1 + rng.randrange(12), 5)
    if kind == "under_sixteen":
        born_on = date(county.year - 10, 1 + rng.randrange(12), 5)
    # Sequences from 900 on the prefixes' last are not given to residents of so few years.
    prefix = FIRST_PREFIX + PREFIXES - 3
    id_number = identity_number(prefix, born_on, 900 + rng.randrange(50) * 2 + 1)
    extra = replace(
        resident,
        number=len(county.residents) + number,
        id_number=id_number,
        born_on=born_on,
        sex="m",
        name=resident.name[0] + "某某",
        basic_status="active",
        life_status="alive",
        other_cover="",
        end_reason="",
        identities=(),
        supplementary_tier=0,
        basic_tier=200,
        started_on=date(county.year - 1, 6, 1),
    )
    if kind == "repeated_with_other_name":
        extra.id_number, extra.born_on = resident.id_number, resident.born_on
        extra.sex = resident.sex
    elif kind == "id_checksum":
        extra.id_number = spoil(id_number, 1)
    elif kind == "id_damaged":
        extra.id_number = float(id_number.replace("X", "0"))
    elif kind == "name_missing":
        extra.name = ""
    row = roster_row(number, extra, places[resident.village])
    if kind == "village_unknown":
        row[2] = "不存在的村"
    return row
