"""The pure functions: ages, windows, tier changes and phrases."""

from dataclasses import dataclass
from datetime import date

import pytest

from policies.models import Rule
from policies.phrases import term_words
from policies.rules.ages import age_on
from policies.rules.tier_changes import year_of_tier_change
from policies.rules.windows import (
    is_payable_day,
    last_day_of_month,
    months_within,
    open_windows,
    payable_days,
)


@dataclass
class Window:
    kind: str
    from_on: date
    to_on: date
    first_day: int | None = None
    last_day: int | None = None


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


def test_an_extension_for_some_people_moves_nobody_elses_pace_line():
    extension = Window("extension", date(2022, 1, 1), date(2022, 1, 20))

    assert open_windows([YEAR_TO_25TH, extension]) == [YEAR_TO_25TH]


def test_some_months_of_a_range_are_cut_at_its_ends():
    assert months_within(date(2021, 11, 15), date(2022, 3, 10), [3, 11]) == [
        (date(2021, 11, 15), date(2021, 11, 30)),
        (date(2022, 3, 1), date(2022, 3, 10)),
    ]


def test_each_term_of_an_entry_is_said_by_itself():
    said = {"stacking": "instead", "words": "累计年限上限 15，起始年度 2011"}
    lump = {"stacking": "instead", "words": "补缴标准 最低档次，比例 120%"}

    assert term_words(Rule(part="years_cap", **said)) == "15"
    assert term_words(Rule(part="first_year", **said)) == "2011"
    assert term_words(Rule(part="lowest", **lump)) == "补缴标准 最低档次，比例 120%"
