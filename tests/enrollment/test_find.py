"""Finding people in one box: every way a clerk types what they know, and a pasted list."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollment.finding import find
from enrollment.models import Resident
from enrollment.pasted import find_pasted
from enrollment.pinyin import read, segmentations
from staff.models import AuditEntry
from tests import county as sample
from tests.county import COUNTY, LI_VILLAGE, STONE_VILLAGE, WANG_VILLAGE

HITS = "/residents/hits/"
PASTED = "/residents/pasted/"


def person(name="张桂兰", village=LI_VILLAGE, **fields):
    """Make somebody as the portal registers them, with all that their name is found by."""
    return sample.named(name, village, **fields)


def found(staff, words):
    people = find(Resident.objects.visible_to(staff), words, staff.area_code)
    return [who.name for who in people]


# --- Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        *("zgl", "ZGL", "zhangguilan", "zhanggl", "zhang gui lan", "张桂兰", "张桂", "桂兰"),
        *("zgl 0017", "0017 zgl", "guilan 0017", "zgl ljc", "ljc zgl", "李家 张桂", "zgl dwz"),
    ],
)
def test_a_person_is_found_by_any_words_in_any_order(lin, words):
    person(number="990101197503020017")
    person("李小花", WANG_VILLAGE)

    assert found(lin, words) == ["张桂兰"]


@pytest.mark.parametrize("words", ["z'g'l", "zhang'gui'lan", "zhang'g", "张gui'lan", "张gl"])
def test_what_an_input_method_shows_while_it_composes_finds_too(lin, words):
    person()
    person("李小花")

    assert found(lin, words) == ["张桂兰"]


@pytest.mark.parametrize("words", ["sgl", "dgl", "shanguilan", "danguilan", "dan'gui"])
def test_a_surname_with_two_readings_is_found_by_either_in_full(lin, words):
    person("单桂兰")

    assert found(lin, words) == ["单桂兰"]


def test_a_surname_of_two_characters_has_its_own_reading(lin):
    person("尉迟恭")

    assert read("尉迟恭").pinyin == "yu chi gong"
    assert found(lin, "ycg") == found(lin, "weichigong") == ["尉迟恭"]


def test_letters_are_taken_apart_in_every_way():
    assert segmentations("xian") == [["xian"], ["xia", "n"], ["xi", "an"], ["xi", "a", "n"]]
    assert segmentations("zhangjg")[0] == ["zhang", "j", "g"]
    assert segmentations("zjg") == []


def test_a_village_is_named_only_beside_another_word(lin):
    person()

    assert found(lin, "ljc") == []
    assert found(lin, "李家村 张") == ["张桂兰"]


def test_the_shortest_name_stands_first(lin):
    person("张桂兰英")
    person("张桂兰")

    assert found(lin, "zgl") == ["张桂兰", "张桂兰英"]


def test_a_clerk_finds_nobody_of_the_next_town(sun):
    person()

    assert found(sun, "zgl") == found(sun, "zgl ljc") == []


def test_a_search_takes_as_many_statements_for_200_people_as_for_one(lin):
    person()
    found(lin, "zgl")
    with CaptureQueriesContext(connection) as one:
        found(lin, "zgl ljc")
    for _number in range(20):
        person()

    with CaptureQueriesContext(connection) as many:
        found(lin, "zgl ljc")

    assert len(many) == len(one)


# --- The box --------------------------------------------------------------------------------------


def test_the_box_shows_the_first_hit_as_chosen(as_user, lin):
    shown = person()

    page = as_user(lin).post(HITS, {"q": "zgl"}).content.decode()

    assert f'data-hit="/residents/{shown.pk}/" aria-selected="true"' in page
    assert shown.id_number not in page


def test_the_box_says_why_a_number_is_nobodys(as_user, zhao):
    page = as_user(zhao).post(HITS, {"q": "990101197503020018"}).content.decode()

    assert "身份证号最后一位对不上" in page
    assert "990101197503020018" not in page


def test_a_full_number_is_kept_out_of_the_history(as_user, lin):
    number = person().id_number

    answer = as_user(lin).get("/residents/", {"q": number}, headers={"HX-Request": "true"})

    assert answer["HX-Push-Url"] == "false"


# --- A pasted list --------------------------------------------------------------------------------


def test_a_pasted_list_finds_everybody_and_says_why_the_others_are_unknown(zhao):
    mine = person()
    next_town = person("李小花", STONE_VILLAGE)
    nobody = sample.id_number(date(1980, 1, 1))
    text = f"张桂兰\t{mine.id_number}\n{next_town.id_number}\n{nobody}\n990101197503020018\n"

    sought = find_pasted(text + mine.id_number, by=zhao)

    assert [one.resident for one in sought] == [mine, None, None, None, None]
    assert [one.reason for one in sought] == [
        "",
        "在西岭镇登记，需要时联系该乡镇",
        "本县没有此人的档案，可新增参保",
        "身份证号最后一位对不上，应核对第 17、18 位",
        "与第 1 个号码相同，只列一次",
    ]
    assert AuditEntry.objects.get(action="find_pasted").detail == {"rows": 5, "found": 1}


def test_a_list_of_200_takes_as_many_statements_as_one(zhao):
    numbers = [person().id_number for _n in range(30)]
    find_pasted(numbers[0], by=zhao)
    with CaptureQueriesContext(connection) as one:
        find_pasted(numbers[0], by=zhao)

    with CaptureQueriesContext(connection) as many:
        find_pasted("\n".join(numbers), by=zhao)

    assert len(many) == len(one)


def test_the_page_shows_no_number_in_full(as_user, lin):
    number = person().id_number

    page = as_user(lin).post(PASTED, {"numbers": f"{number}\n990101197503020018"})

    assert "张桂兰" in page.content.decode()
    assert number not in page.content.decode()
    assert "找到 1 人，未找到 1 个号码" in page.content.decode()


def test_a_list_without_numbers_is_sent_back_with_its_reason(as_user, lin):
    page = as_user(lin).post(PASTED, {"numbers": "张桂兰"}).content.decode()

    assert "没有认出证件号码" in page
    assert AuditEntry.objects.filter(action="find_pasted").count() == 0


def test_the_county_finds_people_of_every_town(lin):
    assert lin.area_code == COUNTY
    person(village=STONE_VILLAGE)

    assert found(lin, "zgl") == ["张桂兰"]
