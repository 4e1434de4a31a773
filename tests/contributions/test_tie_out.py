"""Three figures of a day beside each other, closing it, statements, transit and holidays."""

import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from contributions import bank_statements, tying_out, working_days
from contributions.channels import channel_of
from contributions.models import BankLine, BankStatement, CalendarDay, DayClose
from contributions.posting import reverse_feed
from pension_portal.jobs import run_job
from staff import approving
from staff.models import AuditEntry
from tests import county

DAY = date(2021, 3, 8)


@pytest.fixture
def cashier(county):
    return county.staff("方正", "finance")


@pytest.fixture
def other_cashier(county):
    return county.staff("孟算", "finance")


@pytest.fixture
def paid(county, gui_lan, mei):
    """300 yuan of 张桂兰 arrived on 8 March; 300 of a stranger are an exception."""
    county.posts_by_itself()
    county.policy()
    stranger = county.payment_row(gui_lan, name="李不明")
    return county.process(county.payment_row(gui_lan), stranger, by=mei)


def statement(*rows, by, header="日期,金额,渠道,险种", source="bank", name="对账单.csv"):
    content = "\n".join([header, *rows, ""]).encode("gb18030")
    made, _is_new = bank_statements.receive_statement(
        county.upload(content, name), source=source, by=by
    )
    run_job(made.job_id)
    return BankStatement.objects.get(pk=made.pk)


def closed(day, *, by, reviewer, approver, explanation=""):
    close = tying_out.close_day(county.COUNTY, day, explanation=explanation, by=by)
    approving.review(close, by=reviewer)
    return tying_out.approve_close(close, by=approver)


def state_of(day=DAY):
    return tying_out.tie_out_day(county.COUNTY, day).state


def test_the_month_is_taken_away_as_a_workbook_that_says_what_the_pages_say(paid, cashier, client):
    statement("2021-03-08,600.00,微信,城乡居民基本养老保险", by=cashier)
    client.force_login(cashier)

    answer = client.get(reverse("contributions:tie_out_excel"), {"month": "2021-03"})

    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).worksheets[0]
    lines = [row for row in sheet.iter_rows(values_only=True) if "居民养老" in row]
    found = tying_out.tie_out_day(county.COUNTY, DAY).whole
    for column, side in ((4, "tax"), (6, "ledger"), (8, "bank")):
        assert sum(row[column] for row in lines) == found.amounts[side]
    assert {row[-1] for row in lines} == {"已核平"}
    assert AuditEntry.objects.get(action="export_tie_out").detail == {"rows": len(lines)}


@pytest.mark.requirement("A34", "A52")
def test_matched_and_reconciled_are_two_things(paid, cashier):
    statement("2021-03-08,600.00,微信,城乡居民基本养老保险", by=cashier)

    day = tying_out.tie_out_day(county.COUNTY, DAY)

    assert day.whole.amounts == {
        "tax": Decimal("600.00"),
        "ledger": Decimal("300.00"),
        "bank": Decimal("600.00"),
    }
    assert day.whole.unmatched == Decimal("300.00")
    assert day.whole.difference == 0
    assert day.state == "reconciled"


@pytest.mark.requirement("A40", "A42")
def test_a_row_that_pays_for_several_years_is_one_payment_on_every_side(paid, gui_lan, mei):
    county.determination(gui_lan, [2019, 2020], 1000)
    back = {"type": "31", "determination_no": "HD0001", "year": "2019-01", "amount": "1000"}
    header = county.HEADER.replace("缴费年度", "费款所属期起") + ",费款所属期止"
    row = county.payment_row(gui_lan, **back, until="2020-12")
    feed = county.process(content=f"{header}\n{row}\n".encode(), by=mei, name="补缴.csv")
    assert county.transfers(kind="back").count() == 2

    day = tying_out.tie_out_day(county.COUNTY, DAY).whole
    assert (day.payments["tax"], day.payments["ledger"]) == (3, 2)

    reverse_feed(feed, by=mei, reason="文件发错")
    day = tying_out.tie_out_day(county.COUNTY, DAY).whole
    assert (day.payments["ledger"], day.amounts["ledger"]) == (1, Decimal("300.00"))


