"""The pure functions: ages, windows, tier changes and shares."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.rules.ages import age_on
from policies.rules.shares import split_amount
from policies.rules.tier_changes import year_of_tier_change
from policies.rules.windows import (
    is_payable_day,
    last_day_of_month,
    payable_days,
)


@dataclass
class Window:
    kind: str
    from_on: date
    to_on: date
    first_day: int | None = None
    last_day: int | None = None
    category: str = ""


YEAR_TO_25TH = Window("payable", date(2021, 1, 1), date(2021, 12, 31), 1, 25)


def test_who_is_born_on_the_leap_day_ages_on_1_march_in_common_years():
    born = date(1961 - 1, 2, 29)

    assert age_on(date(2021, 2, 28), born) == 60
    assert age_on(date(2019, 2, 28), born) == 58
    assert age_on(date(2019, 3, 1), born) == 59


@pytest.mark.requirement("A15", "A16")
def test_the_25th_is_in_and_the_26th_is_out_whatever_holiday_it_is():
    assert is_payable_day([YEAR_TO_25TH], date(2021, 6, 25))
    assert not is_payable_day([YEAR_TO_25TH], date(2021, 6, 26))
    # 25 December 2021 is a Saturday and 1 October a holiday; neither moves anything.
    assert not is_payable_day([YEAR_TO_25TH], date(2021, 12, 27))
    assert is_payable_day([YEAR_TO_25TH], date(2021, 10, 1))


@pytest.mark.requirement("A15")
def test_pace_lines_advance_on_payable_days_only():
    days = payable_days([YEAR_TO_25TH], date(2021, 1, 24), date(2021, 2, 2))

    assert days == [date(2021, 1, 24), date(2021, 1, 25), date(2021, 2, 1), date(2021, 2, 2)]


@pytest.mark.requirement("M20")
def test_february_ends_on_the_29th_in_leap_years():
    assert last_day_of_month(2021, 2) == date(2021, 2, 28)
    assert last_day_of_month(2024, 2) == date(2024, 2, 29)


@pytest.mark.requirement("Y20", "Y22")
def test_a_changed_tier_counts_this_year_only_before_payment():
    paid = date(2021, 3, 3)

    assert year_of_tier_change(date(2021, 3, 4), paid, 2021) == 2022
    assert year_of_tier_change(date(2021, 3, 3), paid, 2021) == 2022
    assert year_of_tier_change(date(2021, 3, 2), paid, 2021) == 2021
    assert year_of_tier_change(date(2021, 3, 4), None, 2021) == 2021
    assert year_of_tier_change(date(2021, 3, 4), paid, 2021, after_payment="locked") is None


@pytest.mark.parametrize(("is_upward", "year"), [(True, 2021), (False, None)])
def test_where_a_tier_may_only_go_up_it_goes_up_in_the_year_or_not_at_all(is_upward, year):
    paid = date(2021, 3, 3)
    later, earlier = date(2021, 3, 4), date(2021, 3, 2)

    assert year_of_tier_change(later, paid, 2021, "upward", is_upward=is_upward) == year
    assert year_of_tier_change(earlier, paid, 2021, "upward", is_upward=is_upward) == 2021


def test_thirds_of_a_yuan_still_add_to_the_yuan():
    rates = {"province": Decimal("0.3333"), "city": Decimal("0.3333"), "county": Decimal("0.3334")}

    assert split_amount(Decimal("1.00"), rates) == {
        "province": Decimal("0.33"),
        "city": Decimal("0.33"),
        "county": Decimal("0.34"),
    }


def test_shares_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="add to the whole"):
        split_amount(Decimal("1.00"), {"county": Decimal("0.99")})


@settings(deadline=None)
@given(
    st.decimals(0, 10_000_000, places=2),
    st.lists(st.integers(1, 9999), min_size=1, max_size=4),
)
def test_the_parts_always_add_to_the_whole(amount, cuts):
    bounds = [0, *sorted(set(cuts)), 10_000]
    steps = enumerate(pairwise(bounds))
    rates = {str(place): Decimal(high - low) / 10_000 for place, (low, high) in steps}

    parts = split_amount(amount, rates)

    assert sum(parts.values()) == amount
    assert all(abs(parts[payer] - amount * rates[payer]) < Decimal("0.01") for payer in rates)
