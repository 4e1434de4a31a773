"""What the last days say of the next."""

import pytest

from oversight.forecast import band, days_to_go


@pytest.mark.parametrize(
    ("missing", "mean", "days"),
    [(100, 10, 10), (101, 10, 11), (0, 10, 0), (-5, 0, 0), (5, 0, None)],
)
def test_days_to_go_are_rounded_up_and_may_never_come(missing, mean, days):
    assert days_to_go(missing, mean) == days


def test_nothing_is_foretold_from_fewer_than_ten_days():
    assert band(100, [5] * 9, 3) == []


def test_days_that_were_all_alike_leave_no_doubt():
    assert band(100, [5] * 14, 3) == [(105, 105), (110, 110), (115, 115)]


def test_the_band_grows_wider_with_every_day():
    ranges = band(1000, [10, 20] * 7, 30)
    widths = [high - low for low, high in ranges]

    assert widths == sorted(widths)
    assert ranges[0] == (1008, 1022)
    assert widths[0] < widths[-1]