def test_a_day_without_the_bank_or_with_a_difference_says_so(paid, cashier):
    before = state_of()
    statement("2021-03-08,500.00,微信,城乡居民基本养老保险", by=cashier)

    assert (before, state_of()) == ("no_bank", "different")


@pytest.mark.requirement("Y55", "Y76")
def test_three_people_close_a_day_and_it_is_frozen(paid, cashier, other_cashier, qian):
    statement("2021-03-08,600.00,微信,城乡居民基本养老保险", by=cashier)

    close = closed(DAY, by=cashier, reviewer=other_cashier, approver=qian)

    assert (close.number, close.difference, state_of()) == (1, Decimal("0.00"), "closed")
    with pytest.raises(tying_out.NothingToClose):
        tying_out.close_day(county.COUNTY, DAY, explanation="", by=cashier)
    assert DayClose.objects.count() == 1


def test_a_difference_must_be_explained(paid, cashier):
    statement("2021-03-08,500.00,微信,城乡居民基本养老保险", by=cashier)

    with pytest.raises(tying_out.DifferenceUnexplained, match=r"100\.00"):
        tying_out.close_day(county.COUNTY, DAY, explanation=" ", by=cashier)

    assert not DayClose.objects.exists()


def test_whoever_closes_does_not_review(paid, cashier):
    statement("2021-03-08,600.00,微信,城乡居民基本养老保险", by=cashier)
    close = tying_out.close_day(county.COUNTY, DAY, explanation="", by=cashier)

    with pytest.raises(approving.SamePerson):
        approving.review(close, by=cashier)

    assert DayClose.objects.get().state == "submitted"


@pytest.mark.requirement("A41")
def test_what_comes_late_makes_an_adjustment_batch(
    paid, gui_lan, mei, cashier, other_cashier, qian
):
    statement("2021-03-08,600.00,微信,城乡居民基本养老保险", by=cashier)
    closed(DAY, by=cashier, reviewer=other_cashier, approver=qian)
    late = county.enrolled("李四")
    county.process(county.payment_row(late), by=mei)
    statement(
        "2021-03-08,300.00,微信,城乡居民基本养老保险,L1",
        by=cashier,
        header="日期,金额,渠道,险种,流水号",
    )

    before = state_of()
    batch = closed(DAY, by=cashier, reviewer=other_cashier, approver=qian)

    assert (before, state_of()) == ("late", "closed")
    assert (batch.number, batch.difference) == (2, Decimal("0.00"))
    assert sorted((figures[3], figures[7]) for figures in batch.figures) == [
        ("0.00", "300.00"),
        ("300.00", "0.00"),
    ]


def test_a_day_that_moved_since_is_not_approved(paid, mei, cashier, other_cashier, qian):
    statement("2021-03-08,600.00,微信,城乡居民基本养老保险", by=cashier)
    close = tying_out.close_day(county.COUNTY, DAY, explanation="", by=cashier)
    approving.review(close, by=other_cashier)
    reverse_feed(paid, by=qian, reason="文件发错")

    with pytest.raises(tying_out.DayMovedSince):
        tying_out.approve_close(close, by=qian)

    assert DayClose.objects.get().state == "reviewed"


def test_a_closed_day_opens_only_with_a_reason_and_by_another(paid, cashier, other_cashier, qian):
    statement("2021-03-08,600.00,微信,城乡居民基本养老保险", by=cashier)
    closed(DAY, by=cashier, reviewer=other_cashier, approver=qian)

    with pytest.raises(tying_out.ReopeningNeedsReason):
        tying_out.reopen_day(county.COUNTY, DAY, reason=" ", by=qian)
    with pytest.raises(tying_out.MakerMayNotReopen):
        tying_out.reopen_day(county.COUNTY, DAY, reason="补录", by=cashier)
    assert state_of() == "closed"

    tying_out.reopen_day(county.COUNTY, DAY, reason="银行补来一笔", by=qian)

    assert state_of() == "reconciled"


