"""How many rows of a file were paid outside the payable days, which may differ by person."""

from datetime import date

import pytest

from contributions.statements import fetch_statement
from policies.loading import load_policy, publish_policy
from tests import county as made

pytestmark = pytest.mark.django_db

YEAR_ROUND = "    - {种类: 缴费期, 自: 2021-01-01, 至: 2021-12-31, 节假日顺延: 否}\n"


@pytest.fixture
def spring_only(county):
    """示样县, payable until February; longer for low-income people and for who joins this year."""
    text = made.policy_text(made.BASIC, (200, 300, 500), 100, None, made.COUNTY, 2021, 1)
    windows = (
        "    - {种类: 缴费期, 自: 2021-01-01, 至: 2021-02-28, 节假日顺延: 否}\n"
        "    - {种类: 延长, 身份: 低保对象, 自: 2021-03-01, 至: 2021-03-31, 节假日顺延: 否}\n"
        "    - {种类: 延长, 首次参保: 是, 自: 2021-01-01, 至: 2021-12-31, 节假日顺延: 否}\n"
    )
    publish_policy(load_policy(text.replace(YEAR_ROUND, windows)), by=None)
    county.posts_by_itself()
    return county


def outside(feed):
    values = {"county_code": feed.county_code, "year": feed.year, "feed_id": feed.pk}
    return fetch_statement("rows_outside_window", values)[0]["count"]


@pytest.mark.requirement("M20", "X11")
def test_only_those_for_whom_no_window_is_open_are_outside(spring_only, mei):
    plain = spring_only.enrolled("张一")
    poor = spring_only.enrolled("张二")
    spring_only.identity(poor)
    new = spring_only.resident("张三")
    spring_only.enrol(new, started_on=date(2021, 3, 1))
    rows = [
        spring_only.payment_row(person, paid_on=day)
        for person, day in [
            (plain, "2021-02-28"),
            (plain, "2021-03-05"),
            (poor, "2021-03-05"),
            (poor, "2021-04-05"),
            (new, "2021-04-05"),
        ]
    ]

    feed = spring_only.process(*rows, by=mei)

    assert outside(feed) == 2


def test_a_payer_whom_nobody_knows_has_the_windows_of_everybody(spring_only, mei):
    stranger = made.Resident(
        name="新来的", id_number=made.id_number(), village_code=made.LI_VILLAGE
    )
    row = spring_only.payment_row(stranger, paid_on="2021-03-05")

    assert outside(spring_only.process(row, by=mei)) == 1


def test_the_question_is_one_however_many_rows(spring_only, mei, django_assert_num_queries):
    people = [spring_only.enrolled(f"张{number}") for number in range(20)]
    rows = [spring_only.payment_row(person) for person in people]
    feed = spring_only.process(*rows, by=mei)

    with django_assert_num_queries(1):
        assert outside(feed) == 20
