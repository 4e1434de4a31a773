"""A held row is accepted, set aside or put back by somebody of its town, and the control strip
follows.
"""

from decimal import Decimal

import pytest

from contributions.errors import ExceptionAlreadySettled, ExceptionStillHeld, ReasonMissing
from contributions.judging import strip_of
from contributions.models import PaymentException
from contributions.settling import accept_exception, put_back_exception, set_aside_exception
from enrollment.models import Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_county(county):
    county.policy()
    county.posts_by_itself()
    return county


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
    damaged = gui_lan.id_number[:15] + "000"
    open_county.process(open_county.payment_row(gui_lan, id=damaged), by=mei)
    exception = PaymentException.objects.get()
    assert (exception.code, exception.suggestion) == ("E01", "name_and_town")

    accept_exception(exception, by=zhao)

    assert open_county.transfers().get().resident == gui_lan


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
        damaged = open_county.payment_row(person, id=person.id_number[:15] + "000", receipt="")
        open_county.process(damaged, by=mei, name=f"{person.name}.csv")

    for exception in PaymentException.objects.all():
        assert accept_exception(exception, by=zhao).state == "posted"

    assert open_county.transfers().count() == 2
