"""Ranks and the score a rate earns."""

from decimal import Decimal
from fractions import Fraction

import pytest

from oversight.ranking import expected_score, ranks, rate_of


def test_equal_rates_share_a_rank_and_the_next_is_skipped():
    places = [("a", 90, 100), ("b", 45, 50), ("c", 80, 100), ("d", 160, 200), ("e", 10, 100)]

    assert ranks(places) == {"a": 1, "b": 1, "c": 3, "d": 3, "e": 5}


def test_rates_that_only_look_equal_are_told_apart():
    assert ranks([("a", 33333, 100_000), ("b", 1, 3), ("c", 100, 300)]) == {"a": 2, "c": 1}


def test_a_place_of_fewer_than_fifty_people_has_no_rank():
    assert ranks([("a", 49, 49), ("b", 25, 50), ("c", 7, None)]) == {"b": 1}


@pytest.mark.requirement("Y04", "Y80")
def test_a_rate_may_pass_one_and_the_score_may_not():
    assert rate_of(1010, 1000) == Fraction(101, 100)
    assert expected_score(1010, 1000) == Decimal("30.00")


@pytest.mark.requirement("Y80")
@pytest.mark.parametrize(
    ("paid", "score"),
    [(1000, "30.00"), (990, "29.00"), (850, "15.00"), (700, "0.00"), (699, "0.00"), (0, "0.00")],
)
def test_each_point_short_costs_one_of_thirty(paid, score):
    assert expected_score(paid, 1000) == Decimal(score)


@pytest.mark.requirement("X04", "Y80")
def test_part_points_are_charged_pro_rata_unless_the_county_says_whole_points():
    assert expected_score(9873, 10_000) == Decimal("28.73")
    assert expected_score(2, 3) == Decimal("0.00")
    assert expected_score(9873, 10_000, whole_points=True) == Decimal("29.00")


def test_without_a_task_there_is_no_score():
    assert expected_score(5, None) is None
    assert expected_score(5, 0) is None
