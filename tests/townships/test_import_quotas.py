import pytest

from pension_portal.files import read_file
from pension_portal.models import StoredFile
from staff.models import AuditEntry
from tests import county as county_of_tests
from tests.townships import plans
from townships.annex import import_quotas
from townships.models import Area
from townships.naming import add_alias
from townships.tasks import annex_rows, quota_warnings

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(county):
    """Somebody of the county that has the 15 towns."""
    plans.fifteen_towns()
    return county.staff("林秋", "county_officer", county.NEIGHBOUR)


@pytest.fixture
def plan(officer):
    return plans.plan(223300, code=county_of_tests.NEIGHBOUR)


def faults(plan, officer, rows):
    imported = import_quotas(plans.xlsx(rows), plan, by=officer)
    assert imported.changed == 0
    assert plans.quotas(plan) == {}
    return [(fault.row_no, fault.column, fault.words) for fault in imported.faults]


@pytest.mark.requirement("Y79", "Y02", "X02", "X21")
def test_annex_1_of_yingzhou_becomes_its_quotas(plan, officer):
    imported = import_quotas(plans.xlsx(plans.annex_rows()), plan, by=officer)

    assert imported == (15, [])
    *rows, total = annex_rows(plan, plan.quotas.filter(area__level=Area.Level.TOWN))
    assert [(row.area.name, row.people, *row.increments) for row in rows] == plans.ANNEX
    assert (total.people, *total.increments) == plans.TOTAL
    assert not [w for w in quota_warnings(plan) if w.kind in ("sum", "missing")]


def test_the_annex_that_was_taken_is_kept_and_named_in_the_trail(plan, officer):
    upload = plans.xlsx(plans.annex_rows())
    content = upload.read()
    upload.seek(0)

    import_quotas(upload, plan, by=officer)

    file = StoredFile.objects.get(purpose="task_annex")
    assert read_file(file) == content
    assert AuditEntry.objects.get(action="set_quotas").detail["sha256"] == file.sha256


def test_importing_again_changes_nothing(plan, officer):
    import_quotas(plans.xlsx(plans.annex_rows()), plan, by=officer)

    assert import_quotas(plans.xlsx(plans.annex_rows()), plan, by=officer) == (0, [])


def test_a_town_is_known_by_an_alias(plan, officer):
    add_alias(Area.objects.get(name="王店镇"), "civil", "王店", by=officer)
    rows = [("王店", *plans.ANNEX[0][1:]), *plans.ANNEX[1:]]

    assert import_quotas(plans.xlsx(plans.annex_rows(rows)), plan, by=officer).changed == 15


def changed(place, **figures):
    """Return the annex with some figures of one town changed."""
    rows = [list(row) for row in plans.ANNEX]
    for column, value in figures.items():
        rows[place][("name", "target", "first", "second").index(column)] = value
    return plans.annex_rows(rows, total=None)


def test_an_unknown_town_is_named(plan, officer):
    [(row_no, column, words)] = faults(plan, officer, changed(0, name="王店乡"))

    assert (row_no, column) == (3, "乡镇街道")
    assert words.startswith("「王店乡」不是本县区的乡镇街道")


def test_a_town_that_stands_there_twice_is_named(plan, officer):
    [(row_no, _column, words)] = faults(
        plan, officer, changed(1, name="王店镇", target=27000, first=22950, second=4050)
    )

    assert (row_no, words) == (4, "「王店镇」出现两次，留一行")


def test_a_figure_that_is_no_number_is_named(plan, officer):
    assert faults(plan, officer, changed(0, first="约两万")) == [
        (3, "第一阶段任务数", "「王店镇」的「约两万」不是人数，填整数")
    ]


@pytest.mark.requirement("X02")
def test_a_cumulative_second_phase_is_told_from_an_increment(plan, officer):
    assert faults(plan, officer, changed(0, second=27000)) == [
        (3, "第二阶段任务数", "「王店镇」27000 是累计数，此列填本阶段增量 4050")
    ]


def test_phases_that_do_not_add_up_are_named(plan, officer):
    assert faults(plan, officer, changed(0, second=4000)) == [
        (3, "全年任务数", "「王店镇」各阶段合计 26950，与全年 27000 不等")
    ]


@pytest.mark.requirement("Y61")
def test_a_first_phase_that_is_not_85_per_cent_is_named(plan, officer):
    assert faults(plan, officer, changed(0, first=20000, second=7000)) == [
        (3, "第一阶段任务数", "「王店镇」到第一阶段累计 20000，任务的 85% 是 22950")
    ]


def test_less_than_one_person_off_is_rounding(county, lin):
    plan = plans.plan(107)
    rows = [("东湾镇", 57, 49, 8), ("西岭镇", 50, 42, 8)]

    imported = import_quotas(plans.xlsx(plans.annex_rows(rows, (107, 91, 16))), plan, by=lin)

    assert imported == (2, [])


def test_a_sum_row_that_is_wrong_is_named_by_column(plan, officer):
    rows = plans.annex_rows(total=(223300, 189805, 33000))

    assert faults(plan, officer, rows) == [
        (18, "第二阶段任务数", "合计写 33000，各行相加是 33495，差 -495")
    ]


def test_an_annex_of_the_year_alone_is_enough(plan, officer):
    rows = [[town, target] for town, target, *_phases in plans.ANNEX]

    imported = import_quotas(
        plans.xlsx([["乡镇街道", "全年任务数"], *rows, ["合计", 223300]]), plan, by=officer
    )

    assert imported == (15, [])
