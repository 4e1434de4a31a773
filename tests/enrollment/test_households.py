"""Households and groups: complete lists, who counts where, and nobody missed (户不漏人)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment.errors import HouseholdIsMerged, OtherVillage, SplitTakesEverybody
from enrollment.household_members import completeness, members_of
from enrollment.households import (
    exempt_member,
    join_household,
    merge_households,
    place_people,
    split_household,
)
from enrollment.models import Household, Resident
from pension_portal.clock import today
from tests import county as sample
from tests.county import EAST_BAY, LI_VILLAGE, STONE_VILLAGE, WANG_VILLAGE, id_number
from tests.enrollment.rosters import load, row


def family(count=3, village=LI_VILLAGE, number="0001"):
    """Return a household with some enrolled people."""
    home = sample.household(village, number)
    return home, [
        sample.enrolled(f"家人{name}", village, household=home) for name in "甲乙丙丁戊"[:count]
    ]


def counts(home, staff):
    """Return (to join, joined, names of the missing) of the basic scheme."""
    sample.policy(year=today().year)
    _scheme, to_join, joined, missing = completeness(members_of(home, staff))[0]
    return to_join, joined, [member.resident.name for member in missing]


@pytest.mark.requirement("M09", "M12")
def test_a_household_is_complete_when_all_who_should_have_joined(zhao, county):
    home, _people = family(2)
    sample.resident("没参保", household=home)

    assert counts(home, zhao) == (3, 2, ["没参保"])


@pytest.mark.requirement("M13")
def test_who_is_exempt_need_not_join_and_has_a_paper(zhao, county):
    home, _people = family(1)
    soldier = sample.resident("当兵的", household=home)

    exempt_member(soldier, 1, evidence="入伍通知书", evidence_on=date(2020, 9, 1), by=zhao)

    assert counts(home, zhao) == (1, 1, [])


@pytest.mark.requirement("M10")
def test_who_is_married_into_another_household_counts_there_and_only_there(zhao, county):
    parents, (daughter, *_others) = family(2)
    home, _people = family(1, number="0002")

    join_household(daughter, home, why="已婚，户口未迁移", by=zhao)

    assert counts(parents, zhao)[:2] == (1, 1)
    members = members_of(home, zhao)
    assert completeness(members)[0][1:3] == (2, 2)
    assert [member.is_guest for member in members if member.resident == daughter] == [True]


@pytest.mark.requirement("M11")
def test_who_is_insured_as_an_employee_is_not_counted_where_the_policy_says_so(zhao, county):
    home, _people = family(1)
    sample.resident("职工", household=home, other_cover="employees")
    sample.policy(year=today().year)

    standing = {m.resident.name: m.standings[0] for m in members_of(home, zhao)}["职工"]

    # This county's basic policy names only ages; the medical one names employees.
    assert standing.should


def test_a_household_of_five_takes_as_many_queries_as_one_of_two(zhao, county):
    sample.policy(year=today().year)
    small, _two = family(2)
    large, _five = family(5, number="0002")

    def queries(home):
        with CaptureQueriesContext(connection) as seen:
            members_of(home, zhao)
        return len(seen)

    queries(small)  # whose duty it is, is asked once
    assert queries(small) == queries(large)


@pytest.mark.requirement("Y33")
def test_a_merged_household_stays_empty_and_an_old_roster_follows_it(zhao, county):
    old, (person,) = family(1)
    home, _others = family(1, number="0002")

    merge_households(old, home, by=zhao)
    load(zhao, [row(姓名=person.name, 证件号码=person.id_number, 户编号="0001", 组别="")])

    person.refresh_from_db()
    old.refresh_from_db()
    assert (person.household, old.merged_into) == (home, home)
    with pytest.raises(HouseholdIsMerged):
        merge_households(old, home, by=zhao)


def test_households_of_two_villages_are_not_merged(zhao, county):
    here, (person,) = family(1)
    there, _others = family(1, WANG_VILLAGE)

    with pytest.raises(OtherVillage):
        merge_households(here, there, by=zhao)

    person.refresh_from_db()
    assert person.household == here


def test_a_split_leaves_somebody_behind(zhao, county):
    home, (first, second) = family(2)

    with pytest.raises(SplitTakesEverybody):
        split_household(home, [first.pk, second.pk], number="0009", by=zhao)
    assert not Household.objects.filter(number="0009").exists()

    made = split_household(home, [second.pk], number="0009", by=zhao)
    second.refresh_from_db()
    assert (second.household, made.head_name) == (made, second.name)


@pytest.mark.requirement("Y33")
def test_people_without_a_household_are_listed_and_placed(zhao, as_user, county):
    person = sample.enrolled("没户的")
    page = reverse("enrollment:unplaced_people", args=[LI_VILLAGE])
    assert person.name in as_user(zhao).get(page).content.decode()

    as_user(zhao).post(
        reverse("enrollment:place_people", args=[LI_VILLAGE]),
        {"person": [person.pk], "number": "0007"},
    )

    person.refresh_from_db()
    assert person.household.number == "0007"
    with pytest.raises(OtherVillage):
        other = sample.enrolled("别村的", WANG_VILLAGE)
        place_people([person.pk, other.pk], number="0008", by=zhao)


@pytest.mark.requirement("Y33")
def test_lists_lead_from_the_county_to_the_person(lin, as_user, county):
    home, (person,) = family(1)
    browser = as_user(lin)

    for code, below in (("990100", EAST_BAY), (EAST_BAY, LI_VILLAGE)):
        page = browser.get(reverse("enrollment:area_households", args=[code])).content.decode()
        assert reverse("enrollment:area_households", args=[below]) in page
    village = browser.get(reverse("enrollment:area_households", args=[LI_VILLAGE]))
    assert reverse("enrollment:household", args=[home.pk]) in village.content.decode()
    one = browser.get(reverse("enrollment:household", args=[home.pk])).content.decode()
    assert reverse("enrollment:resident", args=[person.pk]) in one


@pytest.mark.requirement("Y33")
def test_payments_are_shown_beside_areas_households_and_people(zhao, mei, as_user, county):
    home, (payer, unpaid) = family(2)
    sample.policy()
    sample.posts_by_itself()
    sample.process(sample.payment_row(payer, amount="300"), by=mei)

    page = as_user(zhao).get(
        reverse("contributions:paid_marks"),
        {
            "area": LI_VILLAGE,
            "household": home.pk,
            "resident": [payer.pk, unpaid.pk],
            "year": sample.YEAR,
        },
    )

    words = page.content.decode()
    assert f'<span id="paid-area-{LI_VILLAGE}" hx-swap-oob="true">1</span>' in words
    assert "已缴 1 / 2" in words
    assert "300.00" in words


@pytest.mark.requirement("Y33")
def test_marks_follow_the_scheme_that_is_asked_for(zhao, mei, as_user, county):
    home, (payer, _other) = family(2)
    sample.policy()
    sample.policy(sample.SUPPLEMENTARY)
    sample.enrol(payer, sample.SUPPLEMENTARY)
    sample.posts_by_itself()
    sample.process(sample.payment_row(payer, amount="300"), by=mei)
    asked = {"household": home.pk, "year": sample.YEAR}

    def words(scheme):
        page = as_user(zhao).get(reverse("contributions:paid_marks"), asked | {"scheme": scheme})
        return page.content.decode()

    assert "已缴 1 / 2" in words(sample.BASIC)
    assert "1 人未缴" in words(sample.SUPPLEMENTARY)


@pytest.mark.requirement("Y33")
def test_lists_of_households_count_who_should_join_the_chosen_scheme(zhao, as_user, county):
    family(2)
    sample.policy(year=today().year)
    sample.policy(sample.SUPPLEMENTARY, year=today().year)
    sample.enrol(Resident.objects.first(), sample.SUPPLEMENTARY)
    address = reverse("enrollment:area_households", args=[LI_VILLAGE])

    basic = as_user(zhao).get(address).context
    other = as_user(zhao).get(f"{address}?scheme={sample.SUPPLEMENTARY}").context

    assert [line["to_join"] for line in basic["households"]] == [2]
    # Nobody owes the supplementary scheme: it is joined or not (M12).
    assert [line["to_join"] for line in other["households"]] == [0]
    assert "补充养老" in str(other["scheme_name"])


def test_marks_of_another_town_are_left_out(sun, as_user, county):
    home, (person,) = family(1)
    elsewhere, _people = family(1, STONE_VILLAGE)

    page = as_user(sun).get(
        reverse("contributions:paid_marks"),
        {"area": LI_VILLAGE, "household": [home.pk, elsewhere.pk], "resident": person.pk},
    )

    words = page.content.decode()
    assert f"paid-household-{elsewhere.pk}" in words
    assert f"paid-household-{home.pk}" not in words
    assert "paid-area" not in words
    assert "paid-resident" not in words


def test_somebody_is_found_by_number_to_count_with_a_household(zhao, as_user, county):
    home, _people = family(1)
    guest = sample.enrolled("女婿", WANG_VILLAGE)
    browser = as_user(zhao)
    address = reverse("enrollment:join_household", args=[home.pk])

    refused = browser.post(address, {"join-number": id_number(), "join-why": "已婚"})
    browser.post(address, {"join-number": guest.id_number, "join-why": "已婚"})

    assert refused.status_code == 422
    assert Resident.objects.get(pk=guest.pk).joined.household == home
