from datetime import date
from decimal import Decimal

import pytest

from staff.models import AuditEntry
from tests.townships import plans
from townships.errors import (
    CampaignEndsBeforeItStarts,
    MilestoneOutsideTheCampaign,
    MilestonesDoNotRise,
    NotACounty,
    NotInThisCounty,
    QuotaIsNegative,
)
from townships.models import Area, TaskPlan
from townships.naming import set_contact
from townships.tasks import annex_rows, plan_task, quota_warnings, set_quotas

pytestmark = pytest.mark.django_db


def kinds(plan):
    return {(warning.kind, warning.area.code) for warning in quota_warnings(plan)}


@pytest.mark.requirement("X01", "Y61", "Y63")
@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2021, 1, 1), "第一阶段"),
        (date(2021, 3, 31), "第一阶段"),
        (date(2021, 4, 1), "第二阶段"),
        (date(2021, 6, 30), "第二阶段"),
        (date(2021, 7, 1), None),
    ],
)
def test_milestones_are_days_inside_the_campaign(county, day, label):
    milestone = plans.plan().milestone_on(day)

    assert (milestone and milestone.label) == label


@pytest.mark.requirement("X02", "Y63", "Y79")
def test_milestones_are_cumulative_and_the_annex_prints_what_each_phase_adds(county, lin):
    plan = plans.plan(27000)
    set_quotas(plan, {county.EAST_BAY: 20000, county.WEST_RIDGE: 7000}, by=lin)

    east, west, total = annex_rows(plan, plan.quotas.filter(area__level=Area.Level.TOWN))

    assert (east.people, east.increments, east.cumulative) == (20000, [17000, 3000], [17000, 20000])
    assert (west.people, west.increments) == (7000, [5950, 1050])
    assert (total.people, total.increments, total.cumulative) == (
        27000,
        [22950, 4050],
        [22950, 27000],
    )


def test_a_plan_without_quotas_has_an_empty_annex(county):
    plan = plans.plan()

    [total] = annex_rows(plan, plan.quotas.all())

    assert (total.people, total.increments) == (0, [0, 0])


def test_planning_again_changes_the_plan_and_keeps_its_quotas(county, lin):
    plan = plans.plan(1000, by=lin)
    set_quotas(plan, {county.EAST_BAY: 600}, by=lin)

    again = plans.plan(1200, by=lin, stages=[("全年", date(2021, 9, 30), Decimal(100))])

    assert again.pk == plan.pk
    assert TaskPlan.objects.get().target == 1200
    assert [m.label for m in again.milestones.all()] == ["全年"]
    assert plans.quotas(plan) == {county.EAST_BAY: 600}


@pytest.mark.parametrize(
    ("stages", "refusal"),
    [
        ([("一", date(2021, 3, 31), 85), ("二", date(2021, 6, 30), 15)], MilestonesDoNotRise),
        ([("一", date(2021, 3, 31), 120)], MilestonesDoNotRise),
        ([("一", date(2020, 12, 31), 85)], MilestoneOutsideTheCampaign),
        ([("一", date(2021, 10, 11), 85)], MilestoneOutsideTheCampaign),
    ],
)
def test_milestones_that_cannot_be_are_refused_and_nothing_is_planned(county, stages, refusal):
    with pytest.raises(refusal):
        plans.plan(stages=stages)

    assert not TaskPlan.objects.exists()


def test_a_plan_belongs_to_a_county_and_ends_after_it_starts(county):
    town = Area.objects.get(pk=county.EAST_BAY)
    days = date(2021, 1, 2), date(2021, 1, 1)

    with pytest.raises(NotACounty):
        plan_task(town, 1, 2021, 10, days[1], days[0], [], by=None)
    with pytest.raises(CampaignEndsBeforeItStarts):
        plan_task(town.parent, 1, 2021, 10, *days, [], by=None)


@pytest.mark.requirement("A57", "Y69")
def test_children_that_do_not_sum_to_their_parent_warn_until_they_do(county, lin):
    plan = plans.plan(1000)
    for code in (county.EAST_BAY, county.WEST_RIDGE):
        set_contact(Area.objects.get(pk=code), "collection", name="周平", phone="1", by=lin)

    assert kinds(plan) == {("undivided", county.COUNTY)}

    set_quotas(plan, {county.EAST_BAY: 600, county.WEST_RIDGE: 300}, by=lin)
    set_quotas(plan, {county.LI_VILLAGE: 250, county.WANG_VILLAGE: 400}, by=lin)
    assert kinds(plan) == {
        ("sum", county.COUNTY),
        ("sum", county.EAST_BAY),
        ("undivided", county.WEST_RIDGE),
    }
    words = [warning.words for warning in quota_warnings(plan) if warning.kind == "sum"]
    assert words == [
        "「示样县」任务 1,000 人，下级合计 900 人，少 100 人",
        "「东湾镇」任务 600 人，下级合计 650 人，多 50 人",
    ]

    set_quotas(
        plan, {county.WEST_RIDGE: 400, county.LI_VILLAGE: 200, county.STONE_VILLAGE: 400}, by=lin
    )
    assert kinds(plan) == set()


def test_a_town_without_its_part_is_named(county, lin):
    plan = plans.plan(600)
    set_quotas(plan, {county.EAST_BAY: 600, county.LI_VILLAGE: 600}, by=lin)

    assert ("missing", county.WEST_RIDGE) in kinds(plan)


@pytest.mark.requirement("A38")
def test_every_town_without_a_collection_contact_warns(county, lin):
    plan = plans.plan()
    set_contact(Area.objects.get(pk=county.EAST_BAY), "leader", name="吴", phone="1", by=lin)

    assert {code for kind, code in kinds(plan) if kind == "contact"} == {
        county.EAST_BAY,
        county.WEST_RIDGE,
    }


def test_quotas_outside_the_county_or_below_zero_are_refused_and_none_is_set(county, lin):
    plan = plans.plan()

    for code in ("990200101", county.COUNTY, "990100999"):
        with pytest.raises(NotInThisCounty):
            set_quotas(plan, {county.EAST_BAY: 5, code: 5}, by=lin)
    with pytest.raises(QuotaIsNegative):
        set_quotas(plan, {county.EAST_BAY: 5, county.WEST_RIDGE: -1}, by=lin)
    assert plans.quotas(plan) == {}


def test_what_changed_is_counted_and_kept_in_the_trail(county, lin):
    plan = plans.plan()
    set_quotas(plan, {county.EAST_BAY: 600, county.WEST_RIDGE: 400}, by=lin)

    assert set_quotas(plan, {county.EAST_BAY: 600, county.WEST_RIDGE: None}, by=lin) == 1

    assert plans.quotas(plan) == {county.EAST_BAY: 600}
    entry = AuditEntry.objects.filter(action="set_quotas").latest("pk")
    assert entry.detail == {"quotas": {county.WEST_RIDGE: [400, None]}}


def test_two_hundred_quotas_take_as_many_queries_as_two(county, lin, django_assert_max_num_queries):
    plan = plans.plan()
    Area.objects.bulk_create(
        Area(code=f"{county.EAST_BAY}3{n:02d}", name=f"{n}", level=3, parent_id=county.EAST_BAY)
        for n in range(100)
    )

    with django_assert_max_num_queries(10):
        set_quotas(plan, {f"{county.EAST_BAY}3{n:02d}": n for n in range(100)}, by=lin)
    with django_assert_max_num_queries(6):
        quota_warnings(plan)
