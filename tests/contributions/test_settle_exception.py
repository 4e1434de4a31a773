"""A held row is accepted, set aside or put back by somebody of its town, and the control strip
follows.
"""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import Workbook

from contributions.errors import (
    ExceptionAlreadySettled,
    ExceptionStillHeld,
    ReasonMissing,
    SeveralReasons,
)
from contributions.judging import strip_of
from contributions.models import PaymentException
from contributions.settling import accept_exception, set_aside_exception
from contributions.settling_several import settle_several
from contributions.undoing import put_back_exception
from enrollment.models import Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def misnamed(open_county, mei, gui_lan):
    """A payment of 张桂兰 under another name, held."""
    open_county.process(open_county.payment_row(gui_lan, name="张桂花"), by=mei)
    return PaymentException.objects.get()


def rows(feed):
    return {outcome: part["rows"] for outcome, part in strip_of(feed).items() if part["rows"]}


def test_an_accepted_row_is_posted(open_county, zhao, misnamed):
    settled = accept_exception(misnamed, by=zhao)

    assert (settled.state, settled.settled_by) == ("posted", zhao)
    assert open_county.transfers().get().amount == Decimal("300.00")
    assert rows(misnamed.feed) == {"posted": 1}


def test_accepting_one_objection_shows_the_next(open_county, mei, zhao, gui_lan):
    open_county.process(open_county.payment_row(gui_lan), by=mei)
    open_county.process(open_county.payment_row(gui_lan, name="张桂花"), by=mei, name="二.csv")
    exception = PaymentException.objects.get()

    settled = accept_exception(exception, by=zhao)

    assert (settled.state, settled.code) == ("open", "E06")
    assert rows(exception.feed) == {"held": 1}


def test_what_can_only_be_mended_at_its_source_is_refused_until_it_is(open_county, mei, zhao):
    stranger = Resident(
        name="新来的", id_number=open_county.id_number(), village_code="990100101201"
    )
    open_county.process(open_county.payment_row(stranger), by=mei)
    exception = PaymentException.objects.get()

    with pytest.raises(ExceptionStillHeld, match="缴费未参保"):
        accept_exception(exception, by=zhao)
    assert not open_county.transfers().exists()

    open_county.enrolled("新来的", number=stranger.id_number)
    accept_exception(exception, by=zhao)
    assert open_county.transfers().count() == 1


def test_a_damaged_id_is_posted_to_the_suggested_resident(open_county, mei, zhao, gui_lan):
    damaged = open_county.damaged(gui_lan.id_number)
    open_county.process(open_county.payment_row(gui_lan, id=damaged), by=mei)
    exception = PaymentException.objects.get()
    assert (exception.code, exception.suggestion) == ("E01", "name_and_town")

    accept_exception(exception, by=zhao)

    assert open_county.transfers().get().resident == gui_lan


def test_a_number_cell_is_no_number_even_if_the_registry_has_what_is_left_of_it(
    open_county, mei, zhao
):
    numbers = (open_county.id_number(sequence=sequence) for sequence in range(1000))
    whole = next(number for number in numbers if number.endswith("00"))
    person = open_county.enrolled("张桂兰", number=whole)
    book = Workbook()
    book.active.append(open_county.HEADER.split(","))
    book.active.append([float(whole), *open_county.payment_row(person).split(",")[1:]])
    file = io.BytesIO()
    book.save(file)
    open_county.process(by=mei, content=file.getvalue(), name="税务导出.xlsx")
    exception = PaymentException.objects.get()
    assert exception.code == "E01"

    accept_exception(exception, by=zhao, resident=person)

    assert open_county.transfers().get().resident == person


def test_a_row_set_aside_can_be_put_back(open_county, zhao, misnamed):
    set_aside_exception(misnamed, by=zhao, reason="他县参保，已请税务退费")
    assert rows(misnamed.feed) == {"set_aside": 1}

    put_back_exception(misnamed, by=zhao)

    misnamed.refresh_from_db()
    assert misnamed.state == "open"
    assert rows(misnamed.feed) == {"held": 1}


def test_setting_aside_without_a_reason_is_refused(zhao, misnamed):
    with pytest.raises(ReasonMissing):
        set_aside_exception(misnamed, by=zhao, reason="")

    misnamed.refresh_from_db()
    assert misnamed.state == "open"


def test_a_row_is_settled_once(open_county, zhao, misnamed):
    accept_exception(misnamed, by=zhao)

    with pytest.raises(ExceptionAlreadySettled, match="赵明"):
        accept_exception(misnamed, by=zhao)

    assert open_county.transfers().count() == 1


