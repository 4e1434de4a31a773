"""For a held row: which rule stopped it, with the article that rule rests on."""

from datetime import date

import pytest

from contributions.models import FeedRow, PaymentException
from contributions.stopping import rules_that_stopped
from enrollment.models import Resident

pytestmark = pytest.mark.django_db


def stops(code):
    held = PaymentException.objects.get(code=code)
    row = FeedRow.objects.get(feed_id=held.feed_id, row_no=held.row_no)
    resident = Resident.objects.filter(pk=held.resident_id).first()
    return [(stop.sentence, stop.source) for stop in rules_that_stopped(held, row, resident)]


def stranger(county, **fields):
    born_on = date(1975, 3, 2)
    return Resident(
        name="新来的",
        id_number=county.id_number(),
        village_code=county.LI_VILLAGE,
        born_on=born_on,
        **fields,
    )


def test_a_person_in_no_registry_is_told_what_joining_asks(open_county, mei):
    open_county.process(open_county.payment_row(stranger(open_county)), by=mei)

    [(sentence, source), *_rest] = stops("E03")

    assert sentence.startswith("花名册里没有这个人，参保登记后才能缴费；参保条件：")
    assert "最低年龄 16 周岁" in sentence
    assert source.startswith("示政发〔2020〕1号")


def test_a_resident_who_has_not_joined_is_told_so(open_county, mei):
    resident = open_county.resident("王五")
    open_county.process(open_county.payment_row(resident), by=mei)

    assert stops("E03")[0][0].startswith("王五没有参加这个险种，参保登记后才能缴费")


def test_a_resident_of_another_county_is_told_which_condition_fails(open_county, mei):
    other = open_county.resident("外县人", "990200101201")
    open_county.process(open_county.payment_row(other), by=mei)

    [(sentence, _source)] = stops("E04")

    assert sentence.startswith("已在外县区登记")


def test_a_second_payment_names_the_first_one(open_county, mei, gui_lan):
    open_county.process(open_county.payment_row(gui_lan, amount="300"), by=mei)
    open_county.process(open_county.payment_row(gui_lan, amount="200"), by=mei, name="二.csv")

    [(sentence, source)] = stops("E06")

    assert "缴 300 元" in sentence
    assert "一年一次，多次缴费不合并" in sentence
    assert source.startswith("示政发〔2020〕1号")


def test_a_second_row_of_the_same_file_is_told_of_the_row_before(open_county, mei, gui_lan):
    rows = [open_county.payment_row(gui_lan, amount=amount) for amount in ("300", "200")]
    open_county.process(*rows, by=mei)

    assert "缴 300 元" in stops("E06")[0][0]
