"""The peers of the bench judge rows by themselves; what they ask of a cell must be what it says."""

from datetime import date
from decimal import Decimal

import pytest

from bench.peers.cells import amount_of, day_of, name_key, number_of, scheme_of, text_of
from bench.peers.judgement import age_on


@pytest.mark.parametrize(
    "text",
    [
        "990103199502266197",
        "\t990103199502266197",
        "'990103199502266197 ",
        "９９０１０３１９９５０２２６６１９７",
    ],
)
def test_an_identity_number_is_read_through_what_surrounds_it(text):
    assert number_of(text) == "990103199502266197"


def test_fifteen_digits_become_eighteen():
    assert number_of("990103950226619")[:17] == "99010319950226619"
    assert len(number_of("990103950226619")) == 18


@pytest.mark.parametrize("text", ["1200", "1200.0", "¥1,200.00", "1200元", "１２００"])
def test_an_amount_is_read_in_every_dress(text):
    assert amount_of(text) == Decimal(1200)


@pytest.mark.parametrize("text", ["", "缓缴", "元"])
def test_no_amount_is_none(text):
    assert amount_of(text) is None


@pytest.mark.parametrize(
    "text",
    ["2021-03-05 10:11:12", "2021.3.5", "2021年3月5日", "2021/3/5", "20210305", "44260"],
)
def test_a_day_is_read_in_every_form(text):
    assert day_of(text) == date(2021, 3, 5)


def test_names_are_the_same_through_dots_blanks_and_variants():
    assert name_key("阿·依　峯") == name_key("阿・依峰")


def test_an_item_names_its_scheme_or_none():
    schemes = [scheme_of(f"城乡居民{word}") for word in ("基本养老", "补充养老", "基本医疗", "")]

    assert schemes == [1, 2, 3, None]


def test_a_whole_number_of_a_workbook_has_no_point():
    assert [text_of(cell) for cell in (200.0, 200.5, "200", "")] == ["200", "200.5", "200", ""]


def test_a_birthday_counts_from_the_day_itself():
    born_on = date(1961, 3, 5)

    assert age_on(date(2021, 3, 4), born_on) == 59
    assert age_on(date(2021, 3, 5), born_on) == 60
