"""Paying an account out, taking one over, and the statement of one person."""

import re
import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from benefits import interest, moving, settling
from benefits.accounts import accounts_of
from benefits.models import AccountMove, InterestLine, Settlement
from contributions import refunding
from contributions.models import RefundRequest, Transfer
from enrollment.cases import open_case
from enrollment.models import Enrolment, Resident
from pension_portal.jobs import run_job
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


def test_who_came_back_and_ends_again_is_shown_what_is_there_now(paid, zhao, reviewer, qian):
    paid.enrolments.update(status=Enrolment.Status.TERMINATED)
    first = approved(asked(paid, reason="moved_out"), by=zhao, reviewer=reviewer, approver=qian)
    paid.enrolments.update(status=Enrolment.Status.ACTIVE)
    back = accounts.move(paid, state="draft", received_on=date(2021, 5, 6), amount=1200)
    back.sums.create(source="own", amount=1200)
    accounts.decided(back, "approved")
    case = open_case("death", paid, {"life_status": "dead"}, by=zhao, happened_on=DEATH_DAY)

    (now,) = settling.accounts_of_case(case)

    assert (now.pk, now.amount) == (None, Decimal("1200.00"))
    assert settling.case_of(first) is None
    dies(paid)
    second = approved(asked(paid), by=zhao, reviewer=reviewer, approver=qian)
    assert [one.pk for one in settling.accounts_of_case(case)] == [second.pk]
    assert settling.case_of(second) == case
    assert set(parts_of(paid).values()) == {Decimal("0.00")}


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


# --- Money that goes both ways: refunds, reversals and payouts of one account ---------------------


def approved(made, *, by, reviewer, approver):
    made = settling.propose_settlement(made, by=by)
    approving.review(made, by=reviewer)
    return settling.approve_settlement(made, by=approver)


def refund_of(person, *, by):
    transfer = county.transfers(resident=person).get()
    return refunding.refund_transfer(transfer, RefundRequest(cause="double"), by=by)


def parts_of(person):
    """The sum of all that moved, by scheme and source: the books of one person."""
    return {
        (account.scheme_id, source): balance
        for account in accounts_of(person)
        for source, balance in account.balances.items()
    }


def test_what_an_overlap_paid_back_is_not_refunded_as_well(paid, zhao, reviewer, qian):
    approved(
        asked(paid, reason="overlap", overlap_year=2021, overlap_months=6),
        by=zhao,
        reviewer=reviewer,
        approver=qian,
    )

    with pytest.raises(settling.PaidOutOfTheAccount) as refused:
        refund_of(paid, by=zhao)

    assert str(refused.value) == "张桂兰 的账户已清算返还（2021-05-20，已同意），这笔不能再退费。"
    assert not RefundRequest.objects.exists()


def test_while_a_refund_is_under_way_nothing_is_settled(paid, zhao, reviewer, qian):
    open_refund = refund_of(paid, by=zhao)
    dies(paid)

    with pytest.raises(settling.MoneyGoesBack):
        settling.propose_settlement(asked(paid), by=zhao)
    with pytest.raises(settling.MoneyGoesBack):
        settling.propose_settlement(
            asked(paid, reason="overlap", overlap_year=2021, overlap_months=6), by=zhao
        )

    approving.withdraw(open_refund, by=zhao)
    assert settling.propose_settlement(asked(paid), by=zhao).amount == Decimal("330.00")


def test_a_refund_that_a_settlement_overtook_is_neither_agreed_to_nor_paid(
    paid, zhao, reviewer, qian
):
    request = refund_of(paid, by=zhao)
    approving.review(request, by=reviewer)
    dies(paid)
    accounts.settlement(paid, state="approved")

    with pytest.raises(settling.PaidOutOfTheAccount):
        refunding.approve_refund(request, by=qian)


def test_a_refund_in_a_file_after_an_overlap_leaves_a_debt_that_the_statement_explains(
    client, paid, zhao, reviewer, qian, mei
):
    approved(
        asked(paid, reason="overlap", overlap_year=2021, overlap_months=6),
        by=zhao,
        reviewer=reviewer,
        approver=qian,
    )
    county.process(county.payment_row(paid, amount="-300"), by=mei, name="退费.csv")
    client.force_login(zhao)

    page = client.get(f"/residents/{paid.pk}/account/").content.decode()

    assert parts_of(paid) == {(1, "own"): Decimal("-150.00")}
    assert "付出的比账户里多 150.00 元，应追回" in page
    assert "与职工养老保险重复缴费" in page and "退费" in page
    with pytest.raises(settling.AccountOverdrawn):
        dies(paid)
        settling.propose_settlement(asked(paid), by=zhao)


def test_a_part_below_zero_is_made_up_for_and_the_account_ends_empty(paid, zhao, reviewer, qian):
    accounts.terms(2021)
    settled = accounts.settlement(
        paid, reason="overlap", overlap_year=2020, overlap_months=6, state="draft"
    )
    settled.lines.create(source="proxy", principal=Decimal("50.00"), interest=0)
    accounts.decided(settled, "approved")
    dies(paid)

    made = approved(asked(paid), by=zhao, reviewer=reviewer, approver=qian)

    assert [line.principal for line in made.lines.order_by("source")] == [300, -50, 30]
    assert set(parts_of(paid).values()) == {Decimal("0.00")}


