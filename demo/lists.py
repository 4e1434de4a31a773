"""The lists of the county's departments (部门名单), as those departments write them.

    残联        certificate numbers of 20 digits, grades as the clerk of the day writes them
    民政局      one household to a row, with three pairs of name and number
    养老保险中心 who is insured as an employee, some of them residents who pay all the same

Some people were added since the roster and some dropped, so that there is something to preview.
"""

from demo.exports import TEXT_FORMATS
from demo.workbooks import Sheet, as_text, write_text, write_xlsx

GRADES = {
    1: ("一级", "壹级", "Ⅰ级", "1"),
    2: ("二级", "贰级", "肢体二级", "2"),
    3: ("三级", "Ⅲ"),
    4: ("四级", "4级"),
}
KIND_OF_DISABILITY = 4
PEOPLE_IN_A_ROW = 3
DROPPED, ADDED, MOST_COVERED = 3, 8, 12
OTHER_GRADE_EVERY = 60


def holders(county, identity):
    """Return (resident, grade) of the living who hold an identity for good."""
    return [
        (resident, held.grade)
        for resident in county.residents
        if resident.life_status == "alive"
        for held in resident.identities
        if held.identity == identity and held.valid_to is None
    ]


def ordinary(county):
    """Return living residents of paying status without any identity or other cover."""
    return [
        resident
        for resident in county.residents
        if resident.life_status == "alive"
        and resident.basic_status == "active"
        and not resident.identities
        and not resident.other_cover
    ]


def write_disabled(path, county):
    """Write the list of the disabled persons' federation."""
    added = [(resident, 2) for resident in ordinary(county)[50 : 50 + ADDED]]
    rows = [
        ["颍州区残疾人基本信息台账"],
        ["序号", "乡镇（街道）", "村（社区）", "姓名", "残疾人证号", "残疾等级"],
    ]
    for number, (resident, held) in enumerate(holders(county, "disabled")[DROPPED:] + added, 1):
        grade = max(held - 1, 1) if number % OTHER_GRADE_EVERY == 0 else held
        town, village = county.town_of(resident).name, county.villages[resident.village].name
        certificate = f"{resident.id_number}{KIND_OF_DISABILITY}{grade}"
        words = GRADES[grade][number % len(GRADES[grade])]
        rows.append([number, town, village, resident.name, certificate, words])
    write_xlsx(path, [Sheet("台账", [*rows, ["合计", "", "", "", "", len(rows) - 2]])])


def write_low_income(path, county):
    """Write civil affairs' list: households in rows."""
    people = [resident for resident, _grade in holders(county, "low_income")][DROPPED:]
    people += ordinary(county)[-ADDED:]
    pairs = [f"成员{n}{what}" for n in range(1, PEOPLE_IN_A_ROW) for what in ("姓名", "身份证号")]
    rows = [["户主姓名", "户主身份证号", *pairs, "救助类型"]]
    for start in range(0, len(people), PEOPLE_IN_A_ROW):
        members = people[start : start + PEOPLE_IN_A_ROW]
        cells = [cell for one in members for cell in (one.name, one.id_number)]
        rows.append([*cells, *[""] * (2 * PEOPLE_IN_A_ROW - len(cells)), "全额低保"])
    write_xlsx(path, [Sheet("低保", rows)])


def write_employees(path, county):
    """Write the list of employees' insurance, GB18030 as the pension centre exports it."""
    step = max(len(county.residents) // MOST_COVERED, 1)
    covered = ordinary(county)[::step][:MOST_COVERED]
    rows = [["姓名", "公民身份号码", "参保单位", "参保时间"]]
    rows += [[one.name, one.id_number, "颍州某纺织有限公司", "2020-11-01"] for one in covered]
    encoding, delimiter = TEXT_FORMATS["csv-gb"]
    texts = [[as_text(cell) for cell in row] for row in rows]
    write_text(path, texts, encoding=encoding, delimiter=delimiter)
