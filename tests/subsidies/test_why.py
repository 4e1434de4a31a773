"""Why one person owes what they owe: in sentences, with sources, and as JSON."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from contributions.models import PaymentException
from policies.answers import PREPARED
from policies.loading import load_policy, publish_policy
from staff.models import AuditEntry, DutyKind
from subsidies.why import why_of
from tests import county
from tests.subsidies.test_affected import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def policy(lin, qian):
    return publish_policy(load_policy(text(), by=lin), by=qian)


def said(person, year=2021):
    (why,) = why_of(person, year)
    return why, [(reason.sentence, reason.source) for reason in why.reasons]


@pytest.mark.requirement("Y24", "X19")
def test_who_registered_a_tier_is_told_what_is_due_and_what_the_state_adds(policy):
    why, reasons = said(county.enrolled(tier=300, born_on=date(1975, 3, 2)))

    assert (why.due, why.paid, why.left_to_pay, why.state_adds) == (300, 0, 300, 40)
    assert not why.is_given
    assert [(payer, amount) for _item, payer, _name, amount in why.shares] == [
        ("province", Decimal(24)),
        ("county", Decimal(16)),
    ]
    assert reasons == [
        ("已参加城乡居民基本养老保险，正常缴费", ""),
        ("今天 46 周岁，符合「年满 16 周岁」", "示政发〔2020〕1号 一"),
        ("今天 46 周岁，符合「未满 60 周岁」", "示政发〔2020〕1号 一"),
        ("登记 300 元，是本年第 2 档", "示政发〔2020〕1号 二"),
        ("个人应缴 300 元，已缴 0 元，还差 300 元", ""),
        ("缴 300 元，政府补贴 40 元", "示政发〔2020〕1号 二"),
        ("补贴由谁出：省级 24 元、县级 16 元", "示政发〔2020〕1号 五"),
        ("今天可以缴费：缴费期 2021-01-01 至 2021-12-31", "示政发〔2020〕1号 二"),
    ]


@pytest.mark.requirement("Y15", "X09", "X10")
def test_a_proxied_person_owes_nothing_and_is_told_who_pays(policy):
    person = county.enrolled()
    county.identity(person)

    why, reasons = said(person)

    assert (why.due, why.left_to_pay, why.proxy, why.state_adds) == (0, 0, 100, 20)
    assert ("低保对象由政府代缴 100 元，个人缴 0 元", "示政发〔2020〕1号 三") in reasons
    assert ("代缴由谁出：县级 100 元", "示政发〔2020〕1号 五") in reasons


@pytest.mark.requirement("Y23")
def test_who_has_paid_is_explained_by_the_version_they_paid_under(policy, lin, qian):
    person = county.enrolled(tier=300)
    county.posts_by_itself()
    mei = county.staff("梅", DutyKind.DATA_ADMIN)
    county.process(county.payment_row(person, amount="300"), by=mei)
    dearer = text(version=2, subsidies={200: 30, 300: 99, 500: 60, 100: 20})
    publish_policy(load_policy(dearer, by=lin), by=qian)

    why, reasons = said(person)

    assert (why.paid, why.left_to_pay, why.state_adds, why.is_given) == (300, 0, 40, True)
    sentences = [sentence for sentence, _source in reasons]
    assert "2021-03-05 正常缴费（个人缴费）300 元，按第 1 版补贴 40 元" in sentences
    assert "此后第 2 版生效，已缴的不重算" in sentences


def test_a_tier_that_is_none_is_said_to_be_none(policy):
    why, reasons = said(county.enrolled(tier=350))

    assert why.due is None
    assert "登记的 350 元不是本年的档次，须另选" in dict(reasons)


@pytest.mark.requirement("Y21")
def test_without_a_registered_tier_last_years_goes_on(policy):
    person = county.enrolled()
    county.policy(year=2020)
    county.posts_by_itself()
    mei = county.staff("梅", DutyKind.DATA_ADMIN)
    determination = county.determination(person, [2020], 300)
    county.process(
        county.payment_row(
            person, amount="300", year="2020", determination_no=determination.number
        ),
        by=mei,
    )

    _why, reasons = said(person)

    # A back payment chooses no tier for the years to come.
    assert "没有登记档次，上年也没有缴费，缴费时再选" in dict(reasons)


def test_an_unpublished_year_is_said_to_be_unpublished(policy):
    why, reasons = said(county.enrolled(tier=300), 2020)

    assert why.due is None
    assert "2020 年这个险种还没有发布政策，算不出应缴和补贴" in dict(reasons)


def test_who_joined_nothing_gets_nothing(policy):
    assert why_of(county.resident(), 2021) == []


@pytest.mark.parametrize("is_poor", [False, True])
def test_one_answer_takes_at_most_five_statements(policy, is_poor, django_assert_max_num_queries):
    person = county.enrolled(tier=300)
    if is_poor:
        county.identity(person)

    PREPARED.clear()  # Even the first answer of a connection, which is planned then.
    with connection.cursor() as cursor:
        cursor.execute("deallocate all")

    with django_assert_max_num_queries(5):
        why_of(person, 2021)


# --- the doors ---


def test_the_person_page_has_a_place_for_it_and_the_fragment_fills_it(client, policy, qian):
    person = county.enrolled(tier=300)
    client.force_login(qian)

    page = client.get(reverse("enrollment:resident", args=[person.pk])).content.decode()
    fragment = client.get(
        reverse("subsidies:resident_why", args=[person.pk]), {"year": "2021"}
    ).content.decode()

    assert reverse("subsidies:resident_why", args=[person.pk]) in page
    assert "登记 300 元，是本年第 2 档" in fragment
    assert "（依据：示政发〔2020〕1号 二）" in fragment


def test_the_api_says_the_same_and_notes_who_looked(client, policy, qian):
    person = county.enrolled(tier=300)
    client.force_login(qian)

    body = client.get(reverse("subsidies:why_json", args=[person.pk]), {"year": "2021"}).json()

    (scheme,) = body["schemes"]
    assert (body["resident_id"], body["year"]) == (person.pk, 2021)
    assert (scheme["due"], scheme["state_adds"], scheme["version"]) == ("300.00", "40.00", 1)
    assert {"item": "subsidy", "payer": "province", "amount": "24.00"} in scheme["shares"]
    assert scheme["reasons"][3] == {
        "sentence": "登记 300 元，是本年第 2 档",
        "source": "示政发〔2020〕1号 二",
    }
    assert AuditEntry.objects.filter(action="view_person").count() == 1


@pytest.mark.parametrize("year", ["", "x", "99999999999999", "1800"])
def test_a_year_that_is_none_is_this_year(client, policy, qian, year):
    person = county.enrolled(tier=300)
    client.force_login(qian)

    body = client.get(reverse("subsidies:why_json", args=[person.pk]), {"year": year}).json()

    assert body["year"] == 2021


def test_sun_does_not_see_why_somebody_of_east_bay_pays(client, policy):
    person = county.enrolled(tier=300)
    client.force_login(county.staff("孙", DutyKind.TOWN_CLERK, county.WEST_RIDGE))

    for page in ("resident_why", "why_json"):
        assert client.get(reverse(f"subsidies:{page}", args=[person.pk])).status_code == 404


# --- a held row ---


def test_a_held_row_names_the_rule_that_stopped_it(client, policy, qian):
    person = county.enrolled(tier=300)
    mei = county.staff("梅", DutyKind.DATA_ADMIN)
    county.posts_by_itself()
    feed = county.process(county.payment_row(person, amount="350"), by=mei)
    client.force_login(qian)

    address = reverse("contributions:exception", args=[PaymentException.objects.get(feed=feed).pk])
    page = client.get(address).content.decode()

    assert "350 元不是 2021 年的档次；可以缴 200 元、300 元、500 元" in page
    assert "（依据：示政发〔2020〕1号 二）" in page
