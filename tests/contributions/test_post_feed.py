"""What is clean reaches the ledger once, moves the counters, and can be taken back whole."""

from decimal import Decimal

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.db.models import Sum

from contributions.errors import (
    FeedAlreadyReversed,
    FeedDoesNotWait,
    FeedNotPosted,
    FeedWaitsForPosting,
    ReversalNeedsReason,
    UploaderMayNotApprove,
)
from contributions.judging import strip_of
from contributions.models import (
    EffectiveTransfer,
    FeedSettings,
    PaidDay,
    PaidTier,
    PaymentException,
    Transfer,
)
from contributions.posting import approve_posting, reverse_feed
from contributions.receiving import cancel_feed, receive_feed
from contributions.settling import accept_exception, set_aside_exception
from contributions.undoing import put_back_exception
from pension_portal.jobs import run_job
from pension_portal.models import Job
from staff.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_county(county):
    county.policy()
    county.policy(county.SUPPLEMENTARY, tiers=(200, 500), proxy_tier=None)
    county.posts_by_itself()
    return county


def counters(area_code):
    """Return (people, payments, yuan) of an area, which both counters must agree on."""
    sums = {"people": Sum("people"), "payments": Sum("payments"), "amount": Sum("amount")}
    by_day = PaidDay.objects.filter(area_code=area_code).aggregate(**sums)
    by_tier = PaidTier.objects.filter(area_code=area_code).aggregate(**sums)
    assert by_day == by_tier
    return by_day["people"] or 0, by_day["payments"] or 0, by_day["amount"] or Decimal(0)


def recounted(area_code):
    """Return the same from the ledger itself."""
    rows = Transfer.objects.filter(county_code=area_code[:6], village_code__startswith=area_code)
    return (
        sum(row.people for row in rows),
        sum(1 if row.is_into_the_account else -1 for row in rows),
        sum((row.signed_amount for row in rows), Decimal(0)),
    )


@pytest.mark.requirement("A41")
def test_counters_of_village_town_and_county_are_what_the_ledger_says(open_county, mei, gui_lan):
    other = open_county.enrolled("石大山", open_county.STONE_VILLAGE)
    open_county.process(
        open_county.payment_row(gui_lan), open_county.payment_row(other, amount="500"), by=mei
    )
    open_county.process(open_county.payment_row(gui_lan, amount="-300"), by=mei, name="退.csv")

    assert counters("990100") == recounted("990100") == (1, 1, Decimal("500.00"))
    assert (
        counters(open_county.EAST_BAY) == recounted(open_county.EAST_BAY) == (0, 0, Decimal("0.00"))
    )
    assert counters(open_county.STONE_VILLAGE) == (1, 1, Decimal("500.00"))


def test_a_feed_waits_for_the_county_unless_it_posts_by_itself(open_county, mei, qian, gui_lan):
    FeedSettings.objects.update(posts_by_itself=False)

    feed = open_county.process(open_county.payment_row(gui_lan), by=mei)

    assert feed.job.state == Job.State.WAITING
    assert not open_county.transfers().exists()

    approve_posting(feed, by=qian)
    run_job(feed.job_id)

    feed.refresh_from_db()
    assert feed.posted_at
    assert (feed.approved_by, open_county.transfers().count()) == (qian, 1)


def test_a_feed_with_too_many_exceptions_waits_for_a_decision(open_county, mei, gui_lan):
    open_county.posts_by_itself(bad_share_limit=10)
    rows = [open_county.payment_row(gui_lan), open_county.payment_row(gui_lan, name="别人")]

    feed = open_county.process(*rows, by=mei)

    assert feed.job.state == Job.State.WAITING
    assert "50.0%" in feed.job.message
    assert not open_county.transfers().exists()


def test_who_uploaded_a_feed_may_not_let_it_be_posted(open_county, mei, gui_lan):
    FeedSettings.objects.update(posts_by_itself=False)
    feed = open_county.process(open_county.payment_row(gui_lan), by=mei)

    with pytest.raises(UploaderMayNotApprove):
        approve_posting(feed, by=mei)

    feed.job.refresh_from_db()
    assert feed.job.state == Job.State.WAITING


