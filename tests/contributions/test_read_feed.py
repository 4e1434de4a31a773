"""A file is read whole: whatever its columns are called, a row keeps its place and its cells."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from openpyxl import Workbook

from contributions import originals
from contributions.models import FeedRow
from contributions.receiving import confirm_columns, receive_feed
from pension_portal.columns import column_words
from pension_portal.jobs import run_job
from pension_portal.models import Job
from tests import county as sample

pytestmark = pytest.mark.django_db


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


NATIONAL = [
    ["示样县城乡居民养老保险缴费明细表"],
    ["填报单位：国家税务总局示样县税务局", None, None, None, "制表时间：2021-03-31"],
    [
        *("电子税票号码", "缴费人名称", "社会保障号码", "征收品目", "费款所属期起", "费款所属期止"),
        *("实缴(退)金额", "开票日期", "入国库时间", "入库状态", "缴款方式"),
        *("主管税务所（科、分局）", "所属乡镇"),
    ],
]


def national_row(person, receipt="334121000000000017"):
    return [
        *(receipt, person.name, person.id_number, "城乡居民基本养老保险费", "2021-01-01"),
        *("2021-12-31", "￥300.00", "2021.3.5", "2021年3月8日", "04-已入库", "微信"),
        *("东湾分局", "东湾镇"),
    ]


@pytest.mark.requirement("A22", "A33")
def test_another_layout_with_titles_and_totals_is_read_the_same(open_county, mei, gui_lan):
    content = workbook(
        *NATIONAL,
        national_row(gui_lan),
        ["合计", None, None, None, None, None, "300.00"],
        ["审核人：", None, "填表人：", None, "联系电话："],
    )

    feed = open_county.process(content=content, by=mei, name="明细.xlsx")

    assert feed.job.state == Job.State.DONE, feed.job.message
    assert (feed.rows, feed.amount) == (1, Decimal("300.00"))
    [transfer] = open_county.transfers()
    assert (transfer.paid_on, transfer.treasury_on) == (date(2021, 3, 5), date(2021, 3, 8))
    assert (transfer.receipt, transfer.channel) == ("334121000000000017", "微信")


@pytest.mark.requirement("A31", "A32")
@pytest.mark.parametrize("channel", ["办税服务厅POS", "农商银行手机银行", "支付宝", "云闪付"])
def test_whatever_the_channel_is_called_it_is_kept(open_county, mei, gui_lan, channel):
    content = f"{open_county.HEADER},缴费渠道\n{open_county.payment_row(gui_lan)},{channel}\n"

    open_county.process(content=content.encode(), by=mei)

    assert open_county.transfers().get().channel == channel


@pytest.mark.requirement("A25", "X19")
def test_the_tier_of_a_year_is_what_was_paid_whatever_was_registered(open_county, mei):
    person = open_county.enrolled("李四海", tier=Decimal("200"))

    open_county.process(open_county.payment_row(person, amount="500"), by=mei)

    assert open_county.transfers().get().tier_amount == Decimal("500.00")
    assert person.enrolments.get().registered_tier == Decimal("200.00")


def test_a_row_is_kept_with_its_place_and_its_cells_as_they_were(open_county, mei, gui_lan):
    content = workbook(*NATIONAL, national_row(gui_lan))

    feed = open_county.process(content=content, by=mei, name="明细.xlsx")

    row = FeedRow.objects.get(feed_id=feed.pk)
    assert (row.sheet_number, row.sheet_row) == (1, 4)
    cells = {label: text for label, text, _is_secret in originals.row_as_it_was(feed, row)}
    assert cells["实缴(退)金额"] == "￥300.00"
    assert cells["社会保障号码"] == gui_lan.id_number


def test_no_identity_number_stands_in_the_database_in_plain_text(open_county, mei, gui_lan):
    open_county.process(
        open_county.payment_row(gui_lan), open_county.payment_row(gui_lan, name="别人"), by=mei
    )

    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and not relispartition"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'select count(*) from "{table}" t where t::text like %s',
                [f"%{gui_lan.id_number}%"],
            )
            assert cursor.fetchone()[0] == 0, table


@pytest.fixture
def unclear(open_county, mei, gui_lan):
    """A file whose amount stands in a column that says nothing."""
    header = open_county.HEADER.replace("实缴金额", "数值一")
    content = f"{header}\n{open_county.payment_row(gui_lan)}\n".encode()
    return open_county.process(content=content, by=mei, name="不明.csv")


def test_a_column_that_cannot_be_told_is_asked_about(unclear):
    assert unclear.job.state == Job.State.WAITING
    assert "数值一" in unclear.questions["labels"]
    assert not unclear.read_at


def test_a_confirmed_column_is_read_and_remembered(open_county, mei, unclear):
    places = {field["field"]: field["guess"] for field in unclear.questions["fields"]}
    mapping = {field: place for field, place in places.items() if place is not None}
    mapping["amount"] = unclear.questions["labels"].index("数值一")

    confirm_columns(unclear, mapping, by=mei)
    run_job(unclear.job_id)

    assert open_county.transfers().count() == 1
    other = open_county.enrolled("李四海")
    header = open_county.HEADER.replace("实缴金额", "数值一")
    content = f"{header}\n{open_county.payment_row(other)}\n".encode()
    again = open_county.process(content=content, by=mei, name="不明二.csv")
    assert again.job.state == Job.State.DONE, again.job.message


def strange_file(*people):
    """An export whose every heading is a code nobody knows."""
    header = ",".join(f"F{n:02d}" for n in range(len(sample.HEADER.split(","))))
    rows = [sample.payment_row(person) for person in people]
    return "\n".join([header, *rows, ""]).encode("gb18030")


def test_headings_that_nobody_knows_are_asked_about_with_guesses_by_content(
    open_county, mei, gui_lan
):
    others = [open_county.enrolled(name) for name in ("李四海", "王五洲", "赵六合", "钱七星")]

    feed = open_county.process(content=strange_file(gui_lan, *others), by=mei, name="代码.csv")

    assert feed.job.state == Job.State.WAITING
    assert feed.questions["labels"][0] == "F00"
    assert feed.questions["kinds"][:2] == ["id", "name"]
    guesses = {field["field"]: field["guess"] for field in feed.questions["fields"]}
    assert (guesses["id_number"], guesses["name"], guesses["receipt"]) == (0, 1, 7)
    assert any("按内容猜好" in sentence for sentence in feed.questions["sentences"])
    assert not open_county.transfers().exists()


def test_columns_named_for_unknown_headings_are_remembered_by_the_header(open_county, mei, gui_lan):
    feed = open_county.process(content=strange_file(gui_lan), by=mei, name="代码.csv")
    fields = [
        "id_number",
        "name",
        "item",
        "year",
        "amount",
        "paid_on",
        "treasury_on",
        "receipt",
        "town",
        "tax_state",
    ]
    mapping = dict(zip(fields, range(len(fields)), strict=True))

    confirm_columns(feed, mapping, by=mei)
    run_job(feed.job_id)

    [transfer] = open_county.transfers()
    assert (transfer.amount, transfer.paid_on) == (Decimal("300.00"), date(2021, 3, 5))
    again = open_county.process(
        content=strange_file(open_county.enrolled("李四海")), by=mei, name="代码二.csv"
    )
    assert again.job.state == Job.State.DONE, again.job.message
    assert open_county.transfers().count() == 2


def test_a_file_without_any_header_is_asked_about_by_the_number_of_its_columns(
    open_county, mei, gui_lan
):
    content = f"{open_county.payment_row(gui_lan)}\n".encode("gb18030")

    feed = open_county.process(content=content, by=mei, name="无表头.csv")

    assert feed.job.state == Job.State.WAITING
    words = column_words(feed.questions["labels"], feed.questions["kinds"])
    assert str(words[0]) == "第 1 列（内容像证件号码）"


def test_a_file_without_payments_is_refused_in_words(open_county, mei):
    feed = open_county.process(content="村名,人口\n李家村,300\n".encode(), by=mei)

    assert feed.job.state in (Job.State.REFUSED, Job.State.WAITING)
    assert feed.job.message
    assert not open_county.transfers().exists()


def test_reading_twice_changes_nothing(open_county, mei, gui_lan):
    content = open_county.payment_file(open_county.payment_row(gui_lan))
    feed, _is_new = receive_feed(open_county.upload(content), year=2021, by=mei)
    run_job(feed.job_id)
    Job.objects.filter(pk=feed.job_id).update(state=Job.State.QUEUED, steps_done=0)

    run_job(feed.job_id)

    assert FeedRow.objects.filter(feed_id=feed.pk).count() == 1
    assert open_county.transfers().count() == 1
