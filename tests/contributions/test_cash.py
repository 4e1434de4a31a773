"""Cash in villages: receipts, remittances, what is owed and how old it is; never a payment."""

import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contributions import cash
from contributions.cash_owed import arrivals_of, cash_of_collectors, cash_of_places, receipts_of
from contributions.chasing import note_contact
from contributions.models import (
    CashReceipt,
    CashRemittance,
    CashSettings,
    Collector,
    CollectorArea,
    Outcome,
)
from pension_portal.clock import today
from pension_portal.doors import NotAllowed
from pension_portal.files import read_file
from pension_portal.jobs import run_job
from policies.loading import load_policy
from policies.models import PolicyVersion
from staff import approving
from staff.exporting import order_export
from staff.models import AuditEntry
from tests import county
from tests.faults import somebody_waits_for_a_lock, wait_until
from townships.models import Area

BASIC = {"scheme_id": county.BASIC, "year": county.YEAR}


@pytest.fixture(autouse=True)
def day(settings, county):
    settings.PORTAL_TODAY = "2021-03-20"
    county.policy()
    county.posts_by_itself()


@pytest.fixture
def hao(county):
    """Zheng Hao is the agent of 李家村."""
    return county.staff("郑好", "village_agent", county.LI_VILLAGE)


@pytest.fixture
def min_(county):
    """Wu Min reviews for 东湾镇."""
    return county.staff("吴敏", "town_reviewer", county.EAST_BAY)


def collector(village=county.LI_VILLAGE, name="郑好", **fields):
    made, _is_new = Collector.objects.get_or_create(
        county_code=county.COUNTY, area_id=village, name=name, unit="村委会", defaults=fields
    )
    CollectorArea.objects.get_or_create(area_id=village, defaults={"collector": made})
    return made


def taken(by, *people, amount=300, days_ago=0, village=county.LI_VILLAGE, name="郑好"):
    """Take cash from some people on one receipt, so many days ago."""
    people = people or (county.enrolled("付现金", village),)
    receipt = CashReceipt(
        village_code=village,
        collector=collector(village, name),
        payer_name=people[0].name,
        received_on=today() - timedelta(days=days_ago),
        **BASIC,
    )
    return cash.take_cash(receipt, {one: Decimal(amount) for one in people}, by=by)


def remitted(by, *receipts, voucher="0318821", day=None):
    remittance = CashRemittance(
        village_code=receipts[0].village_code,
        remitted_on=day or today(),
        paid_to="bank",
        voucher=voucher,
    )
    return cash.remit_cash(remittance, receipts, by=by)


def place(code=county.LI_VILLAGE, length=12):
    receipts = CashReceipt.objects.inside(code)
    return cash_of_places(receipts, length, overdue_days=5)[code]


@pytest.mark.requirement("M21", "Y56")
def test_what_a_village_owes_is_what_it_took_less_what_it_handed_in(hao, zhao):
    first = taken(hao, days_ago=2)
    taken(hao, amount=500)
    assert (place().taken, place().remitted, place().owed) == (800, 0, 800)

    remittance = remitted(hao, first)
    assert (place().owed, place().on_the_way) == (800, 300)

    approving.approve(remittance, by=zhao)
    owed = place()
    assert (owed.taken, owed.remitted, owed.on_the_way, owed.owed) == (800, 300, 0, 500)
    assert owed.owed == owed.taken - owed.remitted


@pytest.mark.requirement("M21")
def test_a_receipt_has_a_number_a_collector_and_a_line_for_each_person(hao):
    wife, husband = county.enrolled("张桂兰"), county.enrolled("李大河")

    receipt = taken(hao, wife, husband)
    second = taken(hao)

    assert (receipt.number, second.number) == ("101201-2021-0001", "101201-2021-0002")
    assert (receipt.amount, receipt.collector.name) == (600, "郑好")
    assert list(receipt.lines.values_list("resident_id", "amount")) == [
        (wife.pk, 300),
        (husband.pk, 300),
    ]


