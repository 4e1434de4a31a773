"""Read a county's annex of tasks (预期目标分解表) and set its quotas from it.

    序号  乡镇街道   全年任务数(人)  第一阶段任务数（人）  第二阶段任务数（人）
    1    王店镇     27000          22950               4050
    合计             223300         189805              33495

The third column of figures is what phase 2 adds, not what is reached by its end. Nothing is set
while the table contradicts itself or the plan: every fault is listed with its row, to be mended in
the sheet.
"""

from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from pension_portal.columns import Column, normal
from pension_portal.columns.noise import is_total
from pension_portal.files import store_bytes
from townships.errors import Fault
from townships.headcounts import read_headcount
from townships.models import Area, AreaAlias
from townships.official_lists import read_list
from townships.tasks import increments_of, set_quotas

TOWN, TARGET = "乡镇街道", "全年任务数"
PHASES = ("第一阶段任务数", "第二阶段任务数", "第三阶段任务数", "第四阶段任务数")
NUMBER = "序号"
COLUMNS = [
    Column(NUMBER, NUMBER),
    Column(TOWN, TOWN, ("乡镇", "街道乡镇", "乡镇名称"), required=True),
    Column(TARGET, TARGET, ("全年任务",), required=True),
    *(Column(title, title, (title.removesuffix("数"),)) for title in PHASES),
]
TOTAL = "合计"
PURPOSE = "task_annex"


class QuotasImported(NamedTuple):
    """How many quotas an annex changed, and its faults; with any fault nothing changed."""

    changed: int
    faults: list


@transaction.atomic
def import_quotas(upload, plan, *, by):
    """Set the towns' quotas from an uploaded annex; return QuotasImported. Refuses NoSuchTable."""
    content = upload.read()
    quotas, faults = check_annex(content, upload.name, plan)
    if faults:
        return QuotasImported(0, faults)
    file, _is_new = store_bytes(
        content, name=upload.name, county_code=plan.county_id, purpose=PURPOSE, by=by
    )
    return QuotasImported(set_quotas(plan, quotas, by=by, file=file), [])


def check_annex(data, file_name, plan):
    """Return ({town code: people}, faults) of an annex held against its plan."""
    milestones = list(plan.milestones.all())
    phases = PHASES[: len(milestones)]
    towns = town_names(plan.county_id)
    quotas, faults, figures = {}, [], []
    for row in read_list(data, file_name, COLUMNS):
        name = row.cells[TOWN] or row.cells.get(NUMBER, "")
        code = towns.get(normal(name))
        has_figures = any(row.cells.get(title) for title in (TARGET, *phases))
        if is_total(name):
            faults += _faults_of_total(row, phases, figures)
        elif code or has_figures:  # the rest are signatures and notes
            read = [read_headcount(row.cells.get(title, "")) for title in (TARGET, *phases)]
            found = _faults_of_row(row, name, code, read, phases, milestones)
            if code in quotas:
                found.append(Fault(row.row_no, TOWN, _("「%s」出现两次，留一行") % name))
            faults += found
            figures.append(read)
            if not found:
                quotas[code] = read[0]
    return quotas, faults


def town_names(county_code):
    """Return {name or alias: town code} of a county; what means two towns is left out."""
    towns = Area.objects.inside(county_code).towns()
    means = {}
    for code, name in towns.values_list("code", "name"):
        means.setdefault(normal(name), set()).add(code)
    aliases = AreaAlias.objects.filter(county_code=county_code, area__level=Area.Level.TOWN)
    for code, text in aliases.values_list("area_id", "text"):
        means.setdefault(normal(text), set()).add(code)
    return {name: codes.pop() for name, codes in means.items() if len(codes) == 1}


def _faults_of_row(row, name, code, read, phases, milestones):
    if not code:
        words = _("「%s」不是本县区的乡镇街道，改成区划表里的名称，或先登记别名") % name
        return [Fault(row.row_no, TOWN, words)]
    for title, people in zip((TARGET, *phases), read, strict=True):
        if people is None and title in row.cells:
            words = _("「%(name)s」的「%(text)s」不是人数，填整数")
            return [Fault(row.row_no, title, words % {"name": name, "text": row.cells[title]})]
    if None in read:  # the annex of a county may give the year's task alone
        return []
    target, *increments = read
    return [
        *_faults_of_sum(row, name, target, increments),
        *_faults_of_shares(row, name, target, increments, phases, milestones),
    ]


def _faults_of_sum(row, name, target, increments):
    if not increments or sum(increments) == target:
        return []
    if increments[-1] == target:
        words = _("「%(name)s」%(last)d 是累计数，此列填本阶段增量 %(gap)d")
        gap = increments_of([*increments[:-1], target])[-1]
        return [
            Fault(
                row.row_no,
                PHASES[len(increments) - 1],
                words % {"name": name, "last": increments[-1], "gap": gap},
            )
        ]
    words = _("「%(name)s」各阶段合计 %(sum)d，与全年 %(target)d 不等")
    return [
        Fault(row.row_no, TARGET, words % {"name": name, "sum": sum(increments), "target": target})
    ]


def _faults_of_shares(row, name, target, increments, phases, milestones):
    """Hold each phase against its milestone; less than one person off is rounding."""
    found, reached = [], 0
    for title, increment, milestone in zip(phases, increments, milestones, strict=True):
        reached += increment
        if title != phases[-1] and abs(reached - target * milestone.share / 100) >= 1:
            words = _("「%(name)s」到%(label)s累计 %(reached)d，任务的 %(share)s%% 是 %(due)d")
            words %= {
                "name": name,
                "label": milestone.label,
                "reached": reached,
                "share": f"{milestone.share.normalize():f}",
                "due": milestone.people_of(target),
            }
            found.append(Fault(row.row_no, title, words))
    return found


def _faults_of_total(row, phases, figures):
    """Compare the 合计 row with the sums of the rows above it, column by column."""
    found = []
    for place, title in enumerate((TARGET, *phases)):
        stated = read_headcount(row.cells.get(title, ""))
        if stated is None:
            continue
        counted = sum(read[place] or 0 for read in figures)
        if stated != counted:
            words = _("合计写 %(stated)d，各行相加是 %(counted)d，差 %(gap)d")
            words %= {"stated": stated, "counted": counted, "gap": stated - counted}
            found.append(Fault(row.row_no, title, words))
    return found
