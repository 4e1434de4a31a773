"""Who may have been meant by a row that could not be posted, and why."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contributions.matching import find_candidates, number_likeness
from contributions.models import PaymentException
from enrollment.models import Resident
from tests import county as people

pytestmark = pytest.mark.django_db


def match_of(exception, staff):
    return find_candidates([exception], staff=staff)[exception.pk]


def held(county, by, person, name="税务导出.csv", **changes):
    feed = county.process(county.payment_row(person, **changes), by=by, name=name)
    return PaymentException.objects.get(feed=feed)


def reasons(match):
    return [(candidate.resident.name, candidate.reasons) for candidate in match.candidates]


def swapped(number, place):
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]


def test_the_same_number_under_another_name_names_its_owner(open_county, mei, zhao, gui_lan):
    payer = Resident(name="张桂花", id_number=gui_lan.id_number, village_code=gui_lan.village_code)
    exception = held(open_county, mei, payer)

    match = match_of(exception, zhao)

    assert reasons(match) == [("张桂兰", ["same_id", "near_name", "same_town"])]
    assert match.best.is_owner
    assert match.best.words == "身份证号相同 · 姓名近似 · 同镇"


def test_two_digits_that_changed_places_are_found_by_the_name(open_county, mei, zhao):
    person = open_county.enrolled("张桂兰", number=people.id_number(date(1975, 3, 2), sequence=123))
    exception = held(open_county, mei, person, id=swapped(person.id_number, 14))

    match = match_of(exception, zhao)

    assert exception.code == "E01"
    (said,) = reasons(match)
    assert said[1][:2] == ["swapped", "same_name"]
    assert match.best.resident == person


def test_a_number_with_one_wrong_digit_and_a_right_tail_finds_its_person(open_county, mei, zhao):
    person = open_county.enrolled("张桂兰", born_on=date(1975, 3, 2))
    wrong = person.id_number[:9] + "6" + person.id_number[10:]
    exception = held(
        open_county,
        mei,
        Resident(name="张贵兰", id_number=wrong, village_code=person.village_code),
    )

    (said,) = reasons(match_of(exception, zhao))

    assert said[1][:2] == ["one_off", "near_name"]


def test_a_damaged_number_is_matched_by_its_first_fifteen_digits(open_county, mei, zhao, gui_lan):
    other = open_county.enrolled("张桂兰", people.STONE_VILLAGE, born_on=date(1960, 1, 1))
    exception = held(open_county, mei, gui_lan, id=open_county.damaged(gui_lan.id_number))

    match = match_of(exception, open_county.staff("方审批", "county_approver"))

    assert [candidate.resident for candidate in match.candidates] == [gui_lan, other]
    assert match.best.reasons[:2] == ["same_start", "same_name"]


def test_two_namesakes_alike_are_no_sure_match(open_county, mei, zhao):
    for _ in range(2):
        open_county.enrolled("王芳", born_on=date(1980, 5, 5))
    exception = held(
        open_county,
        mei,
        Resident(name="王芳", id_number="", village_code=people.LI_VILLAGE),
    )

    match = match_of(exception, zhao)

    assert len(match.candidates) == 2
    assert match.best is None


def test_a_second_payment_may_be_for_somebody_of_the_same_household(open_county, mei, zhao):
    home = open_county.household()
    payer = open_county.enrolled("张桂兰", household=home)
    wife = open_county.enrolled("李满仓", household=home)
    open_county.process(open_county.payment_row(payer), by=mei)
    exception = held(open_county, mei, payer, name="二.csv")

    match = match_of(exception, zhao)

    assert exception.code == "E06"
    assert ("李满仓", ["same_town", "same_household"]) in reasons(match)
    assert wife in [candidate.resident for candidate in match.candidates]


def test_people_of_other_towns_are_counted_and_not_named(open_county, mei, zhao, sun):
    person = open_county.enrolled("石大山", people.STONE_VILLAGE)
    exception = held(
        open_county,
        mei,
        Resident(name="石大川", id_number=person.id_number, village_code=people.STONE_VILLAGE),
    )

    assert match_of(exception, zhao).candidates == []
    assert match_of(exception, zhao).elsewhere == 1
    assert match_of(exception, sun).best.resident == person


def test_a_page_of_exceptions_takes_as_many_queries_as_one(open_county, mei, zhao):
    rows = []
    for number in range(20):
        person = open_county.enrolled(f"王{number:02d}")
        rows.append(open_county.payment_row(person, name=f"李{number:02d}"))
    open_county.process(*rows, by=mei)
    exceptions = list(PaymentException.objects.select_related("feed"))
    counts = []
    assert zhao.area_code
    for some in (exceptions[:1], exceptions):
        with CaptureQueriesContext(connection) as asked:
            assert len(find_candidates(some, staff=zhao)) == len(some)
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("number", "likeness"),
    [
        ("990101197503020011", "same_id"),
        ("990101197503020101", "swapped"),
        ("990101197503020012", "one_off"),
        ("990101197503020999", "same_start"),
        ("990101198811110011", ""),
        ("", ""),
    ],
)
def test_numbers_are_laid_beside_each_other_digit_by_digit(number, likeness):
    assert number_likeness(number, "990101197503020011") == likeness