@pytest.mark.requirement("M21")
def test_receipts_are_summed_by_collector(hao, zhao):
    taken(hao)
    remittance = remitted(hao, taken(hao, amount=500, name="何网格"))
    approving.approve(remittance, by=zhao)

    found = cash_of_collectors(CashReceipt.objects.inside(county.LI_VILLAGE), overdue_days=5)

    names = {one.pk: one.name for one in Collector.objects.all()}
    assert {names[key]: (one.taken, one.owed) for key, one in found.items()} == {
        "郑好": (300, 300),
        "何网格": (500, 0),
    }


@pytest.mark.requirement("Y56", "Y92")
def test_cash_never_reaches_the_ledger_but_by_the_tax_bureaus_file(hao, zhao, mei):
    person = county.enrolled("张桂兰")
    remittance = remitted(hao, taken(hao, person))
    approving.approve(remittance, by=zhao)

    assert county.transfers().count() == 0
    arrivals = arrivals_of(county.LI_VILLAGE, year=county.YEAR)
    assert (arrivals.not_remitted, arrivals.not_arrived) == ((0, 0), (1, 300))
    listed = receipts_of(county.LI_VILLAGE, hao, standing="not_arrived")
    assert listed.count() == 1

    county.process(county.payment_row(person), by=mei)

    arrivals = arrivals_of(county.LI_VILLAGE, year=county.YEAR)
    assert (arrivals.not_arrived, arrivals.arrived) == ((0, 0), (1, 300))
    assert not receipts_of(county.LI_VILLAGE, hao, standing="not_arrived").exists()
    assert county.transfers().count() == 1
    assert county.balance() == 0


@pytest.mark.requirement("Y56")
def test_who_says_to_have_paid_and_holds_a_receipt_is_told_apart(hao, as_user, client):
    held, other = county.enrolled("张桂兰"), county.enrolled("王二")
    taken(hao, held)
    for person in (held, other):
        note_contact(person, outcome=Outcome.SAYS_PAID, client_key=uuid.uuid4(), by=hao, **BASIC)

    page = as_user(hao).get(f"/cash/{county.LI_VILLAGE}/")

    scheme, _name, said, held = page.context["says_paid"][0]
    assert (scheme, said, held) == (1, 2, 1)
    listed = as_user(hao).get(f"/unpaid/{county.LI_VILLAGE}/?who=cash").content.decode()
    assert "张桂兰" in listed
    assert "王二" not in listed


@pytest.mark.requirement("Y57")
def test_debts_stand_by_their_age_and_those_over_the_countys_limit_are_overdue(hao, lin):
    for days in (0, 3, 4, 15, 16, 40):
        taken(hao, days_ago=days)

    owed = place()

    assert owed.bands == [600, 300, 300, 300, 300]
    assert sum(owed.bands) == owed.owed
    assert (owed.overdue, owed.overdue_receipts, owed.oldest) == (900, 3, 40)
    late = receipts_of(county.LI_VILLAGE, hao, standing="overdue")
    assert [one.age for one in late] == [40, 16, 15]

    cash.set_overdue_days(county.COUNTY, 15, by=lin)

    late = receipts_of(county.LI_VILLAGE, hao, standing="overdue")
    assert [one.age for one in late] == [40, 16]
    assert CashSettings.days_of(county.COUNTY) == 15
    assert AuditEntry.objects.get(action="set_cash").detail == {"days": {"": [5, 15]}}


