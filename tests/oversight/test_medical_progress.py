"""Progress of medical insurance, wherever progress is shown by scheme."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from contributions.chasing import set_visit
from contributions.ready_filters import of_ready_filter
from contributions.unpaid import unpaid
from enrollment.counting import recount_payable
from enrollment.models import PayableCounter, SpecialIdentity
from oversight.census import count_scheme
from oversight.models import PeopleCount
from tests import county as sample
from tests.county import BASIC, COUNTY, EAST_BAY, LI_VILLAGE, MEDICAL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def medical(county):
    county.policy()
    county.medical_policy()
    county.switch_on()
    county.posts_by_itself()
    return county


def insured(name, **fields):
    return sample.enrolled(name, scheme=MEDICAL, **fields)


def premium(county, person, amount="280"):
    return county.payment_row(
        person, item="居民基本医疗保险费", amount=amount, paid_on="2020-11-05"
    )


@pytest.mark.requirement("X20", "M05")
def test_who_is_to_pay_is_counted_by_the_ages_of_each_scheme(medical):
    ages = [date(2021, 1, 5), date(2012, 1, 1), date(1975, 1, 1), date(1940, 1, 1)]
    for place, born_on in enumerate(ages):
        person = insured(f"居民{place}", born_on=born_on)
        sample.enrol(person, BASIC)

    recount_payable(COUNTY)

    counted = dict(PayableCounter.objects.values_list("scheme_id", "people"))
    assert counted == {BASIC: 1, MEDICAL: 4}
    assert unpaid(COUNTY, scheme_id=MEDICAL, year=2021).count() == 4
    assert unpaid(COUNTY, scheme_id=BASIC, year=2021).count() == 1


@pytest.mark.requirement("M39", "X20")
def test_coverage_asks_of_everybody_whom_the_medical_policy_lets_in(medical):
    insured("已参")
    sample.resident("婴儿", born_on=date(2021, 1, 5))
    sample.resident("老人", born_on=date(1940, 1, 1))
    sample.resident("职工医保", other_cover="medical")

    count_scheme(COUNTY, 2021, MEDICAL)

    parts = PeopleCount.objects.filter(kind="cover", scheme_id=MEDICAL)
    counted = dict(parts.values_list("part", "people"))
    assert counted == {"enrolled": 1, "never": 2, "not_employees_medical": 1}


@pytest.mark.requirement("M40")
def test_the_poor_and_former_fishermen_have_a_ledger_of_what_came_from_whom(medical, mei):
    fisher, poor = insured("渔民"), insured("低保户")
    medical.identity(fisher, SpecialIdentity.Kind.RETIRED_FISHER)
    medical.identity(poor)
    medical.process(premium(medical, fisher), premium(medical, poor, "30"), by=mei)

    count_scheme(COUNTY, 2021, MEDICAL)

    parts = PeopleCount.objects.filter(kind="identity", scheme_id=MEDICAL)
    assert {
        part: rest for part, *rest in parts.values_list("part", "people", "paid", "amount")
    } == {
        "retired_fisher": [1, 1, Decimal("280.00")],
        "low_income": [1, 1, Decimal("30.00")],
    }


@pytest.mark.requirement("M31", "M45")
def test_who_needs_help_at_home_is_found_for_medical_insurance_alone(medical, zhao):
    person = insured("行动不便")
    sample.enrol(person, BASIC)

    set_visit(person, scheme_id=MEDICAL, year=2021, needs_visit=True, by=zhao)

    def found(scheme_id):
        campaign = {"scheme_id": scheme_id, "year": 2021}
        people = unpaid(LI_VILLAGE, **campaign)
        return of_ready_filter(people, "visit", county_code=COUNTY, **campaign).count()

    assert (found(MEDICAL), found(BASIC)) == (1, 0)


@pytest.mark.requirement("M31", "M44")
def test_lists_offer_the_scheme_where_the_county_follows_it(medical, zhao, client):
    insured("没缴的")
    client.force_login(zhao)
    address = reverse("contributions:unpaid", args=[EAST_BAY])

    page = client.get(f"{address}?scheme={MEDICAL}&year=2021").content.decode()

    assert "2021 年居民医保未缴名单" in page
    assert "没缴的" in page


def test_lists_do_not_offer_what_the_county_does_not_follow(county, zhao, client):
    county.policy()
    client.force_login(zhao)

    page = client.get(reverse("contributions:unpaid", args=[EAST_BAY])).content.decode()

    assert "居民医保" not in page
