"""Where a policy lets women, or who holds an identity, reach pension age earlier, all follows."""

from datetime import date
from itertools import count

import pytest

from contributions.reaching_sixty import reaching_sixty
from contributions.ready_filters import of_ready_filter
from contributions.unpaid import unpaid
from enrollment.counting import recount_payable
from enrollment.eligibility import Asked, judge
from enrollment.models import PayableCounter, SpecialIdentity
from policies.loading import load_policy
from policies.models import PolicyVersion
from tests import county as people

pytestmark = pytest.mark.django_db

SEQUENCE = count(1)
AGES = """    - {条件: 未满年龄, 数值: 60}
    - {条件: 未满年龄, 性别: 女, 数值: 55}
    - {条件: 未满年龄, 身份: 残疾人, 等级: 1至2级, 数值: 50}
"""
YEARS = """其他规定:
  依据: 方案 五
  明细:
    - {规定: 最低缴费年限, 内容: 10}
"""


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def ages(open_county):
    """Men at 60, women at 55, whoever is severely disabled at 50; ten years for a pension."""
    text = people.policy_text(people.BASIC, (200, 300, 500), 100, None, people.COUNTY, 2021, 2)
    text = text.replace("    - {条件: 未满年龄, 数值: 60}\n", AGES) + YEARS
    policy = load_policy(text)
    PolicyVersion.objects.filter(pk=policy.pk).update(
        status="published", published_at="2021-01-01T00:00Z"
    )
    return open_county


def born(day, sex="f", grade=None):
    number = people.id_number(day, 2 * next(SEQUENCE) + (sex == "m"))
    person = people.enrolled(f"赵{number[-4:]}", born_on=day, number=number)
    if grade:
        people.identity(person, SpecialIdentity.Kind.DISABLED, grade=grade)
    return person


@pytest.mark.requirement("A03")
@pytest.mark.parametrize(
    ("day", "sex", "grade", "verdict"),
    [
        (date(1966, 3, 6), "f", None, ""),
        (date(1966, 3, 5), "f", None, "E09"),
        (date(1961, 3, 6), "m", None, ""),
        (date(1961, 3, 5), "m", None, "E09"),
        (date(1971, 3, 5), "m", 2, "E09"),
        (date(1971, 3, 6), "f", 2, ""),
        (date(1971, 3, 5), "m", 3, ""),
    ],
)
def test_who_is_of_pension_age_pays_no_more(ages, mei, day, sex, grade, verdict):
    feed = ages.process(ages.payment_row(born(day, sex, grade)), by=mei)

    assert ages.verdicts(feed) == [verdict]


def test_what_was_determined_may_be_paid_by_a_woman_of_55(ages, mei):
    person = born(date(1966, 1, 1))
    ages.determination(person, [2020], 500)
    row = ages.payment_row(person, type="33", year="2020", amount="500")

    assert ages.verdicts(ages.process(row, by=mei)) == [""]


@pytest.mark.requirement("Y33")
def test_who_is_to_pay_is_counted_and_listed_by_these_ages(ages):
    paying = [born(date(1966, 12, 31)), born(date(1961, 12, 31), "m")]
    for day, sex, grade in ((date(1965, 1, 1), "f", None), (date(1970, 1, 1), "m", 1)):
        born(day, sex, grade)

    recount_payable(people.COUNTY)

    listed = unpaid(people.COUNTY, scheme_id=people.BASIC, year=2021)
    assert {one.resident_id for one in listed} == {one.pk for one in paying}
    assert sum(PayableCounter.objects.values_list("people", flat=True)) == 2


def test_the_last_year_of_paying_is_that_before_ones_own_age(ages):
    last = [born(date(1966, 3, 30)), born(date(1961, 3, 30), "m"), born(date(1971, 4, 1), "m", 1)]
    born(date(1969, 1, 1))
    born(date(1963, 1, 1), "m")
    listed = unpaid(people.COUNTY, scheme_id=people.BASIC, year=2021)

    found = of_ready_filter(
        listed, "before_60", county_code=people.COUNTY, scheme_id=people.BASIC, year=2021
    )

    assert {one.resident_id for one in found} == {one.pk for one in last}


@pytest.mark.requirement("A48")
def test_who_reaches_that_age_within_a_year_with_too_few_years(ages):
    woman, disabled = born(date(1966, 6, 1)), born(date(1971, 5, 1), "m", 1)
    born(date(1961, 1, 1), "m")

    found, how_many = reaching_sixty(people.COUNTY, people.BASIC)

    assert [(one.resident, one.reached_on, one.short) for one in found] == [
        (disabled, date(2021, 5, 1), 10),
        (woman, date(2021, 6, 1), 10),
    ]
    assert how_many == 2


@pytest.mark.requirement("A03")
def test_nobody_joins_at_or_above_that_age(ages):
    def stops(day, sex, person=None):
        index = bytes(person.id_index).hex() if person else ""
        asked = Asked(people.BASIC, day, [people.BASIC], sex=sex, id_index=index)
        return [verdict.reason for verdict in judge([asked], people.COUNTY)]

    disabled = born(date(1971, 1, 1), "m", 1)

    assert "已满 55 周岁" in stops(date(1966, 1, 1), "f")[0]
    assert stops(date(1966, 1, 1), "m") == []
    assert "已满 50 周岁" in stops(date(1971, 1, 1), "m", disabled)[0]


@pytest.mark.requirement("A39")
def test_a_proxy_tier_by_years_asks_for_the_years_of_the_books(ages, mei):
    text = PolicyVersion.objects.latest("pk").source
    ruled = "{身份: 低保对象, 代缴: 100, 缴费年数不满: 1}"
    policy = load_policy(text.replace("{身份: 低保对象, 代缴: 100}", ruled))
    PolicyVersion.objects.filter(pk=policy.pk).update(
        status="published", published_at="2021-01-02T00:00Z"
    )
    new, old = people.enrolled("新低保"), people.enrolled("老低保")
    for person in (new, old):
        people.identity(person, SpecialIdentity.Kind.LOW_INCOME)
    ages.determination(old, [2019], 300)
    ages.process(ages.payment_row(old, type="31", year="2019", amount="300"), by=mei)

    feed = ages.process(*(ages.payment_row(one, amount="100") for one in (new, old)), by=mei)

    assert ages.verdicts(feed) == ["", "E16"]
