"""A county's payments on the engine: entitlements by the rules, a draft's effect, and why."""

import pytest

from policies.loading import load_policy
from policies.models import PolicyVersion
from subsidies.models import Entitlement
from subsidies.why import why_of
from tests import county as people

pytestmark = pytest.mark.django_db

BANDS = [
    ("{缴费: 200, 补贴: 20}", "{缴费: 200, 补贴: 20}\n    - {补贴: 7, 身份: 低保对象, 方式: 叠加}"),
    (
        "{缴费: 300, 补贴: 30}",
        "{缴费: 300, 补贴: 30}\n    - {补贴: 5, 年龄满: 45, 年龄计算日: 年末, 方式: 叠加}",
    ),
]


def policy_with(*changes, version=1):
    text = people.policy_text(
        people.BASIC, (200, 300, 500), 100, None, people.COUNTY, 2021, version
    )
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return load_policy(text)


def publish(policy):
    PolicyVersion.objects.filter(pk=policy.pk).update(status="published", published_at="2021-01-01")


@pytest.fixture
def paid(county, mei):
    """Three people paid 300: one of 46, one of 30, one of 30 on 低保."""
    publish(policy_with(*BANDS))
    county.posts_by_itself()
    old = county.enrolled("张桂兰", born_on=people.date(1975, 3, 2))
    young = county.enrolled("李青", born_on=people.date(1990, 3, 2))
    poor = county.enrolled("王贫", born_on=people.date(1990, 3, 2))
    county.identity(poor, "low_income")
    county.process(
        *[county.payment_row(person, amount="300") for person in (old, young, poor)], by=mei
    )
    return {"old": old, "young": young, "poor": poor}


def test_a_feed_is_entitled_by_age_and_identity(paid):
    amounts = {
        transfer.resident_id: Entitlement.objects.get(transfer_id=transfer.id).amount
        for transfer in people.transfers()
    }

    assert amounts == {paid["old"].pk: 35, paid["young"].pk: 30, paid["poor"].pk: 37}


def test_the_years_paid_without_a_gap_are_counted_back_from_last_year(county, mei):
    rule = "{缴费: 300, 补贴: 30}\n    - {补贴: 9, 连续缴费年数满: 2, 方式: 叠加}"
    publish(policy_with(("{缴费: 300, 补贴: 30}", rule)))
    county.posts_by_itself()
    steady, broken = county.enrolled("张常缴"), county.enrolled("李中断")
    for year, payers in {2018: [broken], 2019: [steady, broken], 2020: [steady]}.items():
        county.policy(year=year)
        rows = [county.payment_row(one, year=year, paid_on=f"{year}-03-05") for one in payers]
        county.process(*rows, by=mei, year=year)
    county.process(county.payment_row(steady), county.payment_row(broken), by=mei)

    amounts = {
        transfer.resident_id: Entitlement.objects.get(transfer_id=transfer.id).amount
        for transfer in people.transfers(year=2021)
    }

    assert amounts == {steady.pk: 39, broken.pk: 30}
    year = {why.scheme_id: why for why in why_of(steady, 2021)}[people.BASIC]
    assert year.state_adds == 39
