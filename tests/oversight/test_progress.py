"""Where every place stands, worked out by hand for 示样县.

The task of 2021 is 1,000: 600 for 东湾镇 (李家村 400, 王家社区 200) and 400 for 西岭镇. It is
20 March, so the line to 85% on the 31st has 79 of its 90 days behind it.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from oversight.models import ProgressSnapshot, ScoreSettings
from oversight.plans import plan_for, plans_of
from oversight.progress import read_progress
from policies.loading import load_policy
from policies.models import PolicyVersion
from tests.county import (
    COUNTY,
    EAST_BAY,
    LI_VILLAGE,
    STONE_VILLAGE,
    WANG_VILLAGE,
    WEST_RIDGE,
)
from tests.oversight.counters import exception, paid, payable, task
from townships.models import Area

TODAY = date(2021, 3, 20)


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = TODAY.isoformat()


@pytest.fixture
def plan(county):
    return task(
        {EAST_BAY: 600, WEST_RIDGE: 400, LI_VILLAGE: 400, WANG_VILLAGE: 200, STONE_VILLAGE: 400}
    )


def progress(code=COUNTY, *, scheme_id=1, year=2021, **asked):
    area = Area.objects.select_related("parent__parent").get(pk=code)
    plan = plan_for(plans_of(area.county_code), scheme_id=scheme_id, year=year)
    return read_progress(area, plan, **asked)


def by_code(found):
    return {place.code: place for place in found.places}


@pytest.mark.requirement("A41", "A57", "Y02")
def test_the_county_stands_where_its_towns_stand(plan):
    paid(LI_VILLAGE, 300, tier=300)
    paid(WANG_VILLAGE, 100, source="proxy", tier=100)
    paid(STONE_VILLAGE, 200, tier=500, on=TODAY)

    found = progress()

    assert (found.total.task, found.total.paid, found.total.proxy) == (1000, 600, 100)
    assert found.total.amount == Decimal("200000.00")
    assert [(place.name, place.task, place.paid) for place in found.places] == [
        ("东湾镇", 600, 400),
        ("西岭镇", 400, 200),
    ]


@pytest.mark.requirement("Y04", "Y61")
def test_rate_line_and_gap_are_exact(plan):
    paid(LI_VILLAGE, 400)
    paid(STONE_VILLAGE, 200)

    found = progress()

    # 850 × 79 ÷ 90 = 746.1; 510 × 79 ÷ 90 = 447.7; 340 × 79 ÷ 90 = 298.4
    assert (found.total.due, found.total.ahead) == (746, -146)
    east, west = found.places
    assert (east.rate, east.due, east.ahead) == (Fraction(2, 3), 448, -48)
    assert (west.rate, west.due, west.ahead) == (Fraction(1, 2), 298, -98)


def test_what_is_left_is_spread_over_the_days_left(plan):
    paid(LI_VILLAGE, 70, on=date(2021, 3, 19))

    east = by_code(progress())[EAST_BAY]

    assert east.daily_mean == Fraction(10)
    assert east.needed_a_day == 40  # 510 − 70 over the eleven days to 31 March
    assert east.reached_on == date(2021, 5, 3)  # 44 more days
    assert not east.is_reached


def test_a_pace_that_never_arrives_has_no_day(plan):
    paid(LI_VILLAGE, 7, on=date(2021, 3, 19))

    east = by_code(progress())[EAST_BAY]

    assert east.daily_mean == Fraction(1)
    assert east.reached_on is None
    assert not east.is_reached


def test_a_town_at_the_goal_of_the_stage_needs_nothing_more(plan):
    paid(LI_VILLAGE, 510)

    east = by_code(progress())[EAST_BAY]

    assert (east.is_reached, east.needed_a_day, east.reached_on) == (True, 0, None)


@pytest.mark.requirement("Y80")
def test_the_score_follows_the_rate(plan):
    paid(LI_VILLAGE, 599)
    paid(STONE_VILLAGE, 300)

    places = by_code(progress())

    assert places[EAST_BAY].score == Decimal("29.83")  # one of 600 short: 0.17 points
    assert places[WEST_RIDGE].score == Decimal("5.00")


@pytest.mark.requirement("X04")
def test_a_county_may_charge_whole_points_only(plan):
    ScoreSettings.objects.create(county_code=COUNTY, whole_points_only=True)
    paid(LI_VILLAGE, 599)

    assert by_code(progress())[EAST_BAY].score == Decimal("30.00")


@pytest.mark.requirement("X16")
def test_proxy_people_count_unless_the_plan_says_otherwise(plan):
    paid(LI_VILLAGE, 60)
    paid(LI_VILLAGE, 40, source="proxy", tier=100)

    with_proxy = progress().total
    plan.counts_proxy = False
    plan.save()
    without_proxy = progress().total

    assert (with_proxy.paid, with_proxy.proxy) == (100, 40)
    assert (without_proxy.paid, without_proxy.proxy) == (60, 40)
    assert with_proxy.average == without_proxy.average == Decimal("160.00")


@pytest.mark.requirement("A21", "Y14")
def test_the_share_of_high_tiers_is_of_those_who_pay_themselves(plan):
    paid(LI_VILLAGE, 60, tier=200)
    paid(LI_VILLAGE, 20, tier=500)
    paid(LI_VILLAGE, 20, tier=3000)
    paid(LI_VILLAGE, 50, tier=6000, source="proxy")

    assert progress().total.high_tier_share == Fraction(2, 5)


def test_a_refund_takes_its_person_away_on_its_own_day(plan):
    paid(LI_VILLAGE, 100, on=date(2021, 3, 10))
    paid(LI_VILLAGE, -3, on=TODAY)

    total = progress().total

    assert (total.paid, total.new, total.amount) == (97, -3, Decimal("19400.00"))


def test_ranks_and_what_they_were_the_day_before(plan):
    paid(LI_VILLAGE, 300, on=date(2021, 3, 19))
    paid(STONE_VILLAGE, 190, on=date(2021, 3, 19))
    paid(STONE_VILLAGE, 50, on=TODAY)

    places = by_code(progress())

    assert (places[EAST_BAY].rank, places[EAST_BAY].moved) == (2, -1)
    assert (places[WEST_RIDGE].rank, places[WEST_RIDGE].moved) == (1, 1)


def test_towns_with_the_same_rate_share_their_rank(plan):
    paid(LI_VILLAGE, 300)
    paid(STONE_VILLAGE, 200)

    found = progress()

    assert [place.rank for place in found.places] == [1, 1]
    assert found.total.rank is None


def test_a_village_of_fewer_than_fifty_people_is_not_ranked(county):
    task({EAST_BAY: 249, LI_VILLAGE: 200, WANG_VILLAGE: 49})
    paid(LI_VILLAGE, 10)
    paid(WANG_VILLAGE, 49)

    places = by_code(progress(EAST_BAY))

    assert (places[LI_VILLAGE].rank, places[WANG_VILLAGE].rank) == (1, None)


def test_a_village_page_speaks_of_the_village_alone(plan):
    paid(LI_VILLAGE, 100)
    paid(WANG_VILLAGE, 50)

    found = progress(LI_VILLAGE)

    assert [(place.name, place.task, place.paid) for place in found.places] == [
        ("李家村", 400, 100)
    ]
    assert found.total is found.places[0]


@pytest.mark.requirement("Y77")
def test_the_two_schemes_never_meet(plan):
    paid(LI_VILLAGE, 100)
    paid(LI_VILLAGE, 7, scheme=2, tier=500)

    assert progress().total.paid == 100
    assert progress(scheme_id=2).total.paid == 7
    assert progress(scheme_id=2).total.task is None


def test_without_a_task_what_was_paid_still_shows(county):
    paid(LI_VILLAGE, 100)

    total = progress().total

    assert (total.paid, total.task, total.rate, total.due, total.score) == (
        100,
        None,
        None,
        None,
        None,
    )


@pytest.mark.requirement("A58")
def test_those_who_are_to_pay_are_counted_up_from_the_villages(plan):
    payable(LI_VILLAGE, 420)
    payable(WANG_VILLAGE, 210)
    payable(STONE_VILLAGE, 390)
    paid(LI_VILLAGE, 315)

    found = progress()

    assert found.total.payable == 1020
    assert by_code(found)[EAST_BAY].payable == 630


def test_open_exceptions_are_counted_where_they_belong(plan, mei):
    from tests import county

    feed = county.feed(mei)
    exception(feed, LI_VILLAGE, 1)
    exception(feed, EAST_BAY, 2)
    exception(feed, COUNTY, 3)
    exception(feed, LI_VILLAGE, 4, scheme=None)
    exception(feed, LI_VILLAGE, 5, scheme=2)
    exception(feed, LI_VILLAGE, 6, state="posted")

    assert progress().total.open_exceptions == 4
    assert by_code(progress())[EAST_BAY].open_exceptions == 3
    assert by_code(progress())[WEST_RIDGE].open_exceptions == 0
    assert by_code(progress(EAST_BAY))[LI_VILLAGE].open_exceptions == 2


@pytest.mark.requirement("A41")
def test_figures_say_how_old_they_are_and_stand_on_the_last_day_known(plan, mei):
    from tests import county

    posted_at = timezone.now()
    county.feed(mei, posted_at=posted_at, data_until=date(2021, 3, 10))
    county.feed(mei, posted_at=posted_at, data_until=date(2021, 3, 12))
    county.feed(mei, posted_at=posted_at, reversed_at=posted_at, data_until=date(2021, 3, 15))
    paid(LI_VILLAGE, 5, on=date(2021, 3, 12))

    found = progress()

    assert found.data_age.until == date(2021, 3, 12)
    assert found.data_age.posted_at == posted_at
    assert (found.day, found.total.new) == (date(2021, 3, 12), 5)


def test_an_earlier_day_shows_what_was_paid_by_then(plan):
    paid(LI_VILLAGE, 10, on=date(2021, 3, 1))
    paid(LI_VILLAGE, 20, on=date(2021, 3, 2))
    ProgressSnapshot.objects.create(
        county_code=COUNTY,
        area_code=COUNTY,
        scheme_id=1,
        year=2021,
        day=date(2021, 3, 1),
        people=9,
        proxy_people=0,
        amount=0,
        open_exceptions=17,
        noted_at=timezone.now(),
    )

    found = progress(day=date(2021, 3, 1))

    assert (found.total.paid, found.total.new, found.total.open_exceptions) == (10, 10, 17)
    assert by_code(found)[EAST_BAY].open_exceptions is None
    assert found.total.high_tier_share is None


@pytest.mark.requirement("A14", "A15", "A16")
def test_the_line_rests_on_the_days_the_policy_closes(plan, settings):
    _publish_the_policy_of_anze()
    settings.PORTAL_TODAY = "2021-03-26"

    found = progress()

    assert found.pace.is_collectable(date(2021, 3, 25))
    assert not found.pace.is_collectable(date(2021, 3, 26))
    assert found.total.due == 850
    assert found.total.needed_a_day is None


def _publish_the_policy_of_anze():
    """Its payable days are 1 to 25 of each month; the rest of it does not matter here."""
    path = Path(django_settings.BASE_DIR) / "policies/counties/141026-anze/2021-basic.yaml"
    text = path.read_text(encoding="utf-8").replace("141026", COUNTY).replace("安泽县", "示样县")
    document = load_policy(text)
    PolicyVersion.objects.filter(pk=document.pk).update(
        status="published", published_at=timezone.now()
    )


def test_closed_days_do_not_thin_the_mean(plan, settings):
    _publish_the_policy_of_anze()
    settings.PORTAL_TODAY = "2021-03-02"
    paid(LI_VILLAGE, 10, on=date(2021, 2, 20))
    paid(LI_VILLAGE, 60, on=date(2021, 3, 1))

    # The last seven collectable days are 21–25 February and 1–2 March.
    assert progress().total.daily_mean == Fraction(60, 7)


def test_reading_costs_the_same_for_one_village_and_for_forty(plan, django_assert_num_queries):
    paid(LI_VILLAGE, 5)
    area = Area.objects.select_related("parent__parent").get(pk=EAST_BAY)

    def read():
        plan = plan_for(plans_of(COUNTY), scheme_id=1, year=2021)
        return read_progress(area, plan, with_curves=True)

    with django_assert_num_queries(12):
        read()
    villages = [f"{EAST_BAY}3{number:02d}" for number in range(40)]
    Area.objects.bulk_create(
        Area(code=code, name=code, level=3, parent_id=EAST_BAY) for code in villages
    )
    for code in villages:
        paid(code, 3)

    with django_assert_num_queries(12):
        found = read()
    assert found.total.paid == 125