@pytest.mark.requirement("A40")
def test_the_same_bytes_again_show_the_earlier_result(open_county, mei, gui_lan):
    content = open_county.payment_file(open_county.payment_row(gui_lan))
    first = open_county.process(content=content, by=mei)

    again, is_new = receive_feed(open_county.upload(content, "换名.csv"), year=2021, by=mei)

    assert (again.pk, is_new) == (first.pk, False)
    assert open_county.transfers().count() == 1


def test_a_cancelled_feed_posts_nothing(open_county, mei, gui_lan):
    feed, _is_new = receive_feed(
        open_county.upload(open_county.payment_file(open_county.payment_row(gui_lan))),
        year=2021,
        by=mei,
    )

    assert cancel_feed(feed, by=mei)
    run_job(feed.job_id)

    feed.job.refresh_from_db()
    assert feed.job.state == Job.State.CANCELLED
    assert not open_county.transfers().exists()


def test_a_reversed_feed_leaves_every_account_as_it_was(open_county, mei, qian, gui_lan):
    other = open_county.enrolled("石大山", open_county.STONE_VILLAGE)
    feed = open_county.process(
        open_county.payment_row(gui_lan), open_county.payment_row(other), by=mei
    )

    assert reverse_feed(feed, by=qian, reason="传错文件") == 2

    assert open_county.transfers().count() == 4
    assert counters("990100") == recounted("990100") == (0, 0, Decimal("0.00"))
    assert open_county.balance() == 0
    assert AuditEntry.objects.filter(action="reverse_feed", staff=qian, reason="传错文件").exists()


def test_reversing_a_refund_lets_its_person_count_again(open_county, mei, qian, gui_lan):
    open_county.process(open_county.payment_row(gui_lan), by=mei)
    refund = open_county.process(
        open_county.payment_row(gui_lan, amount="-300"), by=mei, name="退.csv"
    )
    assert counters("990100")[0] == 0

    reverse_feed(refund, by=qian, reason="误退")

    assert counters("990100") == recounted("990100") == (1, 1, Decimal("300.00"))


def test_a_reversed_file_can_be_sent_again(open_county, mei, qian, gui_lan):
    content = open_county.payment_file(open_county.payment_row(gui_lan))
    feed = open_county.process(content=content, by=mei)
    reverse_feed(feed, by=qian, reason="先撤回核对")

    again = open_county.process(content=content, by=mei)

    assert again.pk != feed.pk
    assert open_county.verdicts(again) == [""]
    assert counters("990100") == (1, 1, Decimal("300.00"))


def test_a_reversal_without_a_reason_is_refused(open_county, mei, qian, gui_lan):
    feed = open_county.process(open_county.payment_row(gui_lan), by=mei)

    with pytest.raises(ReversalNeedsReason):
        reverse_feed(feed, by=qian, reason=" ")

    assert open_county.transfers().count() == 1


def test_a_feed_is_reversed_once(open_county, mei, qian, gui_lan):
    feed = open_county.process(open_county.payment_row(gui_lan), by=mei)
    reverse_feed(feed, by=qian, reason="传错")

    with pytest.raises(FeedAlreadyReversed):
        reverse_feed(feed, by=qian, reason="传错")

    assert open_county.transfers().count() == 2


def test_a_feed_that_was_not_posted_cannot_be_reversed(county, mei, qian):
    feed = county.feed(mei)

    with pytest.raises(FeedNotPosted):
        reverse_feed(feed, by=qian, reason="传错")


def test_a_back_payment_becomes_one_transfer_a_year(open_county, mei, gui_lan):
    open_county.determination(gui_lan, [2019, 2020], 1000)
    header = open_county.HEADER.replace("缴费年度", "费款所属期起") + ",费款所属期止"
    row = open_county.payment_row(
        gui_lan,
        year="2019-01",
        type="31",
        amount="1000",
        determination_no="HD0001",
        until="2020-12",
    )

    feed = open_county.process(content=f"{header}\n{row}\n".encode(), by=mei)

    assert open_county.verdicts(feed) == [""]
    found = open_county.transfers().order_by("year").values_list("year", "kind", "amount", "people")
    assert list(found) == [
        (2019, "back", Decimal("500.00"), 1),
        (2020, "back", Decimal("500.00"), 1),
    ]


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_the_portals_role_cannot_change_the_ledger(open_county, mei, gui_lan, deed):
    open_county.process(open_county.payment_row(gui_lan), by=mei)

    statement = {
        "update": "update contributions_transfer set amount = 1",
        "delete": "delete from contributions_transfer",
    }[deed]
    refused = pytest.raises((ProgrammingError, InternalError))
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert open_county.transfers().get().amount == Decimal("300.00")


