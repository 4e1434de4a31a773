"""A day as its evening knew it."""

from datetime import date

import pytest
from django.urls import reverse

from oversight.snapshots import note_county
from tests.county import COUNTY, EAST_BAY, LI_VILLAGE, STONE_VILLAGE, WEST_RIDGE
from tests.oversight.counters import paid, task
from tests.oversight.test_progress_page import row_of


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def two_evenings(county):
    """On the 9th 100 were known; a late file of the 9th came on the 11th."""
    task({EAST_BAY: 600, WEST_RIDGE: 400})
    paid(LI_VILLAGE, 100, on=date(2021, 3, 8))
    paid(STONE_VILLAGE, 90, on=date(2021, 3, 8))
    note_county(COUNTY, 2021, day=date(2021, 3, 9))
    paid(LI_VILLAGE, 60, on=date(2021, 3, 10))
    note_county(COUNTY, 2021, day=date(2021, 3, 10))
    paid(LI_VILLAGE, 200, on=date(2021, 3, 9))


def page(client, **query):
    return client.get(reverse("oversight:progress", args=[COUNTY]), query)


@pytest.mark.requirement("A41", "Y65")
def test_what_arrived_later_is_not_in_an_evening(client, lin, two_evenings):
    client.force_login(lin)

    evening = row_of(page(client, day="2021-03-10", known="evening"), "东湾镇")
    as_paid = row_of(page(client, day="2021-03-10"), "东湾镇")

    assert (evening[4], evening[6]) == ("160", "60")
    assert (as_paid[4], as_paid[6]) == ("360", "60")


def test_the_place_of_the_evening_before_is_that_evening_s(client, lin, two_evenings):
    client.force_login(lin)

    evening = row_of(page(client, day="2021-03-10", known="evening"), "东湾镇")

    assert evening[0] == "1 +1"


def test_what_an_evening_did_not_keep_is_not_made_up(client, lin, two_evenings):
    client.force_login(lin)

    first = row_of(page(client, day="2021-03-09", known="evening"), "西岭镇")

    assert (first[3], first[6], first[10], first[16]) == ("--", "--", "--", "--")


def test_a_day_without_a_snapshot_says_so_and_names_the_nearest(client, lin, two_evenings):
    client.force_login(lin)

    body = page(client, day="2021-03-12", known="evening").content.decode()

    assert "2021-03-12 当晚没有留下快照，下面是按缴款日重算的" in body
    assert "day=2021-03-10&amp;known=evening" in body


def test_the_curve_of_an_evening_ends_where_its_figures_do(client, lin, two_evenings):
    client.force_login(lin)

    address = reverse("oversight:charts", args=[COUNTY])
    body = client.get(address, {"day": "2021-03-10", "known": "evening"}).content.decode()

    assert "累计已缴 250 人" in body


def test_an_evening_costs_no_more_than_a_day(
    client, lin, two_evenings, django_assert_max_num_queries
):
    client.force_login(lin)

    with django_assert_max_num_queries(14):
        page(client, day="2021-03-10", known="evening")
