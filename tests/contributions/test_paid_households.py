"""All of a household must be paid for: which are so in part, and who is missing."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contributions.household_lists import households_of
from contributions.ready_filters import of_ready_filter
from contributions.unpaid import unpaid
from enrollment.households import exempt_member, join_household
from tests import county as sample
from townships.models import Area

pytestmark = pytest.mark.django_db
CAMPAIGN = {"scheme_id": sample.MEDICAL, "year": 2021}


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


def family(number, *names, **fields):
    home = sample.household(number=number)
    people = [
        sample.enrolled(name, scheme=sample.MEDICAL, household=home, **fields) for name in names
    ]
    return home, people


def pay(county, mei, *people):
    rows = [
        county.payment_row(person, item="居民基本医疗保险费", amount="280", paid_on="2020-11-05")
        for person in people
    ]
    feed = county.process(*rows, by=mei, name=f"{people[0].pk}.csv")
    assert set(county.verdicts(feed)) == {""}


def listed(standing="partly"):
    area = Area.objects.get(pk=sample.LI_VILLAGE)
    rows, _has_more = households_of(area, **CAMPAIGN, standing=standing)
    return [
        (row["number"], row["should"], row["joined"], row["paid"], row["unpaid_names"] or [])
        for row in rows
    ]


@pytest.mark.requirement("M09", "M12")
def test_a_household_paid_in_part_names_who_is_missing(medical, mei):
    _home, (father, mother, _child) = family("0001", "父亲", "母亲", "孩子")
    sample.resident("没参保", household=father.household)
    _whole, everybody = family("0002", "全缴一", "全缴二")
    family("0003", "没缴一", "没缴二")
    pay(medical, mei, father, mother, *everybody)

    assert listed() == [("0001", 4, 3, 2, ["孩子", "没参保"])]
    assert [row[0] for row in listed("not")] == ["0003"]
    assert [row[0] for row in listed("all")] == ["0001", "0002", "0003"]


@pytest.mark.requirement("M11", "M13")
def test_employees_and_exempt_people_are_not_of_the_number(medical, mei, zhao):
    home, (father,) = family("0001", "父亲")
    sample.resident("职工", household=home, other_cover="medical")
    sample.resident("职保", household=home, other_cover="employees")
    for code in (1, 2, 3):
        person = sample.resident(f"免{code}", household=home)
        exempt_member(person, code, evidence="证明", evidence_on=date(2020, 9, 1), by=zhao)
    pay(medical, mei, father)

    assert listed("all") == [("0001", 1, 1, 1, [])]
    assert listed() == []


@pytest.mark.requirement("M10")
def test_who_counts_with_the_spouses_household_counts_once(medical, mei, zhao):
    _parents, (father, daughter) = family("0001", "父亲", "女儿")
    home, (husband,) = family("0002", "丈夫")
    join_household(daughter, home, why="已婚，户口未迁移", by=zhao)
    pay(medical, mei, father, husband)

    assert listed("all") == [("0001", 1, 1, 1, []), ("0002", 2, 1 + 1, 1, ["女儿"])]


@pytest.mark.requirement("M12", "M31")
def test_the_unpaid_list_finds_whose_household_has_paid_in_part(medical, mei):
    _home, (father, child) = family("0001", "父亲", "孩子")
    family("0002", "没缴一")
    pay(medical, mei, father)

    people = of_ready_filter(
        unpaid(sample.LI_VILLAGE, **CAMPAIGN), "partly", county_code=sample.COUNTY, **CAMPAIGN
    )

    assert [one.resident_id for one in people] == [child.pk]


@pytest.mark.requirement("M12")
def test_the_page_lists_them_to_who_may_see_the_village(medical, mei, zhao, sun, as_user):
    _home, (father, _child) = family("0001", "父亲", "孩子")
    pay(medical, mei, father)
    address = reverse("contributions:households", args=[sample.LI_VILLAGE]) + "?scheme=3&year=2021"

    page = as_user(zhao).get(address).content.decode()

    assert "0001" in page and "孩子" in page and "居民医保" in page
    assert as_user(sun).get(address).status_code == 404


def test_a_village_of_many_households_takes_as_many_statements_as_of_one(medical):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            listed("all")
        return len(asked)

    family("0001", "父亲")
    few = statements()
    for number in range(20):
        family(f"1{number:03d}", f"甲{number}", f"乙{number}")

    assert statements() == few
