"""Aid for medical insurance: the highest sum of all identities, beside the person's own share."""

from datetime import date
from decimal import Decimal

import pytest

from contributions.models import PaidDay
from enrollment.models import SpecialIdentity
from staff.models import DutyKind
from subsidies import rosters
from subsidies.models import ProxyLine
from tests import county as sample
from tests.subsidies import money

pytestmark = pytest.mark.django_db
Kind = SpecialIdentity.Kind


@pytest.fixture
def medical(county):
    county.policy()
    county.medical_policy()
    county.switch_on()
    county.posts_by_itself()
    return county


@pytest.fixture
def feng(county):
    """Feng keeps the county's money."""
    return county.staff("冯账", DutyKind.FINANCE)


def insured(name, *kinds, **fields):
    person = sample.enrolled(name, scheme=sample.MEDICAL, **fields)
    for kind in kinds:
        sample.identity(person, kind)
    return person


def own_share(county, person, amount="30"):
    return county.payment_row(
        person,
        item="城乡居民基本医疗保险费",
        amount=amount,
        paid_on="2020-11-05",
        treasury_on="2020-11-06",
    )


def drawn_up(lin):
    return money.roster(lin, scheme_id=sample.MEDICAL)


@pytest.mark.requirement("M15", "M16", "M17", "M18", "X09")
def test_the_aid_is_the_highest_of_all_identities_and_never_a_sum(medical, lin):
    people = {
        "特困": [Kind.DESTITUTE],
        "受灾": [Kind.DISASTER_POOR],
        "低保": [Kind.LOW_INCOME],
        "建档立卡": [Kind.REGISTERED_POOR],
        "低保特困": [Kind.LOW_INCOME, Kind.DESTITUTE],
        "低保建档立卡": [Kind.LOW_INCOME, Kind.REGISTERED_POOR],
        "孤儿": [Kind.ORPHAN],
    }
    for name, kinds in people.items():
        insured(name, *kinds)

    drawn_up(lin)

    lines = ProxyLine.objects.values_list("resident__name", "amount", "own_amount")
    assert {name: (amount, own) for name, amount, own in lines} == {
        "特困": (280, 0),
        "受灾": (280, 0),
        "低保": (250, 30),
        "建档立卡": (250, 30),
        "低保特困": (280, 0),
        "低保建档立卡": (250, 30),
    }


@pytest.mark.requirement("M05", "M15", "X20")
def test_infants_and_the_old_are_paid_for_too(medical, lin):
    insured("婴儿", Kind.DESTITUTE, born_on=date(2020, 12, 1))
    insured("老人", Kind.DESTITUTE, born_on=date(1938, 1, 1))

    drawn_up(lin)

    assert ProxyLine.objects.filter(held="", amount=280).count() == 2


@pytest.mark.requirement("M15", "M16")
def test_aid_and_own_share_make_the_whole_sum_in_two_sources(medical, lin, feng, qian, mei):
    poor, _destitute = insured("低保", Kind.LOW_INCOME), insured("特困", Kind.DESTITUTE)
    feed = medical.process(own_share(medical, poor), by=mei)
    assert medical.verdicts(feed) == [""]

    roster = money.agreed(
        drawn_up(lin), rosters.submit_roster, by=lin, reviewer=feng, approver=qian
    )
    money.paid(roster, by=feng)

    sums = {}
    for one in medical.transfers(scheme_id=medical.MEDICAL):
        sums.setdefault(one.resident.name, {})[one.source] = one.amount
    assert sums == {
        "低保": {"own": Decimal(30), "proxy": Decimal(250)},
        "特困": {"proxy": Decimal(280)},
    }
    counted = PaidDay.objects.filter(scheme_id=medical.MEDICAL, area_code=medical.COUNTY)
    assert sum(one.people for one in counted) == 2
    assert sum(one.amount for one in counted) == 560
    assert medical.balance() == 0


@pytest.mark.requirement("M16")
def test_nobody_counts_as_insured_by_the_aid_alone(medical, lin):
    """The 250 wait until the 30 are paid."""
    insured("低保", Kind.LOW_INCOME)

    drawn_up(lin)

    assert ProxyLine.objects.get().held == "own_first"