def test_interest_credited_beyond_the_day_goes_back_with_the_settlement(paid, zhao, reviewer, qian):
    """Died in May 2021, known of in 2023: two years' interest had been credited by then."""
    for year, amount in ((2021, "6.75"), (2022, "9.20")):
        run = accounts.run(accounts.terms(year), state="approved")
        InterestLine.objects.create(
            county_code=county.COUNTY,
            run_id=run.pk,
            resident_id=paid.pk,
            source="own",
            scheme_id=county.BASIC,
            year=year,
            village_code=paid.village_code,
            opening=0,
            paid_in=0,
            amount=amount,
        )
    accounts.run(accounts.terms(2020), state="approved")
    dies(paid)

    made = approved(asked(paid), by=zhao, reviewer=reviewer, approver=qian)

    own = made.lines.get(source="own")
    assert (own.principal, own.interest) == (Decimal("315.95"), Decimal("-14.45"))
    assert made.amount == Decimal("331.65")
    assert set(parts_of(paid).values()) == {Decimal("0.00")}


def test_an_overlap_gives_back_what_a_collective_paid_and_not_what_the_state_did(paid, zhao):
    own = county.transfers().get()
    Transfer.objects.create(
        **{name: getattr(own, name) for name in ("county_code", "year", "scheme_id", "resident")},
        **{name: getattr(own, name) for name in ("village_code", "paid_on", "treasury_on")},
        id=own.id + 1000,
        kind="aid",
        source="aid",
        amount=100,
        people=0,
        from_account="sponsor",
        to_account="personal_aid",
        natural_key=uuid.uuid4(),
        posted_at=own.posted_at,
    )
    made = settling.propose_settlement(
        asked(paid, reason="overlap", overlap_year=2021, overlap_months=6), by=zhao
    )

    assert list(made.lines.order_by("source").values_list("source", "principal")) == [
        ("collective", Decimal("50.00")),
        ("own", Decimal("150.00")),
    ]


def test_who_came_back_may_be_settled_again_and_earns_only_what_is_new(paid, zhao, reviewer, qian):
    accounts.terms(2021)
    paid.enrolments.update(status=Enrolment.Status.TERMINATED)
    approved(asked(paid, reason="moved_out"), by=zhao, reviewer=reviewer, approver=qian)
    paid.enrolments.update(status=Enrolment.Status.ACTIVE)
    back = accounts.move(paid, state="draft", received_on=date(2021, 6, 6), amount=1200)
    back.sums.create(source="own", amount=1200)
    accounts.decided(back, "approved")
    dies(paid)

    again = approved(
        asked(paid, settled_on=date(2021, 8, 1)), by=zhao, reviewer=reviewer, approver=qian
    )

    # Two months of 3% a year on what came back; the 1.50 of before was paid with the first.
    own = again.lines.get(source="own")
    assert (own.principal, own.interest) == (Decimal("1200.00"), Decimal("6.00"))
    assert set(parts_of(paid).values()) == {Decimal("0.00")}
    with pytest.raises(settling.NothingInTheAccount):
        settling.propose_settlement(asked(paid, settled_on=date(2021, 8, 1)), by=zhao)


def test_interest_passes_over_who_is_gone_and_not_who_came_back(
    settings, paid, zhao, reviewer, qian
):
    gone = county.enrolled("走的人")
    for person in (paid, gone):
        move = accounts.move(person, state="draft", received_on=date(2020, 6, 6), amount=1000)
        move.sums.create(source="own", amount=1000)
        accounts.decided(move, "approved")
        person.enrolments.update(status=Enrolment.Status.TERMINATED)
        settled = asked(person, reason="moved_out", settled_on=date(2021, 5, 20))
        approved(settled, by=zhao, reviewer=reviewer, approver=qian)
    paid.enrolments.update(status=Enrolment.Status.ACTIVE)
    settings.PORTAL_TODAY = "2022-01-05"
    accounts.terms(2021)

    run = interest.start_run(
        accounts.InterestTerms.objects.get(year=2021), by=county.staff("梅雨", "data_admin")
    )
    run_job(run.job_id)

    credited = InterestLine.objects.filter(run_id=run.pk).values_list("resident_id", flat=True)
    assert gone.pk not in set(credited)


def test_the_sums_alone_are_no_agreement_to_their_parts(paid, zhao, reviewer, qian):
    dies(paid)
    made = settling.propose_settlement(asked(paid), by=zhao)
    approving.review(made, by=reviewer)
    for source, amount in (("own", 10), ("proxy", -10)):
        moved = accounts.move(paid, state="draft", received_on=date(2021, 4, 6), amount=10)
        moved.sums.create(source=source, amount=abs(amount))
        accounts.decided(moved, "approved")
    taken = accounts.settlement(
        paid, reason="overlap", overlap_year=2020, overlap_months=6, state="draft"
    )
    taken.lines.create(source="proxy", principal=Decimal("20.00"), interest=0)
    accounts.decided(taken, "approved")

    with pytest.raises(settling.AccountMovedSince):
        settling.approve_settlement(made, by=qian)


def test_a_closed_account_pays_no_overlap_out_again(paid, zhao, reviewer, qian):
    dies(paid)
    approved(asked(paid), by=zhao, reviewer=reviewer, approver=qian)

    with pytest.raises(settling.NotInTheAccount) as refused:
        settling.propose_settlement(
            asked(paid, reason="overlap", overlap_year=2021, overlap_months=6), by=zhao
        )

    assert "个人缴费只有 0.00 元，不够返还 150.00 元" in str(refused.value)
