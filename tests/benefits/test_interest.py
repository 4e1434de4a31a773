"""Crediting a year's interest: the document's example, late money, reversals, and who decides."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import ProgrammingError, connection, transaction

from benefits import interest, settling
from benefits.accounts import accounts_of
from benefits.models import InterestLine, InterestRun, InterestTerms, Settlement
from contributions.posting import reverse_feed
from enrollment.models import Resident
from pension_portal.jobs import run_job
from staff import approving
from staff.exporting import order_export
from tests import county
from tests.benefits import accounts


@pytest.fixture
def posting(county):
    county.posts_by_itself()
    county.policy()


@pytest.fixture
def data_admin(county):
    return county.staff("梅雨", "data_admin")


@pytest.fixture
def finance(county):
    return county.staff("方正", "finance")


def credited(terms, *, by, finance, approver):
    """Run a year's interest through all three people; return the run."""
    run = interest.start_run(terms, by=by)
    run_job(run.job_id)
    run = InterestRun.objects.get(pk=run.pk)
    interest.submit_run(run, by=by)
    approving.review(run, by=finance)
    return approving.approve(run, by=approver)


def paid(gui_lan, mei, **changes):
    return county.process(county.payment_row(gui_lan, **changes), by=mei)


@pytest.mark.parametrize(
    ("starts", "amount"), [("next_month", "41.25"), ("next_year", "30.00"), ("same_month", "42.50")]
)
def test_a_thousand_from_before_and_five_hundred_of_march_earn_what_the_example_says(
    posting, gui_lan, mei, data_admin, finance, qian, starts, amount
):
    carried = accounts.move(gui_lan, state="draft", received_on=date(2020, 5, 6), amount=1000)
    carried.sums.create(source="own", amount=1000)
    accounts.decided(carried, "approved")
    paid(gui_lan, mei, amount="500")
    # What the state adds is a part of its own; here only own money is looked at.
    terms = accounts.terms(2021, starts=starts)

    run = credited(terms, by=data_admin, finance=finance, approver=qian)

    own = InterestLine.objects.get(run_id=run.pk, source="own")
    assert (own.opening, own.paid_in) == (Decimal(1000), Decimal(500))
    assert own.amount == Decimal(amount)


def test_an_account_shows_interest_once_its_run_is_approved(
    posting, gui_lan, mei, data_admin, finance, qian
):
    paid(gui_lan, mei)
    run = interest.start_run(accounts.terms(2021), by=data_admin)
    run_job(run.job_id)

    (before,) = accounts_of(gui_lan)
    run = InterestRun.objects.get(pk=run.pk)
    interest.submit_run(run, by=data_admin)
    approving.review(run, by=finance)
    approving.approve(run, by=qian)
    (after,) = accounts_of(gui_lan)

    # 300 own and 30 of the state, nine months at 3%.
    assert before.balance == Decimal("330.00")
    assert after.balances == {"own": Decimal("306.75"), "subsidy": Decimal("30.68")}
    assert after.years[0].interest == Decimal("7.43")
    assert run.amount == Decimal("7.43")


def test_running_a_year_again_credits_only_what_came_late(
    posting, gui_lan, mei, data_admin, finance, qian
):
    terms = accounts.terms(2021)
    paid(gui_lan, mei)
    first = credited(terms, by=data_admin, finance=finance, approver=qian)
    late = county.enrolled("李四")
    paid(late, mei)

    second = credited(terms, by=data_admin, finance=finance, approver=qian)
    third = credited(terms, by=data_admin, finance=finance, approver=qian)

    lines = InterestLine.objects.filter(run_id=second.pk)
    assert {line.resident_id for line in lines} == {late.pk}
    assert (first.amount, second.amount, third.amount) == (
        Decimal("7.43"),
        Decimal("7.43"),
        Decimal("0.00"),
    )


def test_a_reversed_payment_gives_its_interest_back(
    posting, gui_lan, mei, data_admin, finance, qian
):
    terms = accounts.terms(2021)
    feed = paid(gui_lan, mei)
    credited(terms, by=data_admin, finance=finance, approver=qian)
    reverse_feed(feed, by=qian, reason="文件发错")

    run = credited(terms, by=data_admin, finance=finance, approver=qian)

    assert run.amount == Decimal("-7.43")
    assert sum(account.balance for account in accounts_of(gui_lan)) == 0
    assert county.balance() == 0


def test_interest_earns_interest_in_the_next_year(posting, gui_lan, mei, data_admin, finance, qian):
    paid(gui_lan, mei)
    credited(accounts.terms(2021), by=data_admin, finance=finance, approver=qian)

    run = credited(accounts.terms(2022, "4"), by=data_admin, finance=finance, approver=qian)

    lines = InterestLine.objects.filter(run_id=run.pk).values_list("source", "opening", "amount")
    assert sorted(lines) == [
        ("own", Decimal("306.75"), Decimal("12.27")),
        ("subsidy", Decimal("30.68"), Decimal("1.23")),
    ]


def test_an_account_is_closed_only_with_last_years_interest_on_it(
    posting, gui_lan, mei, zhao, data_admin, finance, qian
):
    paid(gui_lan, mei)
    terms = accounts.terms(2021)
    Resident.objects.update(life_status=Resident.LifeStatus.DEAD)
    closing = {"scheme_id": county.BASIC, "reason": "death", "settled_on": date(2022, 2, 5)}

    with pytest.raises(settling.InterestNotCredited, match="2021 年的利息还没有结完"):
        settling.propose_settlement(Settlement(resident=gui_lan, **closing), by=zhao)
    assert not Settlement.objects.exists()
    credited(terms, by=data_admin, finance=finance, approver=qian)
    made = settling.propose_settlement(Settlement(resident=gui_lan, **closing), by=zhao)

    # 330 and 7.43 of 2021, and two months of 2022 on each part at last year's rate: 1.53 and 0.15.
    assert made.amount == Decimal("339.11")


