"""What the pictures show, and that their tables say the same."""

from datetime import date, timedelta

import pytest

from oversight.charts import charts_of
from oversight.plans import plan_for, plans_of
from oversight.progress import read_progress
from tests.county import COUNTY, EAST_BAY, LI_VILLAGE, STONE_VILLAGE, WEST_RIDGE
from tests.oversight.counters import paid, task
from townships.models import Area


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def plan(county):
    return task({EAST_BAY: 600, WEST_RIDGE: 400})


def charts(code=COUNTY, day=None):
    area = Area.objects.select_related("parent__parent").get(pk=code)
    plan = plan_for(plans_of(COUNTY), scheme_id=1, year=2021)
    found = read_progress(area, plan, day=day, with_curves=True)
    return {chart["id"]: chart for chart in charts_of(found)}


def value_on(chart, name, day):
    data = chart["data"]
    series = next(one for one in data["series"] if one["name"] == name)
    return series["values"][data["days"].index(day)]


@pytest.mark.requirement("Y61", "Y63", "X02")
def test_the_curve_runs_beside_the_pace_line_to_the_end_of_the_stage(plan):
    paid(LI_VILLAGE, 300, on=date(2021, 3, 1))
    paid(STONE_VILLAGE, 50, on=date(2021, 3, 20))

    curve = charts()["curve"]

    assert (curve["data"]["days"][0], curve["data"]["days"][-1]) == ("2021-01-01", "2021-03-31")
    assert value_on(curve, "累计已缴", "2021-02-28") == 0
    assert value_on(curve, "累计已缴", "2021-03-20") == 350
    assert value_on(curve, "累计已缴", "2021-03-21") is None
    assert value_on(curve, "应达线", "2021-03-31") == 850
    assert [goal["words"] for goal in curve["data"]["milestones"]] == [
        "第一阶段累计目标 85% 850 人",
        "第二阶段累计目标 100% 1,000 人",
    ]
    assert curve["summary"] == "截至 2021-03-20 累计已缴 350 人，比今日应达少 396 人。"


def test_what_was_paid_before_the_campaign_is_in_its_first_day(plan):
    paid(LI_VILLAGE, 7, on=date(2020, 12, 30))

    assert value_on(charts()["curve"], "累计已缴", "2021-01-01") == 7


def test_last_year_stands_on_the_same_days(plan):
    paid(LI_VILLAGE, 5)
    paid(LI_VILLAGE, 40, year=2020, on=date(2020, 2, 29))
    paid(LI_VILLAGE, 2, year=2020, on=date(2020, 3, 1))

    curve = charts()["curve"]

    assert value_on(curve, "2020 年同日", "2021-02-27") == 0
    assert value_on(curve, "2020 年同日", "2021-02-28") == 40
    assert value_on(curve, "2020 年同日", "2021-03-01") == 42


def test_the_likely_range_needs_ten_days(plan):
    for number in range(9):
        paid(LI_VILLAGE, 10, on=date(2021, 3, 12) + timedelta(days=number))
    assert "band" not in charts()["curve"]["data"]

    paid(LI_VILLAGE, 10, on=date(2021, 3, 11))

    band = charts()["curve"]["data"]["band"]
    assert (band["low"][-1], band["high"][-1]) == (210, 210)  # eleven further days of ten


def test_the_table_of_the_curve_holds_the_same_numbers(plan):
    paid(LI_VILLAGE, 300, on=date(2021, 3, 12))

    table = charts()["curve"]["table"]

    assert table["columns"] == [
        "日期",
        "可缴费日",
        "当日新增（人）",
        "累计已缴（人）",
        "应达（人）",
    ]
    assert ["2021-03-12", "是", 300, 300, 671] in table["rows"]
    assert ["2021-03-31", "是", None, None, 850] in table["rows"]


@pytest.mark.requirement("Y14")
def test_tiers_are_shown_for_the_area_and_for_each_place(plan):
    paid(LI_VILLAGE, 30, tier=200)
    paid(LI_VILLAGE, 10, tier=500)
    paid(STONE_VILLAGE, 5, tier=500)
    paid(STONE_VILLAGE, 9, tier=100, source="proxy")

    tiers = charts()["tiers"]

    assert tiers["table"]["columns"] == [
        "单位",
        "200 元",
        "500 元",
        "合计（人）",
        "500 元以上占比（%）",
    ]
    assert tiers["table"]["rows"] == [
        ["示样县 2021", 30, 15, 45, "33.3"],
        ["东湾镇", 30, 10, 40, "25.0"],
        ["西岭镇", 0, 5, 5, "100.0"],
    ]
    assert tiers["summary"] == "选 200 元的最多，30 人；500 元及以上占 33.3%。"


def test_the_map_of_the_unpaid_is_as_large_as_what_is_missing(plan):
    paid(LI_VILLAGE, 500)
    paid(STONE_VILLAGE, 100)

    nodes = charts()["unpaid"]["data"]["nodes"]

    assert [(node["name"], node["value"], node["rate"]) for node in nodes] == [
        ("西岭镇", 300, 25.0),
        ("东湾镇", 100, 83.3),
    ]


def test_before_anybody_pays_there_is_nothing_to_draw(plan):
    assert charts(day=date(2021, 1, 2)).keys() == {"unpaid"}
