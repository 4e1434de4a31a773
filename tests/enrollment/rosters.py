"""Rosters for the tests: rows as clerks write them, in the formats in which they save them."""

import io
from datetime import date

import xlsxwriter

from enrollment.models import EnrollmentSettings, RosterImport
from enrollment.rosters import job_of, receive_roster
from pension_portal.jobs import run_job
from tests.county import COUNTY, EAST_BAY, id_number, upload

COLUMNS = (
    "序号 乡镇（街道） 村（社区） 组别 户编号 户主姓名 姓名 性别 证件号码 出生日期 联系电话"
    " 参保险种 缴费档次 补充缴费档次 参保日期 参保状态 终止原因 人员状态 其他参保情况 特殊身份"
    " 残疾等级 身份起 身份止 银行账号 备注"
)
HEADERS = COLUMNS.split(" ")
BORN_ON, OTHERS_BORN_ON = date(1975, 3, 2), date(1980, 5, 6)


def row(**changes):
    """Return one good row of a roster, a person of 李家村 of 东湾镇, with some cells changed."""
    number = changes.get("证件号码") or id_number(BORN_ON)
    cells = {
        "乡镇（街道）": "东湾镇",
        "村（社区）": "李家村",
        "组别": "3",
        "户编号": "0001",
        "户主姓名": "张大海",
        "姓名": "张桂兰",
        "证件号码": number,
        "联系电话": "13800000011",
        "参保险种": "基本",
        "缴费档次": "500",
        "参保日期": "2015-06-01",
        "参保状态": "正常缴费",
        "人员状态": "正常",
    } | changes
    return [cells.get(header, "") for header in HEADERS]


def people(count):
    """Return good rows of as many people, all different."""
    return [
        row(
            姓名=f"王{chr(0x4E00 + number)}",
            证件号码=id_number(OTHERS_BORN_ON, number),
            户编号=f"{number}",
        )
        for number in range(1, count + 1)
    ]


def as_csv(rows, headers=HEADERS):
    """Return a roster as WPS saves it on a Chinese Windows: comma-separated GB18030."""
    return "\r\n".join(",".join(map(str, cells)) for cells in [headers, *rows]).encode("gb18030")


def as_xlsx(rows, headers=HEADERS, titles=()):
    """Return a roster as a workbook with its title rows, identity numbers as text."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        for place, cells in enumerate([*[[title] for title in titles], headers, *rows]):
            sheet.write_row(place, 0, cells)
    return file.getvalue()


def as_xls(rows, headers=HEADERS):
    """Return a roster as an old workbook."""
    import xlwt

    book, file = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("花名册")
    for place, cells in enumerate([headers, *rows]):
        for column, cell in enumerate(cells):
            sheet.write(place, column, cell)
    book.save(file)
    return file.getvalue()


def receive(by, content, name="花名册.csv", area=None):
    """Upload a roster and return its import, not yet read.

    However many of its rows are faulty, it waits for nobody, unless the county has set a limit.
    """
    EnrollmentSettings.objects.get_or_create(county_code=COUNTY, defaults={"bad_share_limit": 100})
    roster, _is_new = receive_roster(
        upload(content, name), area_code=area or by.area_code or EAST_BAY, by=by
    )
    return roster


def load(by, rows, **options):
    """Upload a roster of some rows, read and load it, and return its import."""
    content = rows if isinstance(rows, bytes) else as_csv(rows)
    roster = receive(by, content, **options)
    run_job(job_of(roster).pk)
    return RosterImport.objects.get(pk=roster.pk)


def faults(roster):
    """Return (row number, column, code) of what was wrong, in the file's order."""
    return list(roster.faults.filter(is_warning=False).values_list("row_number", "column", "code"))


def warnings(roster):
    return list(roster.faults.filter(is_warning=True).values_list("row_number", "column", "code"))
