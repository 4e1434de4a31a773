"""Plans and tables for the tests of townships: 示样县 with its two towns, and annex 1 of 颍州区."""

import csv
import io
from datetime import date
from decimal import Decimal

import xlsxwriter

from tests import county
from townships.models import Area, TaskPlan
from townships.tasks import plan_task

# Town, target, phase 1, phase 2: annex 1 as the document prints it.
ANNEX = [
    ("王店镇", 27000, 22950, 4050),
    ("三十里铺镇", 15200, 12920, 2280),
    ("三合镇", 15000, 12750, 2250),
    ("九龙镇", 15600, 13260, 2340),
    ("马寨乡", 17000, 14450, 2550),
    ("程集镇", 17000, 14450, 2550),
    ("三塔集镇", 27500, 23375, 4125),
    ("西湖镇", 12600, 10710, 1890),
    ("鼓楼街道", 5100, 4335, 765),
    ("清河街道", 12700, 10795, 1905),
    ("西湖景区街道", 4600, 3910, 690),
    ("文峰街道", 6600, 5610, 990),
    ("颍西街道", 15900, 13515, 2385),
    ("京九路街道", 14000, 11900, 2100),
    ("袁集镇", 17500, 14875, 2625),
]
TOTAL = (223300, 189805, 33495)
TITLES = [
    "序号",
    "乡镇街道",
    "全年任务数\n(人)",
    "第一阶段任务数\n（人）",
    "第二阶段任务数\n（人）",
]
STAGES = [
    ("第一阶段", date(2021, 3, 31), Decimal(85)),
    ("第二阶段", date(2021, 6, 30), Decimal(100)),
]


def plan(target=1000, *, code=county.COUNTY, scheme=county.BASIC, by=None, stages=STAGES):
    """Plan the task of 2021 as 颍州区 did: 1 January to 10 October, 85% by March, 100% by June."""
    return plan_task(
        Area.objects.get(pk=code),
        scheme,
        2021,
        target,
        date(2021, 1, 1),
        date(2021, 10, 10),
        stages,
        by=by,
    )


def fifteen_towns():
    """Lay out the 15 towns of annex 1, in their order, under the neighbour's code."""
    Area.objects.bulk_create(
        Area(
            code=f"{county.NEIGHBOUR}{300 + place}",
            name=name,
            level=2,
            parent_id=county.NEIGHBOUR,
            position=place,
        )
        for place, (name, *_figures) in enumerate(ANNEX)
    )
    Area.objects.filter(code="990200101").update(valid_to=date(2020, 12, 31))


def annex_rows(rows=ANNEX, total=TOTAL):
    """Return the annex as rows of cells: a title, the header, the towns, the sum, a signature."""
    lines = [["参（续）保缴费工作预期目标分解表", "", "", "", ""], TITLES]
    lines += [[place, *row] for place, row in enumerate(rows, start=1)]
    if total:
        lines.append(["合计", "", *total])
    return [*lines, ["", "填表人：林秋", "", "", ""]]


def xlsx(rows):
    """Return an uploaded workbook of these rows, figures as numbers."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()
    return county.upload(buffer.getvalue(), "分解表.xlsx")


def comma_separated(rows):
    """Return an uploaded .csv of these rows, as Excel on a Chinese Windows saves it."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return county.upload(buffer.getvalue().encode("gb18030"), "区划表.csv")


def quotas(plan):
    return dict(TaskPlan.objects.get(pk=plan.pk).quotas.values_list("area_id", "people"))