def test_two_payments_without_a_receipt_are_two_though_both_stand_in_the_first_row(
    open_county, mei, zhao, gui_lan
):
    """Without a receipt only the file and the row name a payment, also for a corrected number."""
    other = open_county.enrolled("石大山", open_county.LI_VILLAGE)
    for person in [gui_lan, other]:
        damaged = open_county.damaged(person.id_number)
        row = open_county.payment_row(person, id=damaged, receipt="")
        open_county.process(row, by=mei, name=f"{person.name}.csv")

    for exception in PaymentException.objects.all():
        assert accept_exception(exception, by=zhao).state == "posted"

    assert open_county.transfers().count() == 2


# --- Several at once --------------------------------------------------------------------------


@pytest.fixture
def three_misnamed(open_county, mei):
    """Three held payments under other names, the second of somebody moved away since."""
    people = [open_county.enrolled(name) for name in ("王一", "王二", "王三")]
    open_county.process(
        *[open_county.payment_row(person, name=f"李{person.name[1]}") for person in people], by=mei
    )
    Resident.objects.filter(pk=people[1].pk).update(life_status="dead")
    return list(PaymentException.objects.order_by("pk"))


def test_several_are_accepted_and_one_that_cannot_be_stops_no_other(
    open_county, zhao, three_misnamed
):
    first, _second, third = three_misnamed
    set_aside_exception(third, by=zhao, reason="另有其人")

    results = settle_several(three_misnamed, "accept", by=zhao)

    assert [exception.state for exception, _refusal in results] == ["posted", "open", "open"]
    assert results[1][0].code == "E09"
    assert [type(refusal) for _exception, refusal in results] == [
        type(None),
        type(None),
        ExceptionAlreadySettled,
    ]
    assert open_county.transfers().count() == 1
    assert rows(first.feed) == {"posted": 1, "held": 1, "set_aside": 1}
    assert open_county.balance() == 0


def test_several_are_set_aside_with_one_reason_and_put_back(zhao, three_misnamed):
    with pytest.raises(ReasonMissing):
        settle_several(three_misnamed, "set_aside", by=zhao, reason=" ")
    settle_several(three_misnamed, "set_aside", by=zhao, reason="他县参保")

    assert set(PaymentException.objects.values_list("state", "reason")) == {
        ("set_aside", "他县参保")
    }
    settle_several(PaymentException.objects.all(), "put_back", by=zhao)
    assert rows(three_misnamed[0].feed) == {"held": 3}


def test_several_reasons_are_not_settled_in_one_go(open_county, mei, zhao, gui_lan, misnamed):
    stranger = Resident(
        name="新来的", id_number=open_county.id_number(), village_code="990100101201"
    )
    open_county.process(open_county.payment_row(stranger), by=mei, name="二.csv")

    with pytest.raises(SeveralReasons):
        settle_several(PaymentException.objects.all(), "set_aside", by=zhao, reason="x")

    assert PaymentException.objects.open().count() == 2


def test_the_page_tells_of_each_ticked_row_what_became_of_it(
    client, open_county, zhao, sun, three_misnamed
):
    ticked = [exception.pk for exception in three_misnamed]
    address = reverse("contributions:settle_several")
    client.force_login(zhao)
    listed = client.get(reverse("contributions:exceptions"), {"code": "E02"}).content.decode()
    assert listed.count('name="exception"') == 3
    assert (
        'name="exception"' not in client.get(reverse("contributions:exceptions")).content.decode()
    )

    page = client.post(address, {"deed": "accept", "exception": ticked}).content.decode()

    assert "2 笔已处理，1 笔没有处理" in page
    assert "E09 不在缴费状态" in page
    assert client.post(address, {"deed": "accept"}).status_code == 400
    client.force_login(sun)
    assert client.post(address, {"deed": "put_back", "exception": ticked}).status_code == 400
    assert open_county.transfers().count() == 2


def test_a_refused_deed_is_told_beside_the_row(client, open_county, mei, zhao):
    stranger = Resident(
        name="新来的", id_number=open_county.id_number(), village_code="990100101201"
    )
    open_county.process(open_county.payment_row(stranger), by=mei)
    exception = PaymentException.objects.get()
    client.force_login(open_county.staff("方审批", "county_approver"))

    answer = client.post(reverse("contributions:accept", args=[exception.pk]))

    page = answer.content.decode()
    assert answer.status_code == ExceptionStillHeld.status
    assert "还不能入账：缴费未参保" in page
    assert "文件中的原样" in page
    answer = client.post(reverse("contributions:set_aside", args=[exception.pk]), {"reason": ""})
    assert "剔除要写明原因" in answer.content.decode()
    assert PaymentException.objects.open().count() == 1