def test_no_account_is_closed_while_a_run_that_credits_it_is_on_its_way(
    posting, gui_lan, mei, zhao, data_admin, finance, qian
):
    terms = accounts.terms(2021)
    paid(gui_lan, mei)
    credited(terms, by=data_admin, finance=finance, approver=qian)
    carried = accounts.move(gui_lan, state="draft", received_on=date(2021, 5, 6), amount=1000)
    carried.sums.create(source="own", amount=1000)
    accounts.decided(carried, "approved")
    run = interest.start_run(terms, by=data_admin)
    run_job(run.job_id)
    Resident.objects.update(life_status=Resident.LifeStatus.DEAD)
    closing = {"scheme_id": county.BASIC, "reason": "death", "settled_on": date(2022, 2, 5)}

    with pytest.raises(settling.InterestNotCredited):
        settling.propose_settlement(Settlement(resident=gui_lan, **closing), by=zhao)

    approving.withdraw(InterestRun.objects.get(pk=run.pk), by=data_admin)
    assert settling.propose_settlement(Settlement(resident=gui_lan, **closing), by=zhao)


def test_a_run_leaves_an_account_alone_that_was_closed_since(
    posting, gui_lan, mei, zhao, data_admin, finance, qian
):
    terms = accounts.terms(2021)
    paid(gui_lan, mei)
    credited(terms, by=data_admin, finance=finance, approver=qian)
    gui_lan.enrolments.update(status="terminated")
    accounts.settlement(gui_lan, state="approved", settled_on=date(2022, 2, 5))
    carried = accounts.move(gui_lan, state="draft", received_on=date(2021, 5, 6), amount=1000)
    carried.sums.create(source="own", amount=1000)
    accounts.decided(carried, "approved")

    assert credited(terms, by=data_admin, finance=finance, approver=qian).amount == 0


@pytest.mark.parametrize("people", [1, 40])
def test_a_run_takes_the_same_statements_however_many_accounts_there_are(
    posting, mei, data_admin, django_assert_max_num_queries, people
):
    rows = [county.payment_row(county.enrolled(f"甲{n}")) for n in range(people)]
    county.process(*rows, by=mei)
    run = interest.start_run(accounts.terms(2021), by=data_admin)

    class Straight:
        transaction = staticmethod(transaction.atomic)

    with django_assert_max_num_queries(14):
        interest.compute_run(run.pk, by=data_admin, run=Straight())

    assert InterestRun.objects.get(pk=run.pk).people == people


def test_the_year_must_be_over_and_its_rate_agreed_to(county, data_admin):
    with pytest.raises(interest.YearNotOver):
        interest.start_run(accounts.terms(2026), by=data_admin)
    with pytest.raises(interest.RateNotAgreed):
        interest.start_run(accounts.terms(2020, state="submitted"), by=data_admin)

    assert not InterestRun.objects.exists()


def test_a_year_has_one_rate_and_one_open_run(county, data_admin):
    terms = accounts.terms(2020)
    interest.start_run(terms, by=data_admin)

    with pytest.raises(interest.RunNotFinished):
        interest.start_run(terms, by=data_admin)
    with pytest.raises(interest.RateAnnouncedAlready):
        again = InterestTerms(
            county_code=county.COUNTY,
            scheme_id=county.BASIC,
            year=2020,
            rate=4,
            date_basis="paid",
            starts="next_year",
            rounding="down",
            document_no="示人社〔2021〕4号",
        )
        interest.propose_terms(again, by=data_admin)

    assert InterestTerms.objects.count() == 1


def test_whoever_computed_neither_reviews_nor_approves(county, data_admin, finance):
    run = interest.start_run(accounts.terms(2020), by=data_admin)
    run_job(run.job_id)
    run = InterestRun.objects.get(pk=run.pk)
    interest.submit_run(run, by=data_admin)

    with pytest.raises(Exception, match="本岗位"):
        approving.review(run, by=data_admin)

    assert InterestRun.objects.get(pk=run.pk).state == "submitted"


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_a_line_of_interest_is_never_changed(posting, gui_lan, mei, data_admin, deed):
    paid(gui_lan, mei)
    run = interest.start_run(accounts.terms(2021), by=data_admin)
    run_job(run.job_id)
    statements = {
        "update": "update benefits_interestline set amount = 0",
        "delete": "delete from benefits_interestline",
    }

    with pytest.raises(ProgrammingError), transaction.atomic():
        connection.cursor().execute(statements[deed])

    assert InterestLine.objects.count() == 2


def test_a_run_opens_down_to_its_accounts_and_leaves_as_a_list(
    client, posting, gui_lan, mei, data_admin, finance, qian, lin
):
    paid(gui_lan, mei)
    run = credited(accounts.terms(2021), by=data_admin, finance=finance, approver=qian)
    client.force_login(lin)
    page = client.get(f"/interest/runs/{run.pk}/?source=own").content.decode()

    wanted = order_export(
        "interest", lin.duty.area, f"run={run.pk}&source=own", form="xlsx", reason="核对", by=lin
    )
    run_job(wanted.job_id)
    wanted.refresh_from_db()
    rates = client.get("/interest/excel/")

    assert f"/residents/{gui_lan.pk}/account/" in page
    assert (wanted.rows, wanted.job.state) == (1, "done")
    assert rates.content[:2] == b"PK"
    client.force_login(finance)
    assert "张桂兰" not in client.get(f"/interest/runs/{run.pk}/").content.decode()
