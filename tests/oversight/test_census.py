"""What one walk through the people of a county finds, and how the forecast did in earlier years."""

import itertools
import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from contributions.models import Transfer
from oversight.backtest import try_year
from oversight.census import count_county, count_scheme
from oversight.models import ForecastTrial, PeopleCount, RenewalCount
from pension_portal.tasks import do_chore
from tests.county import BASIC, COUNTY, EAST_BAY, LI_VILLAGE, STONE_VILLAGE, WEST_RIDGE
from tests.oversight.counters import paid, task

NUMBERS = itertools.count(9_000_001)
DAY = date(2021, 3, 20)


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = DAY.isoformat()


@pytest.fixture
def planned(county):
    task({EAST_BAY: 600, WEST_RIDGE: 400})
    return county


def pay(person, amount, *, year=2021, source="own"):
    """Let somebody have paid for a year, straight into the ledger: no counter moves."""
    is_own = source == "own"
    number = next(NUMBERS)
    Transfer.objects.create(
        county_code=COUNTY,
        year=year,
        id=number,
        scheme_id=BASIC,
        resident=person,
        village_code=person.village_code,
        kind="normal",
        source=source,
        from_account="payer" if is_own else "government",
        to_account="personal" if is_own else "personal_proxy",
        amount=amount,
        people=1,
        tier_amount=amount,
        paid_on=date(year, 3, 5),
        channel="",
        receipt="",
        natural_key=uuid.uuid4(),
        posted_at=timezone.now(),
    )


def counted(kind, part="", area_code=LI_VILLAGE, scheme=BASIC):
    count_scheme(COUNTY, 2021, scheme)
    row = PeopleCount.objects.filter(
        kind=kind, part=part, area_code=area_code, scheme_id=scheme
    ).first()
    return row and (row.people, row.to_pay, row.unpaid, row.paid, row.amount, row.proxy_amount)


def test_people_are_counted_by_age_paid_and_unpaid(planned):
    planned.enrolled("张桂兰", born_on=date(1975, 3, 2))
    payer = planned.enrolled("李四", born_on=date(1974, 3, 2))
    pay(payer, Decimal(300))
    planned.enrolled("王五", born_on=date(1999, 1, 1))

    assert counted("age", "45") == (2, 2, 1, 1, Decimal(300), Decimal(0))
    assert counted("age", "16") == (1, 1, 1, 0, Decimal(0), Decimal(0))


def test_a_group_has_its_own_count(planned):
    group = f"{LI_VILLAGE}01"
    planned.enrolled("张桂兰", group_code=group)

    assert counted("group", area_code=group)[:4] == (1, 1, 1, 0)


@pytest.mark.requirement("A58", "M39")
def test_who_could_join_and_has_not_is_told_from_who_may_not(planned):
    planned.enrolled("张桂兰")
    planned.resident("李四")
    planned.resident("王五", other_cover="student")
    planned.resident("赵六", born_on=date(2010, 1, 1))
    planned.resident("钱七", life_status="dead")

    assert counted("cover", "enrolled")[0] == 1
    assert counted("cover", "never")[0] == 1
    assert counted("cover", "not_student")[0] == 1
    assert counted("cover", "min_age")[0] == 1
    everyone = PeopleCount.objects.filter(kind="cover", scheme_id=BASIC)
    assert sum(everyone.values_list("people", flat=True)) == 4


@pytest.mark.requirement("M40")
def test_an_identity_has_its_people_their_payments_and_who_paid(planned):
    helped = planned.enrolled("张桂兰")
    planned.identity(helped)
    pay(helped, Decimal(100), source="proxy")
    unpaid = planned.enrolled("李四")
    planned.identity(unpaid)

    assert counted("identity", "low_income") == (2, 2, 1, 1, Decimal(0), Decimal(100))


def renewal(year, area_code=LI_VILLAGE):
    count_scheme(COUNTY, 2021, BASIC)
    row = RenewalCount.objects.get(year=year, area_code=area_code, scheme_id=BASIC)
    return row.due, row.renewed, row.payers, row.first_time, row.returned


@pytest.mark.requirement("Y28", "Y31")
def test_renewed_new_and_returned_people_are_told_apart(planned):
    renewed, stopped, back = (planned.enrolled(name) for name in ("甲", "乙", "丙"))
    for person, years in [(renewed, (2020, 2021)), (stopped, (2020,)), (back, (2019, 2021))]:
        for year in years:
            pay(person, Decimal(200), year=year)
    pay(planned.enrolled("丁"), Decimal(200), year=2021)

    assert renewal(2021) == (2, 1, 3, 1, 1)


@pytest.mark.requirement("Y29")
def test_who_has_turned_sixty_is_no_longer_due(planned):
    reached = planned.enrolled("甲", born_on=date(1961, 3, 20))
    next_day = planned.enrolled("乙", born_on=date(1961, 3, 21))
    for person in (reached, next_day):
        pay(person, Decimal(200), year=2020)

    assert renewal(2021)[:2] == (1, 0)


def test_counting_twice_leaves_the_same_rows(planned):
    planned.enrolled("张桂兰")
    counted("age", "45")
    rows = PeopleCount.objects.count()

    assert counted("age", "45")[0] == 1
    assert PeopleCount.objects.count() == rows


def test_counting_costs_the_same_for_one_and_for_many(planned, django_assert_num_queries):
    planned.enrolled("张桂兰")
    count_scheme(COUNTY, 2021, BASIC)
    for number in range(12):
        planned.enrolled(f"李{number}", STONE_VILLAGE)

    with django_assert_num_queries(10):
        count_scheme(COUNTY, 2021, BASIC)


def test_every_planned_county_is_counted_at_night(planned):
    planned.enrolled("张桂兰")

    do_chore("count_people")

    assert PeopleCount.objects.filter(area_code=LI_VILLAGE, kind="age").exists()


def test_a_year_that_ran_evenly_is_foretold_without_a_miss():
    days = [date(2020, 1, 1) + timedelta(days=step) for step in range(60)]

    outcome = try_year(dict.fromkeys(days, 10), days, 14)

    assert (outcome.inside, outcome.mean_miss) == (outcome.trials, Decimal("0.00"))
    assert outcome.trials == 7


def test_a_year_that_stopped_short_was_foretold_badly():
    days = [date(2020, 1, 1) + timedelta(days=step) for step in range(60)]
    gains = dict.fromkeys(days[:30], 10)

    outcome = try_year(gains, days, 14)

    assert outcome.inside < outcome.trials
    assert outcome.mean_miss > 20


def test_the_trials_of_earlier_years_are_kept_with_the_count(planned):
    for step in range(60):
        paid(LI_VILLAGE, 10 + step % 3, year=2020, on=date(2020, 1, 1) + timedelta(days=step))

    count_county(COUNTY, 2021)

    trial = ForecastTrial.objects.get(year=2020, days_ahead=14, scheme_id=BASIC)
    assert trial.trials == 7
