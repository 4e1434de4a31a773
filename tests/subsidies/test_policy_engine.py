"""A county's payments on the engine: entitlements by the rules, a draft's effect, and why."""

from decimal import Decimal

import pytest

from policies.loading import load_policy
from policies.models import PolicyVersion
from subsidies.models import Entitlement
from subsidies.previews import affected_payments, affected_totals
from subsidies.reasons import reasons_for
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


def test_a_draft_says_whom_it_affects_and_by_how_much(paid):
    draft = policy_with(("{缴费: 300, 补贴: 30}", "{缴费: 300, 补贴: 33}"), *BANDS[:1], version=2)

    (total,) = affected_totals(draft)
    listed = affected_payments(draft)

    assert (total["town_code"], total["tier_amount"], total["people"]) == (people.EAST_BAY, 300, 3)
    assert (total["amount_before"], total["amount_after"]) == (Decimal(102), Decimal(106))
    assert {row["resident_id"]: row["amount_after"] - row["amount_before"] for row in listed} == {
        paid["old"].pk: -2,
        paid["young"].pk: 3,
        paid["poor"].pk: 3,
    }


def test_the_rules_that_led_to_a_subsidy_are_said_with_their_articles(paid):
    (payment,) = reasons_for(paid["poor"], scheme_id=people.BASIC, year=2021)

    assert payment["subsidy_amount"] == 37
    assert [rule["words"] for rule in payment["rules"]][:2] == ["补贴 30", "补贴 7，方式 叠加"]
    assert payment["rules"][1]["condition"] == "身份 低保对象"
    assert all(rule["source_article"] for rule in payment["rules"])