@pytest.mark.requirement("Y57")
def test_the_overdue_are_a_list_with_their_age_in_days(hao, lin):
    taken(hao, county.enrolled("张桂兰"), days_ago=40)
    taken(hao)

    export = order_export(
        "cash_receipts",
        Area.objects.get(pk=county.COUNTY),
        "standing=overdue",
        form="xlsx",
        reason="移交",
        by=lin,
    )
    run_job(export.job_id)

    export.refresh_from_db()
    assert export.rows == 1
    book = openpyxl.load_workbook(io.BytesIO(read_file(export.file)))
    cells = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    row = next(row for row in cells if "张桂兰" in row)
    assert "下欠" in row
    assert 40 in row
    assert "未到账" in row


@pytest.mark.requirement("Y56")
def test_the_one_who_handed_in_does_not_confirm_it(zhao, min_, hao):
    remittance = remitted(zhao, taken(zhao))

    with pytest.raises(approving.SamePerson):
        approving.approve(remittance, by=zhao)
    with pytest.raises(NotAllowed):
        approving.approve(remittance, by=hao)
    assert place().owed == 300

    approving.approve(remittance, by=min_)
    assert place().owed == 0


@pytest.mark.requirement("Y56")
def test_a_withdrawn_remittance_leaves_its_receipts_owed_and_its_voucher_free(hao, zhao):
    receipt = taken(hao)
    remittance = remitted(hao, receipt)
    approving.return_to_maker(remittance, by=zhao, reason="凭证号不对")

    cash.withdraw_remittance(remittance, by=hao)

    assert place().owed == 300
    again = remitted(hao, receipt)
    assert again.amount == 300
    with pytest.raises(cash.VoucherUsed):
        remitted(hao, taken(hao))


def test_a_receipt_is_handed_in_once(hao):
    receipt = taken(hao)
    remitted(hao, receipt)

    with pytest.raises(cash.NothingToRemit):
        remitted(hao, receipt, voucher="2")
    with pytest.raises(cash.RemittedBeforeTaken):
        remitted(hao, taken(hao), voucher="3", day=date(2021, 3, 19))

    assert CashRemittance.objects.count() == 1


@pytest.mark.requirement("M21")
def test_a_receipt_is_voided_with_its_reason_and_never_deleted(hao, zhao):
    person = county.enrolled("张桂兰")
    receipt = taken(hao, person)

    voided = cash.void_receipt(receipt, reason="金额开错", by=hao)

    assert (voided.void_reason, voided.voided_by) == ("金额开错", hao)
    assert cash_of_places(CashReceipt.objects.all(), 12, overdue_days=5) == {}
    assert [one.number for one in receipts_of(county.LI_VILLAGE, zhao, standing="voided")] == [
        "101201-2021-0001"
    ]
    with pytest.raises(cash.ReceiptVoided):
        cash.void_receipt(receipt, reason="再来", by=zhao)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        CashReceipt.objects.filter(pk=receipt.pk)._raw_delete("default")
    assert taken(hao, person).number == "101201-2021-0002"


@pytest.mark.requirement("Y92")
def test_an_old_receipt_of_ones_own_is_voided_by_another(hao, zhao):
    receipt = taken(hao)
    yesterday = receipt.made_at - timedelta(days=1)
    CashReceipt.objects.filter(pk=receipt.pk).update(made_at=yesterday)

    with pytest.raises(cash.VoidNotYours):
        cash.void_receipt(receipt, reason="钱退了", by=hao)

    assert cash.void_receipt(receipt, reason="钱退了", by=zhao).voided_by == zhao


def test_what_was_handed_in_is_not_voided(hao, zhao):
    receipt = taken(hao)
    remitted(hao, receipt)

    with pytest.raises(cash.ReceiptRemitted):
        cash.void_receipt(receipt, reason="开错", by=zhao)

    assert place().taken == 300


@pytest.mark.requirement("M21")
def test_cash_is_taken_only_from_who_is_to_pay_and_once(hao, mei):
    person, paid = county.enrolled("张桂兰"), county.enrolled("王二")
    county.process(county.payment_row(paid), by=mei)
    taken(hao, person)

    with pytest.raises(cash.ReceiptStands):
        taken(hao, person)
    with pytest.raises(cash.NotToPay):
        taken(hao, paid)
    with pytest.raises(cash.NotATierToCollect):
        taken(hao, amount=333)

    assert CashReceipt.objects.count() == 1


