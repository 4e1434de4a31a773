"""The pace line over the days on which people can pay."""

from datetime import date
from decimal import Decimal

import pytest

from oversight.pace import Pace, Stage

PHASE_ONE = Stage("第一阶段", date(2021, 3, 31), Decimal(85))
PHASE_TWO = Stage("第二阶段", date(2021, 6, 30), Decimal(100))


def every_day(day):
    return True


def first_25_days(day):
    return day.day <= 25


def pace(is_payable=every_day, stages=(PHASE_ONE, PHASE_TWO), ends_on=date(2021, 10, 10)):
    return Pace(
        starts_on=date(2021, 1, 1),
        ends_on=ends_on,
        stages=stages,
        is_payable=is_payable,
        last_label="收尾",
    )


@pytest.mark.requirement("Y61", "Y63", "X02")
def test_the_line_meets_every_milestone_on_its_day():
    line = pace()

    assert line.due_on(date(2021, 3, 31), 223_300) == 189_805
    assert line.due_on(date(2021, 6, 30), 223_300) == 223_300
    assert line.due_on(date(2021, 10, 10), 223_300) == 223_300


@pytest.mark.requirement("Y03")
def test_both_ends_of_the_campaign_count():
    line = pace()

    assert line.due_on(date(2020, 12, 31), 9000) == 0
    assert line.due_on(date(2021, 1, 1), 9000) == 85  # one of ninety days to 7,650
    assert line.is_collectable(date(2021, 10, 10))
    assert not line.is_collectable(date(2021, 10, 11))


@pytest.mark.requirement("A14", "A15")
def test_the_line_rests_from_the_26th():
    line = pace(first_25_days)

    # 75 collectable days to 850 people: 25 of them in January.
    assert line.due_on(date(2021, 1, 24), 1000) == 272
    assert line.due_on(date(2021, 1, 25), 1000) == 283
    assert line.due_on(date(2021, 1, 26), 1000) == 283
    assert line.due_on(date(2021, 1, 31), 1000) == 283
    assert line.due_on(date(2021, 2, 1), 1000) == 295


@pytest.mark.requirement("A15")
def test_the_25th_is_the_last_day_that_can_still_be_used():
    line = pace(first_25_days)

    assert line.days_between(date(2021, 3, 24), date(2021, 3, 31)) == 1
    assert line.days_between(date(2021, 3, 25), date(2021, 3, 31)) == 0
    assert line.needed_a_day(date(2021, 3, 24), PHASE_ONE, 1000, 800) == 50
    assert line.needed_a_day(date(2021, 3, 25), PHASE_ONE, 1000, 800) is None


@pytest.mark.requirement("A16")
def test_no_holiday_moves_the_line():
    line = pace()

    # The week of the Spring Festival, 11 to 17 February 2021, counts like any other.
    assert line.days_between(date(2021, 2, 10), date(2021, 2, 17)) == 7
    gained = line.due_on(date(2021, 2, 17), 9000) - line.due_on(date(2021, 2, 10), 9000)
    assert gained == 7 * 85


@pytest.mark.requirement("X02")
def test_a_stage_says_its_cumulative_goal_and_its_increment():
    line = pace()

    assert PHASE_TWO.people_of(223_300) == 223_300
    assert line.increment_of(PHASE_ONE, 223_300) == 189_805
    assert line.increment_of(PHASE_TWO, 223_300) == 33_495


@pytest.mark.requirement("X01")
def test_a_campaign_without_milestones_is_due_on_its_last_day():
    line = pace(stages=(), ends_on=date(2021, 6, 30))

    assert line.due_on(date(2021, 6, 30), 1810) == 1810
    assert line.due_on(date(2021, 3, 1), 1810) == 600  # 60 of 181 days
    assert [stage.is_planned for stage in line.stages] == [False]


@pytest.mark.requirement("X01")
def test_after_the_last_milestone_the_campaign_goes_on_to_its_end():
    stage = pace().stage_on(date(2021, 7, 1))

    assert (stage.due_on, stage.share, stage.is_planned) == (date(2021, 10, 10), 100, False)


def test_a_milestone_without_a_collectable_day_before_it_falls_due_on_its_day():
    stages = (
        Stage("月末", date(2021, 1, 28), Decimal(50)),
        Stage("月底", date(2021, 1, 31), Decimal(60)),
    )
    line = pace(first_25_days, stages)

    assert line.due_on(date(2021, 1, 30), 100) == 50
    assert line.due_on(date(2021, 1, 31), 100) == 60


def test_what_is_needed_a_day_is_rounded_up_and_nothing_once_the_goal_is_reached():
    line = pace()

    assert line.needed_a_day(date(2021, 3, 20), PHASE_ONE, 1000, 750) == 10  # 100 in 11 days
    assert line.needed_a_day(date(2021, 3, 20), PHASE_ONE, 1000, 850) == 0
    assert line.needed_a_day(date(2021, 3, 31), PHASE_ONE, 1000, 849) is None


def test_a_day_so_many_days_on_skips_closed_days():
    line = pace(first_25_days)

    assert line.day_after(date(2021, 3, 24), 1) == date(2021, 3, 25)
    assert line.day_after(date(2021, 3, 24), 2) == date(2021, 4, 1)
    assert line.day_after(date(2021, 10, 9), 2) is None