def test_the_same_file_counts_once_and_a_repeated_line_does_not(county, cashier):
    header = "交易日期,贷方发生额,交易流水号"
    first = statement("2021-03-08,300,A1", "2021-03-08,200,A2", by=cashier, header=header)
    again, is_new = bank_statements.receive_statement(
        county.upload(f"{header}\n2021-03-08,300,A1\n2021-03-08,200,A2\n".encode("gb18030")),
        source="bank",
        by=cashier,
    )
    second = statement("2021-03-08,200,A2", "2021-03-08,50,A3", by=cashier, header=header)

    assert (again.pk, is_new) == (first.pk, False)
    assert [line.counts for line in second.lines.all()] == [False, True]
    day = tying_out.tie_out_day(county.COUNTY, DAY)
    assert day.whole.amounts["bank"] == Decimal("550.00")


def test_a_later_sum_replaces_the_earlier_until_it_is_withdrawn(county, cashier):
    statement("2021-03-08,500,微信,基本养老保险", by=cashier)
    later = statement("2021-03-08,600,微信,基本养老保险", by=cashier)
    replaced = tying_out.tie_out_day(county.COUNTY, DAY).whole.amounts["bank"]

    bank_statements.withdraw_statement(later, by=cashier, reason="银行重发")

    assert replaced == Decimal("600.00")
    day = tying_out.tie_out_day(county.COUNTY, DAY)
    assert day.whole.amounts["bank"] == Decimal("500.00")


def test_a_row_that_cannot_be_read_stops_no_other(county, cashier):
    made = statement(
        "三月八日,300,微信,基本养老保险", "2021-03-09,200,现金,基本养老保险", by=cashier
    )

    assert [line.amount for line in made.lines.all()] == [Decimal("200.00")]
    assert made.faults == [{"row": 2, "fault": "no_day", "text": "三月八日"}]


def test_a_file_without_day_and_sum_is_refused(county, cashier):
    made = statement("甲,乙", by=cashier, header="姓名,备注")

    assert made.read_at is None
    assert "日期列和金额列" in made.job.message


@pytest.mark.requirement("Y97")
@pytest.mark.parametrize("people", [1, 30])
def test_a_month_takes_the_same_statements_for_any_number_of_rows(
    county, mei, people, django_assert_num_queries
):
    county.posts_by_itself()
    county.policy()
    rows = [county.payment_row(county.enrolled(f"甲{n}")) for n in range(people)]
    county.process(*rows, by=mei)

    with django_assert_num_queries(2):
        (day,) = tying_out.tie_out(county.COUNTY, date(2021, 3, 1), date(2021, 3, 31))

    assert day.whole.payments["tax"] == people


@pytest.mark.requirement("A41")
def test_paid_and_not_arrived_is_in_transit_then_overdue(county, gui_lan, mei, settings):
    county.posts_by_itself()
    county.policy()
    waits = county.payment_row(gui_lan, state="03", treasury_on="", receipt="R1")
    county.process(waits, by=mei)

    # Paid on Friday the 5th: until Friday the 12th five working days have passed.
    settings.PORTAL_TODAY = "2021-03-12"
    (young,) = tying_out.in_transit(county.COUNTY, 2021)
    settings.PORTAL_TODAY = "2021-03-15"
    (old,) = tying_out.in_transit(county.COUNTY, 2021)
    settings.PORTAL_TODAY = ""
    county.process(county.payment_row(gui_lan, receipt="R1"), by=mei, name="次日.csv")

    assert (young["is_overdue"], old["is_overdue"]) == (False, True)
    assert tying_out.in_transit(county.COUNTY, 2021) == []


def test_holidays_make_the_wait_longer(county, cashier):
    count = working_days.fill_year(county.COUNTY, 2021, by=cashier)

    # Spring Festival 2021: 11 to 17 February, the Sundays of 7 and 20 February are worked.
    assert count > 20
    assert not CalendarDay.objects.get(day="2021-02-12").is_working
    assert CalendarDay.objects.get(day="2021-02-20").is_working
    back = working_days.working_days_back(county.COUNTY, date(2021, 2, 22), 3)
    assert back == date(2021, 2, 18)


def test_a_year_without_arrangement_is_entered_by_hand(county, cashier):
    with pytest.raises(working_days.HolidaysUnknown):
        working_days.fill_year(county.COUNTY, 2090, by=cashier)

    assert not CalendarDay.objects.exists()