@pytest.mark.requirement("M21")
def test_an_agent_takes_cash_from_a_household_in_a_few_taps(hao, as_user):
    home = county.household()
    wife = county.enrolled("张桂兰", household=home)
    husband = county.enrolled("李大河", household=home)
    who = collector(staff=hao)
    client = as_user(hao)

    listed = client.get(f"/cash/{county.LI_VILLAGE}/payers/?q=张").content.decode()
    assert f"/cash/take/{wife.pk}/" in listed
    assert "李大河</b>" not in listed
    form = client.get(f"/cash/take/{wife.pk}/?scheme=1")
    assert form.context["form"].initial["collector"] == who
    assert [one.name for one, _field in form.context["form"].lines()] == ["张桂兰", "李大河"]
    answer = client.post(
        f"/cash/take/{wife.pk}/?scheme=1",
        {
            f"tier_{wife.pk}": "300.00",
            f"tier_{husband.pk}": "200.00",
            "payer_name": "张桂兰",
            "received_on": "2021-03-20",
            "collector": who.pk,
        },
    )

    receipt = CashReceipt.objects.get()
    assert answer.url == f"/cash/receipts/{receipt.pk}/"
    assert (receipt.amount, receipt.lines.count(), receipt.made_by) == (500, 2, hao)
    assert client.get(f"/cash/receipts/{receipt.pk}/paper/").content.startswith(b"%PDF")


def test_a_form_without_anybody_ticked_says_so_and_keeps_what_was_filled_in(hao, as_user):
    person, who = county.enrolled("张桂兰"), collector(staff=hao)

    answer = as_user(hao).post(
        f"/cash/take/{person.pk}/",
        {"payer_name": "王五", "received_on": "2021-03-20", "collector": who.pk},
    )

    assert answer.status_code == 422
    assert "没有选要收谁的钱" in answer.content.decode()
    assert "王五" in answer.content.decode()
    assert not CashReceipt.objects.exists()


@pytest.mark.requirement("M21")
def test_each_sees_the_cash_of_the_own_area_alone(hao, zhao, sun, lin, as_user):
    receipt = taken(zhao, village=county.WANG_VILLAGE, name="周守信")

    assert as_user(hao).get(f"/cash/{county.WANG_VILLAGE}/").status_code == 404
    assert as_user(hao).get(f"/cash/receipts/{receipt.pk}/").status_code == 404
    assert as_user(sun).get(f"/cash/receipts/{receipt.pk}/").status_code == 404
    towns = as_user(lin).get(f"/cash/{county.COUNTY}/").context["rows"]
    assert [(row["name"], row["cash"].owed) for row in towns] == [("东湾镇", 300)]
    villages = as_user(zhao).get(f"/cash/{county.EAST_BAY}/").context["rows"]
    assert [(row["name"], row["cash"].owed) for row in villages] == [("王家社区", 300)]
    collectors = as_user(lin).get(f"/cash/{county.WANG_VILLAGE}/").context["rows"]
    assert [(row["name"], row["cash"].owed) for row in collectors] == [("周守信 村委会", 300)]


@pytest.mark.requirement("Y92")
def test_finance_sees_what_is_owed_and_no_person(hao, county, as_user):
    taken(hao, county.enrolled("张桂兰"))
    client = as_user(county.staff("方正", "finance"))

    page = client.get(f"/cash/{county.LI_VILLAGE}/").content.decode()

    assert "300.00" in page
    assert "张桂兰" not in page
    assert client.get(f"/cash/{county.LI_VILLAGE}/receipts/").status_code == 403
    sheet = client.get(f"/cash/{county.COUNTY}/excel/")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet)))
    assert "东湾镇" in [cell.value for row in book.worksheets[0].iter_rows() for cell in row]


