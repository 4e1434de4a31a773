"""What was known on an evening stays as it was known."""

from contextlib import nullcontext
from datetime import date
from decimal import Decimal

import pytest

from enrollment.models import PayableCounter
from oversight.models import ProgressSnapshot
from oversight.snapshots import note_county, note_progress
from pension_portal.tasks import do_chore
from tests.county import COUNTY, EAST_BAY, LI_VILLAGE, STONE_VILLAGE, WEST_RIDGE
from tests.oversight.counters import exception, paid, task

KEPT = ("task", "people", "proxy_people", "amount", "open_exceptions")


class Run:
    """Stands for a worker's hold on its job: here nobody takes it away."""

    def transaction(self):
        return nullcontext()


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def feed(county, mei):
    task({EAST_BAY: 600, WEST_RIDGE: 400})
    return county.feed(mei)


def kept(code, day=date(2021, 3, 20), scheme=1):
    row = ProgressSnapshot.objects.get(area_code=code, scheme_id=scheme, year=2021, day=day)
    return tuple(getattr(row, name) for name in KEPT)


@pytest.mark.requirement("A56", "Y65")
def test_every_area_has_its_row_of_the_day(feed, mei):
    paid(LI_VILLAGE, 300)
    paid(LI_VILLAGE, 20, source="proxy", tier=100)
    exception(feed, LI_VILLAGE, 1)
    exception(feed, COUNTY, 2)

    note_progress(feed.pk, by=mei, run=Run())

    assert kept(COUNTY) == (1000, 320, 20, Decimal("62000.00"), 2)
    assert kept(EAST_BAY) == (600, 320, 20, Decimal("62000.00"), 1)
    assert kept(LI_VILLAGE) == (None, 320, 20, Decimal("62000.00"), 1)
    assert kept(STONE_VILLAGE) == (None, 0, 0, Decimal("0.00"), 0)
    assert not ProgressSnapshot.objects.exclude(county_code=COUNTY).exists()


def test_noting_twice_on_a_day_leaves_one_row_with_the_last_figures(feed, mei):
    paid(LI_VILLAGE, 300)
    note_progress(feed.pk, by=mei, run=Run())
    rows = ProgressSnapshot.objects.count()
    paid(LI_VILLAGE, 5)

    note_progress(feed.pk, by=mei, run=Run())

    assert ProgressSnapshot.objects.count() == rows
    assert kept(EAST_BAY)[1] == 305


@pytest.mark.requirement("A56")
def test_a_day_that_is_over_does_not_move(feed, settings):
    paid(LI_VILLAGE, 300, on=date(2021, 3, 18))
    note_county(COUNTY, 2021)

    settings.PORTAL_TODAY = "2021-03-21"
    paid(LI_VILLAGE, 11, on=date(2021, 3, 19))
    note_county(COUNTY, 2021)

    assert kept(EAST_BAY, date(2021, 3, 20))[1] == 300
    assert kept(EAST_BAY, date(2021, 3, 21))[1] == 311


def test_an_exception_of_an_unclear_scheme_stands_in_the_way_of_each(feed):
    paid(LI_VILLAGE, 1, scheme=2, tier=500)
    exception(feed, LI_VILLAGE, 1, scheme=None)
    exception(feed, LI_VILLAGE, 2, scheme=2)

    note_county(COUNTY, 2021)

    assert kept(COUNTY)[4] == 1
    assert kept(COUNTY, scheme=2)[4] == 2


def test_all_areas_are_noted_in_one_statement(feed, django_assert_num_queries):
    with django_assert_num_queries(1):
        note_county(COUNTY, 2021)


def test_sun_sees_only_the_snapshots_of_west_ridge(feed, sun):
    note_county(COUNTY, 2021)

    codes = set(ProgressSnapshot.objects.visible_to(sun).values_list("area_code", flat=True))

    assert codes == {WEST_RIDGE, STONE_VILLAGE}


@pytest.mark.requirement("A56")
def test_an_evening_without_a_file_is_kept_too(feed):
    paid(LI_VILLAGE, 300)

    do_chore("note_evening")

    assert kept(EAST_BAY)[1] == 300


def test_who_is_to_pay_is_counted_anew_after_midnight(county, settings):
    county.enrolled("李四", LI_VILLAGE, born_on=date(1961, 3, 22))
    settings.PORTAL_TODAY = "2021-03-21"
    do_chore("recount_payers")
    assert payers_in(LI_VILLAGE) == 1

    settings.PORTAL_TODAY = "2021-03-22"
    do_chore("recount_payers")

    assert payers_in(LI_VILLAGE) == 0


def payers_in(village_code):
    counters = PayableCounter.objects.filter(village_code=village_code, scheme_id=1)
    return sum(counters.values_list("people", flat=True))
