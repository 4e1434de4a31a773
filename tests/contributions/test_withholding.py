"""Having the bank take what people registered to pay: the list, its answer, and both ways of paying
in one year.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection, transaction

from contributions import tying_out, withholding
from contributions.models import PaidDay, WithholdingBatch, WithholdingLine
from contributions.waiting import waiting_items
from pension_portal.jobs import run_job
from pension_portal.secrecy import blind_index
from staff import approving
from staff.exporting import order_export
from subsidies.models import Entitlement
from tests import county
from tests.contributions.test_tie_out import statement
from tests.faults import somebody_waits_for_a_lock, wait_until


@pytest.fixture
def cashier(county):
    return county.staff("方正", "finance")


@pytest.fixture
def other_cashier(county):
    return county.staff("孟算", "finance")


@pytest.fixture
def policy(county):
    county.posts_by_itself()
    return county.policy()


def payer(name, *, account=None, tier=300, village=county.LI_VILLAGE):
    account = account or f"62170012345{county.id_number()[-8:-1]}"
    return county.enrolled(
        name, village, tier=tier, bank_account=account, bank_index=blind_index(account)
    )


def drawn(cashier):
    return withholding.draw_up(county.COUNTY, county.BASIC, county.YEAR, by=cashier)


def sent(cashier, other_cashier, qian):
    batch = drawn(cashier)
    approving.review(batch, by=other_cashier)
    approving.approve(batch, by=qian)
    withholding.send_batch(batch, by=cashier)
    return WithholdingBatch.objects.get(pk=batch.pk)


def answered(batch, *rows, by):
    content = "\n".join(["序号,金额,扣款结果,失败原因,扣款日期", *rows, ""]).encode("gb18030")
    batch = withholding.receive_answer(batch, county.upload(content, "回盘.csv"), by=by)
    run_job(batch.job_id)
    return WithholdingBatch.objects.get(pk=batch.pk)


@pytest.mark.requirement("Y10", "Y19", "Y74")
def test_the_list_holds_whoever_has_an_account_and_a_tier_of_the_year(policy, cashier):
    asked = payer("甲")
    payer("乙", account="6217000000000000001")
    payer("丙", account="6217000000000000001")
    county.enrolled("丁", tier=300)
    payer("戊", tier=None)
    payer("己", tier=250)

    batch = drawn(cashier)

    assert [(line.resident_id, line.amount) for line in batch.lines.all()] == [(asked.pk, 300)]
    assert (batch.payments, batch.amount) == (1, 300)
    assert batch.left_out == {
        "no_account": 1,
        "no_such_tier": 1,
        "no_tier": 1,
        "shared_account": 2,
    }


def test_nothing_goes_to_the_bank_before_three_people_agreed(policy, cashier):
    payer("甲")
    batch = drawn(cashier)

    with pytest.raises(withholding.BatchNotApproved):
        withholding.send_batch(batch, by=cashier)

    assert WithholdingBatch.objects.get().sent_at is None


@pytest.mark.requirement("Y11", "Y20")
def test_what_the_bank_took_is_posted_and_what_failed_is_asked_again(
    policy, cashier, other_cashier, qian
):
    payer("甲")
    short = payer("乙")
    batch = sent(cashier, other_cashier, qian)

    batch = answered(
        batch,
        "1,300,成功,,2021-03-09",
        "2,300,失败,账户余额不足,",
        "9,300,成功,,2021-03-09",
        by=cashier,
    )
    again = drawn(cashier)

    assert [(line.result, line.reason) for line in batch.lines.order_by("sequence")] == [
        ("paid", ""),
        ("failed", "short"),
    ]
    assert batch.faults == [{"row": 4, "sequence": 9, "fault": "no_line"}]
    assert [line.resident_id for line in again.lines.all()] == [short.pk]
    (transfer,) = county.transfers()
    assert (transfer.amount, transfer.people, transfer.paid_on) == (300, 1, date(2021, 3, 9))
    assert county.balance() == 0
    counted = PaidDay.objects.get(area_code=county.LI_VILLAGE)
    assert (counted.people, counted.payments, counted.amount) == (1, 1, 300)
    assert Entitlement.objects.get().amount == Decimal("30.00")


@pytest.mark.requirement("X18")
def test_who_paid_the_tax_bureau_meanwhile_is_not_taken_twice(
    policy, mei, cashier, other_cashier, qian
):
    twice = payer("甲")
    batch = sent(cashier, other_cashier, qian)
    county.process(county.payment_row(twice), by=mei)

    batch = answered(batch, "1,300,成功,,2021-03-09", by=cashier)

    assert [line.result for line in batch.lines.all()] == ["double"]
    assert county.transfers().count() == 1
    assert county.balance() == 0


@pytest.mark.requirement("X18")
def test_what_the_tax_bureau_brings_of_the_same_person_is_held(
    policy, mei, cashier, other_cashier, qian
):
    person = payer("甲")
    answered(sent(cashier, other_cashier, qian), "1,300,成功,,2021-03-09", by=cashier)

    feed = county.process(county.payment_row(person), by=mei)

    assert county.verdicts(feed) == ["E06"]


def test_an_answer_that_comes_twice_posts_once(policy, cashier, other_cashier, qian):
    payer("甲")
    payer("乙")
    batch = sent(cashier, other_cashier, qian)
    batch = answered(batch, "1,300,成功,,2021-03-09", by=cashier)

    batch = answered(batch, "1,300,成功,,2021-03-09", "2,300,成功,,2021-03-10", by=cashier)

    assert county.transfers().count() == 2
    assert batch.faults == []
    with pytest.raises(withholding.BatchAnswered):
        withholding.receive_answer(batch, county.upload(b"x"), by=cashier)


def test_an_answer_that_takes_back_what_was_noted_changes_nothing_and_is_named(
    policy, cashier, other_cashier, qian
):
    payer("甲")
    payer("乙")
    batch = answered(sent(cashier, other_cashier, qian), "1,300,成功,,2021-03-09", by=cashier)

    batch = answered(batch, "1,300,失败,余额不足,", by=cashier)

    assert batch.faults == [{"row": 2, "sequence": 1, "fault": "answered"}]
    assert county.transfers().count() == 1


def test_a_second_answer_waits_until_the_first_is_read(policy, cashier, other_cashier, qian):
    payer("甲")
    payer("乙")
    batch = sent(cashier, other_cashier, qian)
    head, one, two = (
        "序号,金额,扣款结果,失败原因,扣款日期\n",
        "1,300,成功,,2021-03-09",
        "2,300,成功,,2021-03-10",
    )
    first = withholding.receive_answer(
        batch, county.upload((head + one).encode("gb18030"), "一.csv"), by=cashier
    )

    with pytest.raises(withholding.AnswerBeingRead):
        withholding.receive_answer(
            batch, county.upload((head + two).encode("gb18030"), "二.csv"), by=cashier
        )

    run_job(first.job_id)
    answered(first, two, by=cashier)
    assert set(batch.lines.values_list("result", flat=True)) == {"paid"}
    assert county.transfers().count() == 2


def test_a_sum_that_differs_is_not_taken_for_the_line(policy, cashier, other_cashier, qian):
    payer("甲")
    batch = answered(sent(cashier, other_cashier, qian), "1,30,成功,,2021-03-09", by=cashier)

    assert batch.faults == [{"row": 2, "sequence": 1, "fault": "other_amount"}]
    assert not county.transfers().exists()


def test_a_second_round_waits_for_the_first(policy, cashier):
    payer("甲")
    drawn(cashier)

    with pytest.raises(withholding.BatchUnderWay):
        drawn(cashier)

    assert WithholdingBatch.objects.count() == 1


def test_nobody_to_ask_makes_no_batch(policy, cashier):
    with pytest.raises(withholding.NobodyToWithhold):
        drawn(cashier)

    assert not WithholdingBatch.objects.exists()


@pytest.mark.parametrize("people", [1, 30])
def test_posting_takes_the_same_statements_for_any_number_of_lines(
    policy, cashier, other_cashier, qian, people, django_assert_max_num_queries
):
    for n in range(people):
        payer(f"甲{n}")
    batch = sent(cashier, other_cashier, qian)
    rows = [f"{n},300,成功,,2021-03-09" for n in range(1, people + 1)]
    content = "\n".join(["序号,金额,扣款结果,失败原因,扣款日期", *rows, ""]).encode("gb18030")
    batch = withholding.receive_answer(batch, county.upload(content, "回盘.csv"), by=cashier)

    with django_assert_max_num_queries(60):
        run_job(batch.job_id)

    assert WithholdingLine.objects.filter(result="paid").count() == people


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        ("成功", True),
        ("扣款成功", True),
        ("不成功", False),
        ("失败", False),
        ("00", True),
        ("", False),
    ],
)
def test_the_bank_says_taken_in_many_ways(words, taken):
    assert withholding.was_taken(words) is taken


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("余额不足", "short"),
        ("账户已销户", "closed"),
        ("户名不符", "name"),
        ("无此账户", "account"),
        ("别的", "other"),
    ],
)
def test_a_reason_is_known_by_its_words(words, code):
    assert withholding.reason_of(words) == code


def test_the_bank_s_list_holds_accounts_as_text(client, policy, cashier, other_cashier, qian):
    payer("甲", account="6217000000000000019")
    batch = sent(cashier, other_cashier, qian)
    client.force_login(cashier)

    response = client.post(f"/withholding/{batch.pk}/send/")

    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert "6217000000000000019" in [cell.value for row in sheet.iter_rows() for cell in row]
    page = client.get(f"/withholding/{batch.pk}/").content.decode()
    assert "6217000000000000019" not in page


def test_a_number_that_stands_twice_and_differs_is_held_with_its_rows(
    client, policy, cashier, other_cashier, qian
):
    payer("甲")
    payer("乙")

    batch = answered(
        sent(cashier, other_cashier, qian),
        "1,300,成功,,2021-03-09",
        "2,300,成功,,2021-03-09",
        "1,300,失败,余额不足,",
        by=cashier,
    )

    assert list(batch.lines.order_by("sequence").values_list("result", flat=True)) == ["", "paid"]
    assert batch.faults == [{"row": 2, "sequence": 1, "fault": "twice", "rows": [2, 4]}]
    assert county.transfers().count() == 1
    client.force_login(cashier)
    page = client.get(f"/withholding/{batch.pk}/").content.decode()
    assert "这个序号在第 2、4 行说的不一样，没有入账。问清银行，改后重传这几行" in page
    mended = answered(batch, "1,300,失败,余额不足,", by=cashier)
    assert mended.faults == [] and mended.lines.get(sequence=1).reason == "short"


def test_a_number_that_stands_twice_and_agrees_is_noted_once(policy, cashier, other_cashier, qian):
    payer("甲")

    batch = answered(
        sent(cashier, other_cashier, qian),
        "1,300,成功,,2021-03-09",
        "1,300.00,扣款成功,,2021-03-09",
        by=cashier,
    )

    assert (batch.faults, batch.lines.get().result) == ([], "paid")
    assert county.transfers().count() == 1


def test_a_row_without_a_number_and_a_day_to_come_are_named(policy, cashier, other_cashier, qian):
    payer("甲")

    batch = answered(
        sent(cashier, other_cashier, qian),
        "1,300,成功,,2099-03-09",
        "第一,300,成功,,2021-03-09",
        by=cashier,
    )

    assert [fault["fault"] for fault in batch.faults] == ["no_number", "future_day"]
    assert not county.transfers().exists()


def test_who_has_moved_counts_in_the_village_they_live_in_now(policy, cashier, other_cashier, qian):
    person = payer("甲")
    batch = sent(cashier, other_cashier, qian)
    person.enrolments.update(village_code=county.WANG_VILLAGE)

    answered(batch, "1,300,成功,,2021-03-09", by=cashier)

    assert county.transfers().get().village_code == county.WANG_VILLAGE


def test_whoever_waited_for_another_s_answer_sees_its_job(
    committed, policy, cashier, other_cashier, qian
):
    payer("甲")
    payer("乙")
    batch = sent(cashier, other_cashier, qian)
    head = "序号,金额,扣款结果,失败原因,扣款日期\n"
    files = [
        county.upload(f"{head}{number},300,成功,,2021-03-09\n".encode("gb18030"), f"{number}.csv")
        for number in (1, 2)
    ]

    def receive(file):
        try:
            withholding.receive_answer(batch, file, by=cashier)
        except withholding.AnswerBeingRead as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            withholding.receive_answer(batch, files[0], by=cashier)
            late = pool.submit(receive, files[1])
            wait_until(somebody_waits_for_a_lock)
        assert late.result() == "answer_being_read"
    assert WithholdingBatch.objects.get().answer.name == "1.csv"


def test_each_result_opens_down_to_its_people(client, policy, cashier, lin, other_cashier, qian):
    payer("甲")
    payer("乙")
    batch = answered(
        sent(cashier, other_cashier, qian),
        "1,300,成功,,2021-03-09",
        "2,300,失败,余额不足,",
        by=cashier,
    )
    client.force_login(lin)
    page = client.get(f"/withholding/{batch.pk}/").content.decode()
    paid = client.get(f"/withholding/{batch.pk}/?result=paid&reason=").content.decode()

    wanted = order_export(
        "withheld",
        lin.duty.area,
        f"batch={batch.pk}&result=failed&reason=short",
        form="xlsx",
        reason="催收",
        by=lin,
    )

    assert f"/withholding/{batch.pk}/?result=paid&amp;reason=#lines" in page
    assert f"/residents/{batch.lines.get(sequence=1).resident_id}/" in paid
    assert f"/residents/{batch.lines.get(sequence=2).resident_id}/" not in paid
    assert wanted.rows == 1


@pytest.mark.requirement("A42", "X18")
def test_a_day_of_withholding_is_reconciled_with_the_bank(
    client, policy, cashier, other_cashier, qian
):
    payer("甲")
    answered(sent(cashier, other_cashier, qian), "1,300,成功,,2021-03-09", by=cashier)
    statement("2021-03-09,300.00,代扣,城乡居民基本养老保险", by=cashier)

    day = tying_out.tie_out_day(county.COUNTY, date(2021, 3, 9))

    assert day.whole.amounts == dict.fromkeys(("tax", "ledger", "bank"), Decimal("300.00"))
    assert (day.state, len(day.lines)) == ("reconciled", 1)
    client.force_login(cashier)
    page = client.get("/tie-out/2021-03-09/rows/").content.decode()
    assert "300.00" in page and "/withholding/" in page


@pytest.mark.requirement("X18")
def test_what_the_bank_took_twice_waits_until_it_is_given_back(
    client, policy, mei, cashier, other_cashier, qian
):
    twice = payer("甲")
    batch = sent(cashier, other_cashier, qian)
    county.process(county.payment_row(twice), by=mei)
    batch = answered(batch, "1,300,成功,,2021-03-09", by=cashier)
    taken = tying_out.tie_out_day(county.COUNTY, date(2021, 3, 9)).whole
    rows = tying_out.tax_rows_of(county.COUNTY, date(2021, 3, 9), is_unmatched=True, limit=9)
    waits = {item.title: item.count for item in waiting_items(cashier)}
    line = batch.lines.get()
    client.force_login(cashier)
    url = f"/withholding/{batch.pk}/returned/"
    none = client.post(url, {"returned_on": "2021-03-12"})
    early = client.post(url, {"returned_on": "2021-03-08", "line": line.pk})

    client.post(url, {"returned_on": "2021-03-12", "line": line.pk})

    line.refresh_from_db()
    assert (none.status_code, early.status_code) == (409, 400)
    assert taken.unmatched == 300 and waits["重复代扣待退"] == 1
    assert [(row["batch_id"], row["verdict"]) for row in rows] == [(batch.pk, "E06")]
    assert (line.returned_on, line.returned_by) == (date(2021, 3, 12), cashier)
    assert tying_out.tie_out_day(county.COUNTY, date(2021, 3, 12)).whole.amounts["tax"] == -300
    assert {item.title: item.count for item in waiting_items(cashier)}["重复代扣待退"] == 0
    with pytest.raises(withholding.NothingToReturn):
        withholding.note_returned(batch, [line.pk], returned_on=date(2021, 3, 12), by=cashier)
    assert county.balance() == 0


def test_another_list_for_the_bank_is_not_what_was_agreed_to(policy, cashier, other_cashier, qian):
    payer("甲")
    payer("乙")
    batch = drawn(cashier)
    approving.review(batch, by=other_cashier)
    first, second = batch.lines.order_by("sequence")
    WithholdingLine.objects.filter(pk=first.pk).update(amount=200)
    WithholdingLine.objects.filter(pk=second.pk).update(amount=400)

    with pytest.raises(approving.ContentChanged):
        approving.approve(batch, by=qian)