@pytest.mark.requirement("M22")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("微信支付", "wechat"),
        ("皖事通", "app"),
        ("支付宝扫码", "alipay"),
        ("农商行代扣", "withheld"),
        ("手机银行", "bank"),
        ("", ""),
    ],
)
def test_a_channel_is_known_by_many_words(words, code):
    assert channel_of(words) == code


def test_finance_sees_the_day_and_closes_it_from_the_page(client, paid, cashier):
    statement("2021-03-08,500.00,微信,城乡居民基本养老保险", by=cashier)
    client.force_login(cashier)

    month = client.get("/tie-out/?month=2021-03").content.decode()
    refused = client.post("/tie-out/2021-03-08/close/", {"explanation": ""})
    made = client.post("/tie-out/2021-03-08/close/", {"explanation": "一笔在途"}, follow=True)

    assert "有差额" in month
    assert refused.status_code == 422
    assert "相差 100.00 元" in refused.content.decode()
    assert "关账审批中" in made.content.decode()
    assert BankLine.objects.count() == 1


def test_a_day_s_figure_opens_down_to_its_rows(client, paid, cashier):
    client.force_login(cashier)

    page = client.get("/tie-out/2021-03-08/rows/?scheme=1&channel=").content.decode()
    other = client.get("/tie-out/2021-03-08/rows/?scheme=2").content.decode()

    assert page.count(f"/feeds/{paid.pk}/rows/") == 4
    assert f"/feeds/{paid.pk}/rows/" not in other
    assert "张桂兰" not in page


@pytest.mark.requirement("A42", "A52")
def test_every_figure_of_the_ledger_opens_down_to_its_transfers(client, paid, cashier, lin):
    client.force_login(cashier)
    rows = tying_out.by_source(county.COUNTY, date(2021, 3, 1), date(2021, 3, 31))
    month = client.get(reverse("contributions:tie_out"), {"month": "2021-03"}).content.decode()
    address = re.search(r'href="([^"]*tie-out/transfers/[^"]*source=own)"', month)[1]
    of_source = client.get(address.replace("&amp;", "&")).content.decode()
    day = client.get(f"/tie-out/{DAY}/").content.decode()
    opened = re.findall(r'href="([^"]*tie-out/transfers/[^"]*)"', day)

    assert [(row["transfers"], row["amount"]) for row in rows] == [(1, Decimal("300.00"))]
    assert "1 笔账目，记入减退回 300.00 元" in of_source
    assert "张桂兰" not in of_source
    assert len(opened) == 2
    for one in opened:
        assert "300.00" in client.get(one.replace("&amp;", "&")).content.decode()
    client.force_login(lin)
    transfer = county.transfers().get()
    officers = client.get(address.replace("&amp;", "&")).content.decode()
    assert f"/transfers/{county.COUNTY}/2021/{transfer.id}/" in officers


def test_the_unmatched_of_a_day_open_down_to_their_rows(client, paid, cashier):
    client.force_login(cashier)

    page = client.get(f"/tie-out/{DAY}/rows/?unmatched=1").content.decode()

    assert page.count("data-href") == 1
    assert "姓名不符" in page or "E02" in page


def test_a_channel_s_transfers_are_those_of_its_figure(paid, cashier):
    day = tying_out.tie_out_day(county.COUNTY, DAY)

    for (scheme, channel), sides in day.lines.items():
        found = tying_out.transfers_of(
            county.COUNTY,
            first=DAY,
            last=DAY,
            scheme_id=scheme,
            source="collected",
            channel=channel,
        )
        assert tying_out.sum_of(found)[1] == sides.amounts["ledger"]


def test_files_and_what_the_bank_took_leave_as_the_page_shows_them(client, paid, cashier):
    client.force_login(cashier)

    answer = client.get(reverse("contributions:feeds_excel"))

    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).worksheets[0]
    (row,) = [row for row in sheet.iter_rows(values_only=True) if row[0] == "税务导出.csv"]
    assert row[5:9] == (2, 600, 1, 300)
    assert AuditEntry.objects.get(action="export_list").detail["rows"] == 1