def test_two_back_payments_for_one_year_count_one_person(open_county, mei, gui_lan):
    open_county.determination(gui_lan, [2020], 500)
    change = {"year": "2020", "amount": "500", "determination_no": "HD0001"}

    open_county.process(
        open_county.payment_row(gui_lan, **change),
        open_county.payment_row(gui_lan, **change),
        by=mei,
    )

    assert counters("990100") == recounted("990100") == (1, 2, Decimal("1000.00"))


def test_taking_back_a_feed_leaves_what_another_feed_has_refunded(open_county, mei, qian, gui_lan):
    other = open_county.enrolled("石大山")
    feed = open_county.process(
        open_county.payment_row(gui_lan), open_county.payment_row(other), by=mei
    )
    open_county.process(open_county.payment_row(gui_lan, amount="-300"), by=mei, name="退.csv")

    reverse_feed(feed, by=qian, reason="传错文件")

    assert counters("990100") == recounted("990100") == (0, 0, Decimal("0.00"))
    assert sum(row.signed_amount for row in open_county.transfers(resident=gui_lan)) == 0


def test_two_files_taken_back_leave_nothing_in_whatever_order(open_county, mei, qian, gui_lan):
    feed = open_county.process(open_county.payment_row(gui_lan), by=mei)
    refund = open_county.process(
        open_county.payment_row(gui_lan, amount="-300"), by=mei, name="退.csv"
    )

    reverse_feed(feed, by=qian, reason="传错文件")
    reverse_feed(refund, by=qian, reason="也传错了")

    assert counters("990100") == recounted("990100") == (0, 0, Decimal("0.00"))
    assert not EffectiveTransfer.objects.filter(resident=gui_lan).exists()
    again = open_county.process(open_county.payment_row(gui_lan), by=mei, name="重传.csv")
    assert open_county.verdicts(again) == [""]
    assert counters("990100") == recounted("990100") == (1, 1, Decimal("300.00"))


def test_a_feed_that_waits_for_its_columns_cannot_be_approved(open_county, mei, qian, gui_lan):
    header = open_county.HEADER.replace("实缴金额", "甲").replace("证件号码", "乙")
    content = f"{header}\n{open_county.payment_row(gui_lan)}\n".encode()
    feed = open_county.process(content=content, by=mei)
    assert (feed.job.state, feed.job.steps_done) == (Job.State.WAITING, 0)

    with pytest.raises(FeedDoesNotWait):
        approve_posting(feed, by=qian)

    feed.job.refresh_from_db()
    assert (feed.job.state, feed.job.steps_done) == (Job.State.WAITING, 0)


def test_there_is_nothing_to_settle_before_a_feed_is_posted(open_county, mei, qian, gui_lan):
    FeedSettings.objects.update(posts_by_itself=False)
    feed = open_county.process(open_county.payment_row(gui_lan, name="别人"), by=mei)
    assert strip_of(feed)["held"]["rows"] == 1
    assert not PaymentException.objects.exists()

    approve_posting(feed, by=qian)
    run_job(feed.job_id)

    assert PaymentException.objects.get().state == "open"


def test_nothing_of_a_feed_taken_back_is_posted_by_putting_a_row_back(
    open_county, mei, qian, zhao, gui_lan
):
    feed = open_county.process(open_county.payment_row(gui_lan, name="别人"), by=mei)
    exception = set_aside_exception(PaymentException.objects.get(), by=zhao, reason="待核实")
    reverse_feed(feed, by=qian, reason="传错文件")
    put_back_exception(exception, by=zhao)

    with pytest.raises(FeedWaitsForPosting):
        accept_exception(exception, by=zhao)

    assert not open_county.transfers().exists()
