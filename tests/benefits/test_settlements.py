"""Paying an account out, taking one over, and the statement of one person."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from benefits import moving, settling
from benefits.accounts import accounts_of
from benefits.models import AccountMove, Settlement
from enrollment.cases import open_case
from enrollment.models import Enrolment, Resident
from staff import approving
from tests import county
from tests.benefits import accounts
from tests.enrollment import casework


@pytest.fixture
def paid(county, gui_lan, mei):
    """张桂兰 has paid 300 yuan in March 2021, and the state has added 30."""
    county.posts_by_itself()
    county.policy()
    county.process(county.payment_row(gui_lan), by=mei)
    return gui_lan


@pytest.fixture
def reviewer(county):
    return county.staff("孟复核", "town_reviewer", county.EAST_BAY)


DEATH_DAY = date(2021, 5, 20)


def asked(resident, **fields):
    said = {"scheme_id": county.BASIC, "reason": "death", "settled_on": date(2021, 5, 20)}
    return Settlement(resident=resident, **said | fields)


def dies(resident):
    resident.life_status = Resident.LifeStatus.DEAD
    resident.save()


def test_an_heir_gets_everything_with_interest_up_to_the_month(paid, zhao, reviewer, qian):
    accounts.terms(2021)
    dies(paid)

    made = settling.propose_settlement(asked(paid, payee_name="李强"), by=zhao)
    approving.review(made, by=reviewer)
    settling.approve_settlement(made, by=qian)

    # Two months of 3% a year: 300 earns 1.50, 30 earns 0.15.
    lines = made.lines.order_by("source").values_list("source", "principal", "interest")
    assert list(lines) == [
        ("own", Decimal("300.00"), Decimal("1.50")),
        ("subsidy", Decimal("30.00"), Decimal("0.15")),
    ]
    assert made.amount == Decimal("331.65")
    assert not made.is_provisional
    assert [account.balance for account in accounts_of(paid)] == [Decimal("0.00")]


def test_before_the_rate_is_announced_the_last_one_stands_in_its_place(paid, zhao):
    last = accounts.terms(2020, "6")
    dies(paid)

    made = settling.propose_settlement(asked(paid), by=zhao)

    assert (made.terms, made.is_provisional) == (last, True)
    assert made.amount == Decimal("333.30")


def test_a_settlement_takes_nothing_until_somebody_else_has_approved_it(paid, zhao, reviewer):
    dies(paid)

    made = settling.propose_settlement(asked(paid), by=zhao)
    approving.review(made, by=reviewer)

    assert [account.balance for account in accounts_of(paid)] == [Decimal("330.00")]


def test_an_account_that_moved_since_is_sent_back(paid, zhao, reviewer, qian, mei):
    dies(paid)
    made = settling.propose_settlement(asked(paid), by=zhao)
    approving.review(made, by=reviewer)
    county.policy(scheme=county.SUPPLEMENTARY)
    arrived = accounts.move(paid, state="draft", received_on=date(2021, 4, 6), amount=80)
    arrived.sums.create(source="own", amount=80)
    accounts.decided(arrived, "approved")

    with pytest.raises(settling.AccountMovedSince):
        settling.approve_settlement(made, by=qian)

    made.refresh_from_db()
    assert made.state == "reviewed"


def test_whoever_is_still_enrolled_keeps_the_account(paid, zhao):
    with pytest.raises(settling.EnrolmentStillOpen):
        settling.propose_settlement(asked(paid, reason="moved_out"), by=zhao)

    assert not Settlement.objects.exists()


def test_an_account_is_closed_once(paid, zhao):
    dies(paid)
    settling.propose_settlement(asked(paid), by=zhao)

    with pytest.raises(settling.AccountSettledAlready):
        settling.propose_settlement(asked(paid), by=zhao)

    assert Settlement.objects.count() == 1


def test_months_paid_twice_come_back_without_what_the_state_added(paid, zhao, reviewer, qian):
    made = settling.propose_settlement(
        asked(paid, reason="overlap", overlap_year=2021, overlap_months=5), by=zhao
    )
    approving.review(made, by=reviewer)
    settling.approve_settlement(made, by=qian)

    (account,) = accounts_of(paid)
    assert made.amount == Decimal("125.00")
    assert account.balances == {"own": Decimal("175.00"), "subsidy": Decimal("30.00")}


def test_a_terminated_enrolment_without_money_has_nothing_to_settle(county, gui_lan, zhao):
    gui_lan.enrolments.update(status=Enrolment.Status.TERMINATED)

    with pytest.raises(settling.NothingInTheAccount):
        settling.propose_settlement(asked(gui_lan), by=zhao)

    assert not Settlement.objects.exists()


def test_the_fund_pays_once_and_only_what_was_approved(paid, zhao, reviewer, qian):
    dies(paid)
    made = settling.propose_settlement(asked(paid), by=zhao)
    payer = county.staff("方正", "finance")
    with pytest.raises(settling.NotApprovedYet):
        settling.note_payment(made, paid_on=date(2021, 6, 1), by=payer)
    approving.review(made, by=reviewer)
    settling.approve_settlement(made, by=qian)

    settling.note_payment(made, paid_on=date(2021, 6, 1), by=payer)
    with pytest.raises(settling.PaidOutAlready):
        settling.note_payment(made, paid_on=date(2021, 6, 2), by=payer)

    assert Settlement.objects.get().paid_on == date(2021, 6, 1)


def test_an_account_from_elsewhere_counts_once_its_money_is_here(gui_lan, zhao, reviewer, qian):
    move = moving.ask_for_account(
        AccountMove(
            resident=gui_lan,
            scheme_id=county.BASIC,
            from_place="邻样县",
            asked_on=date(2021, 1, 4),
        ),
        by=zhao,
    )
    with pytest.raises(moving.MoneyNotHere):
        moving.submit_move(move, by=zhao)
    days = {"letter_on": date(2021, 1, 8), "answered_on": date(2021, 2, 1)}

    moving.note_progress_of(
        move,
        days=days | {"received_on": date(2021, 2, 9)},
        years_paid=6,
        sums={"own": Decimal("1800.00"), "subsidy": Decimal("300.00")},
        by=zhao,
    )
    moving.submit_move(move, by=zhao)
    approving.review(move, by=reviewer)
    assert accounts_of(gui_lan) == []
    approving.approve(move, by=qian)

    (account,) = accounts_of(gui_lan)
    assert account.balances == {"own": Decimal("1800.00"), "subsidy": Decimal("300.00")}


def test_the_statement_shows_each_year_and_source(client, paid, zhao):
    client.force_login(zhao)

    page = client.get(f"/residents/{paid.pk}/account/").content.decode()

    assert "330.00" in page
    assert "叁佰叁拾元整" in page
    assert paid.id_number not in page


def test_a_clerk_of_the_next_town_finds_no_account(client, paid, sun):
    client.force_login(sun)

    assert client.get(f"/residents/{paid.pk}/account/").status_code == 404


def test_a_clerk_settles_an_account_from_the_page(client, paid, zhao):
    dies(paid)
    client.force_login(zhao)
    said = {"scheme_id": 1, "reason": "death", "settled_on": "2021-05-20"}

    refused = client.post(f"/residents/{paid.pk}/settle/", said)
    heir = {"payee_name": "李强", "payee_relation": "儿子"}
    made = client.post(f"/residents/{paid.pk}/settle/", said | heir, follow=True)

    assert "继承人" in refused.content.decode()
    assert refused.status_code == 422
    assert "330.00" in made.content.decode()


# --- Beside the case that ended the enrolment -----------------------------------------------------


def test_a_case_shows_what_the_account_comes_to_on_its_day(as_user, paid, zhao):
    accounts.terms(2021)
    made = open_case(
        "death",
        paid,
        {"life_status": "dead"},
        by=zhao,
        happened_on=date(2021, 5, 20),
        balance_amount=Decimal("300.00"),
    )

    page = as_user(zhao).get(reverse("enrollment:case", args=[made.pk])).content.decode()
    address = reverse("benefits:case_account", args=[made.pk])
    part = as_user(zhao).get(address).content.decode()

    assert address in page
    assert "331.65" in part
    assert "① 填的是 300.00 元，账户是 331.65 元" in part


def test_medical_insurance_has_no_account_and_nothing_to_settle(as_user, paid, zhao, mei):
    data_admin = county.staff("梅雨", "data_admin")
    county.medical_policy()
    county.switch_on()
    county.enrol(paid, county.MEDICAL)
    county.process(
        county.payment_row(paid, item="城乡居民基本医疗保险费", amount="280"),
        by=mei,
        name="医保.csv",
    )
    case = open_case("death", paid, {"life_status": "dead"}, by=zhao, happened_on=DEATH_DAY)

    assert county.transfers(scheme_id=county.MEDICAL).count() == 1
    assert [one.scheme_id for one in accounts_of(paid)] == [county.BASIC]
    part = as_user(zhao).get(reverse("benefits:case_account", args=[case.pk])).content.decode()
    assert "280" not in part
    assert "居民养老" in part
    form = as_user(data_admin).get(reverse("benefits:new_terms")).context["form"]
    assert [number for number, _name in form.fields["scheme_id"].choices] == [1, 2]


def test_a_settlement_names_the_case_and_the_case_the_settlement(as_user, paid, zhao, sun):
    case = open_case("death", paid, {"life_status": "dead"}, by=zhao, happened_on=DEATH_DAY)
    dies(paid)
    made = settling.propose_settlement(asked(paid), by=zhao)
    frame = reverse("benefits:case_account", args=[case.pk])

    assert settling.case_of(made) == case
    page = as_user(zhao).get(reverse("benefits:settlement", args=[made.pk])).content.decode()
    assert case.number in page
    assert (
        reverse("benefits:settlement", args=[made.pk]) in as_user(zhao).get(frame).content.decode()
    )
    assert as_user(sun).get(frame).status_code == 404


def test_an_approved_case_leads_to_its_settlement_filled_in(as_user, paid, zhao, qian):
    case = casework.approved(
        "death",
        paid,
        {"life_status": "dead", "status_1": "terminated"},
        by=zhao,
        approver=qian,
        happened_on=DEATH_DAY,
    )

    part = as_user(zhao).get(reverse("benefits:case_account", args=[case.pk])).content.decode()
    address = re.search(r'href="([^"]*/settle/[^"]*)"', part)[1].replace("&amp;", "&")
    form = as_user(zhao).get(address).context["form"]

    assert (form["reason"].value(), form["settled_on"].value()) == ("death", "2021-05-20")
