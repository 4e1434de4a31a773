"""Money that goes back: asked for, agreed to by three, sent in a batch, paid or written off."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contributions import paying_refunds, refund_lists, refunding, taking_back
from contributions.errors import RefundsOfTheFile, ReversalNeedsReason
from contributions.models import (
    PaidDay,
    PaymentException,
    PaymentFeed,
    RefundBatch,
    RefundLine,
    RefundRequest,
    Reversal,
    Transfer,
)
from contributions.posting import reverse_feed
from contributions.settling import accept_exception
from pension_portal.clock import today
from pension_portal.files import read_file
from pension_portal.jobs import run_job
from pension_portal.models import Job
from staff import approving
from staff.audit import record
from staff.exporting import NobodyToExport, order_export
from subsidies.entitlements import entitlements_of
from tests import county as people

pytestmark = pytest.mark.django_db

Payment = RefundRequest.Payment


@pytest.fixture
def wu(county):
    """The reviewer of 东湾镇."""
    return county.staff("吴复核", "town_reviewer", people.EAST_BAY)


@pytest.fixture
def cashier(county):
    return county.staff("方正", "finance")


@pytest.fixture
def paid(open_county, gui_lan, mei):
    """张桂兰 paid 300 yuan for 2021."""
    open_county.process(open_county.payment_row(gui_lan), by=mei)
    return open_county.transfers().get()


def asked(transfer, *, by, cause="double"):
    wish = RefundRequest(cause=cause, payee_name="张桂兰", payee_account="6222021234567890")
    return refunding.refund_transfer(transfer, wish, by=by)


def agreed(request, *, wu, qian):
    return refunding.approve_refund(approving.review(request, by=wu), by=qian)


@pytest.fixture
def agreed_refund(paid, zhao, wu, qian):
    return agreed(asked(paid, by=zhao), wu=wu, qian=qian)


def payers_of_the_county():
    days = PaidDay.objects.filter(area_code=people.COUNTY, scheme_id=people.BASIC)
    return sum(day.people for day in days), sum(day.amount for day in days)


# --- After posting: the fund ------------------------------------------------------------------


def test_a_paid_refund_leaves_the_ledger_and_points_at_the_payment(
    agreed_refund, paid, gui_lan, cashier
):
    batch = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)

    paying_refunds.note_paid(batch, [batch.lines.get().pk], paid_on=date(2021, 3, 15), by=cashier)

    back = Transfer.objects.get(kind="refund")
    assert (back.reverses_id, back.amount, back.people) == (paid.id, 300, -1)
    assert (back.from_account, back.to_account) == ("personal", "payer")
    assert payers_of_the_county() == (0, 0)
    agreed_refund.refresh_from_db()
    assert (agreed_refund.payment, agreed_refund.paid_on) == ("paid", date(2021, 3, 15))
    assert people.balance() == 0


@pytest.mark.requirement("A17")
def test_the_subsidy_of_a_refunded_payment_no_longer_stands(agreed_refund, gui_lan, cashier):
    before = [row["amount"] for row in entitlements_of(gui_lan)]
    batch = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)

    paying_refunds.note_paid(batch, [batch.lines.get().pk], paid_on=date(2021, 3, 15), by=cashier)
    run_job(Job.objects.get(kind="ledger_changed").pk)

    assert (before, entitlements_of(gui_lan)) == ([Decimal("30.00")], [])
    assert people.balance() == 0


def test_who_paid_twice_counts_still_when_one_goes_back(
    open_county, paid, gui_lan, mei, zhao, wu, qian, cashier
):
    second = people.payment_row(gui_lan, amount="500")
    open_county.process(second, by=mei, name="第二份.csv")
    PaymentException.objects.update(code="E06")
    accept_exception(PaymentException.objects.get(), by=zhao, reason="已核实")
    agreed(asked(paid, by=zhao), wu=wu, qian=qian)
    batch = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)

    paying_refunds.note_paid(batch, [batch.lines.get().pk], paid_on=date(2021, 3, 15), by=cashier)

    assert payers_of_the_county() == (1, 500)
    assert people.balance() == 0


def test_nothing_leaves_the_ledger_before_the_money_has_gone(agreed_refund, cashier):
    paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)

    assert people.transfers().count() == 1
    assert payers_of_the_county() == (1, 300)


def test_a_refund_is_asked_for_once(paid, zhao):
    asked(paid, by=zhao)

    with pytest.raises(refunding.RefundAskedAlready):
        asked(paid, by=zhao)

    assert RefundRequest.objects.count() == 1


def test_a_refund_is_not_paid_before_its_payment(agreed_refund, paid, cashier):
    batch = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)

    with pytest.raises(paying_refunds.RefundedBeforePaid):
        paying_refunds.note_paid(
            batch, [batch.lines.get().pk], paid_on=date(2021, 3, 4), by=cashier
        )

    assert batch.lines.get().result == "sent"
    assert not Transfer.objects.filter(kind="refund").exists()


def test_a_refund_is_sent_once_and_paid_once(agreed_refund, cashier):
    batch = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)
    line = batch.lines.get()

    with pytest.raises(paying_refunds.NoRefundToPay):
        paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)
    paying_refunds.note_paid(batch, [line.pk], paid_on=date(2021, 3, 15), by=cashier)
    with pytest.raises(paying_refunds.LinesNotOnTheirWay):
        paying_refunds.note_paid(batch, [line.pk], paid_on=date(2021, 3, 15), by=cashier)

    assert RefundBatch.objects.count() == 1
    assert Transfer.objects.filter(kind="refund").count() == 1
    assert people.balance() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        RefundLine.objects.create(batch=batch, request=agreed_refund, amount=300)


def test_what_a_file_refunded_meanwhile_is_not_paid_again(
    open_county, agreed_refund, gui_lan, mei, cashier
):
    batch = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)
    row = people.payment_row(gui_lan, amount="-300", type="20")
    open_county.process(row, by=mei, name="退费.csv")

    with pytest.raises(taking_back.TakenBackAlready):
        paying_refunds.note_paid(
            batch, [batch.lines.get().pk], paid_on=date(2021, 3, 15), by=cashier
        )

    assert batch.lines.get().result == "sent"
    assert Transfer.objects.filter(kind="refund").count() == 1
    assert people.balance() == 0


def test_a_file_is_not_taken_back_while_one_of_its_refunds_is_under_way(
    agreed_refund, paid, qian, zhao, cashier
):
    feed = PaymentFeed.objects.get()
    batch = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)

    with pytest.raises(RefundsOfTheFile) as refused:
        reverse_feed(feed, by=qian, reason="传错文件")

    assert "1 笔退费在办" in str(refused.value)
    assert Transfer.objects.filter(kind="reversal").count() == 0
    paying_refunds.note_paid(batch, [batch.lines.get().pk], paid_on=date(2021, 3, 15), by=cashier)
    assert reverse_feed(feed, by=qian, reason="传错文件") == 0
    assert people.balance() == 0


def test_a_file_taken_back_leaves_what_the_fund_refunded_alone(agreed_refund, paid, qian, cashier):
    batch = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)
    paying_refunds.note_paid(batch, [batch.lines.get().pk], paid_on=date(2021, 3, 15), by=cashier)
    written = reverse_feed(PaymentFeed.objects.get(), by=qian, reason="传错文件")

    assert written == 0
    assert payers_of_the_county() == (0, 0)
    assert people.balance() == 0


def test_whoever_asked_does_not_agree(county, paid, wu, zhao):
    request = asked(paid, by=wu)

    with pytest.raises(approving.SamePerson):
        approving.review(request, by=wu)

    assert RefundRequest.objects.get().state == "submitted"


# --- Failed, again, written off ---------------------------------------------------------------


def test_a_failed_refund_goes_out_in_the_next_batch(agreed_refund, cashier):
    first = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)
    paying_refunds.note_failed(first, [first.lines.get().pk], reason="账号已销户", by=cashier)
    agreed_refund.refresh_from_db()

    paying_refunds.try_again(agreed_refund, by=cashier)
    second = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)

    assert (first.number, second.number) == (f"JF{today().year}-0001", f"JF{today().year}-0002")
    assert [line.result for line in agreed_refund.lines.all()] == ["failed", "sent"]


def test_another_account_is_agreed_to_anew(agreed_refund, zhao, cashier):
    batch = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)
    paying_refunds.note_failed(batch, [batch.lines.get().pk], reason="账号已销户", by=cashier)

    returned = paying_refunds.send_back(agreed_refund, by=cashier)
    mended = {"payee_name": "张桂兰", "payee_bank": "农商行", "note": ""}
    mended = refunding.mend_payee(
        returned, said=mended | {"payee_account": "6222029876543210"}, by=zhao
    )

    assert (mended.state, mended.payment, mended.round) == ("submitted", "", 2)
    assert batch.lines.get().payee_account == "6222021234567890"


def test_a_failure_and_a_write_off_need_their_reason(agreed_refund, cashier):
    batch = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)
    line = batch.lines.get()

    with pytest.raises(paying_refunds.FailureNeedsReason):
        paying_refunds.note_failed(batch, [line.pk], reason=" ", by=cashier)
    assert batch.lines.get().result == "sent"
    with pytest.raises(paying_refunds.RefundNotFailed):
        paying_refunds.write_off(agreed_refund, reason="本人放弃", by=cashier)
    paying_refunds.note_failed(batch, [line.pk], reason="账号已销户", by=cashier)
    with pytest.raises(paying_refunds.WriteOffNeedsReason):
        paying_refunds.write_off(agreed_refund, reason="", by=cashier)

    written = paying_refunds.write_off(agreed_refund, reason="本人放弃", by=cashier)

    assert (written.payment, written.written_off_reason) == ("written_off", "本人放弃")
    assert people.transfers().count() == 1


# --- Before posting: the treasury -------------------------------------------------------------


def test_what_was_never_posted_goes_back_through_the_tax_bureau(
    open_county, gui_lan, mei, zhao, wu, qian, cashier
):
    open_county.process(open_county.payment_row(gui_lan, name="张桂花"), by=mei)
    refunding.refund_exception(PaymentException.objects.get(), by=zhao, reason="交错人")
    agreed(RefundRequest.objects.get(), wu=wu, qian=qian)

    batch = paying_refunds.make_batch(people.COUNTY, "treasury", by=cashier)
    paying_refunds.note_paid(batch, [batch.lines.get().pk], paid_on=date(2021, 3, 15), by=cashier)

    assert batch.number == f"TF{today().year}-0001"
    assert RefundRequest.objects.get().payment == "paid"
    assert not people.transfers().exists()


def test_lists_of_a_batch_say_receipt_sum_and_capitals(agreed_refund, paid, cashier):
    batch = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)

    (row,) = refund_lists.rows(batch)
    paper = refund_lists.voucher(batch, entry=record("download_refund_batch", batch, by=cashier))

    assert (row[3], row[5], row[7], row[8]) == ("张桂兰", paid.receipt, 300, "F10004")
    assert "叁佰元整" in str(paper)


def test_a_batch_of_many_takes_the_queries_of_one(
    open_county, gui_lan, mei, zhao, wu, qian, cashier
):
    rows = [people.payment_row(people.enrolled(f"赵{n}")) for n in range(8)]
    open_county.process(people.payment_row(gui_lan), *rows, by=mei)
    transfers = list(people.transfers().order_by("id"))
    counts = []
    for some in (transfers[:1], transfers[1:]):
        for one in some:
            agreed(asked(one, by=zhao), wu=wu, qian=qian)
        with CaptureQueriesContext(connection) as queries:
            batch = paying_refunds.make_batch(people.COUNTY, "fund", by=cashier)
            lines = list(batch.lines.values_list("pk", flat=True))
            paying_refunds.note_paid(batch, lines, paid_on=date(2021, 3, 15), by=cashier)
        counts.append(len(queries))

    assert counts[1] <= counts[0]
    assert payers_of_the_county() == (0, 0)
    assert people.balance() == 0


# --- One payment reversed ---------------------------------------------------------------------


@pytest.fixture
def reversal(paid, mei):
    return taking_back.propose_reversal(paid, reason="记错了人", by=mei)


def test_three_people_reverse_one_payment(reversal, paid, cashier, qian):
    reversal = approving.review(reversal, by=cashier)
    assert people.transfers().count() == 1

    taking_back.approve_reversal(reversal, by=qian)

    back = people.transfers(kind="reversal").get()
    assert (back.reverses_id, back.people, back.amount) == (paid.id, -1, 300)
    assert payers_of_the_county() == (0, 0)
    assert people.balance() == 0


def test_a_reversal_needs_a_reason_and_is_asked_for_once(paid, mei):
    with pytest.raises(ReversalNeedsReason):
        taking_back.propose_reversal(paid, reason=" ", by=mei)
    assert not Reversal.objects.exists()
    taking_back.propose_reversal(paid, reason="记错了人", by=mei)

    with pytest.raises(taking_back.ReversalUnderWay):
        taking_back.propose_reversal(paid, reason="记错了人", by=mei)

    assert Reversal.objects.count() == 1


def test_refund_and_reversal_of_one_payment_exclude_each_other(
    open_county, paid, mei, zhao, cashier, qian
):
    request = asked(paid, by=zhao)
    with pytest.raises(taking_back.RefundStands):
        taking_back.propose_reversal(paid, reason="记错了人", by=mei)
    assert not Reversal.objects.exists()
    approving.withdraw(request, by=zhao)
    taking_back.propose_reversal(paid, reason="记错了人", by=mei)

    with pytest.raises(taking_back.ReversalUnderWay):
        asked(paid, by=zhao)

    assert not RefundRequest.objects.standing().exists()


# --- At the door ------------------------------------------------------------------------------


def test_a_clerk_asks_for_a_refund_at_the_transfer(client, paid, zhao):
    client.force_login(zhao)
    address = reverse("contributions:ask_refund", args=[people.COUNTY, paid.year, paid.id])

    faulty = client.post(address, {"cause": "double", "payee_name": "张桂兰"})
    assert (faulty.status_code, RefundRequest.objects.count()) == (422, 0)
    assert "收款账号没有填" in faulty.content.decode()
    told = {"cause": "double", "payee_name": "张桂兰", "payee_account": "6222021234567890"}
    answer = client.post(address, told, follow=True)

    assert "6222021234567890" not in answer.content.decode()
    assert RefundRequest.objects.get().state == "submitted"


def test_the_next_town_sees_neither_payment_nor_refund(client, paid, zhao, sun):
    request = asked(paid, by=zhao)
    client.force_login(sun)

    address = reverse("contributions:ask_refund", args=[people.COUNTY, paid.year, paid.id])
    assert client.get(address).status_code == 404
    assert client.get(reverse("contributions:refund", args=[request.pk])).status_code == 404
    assert "张桂兰" not in client.get(reverse("contributions:refunds")).content.decode()


def test_finance_notes_what_came_of_a_batch(client, agreed_refund, cashier):
    client.force_login(cashier)
    client.post(reverse("contributions:make_refund_batch"), {"payer": "fund"})
    batch = RefundBatch.objects.get()
    shown = client.get(reverse("contributions:refund", args=[agreed_refund.pk]))
    assert "已送出" in shown.content.decode()
    address = reverse("contributions:note_refund_results", args=[batch.pk])
    line = batch.lines.get()

    nothing = client.post(address, {"result": "paid"})
    unreasoned = client.post(address, {"result": "failed", "lines": line.pk})
    assert (nothing.status_code, unreasoned.status_code) == (422, 400)
    assert batch.lines.get().result == "sent"
    client.post(address, {"result": "paid", "lines": line.pk, "paid_on": "2021-03-15"})

    assert batch.lines.get().result == "paid"
    assert (
        client.get(reverse("contributions:refund_batch_excel", args=[batch.pk])).status_code == 200
    )
    paper = client.get(reverse("contributions:refund_batch_paper", args=[batch.pk]))
    assert paper["Content-Type"] == "application/pdf"
    assert people.balance() == 0


def test_the_list_leaves_as_the_filter_shows_it(client, agreed_refund, zhao):
    client.force_login(zhao)
    page = client.get("/refunds/?standing=pending").content.decode()
    RefundRequest.objects.update(made_at=datetime(2021, 3, 10, 17, tzinfo=UTC))

    wanted = order_export(
        "refunds", zhao.duty.area, "standing=pending", form="xlsx", reason="对账", by=zhao
    )
    run_job(wanted.job_id)
    wanted.refresh_from_db()

    assert "kind=refunds&amp;standing=pending" in page
    sheet = openpyxl.load_workbook(io.BytesIO(read_file(wanted.file))).worksheets[0]
    (row,) = [row for row in sheet.iter_rows(values_only=True) if "张桂兰" in row]
    assert row[8] == 300 and row[11] == "待支付"
    assert str(row[10]).startswith("2021-03-11")  # one o'clock in the morning here
    with pytest.raises(NobodyToExport):
        order_export("refunds", zhao.duty.area, "standing=paid", form="xlsx", reason="x", by=zhao)