def test_a_table_of_places_costs_one_statement_for_any_number_of_receipts(hao):
    taken(hao)
    with CaptureQueriesContext(connection) as few:
        place()
    for _turn in range(20):
        taken(hao)
    with CaptureQueriesContext(connection) as many:
        place()

    assert len(few) == len(many) == 1


def test_handing_in_on_the_page_waits_for_the_town(hao, zhao, as_user):
    receipt = taken(hao)
    client = as_user(hao)
    assert str(receipt.number) in client.get(f"/cash/{county.LI_VILLAGE}/remit/").content.decode()

    answer = client.post(
        f"/cash/{county.LI_VILLAGE}/remit/",
        {
            "receipts": [receipt.pk],
            "remitted_on": "2021-03-20",
            "paid_to": "bank",
            "voucher": " 0318 821 ",
        },
    )

    made = CashRemittance.objects.get()
    assert answer.url == f"/cash/remittances/{made.pk}/"
    assert (made.voucher, made.state) == ("0318821", "submitted")
    start = as_user(zhao).get("/").content.decode()
    assert "上解待确认" in start
    page = as_user(zhao).get(answer.url)
    as_user(zhao).post(
        f"/cash/remittances/{made.pk}/approve/",
        {"seen": page.context["remittance"].content_hash},
    )
    assert place().owed == 0


def test_of_two_villages_with_one_voucher_at_once_the_second_is_told(committed, hao):
    wang = county.staff("王好", "village_agent", county.WANG_VILLAGE)
    first = taken(hao)
    second = taken(wang, village=county.WANG_VILLAGE, name="王好")

    def hand_in():
        try:
            remitted(wang, second)
        except cash.VoucherUsed as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            remitted(hao, first)
            late = pool.submit(hand_in)
            wait_until(somebody_waits_for_a_lock)
        assert late.result() == "凭证号 0318821 已登记过一次上解，核对凭证号。"
    assert CashRemittance.objects.get().village_code == county.LI_VILLAGE
    second.refresh_from_db()
    assert second.remittance is None


@pytest.mark.requirement("M19", "M21")
def test_in_autumn_cash_for_medical_insurance_is_for_the_year_to_come(client, settings):
    settings.PORTAL_TODAY = "2020-10-10"
    agent = county.staff("郑秋", "village_agent", county.LI_VILLAGE)
    collector()
    county.medical_policy()
    county.switch_on()
    county.switch_on(year=2020)
    person = county.enrolled("参医保", scheme=county.MEDICAL)
    client.force_login(agent)

    listed = client.get(f"/cash/{county.LI_VILLAGE}/payers/?scheme=3").content.decode()
    form = client.get(f"/cash/take/{person.pk}/?scheme=3")

    assert "参医保" in listed
    assert form.context["year"] == 2021
    assert cash.year_to_take(county.COUNTY, county.BASIC) == 2020


@pytest.mark.parametrize(("this_ends", "year"), [("12-31", 2021), ("11-30", 2022)])
def test_cash_is_for_this_year_as_long_as_its_window_is_open(settings, this_ends, year):
    settings.PORTAL_TODAY = "2021-12-15"
    county.areas()
    for of_year, windows in [
        (2021, f"自: 2021-01-01, 至: 2021-{this_ends}"),
        (2022, "自: 2021-12-01, 至: 2022-12-31"),
    ]:
        text = county.policy_text(
            county.BASIC, (200, 300), 100, None, county.COUNTY, of_year, version=1
        )
        whole_year = f"自: {of_year}-01-01, 至: {of_year}-12-31"
        loaded = load_policy(text.replace(whole_year, windows))
        PolicyVersion.objects.filter(pk=loaded.pk).update(
            status="published", published_at=timezone.now()
        )

    assert cash.year_to_take(county.COUNTY, county.BASIC) == year
