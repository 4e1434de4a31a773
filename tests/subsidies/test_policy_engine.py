"""A county's payments on the engine: entitlements by the rules, a draft's effect, and why."""

import pytest

from policies.loading import load_policy
from policies.models import PolicyVersion
from subsidies.models import Entitlement
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
