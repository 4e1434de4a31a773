"""Finding people and looking at one: who may, what is hidden, and what is on record."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment.errors import NothingToReveal, TooManyReveals
from enrollment.finding import find
from enrollment.models import Resident
from enrollment.revealing import MOST_AN_HOUR, reveal
from staff.models import AuditEntry, DutyKind
from tests import county as sample
from tests.county import EAST_BAY, LI_VILLAGE, STONE_VILLAGE, WANG_VILLAGE, id_number
from tests.enrollment.rosters import load, row

RESIDENTS = "/residents/"


person = sample.named


def found(staff, words):
    return {who.name for who in find(Resident.objects.visible_to(staff), words)}


# --- Finding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["张桂兰", "张", "zgl", "ZG", "zgl 0017", "张 0017", " 0017 zgl "]
)
def test_a_person_is_found_by_what_a_clerk_knows(lin, words):
    person(number="990101197503020017")
    person("李小花")

    assert found(lin, words) == {"张桂兰"}


def test_a_full_number_finds_its_person_even_among_namesakes(lin):
    mine, other = person(), person()

    assert list(find(Resident.objects.visible_to(lin), mine.id_number)) == [mine]
    assert list(find(Resident.objects.visible_to(lin), f" {other.id_number.lower()} ")) == [other]


def test_an_old_15_digit_number_finds_its_person(lin):
    number = id_number(date(1975, 3, 2))
    person(number=number)

    assert found(lin, number[:6] + number[8:17]) == {"张桂兰"}


def test_a_phone_finds_by_its_tail_and_as_a_whole(lin):
    load(lin, [row(联系电话="13812345678"), row(姓名="李小花", 联系电话="13900005678")])

    assert found(lin, "5678") == {"张桂兰", "李小花"}
    assert found(lin, "13812345678") == {"张桂兰"}


def test_a_surname_with_two_readings_is_found_by_either(lin):
    person("单桂兰")

    assert found(lin, "sgl") == {"单桂兰"}
    assert found(lin, "dgl") == {"单桂兰"}


@pytest.mark.parametrize("words", ["张李", "zzz", "017", "99010119750302001", "9" * 40])
def test_words_that_fit_nobody_find_nobody(lin, words):
    person(number="990101197503020017")

    assert found(lin, words) == set()


def test_a_search_for_one_person_opens_the_person(as_user, lin):
    only = person()

    answer = as_user(lin).get(RESIDENTS, {"q": "zgl"})

    assert answer.status_code == 302
    assert answer.url == reverse("enrollment:resident", args=[only.pk])


def test_while_typing_the_list_is_swapped_and_nothing_opens(as_user, lin):
    person()

    answer = as_user(lin).get(RESIDENTS, {"q": "zgl"}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "张桂兰" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_the_list_masks_numbers(as_user, lin):
    shown = person()
    person("李小花")

    page = as_user(lin).get(RESIDENTS).content.decode()

    assert shown.id_number not in page
    assert f"990101********{shown.id_last4}" in page


def test_the_list_narrows_to_a_village(as_user, lin):
    person()
    person("李小花", WANG_VILLAGE)

    page = as_user(lin).get(RESIDENTS, {"area": WANG_VILLAGE}).content.decode()

    assert "李小花" in page
    assert "张桂兰" not in page


def test_an_area_of_another_county_is_not_to_choose(as_user, lin):
    page = as_user(lin).get(RESIDENTS).content.decode()

    assert "东湾镇" in page
    assert "邻湾镇" not in page


def test_200_people_take_as_many_statements_as_one(as_user, lin):
    client = as_user(lin)
    person()
    client.get(RESIDENTS)
    with CaptureQueriesContext(connection) as one:
        client.get(RESIDENTS)
    for _number in range(60):
        sample.identity(person("李小花", WANG_VILLAGE))

    with CaptureQueriesContext(connection) as many:
        client.get(RESIDENTS)

    assert len(many) == len(one)


def test_an_empty_registry_says_what_to_do(as_user, lin):
    assert "已有花名册的整批导入" in as_user(lin).get(RESIDENTS).content.decode()


# --- Who sees whom --------------------------------------------------------------------------------


def test_a_clerk_sees_the_own_town_and_never_the_next(as_user, zhao, sun):
    mine, others = person(), person("石大山", STONE_VILLAGE)

    assert found(zhao, "") == {"张桂兰"}
    assert found(sun, "") == {"石大山"}
    assert as_user(zhao).get(f"{RESIDENTS}{mine.pk}/").status_code == 200
    for who, whom in ((sun, mine), (zhao, others)):
        client = as_user(who)
        assert client.get(f"{RESIDENTS}{whom.pk}/").status_code == 404
        assert client.get(f"{RESIDENTS}{whom.pk}/hidden/id_number/").status_code == 404
        answer = client.post(
            f"{RESIDENTS}{whom.pk}/reveal/", {"what": "id_number", "reason": "visit"}
        )
        assert answer.status_code == 404
        assert whom.name not in client.get(RESIDENTS, {"q": whom.id_number}).content.decode()


@pytest.mark.parametrize("kind", [DutyKind.LEADER, DutyKind.FINANCE, DutyKind.DATA_ADMIN])
def test_duties_that_look_at_nobody_open_no_person(as_user, county, kind):
    who = sample.staff("无关", kind)
    shown = person()

    assert as_user(who).get(RESIDENTS).status_code == 403
    assert as_user(who).get(f"{RESIDENTS}{shown.pk}/").status_code == 403
    assert found(who, "") == set()


def test_the_household_shows_only_those_inside_the_own_area(as_user, zhao):
    home = sample.household()
    person(household=home)
    person("张小明", household=home)
    person("张外村", STONE_VILLAGE, household=home)

    page = as_user(zhao).get(f"{RESIDENTS}{Resident.objects.get(name='张桂兰').pk}/")

    assert "张小明" in page.content.decode()
    assert "张外村" not in page.content.decode()


# --- One person -----------------------------------------------------------------------------------


def test_the_page_says_year_tier_and_how_long_identities_hold(as_user, county, settings):
    settings.PORTAL_TODAY = "2021-03-20"
    zhao = sample.staff("赵明", DutyKind.TOWN_CLERK, EAST_BAY)
    shown = person(tier=500)
    sample.identity(shown, "disabled", grade=2, until=date(2020, 12, 31))

    page = as_user(zhao).get(f"{RESIDENTS}{shown.pk}/").content.decode()

    assert "2021 年度" in page
    assert "登记 500 元档" in page
    assert "残疾人 2级" in page
    assert "2020-01-01 ~ 2020-12-31" in page
    assert "已到期" in page
    assert "46 周岁" in page


def test_payments_and_subsidies_come_from_their_own_apps(as_user, zhao):
    shown = person()

    page = as_user(zhao).get(f"{RESIDENTS}{shown.pk}/").content.decode()

    for name in ("contributions:resident_payments", "subsidies:resident_entitlements"):
        address = reverse(name, args=[shown.pk])
        assert f'hx-get="{address}"' in page
        assert as_user(zhao).get(address).status_code == 200


def test_opening_a_person_is_on_record(as_user, zhao):
    shown = person()

    as_user(zhao).get(f"{RESIDENTS}{shown.pk}/")

    entry = AuditEntry.objects.get(action="view_person")
    assert (entry.staff, entry.subject) == (zhao, f"resident:{shown.pk}")
    assert entry.area_code == LI_VILLAGE


# --- Hidden numbers -------------------------------------------------------------------------------


def test_a_number_is_shown_in_full_for_a_reason_that_is_on_record(as_user, zhao):
    shown = person()
    client = as_user(zhao)
    assert shown.id_number not in client.get(f"{RESIDENTS}{shown.pk}/").content.decode()

    answer = client.post(
        f"{RESIDENTS}{shown.pk}/reveal/", {"what": "id_number", "reason": "payment"}
    )

    assert shown.id_number in answer.content.decode()
    assert 'hx-trigger="load delay:30s"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get(action="reveal_person")
    assert (entry.staff, entry.reason, entry.detail) == (zhao, "核对缴费", {"what": "id_number"})
    assert shown.id_number not in str(entry.detail)
    hidden = client.get(f"{RESIDENTS}{shown.pk}/hidden/id_number/").content.decode()
    assert shown.id_number not in hidden


@pytest.mark.parametrize("asked", [{}, {"what": "id_number"}, {"what": "name", "reason": "visit"}])
def test_without_a_reason_nothing_is_shown(as_user, zhao, asked):
    shown = person()

    answer = as_user(zhao).post(f"{RESIDENTS}{shown.pk}/reveal/", asked)

    assert answer.status_code == 422
    assert shown.id_number not in answer.content.decode()
    assert not AuditEntry.objects.filter(action="reveal_person").exists()


def test_the_twenty_first_number_in_an_hour_is_refused(as_user, zhao):
    shown = person()
    for _time in range(MOST_AN_HOUR):
        reveal(shown, "id_number", reason="visit", by=zhao)

    answer = as_user(zhao).post(
        f"{RESIDENTS}{shown.pk}/reveal/", {"what": "id_number", "reason": "visit"}
    )

    assert answer.status_code == TooManyReveals.status
    assert "一小时内已查看 20 次全号" in answer.content.decode()
    assert shown.id_number not in answer.content.decode()
    assert AuditEntry.objects.filter(action="reveal_person").count() == MOST_AN_HOUR
    assert AuditEntry.objects.filter(action="reveal_refused").count() == 1


def test_after_the_hour_numbers_are_shown_again(zhao, monkeypatch):
    shown = person()
    for _time in range(MOST_AN_HOUR):
        reveal(shown, "id_number", reason="visit", by=zhao)
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert reveal(shown, "id_number", reason="visit", by=zhao) == shown.id_number


def test_what_is_not_registered_cannot_be_shown(as_user, zhao):
    shown = person()

    with pytest.raises(NothingToReveal):
        reveal(shown, "phone", reason="call", by=zhao)

    answer = as_user(zhao).post(
        f"{RESIDENTS}{shown.pk}/reveal/", {"what": "phone", "reason": "call"}
    )
    assert answer.status_code == NothingToReveal.status
    assert not AuditEntry.objects.filter(action="reveal_person").exists()


def test_an_agent_looks_at_the_own_village_and_reveals_nothing(as_user, county):
    agent = sample.staff("协办", DutyKind.VILLAGE_AGENT, LI_VILLAGE)
    shown, next_door = person(), person("李小花", WANG_VILLAGE)
    client = as_user(agent)

    assert client.get(f"{RESIDENTS}{shown.pk}/").status_code == 200
    assert client.get(f"{RESIDENTS}{next_door.pk}/").status_code == 404
    answer = client.post(f"{RESIDENTS}{shown.pk}/reveal/", {"what": "id_number", "reason": "visit"})
    assert answer.status_code == 403
    assert shown.id_number not in answer.content.decode()


# --- Shared accounts ------------------------------------------------------------------------------


@pytest.mark.requirement("Y74")
def test_people_with_one_bank_account_are_listed_within_the_own_area(as_user, lin, zhao, sun):
    shared = "6217000000000000011"
    stone = {"乡镇（街道）": "西岭镇", "村（社区）": "石桥村"}
    load(
        lin,
        [
            row(姓名="张桂兰", 银行账号=shared),
            row(姓名="石大山", 银行账号=shared, **stone),
            row(姓名="王五", 银行账号="6217000000000000022"),
        ],
    )

    def listed(staff):
        page = as_user(staff).get("/residents/shared-accounts/").content.decode()
        return {name for name in ("张桂兰", "石大山", "王五") if name in page}

    assert listed(lin) == {"张桂兰", "石大山"}
    assert listed(zhao) == {"张桂兰"}
    assert listed(sun) == {"石大山"}
