"""Whom the state pays for: drawn up from identities, agreed to by three, posted once."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contributions.models import PaidDay, Transfer
from enrollment.models import Enrolment, Resident, SpecialIdentity
from pension_portal.jobs import run_job
from pension_portal.models import Job
from policies.loading import load_policy, publish_policy
from staff import approving
from staff.models import DutyKind
from subsidies import paying, rosters
from subsidies.models import Entitlement, ProxyLine, ProxyRoster
from subsidies.waiting import waiting_items
from tests import county
from tests.subsidies import money

pytestmark = pytest.mark.django_db


@pytest.fixture
def feng(county):
    """Feng keeps the county's money."""
    return county.staff("冯账", DutyKind.FINANCE)


@pytest.fixture
def published(lin, qian):
    """100 yuan for the poor; the highest tier, 500, for injured people; half of 200 for orphans."""
    text = county.policy_text(
        county.BASIC, (200, 300, 500), 100, {100: "20"}, county.COUNTY, county.YEAR, 1
    )
    text = text.replace(
        "    - {身份: 残疾人,",
        "    - {身份: 节育手术并发症人员, 等级: 1至3级, 标准: 最高档次}\n"
        "    - {身份: 孤儿, 标准: 200, 代缴: 120, 个人缴费: 其余}\n"
        "    - {身份: 残疾人,",
    )
    county.posts_by_itself()
    return publish_policy(load_policy(text + money.SHARES, by=lin), by=qian)


def poor(name="张桂兰", kind=SpecialIdentity.Kind.LOW_INCOME, **fields):
    person = county.enrolled(name, fields.pop("village", county.LI_VILLAGE))
    county.identity(person, kind, **fields)
    return person


def agreed(roster, *, by, feng, qian):
    return money.agreed(roster, rosters.submit_roster, by=by, reviewer=feng, approver=qian)


def line_of(person):
    return ProxyLine.objects.filter(resident=person).order_by("-roster_id").first()


@pytest.mark.requirement("A47", "Y15", "Y16", "Y17", "Y18")
def test_the_amount_follows_the_policy_of_each_identity(published, lin):
    on_allowance = poor()
    injured = poor("李四", SpecialIdentity.Kind.PROCEDURE_INJURY, grade=3)
    orphan = poor("王五", SpecialIdentity.Kind.ORPHAN)
    slightly = poor("赵六", SpecialIdentity.Kind.DISABLED, grade=3)
    county.enrolled("没有身份")

    money.roster(lin)

    amounts = {
        person.name: (line_of(person).amount, line_of(person).own_amount)
        for person in (on_allowance, injured, orphan)
    }
    assert amounts == {"张桂兰": (100, 0), "李四": (500, 0), "王五": (120, 80)}
    assert line_of(slightly) is None
    assert ProxyLine.objects.count() == 3


@pytest.mark.requirement("X09", "X13")
def test_a_whole_sub_area_is_paid_for_without_an_identity(lin, qian):
    text = county.policy_text(county.BASIC, (200, 300), None, None, county.COUNTY, county.YEAR, 1)
    ruled = f"    - {{片区: '{county.LI_VILLAGE}', 标准: 最低档次}}\n"
    text += "代缴:\n  依据: 方案 三\n  明细:\n" + ruled
    publish_policy(load_policy(text, by=lin), by=qian)
    here, there = county.enrolled("这里"), county.enrolled("那里", county.WANG_VILLAGE)

    money.roster(lin)

    assert (line_of(here).amount, line_of(there)) == (200, None)


def test_who_holds_several_identities_is_paid_for_once_by_the_highest(published, lin):
    person = poor()
    county.identity(person, SpecialIdentity.Kind.PROCEDURE_INJURY, grade=1)

    money.roster(lin)

    line = line_of(person)
    assert (line.amount, line.identity, line.grade) == (500, "procedure_injury", 1)


@pytest.mark.requirement("A47")
def test_an_agreed_roster_is_posted_as_a_source_of_its_own(published, lin, feng, qian):
    person = poor()

    money.paid(agreed(money.roster(lin), by=lin, feng=feng, qian=qian), by=feng)

    (transfer,) = Transfer.objects.all()
    assert (transfer.source, transfer.from_account, transfer.to_account) == (
        "proxy",
        "government",
        "personal_proxy",
    )
    assert (transfer.amount, transfer.people, transfer.resident) == (100, 1, person)
    counted = PaidDay.objects.get(area_code=county.LI_VILLAGE)
    assert (counted.source, counted.people, counted.amount) == ("proxy", 1, 100)
    assert Entitlement.objects.get().amount == 20
    assert county.balance() == 0


def test_nobody_is_paid_for_twice(published, lin, feng, qian, mei):
    in_the_file = poor("文件里的人")
    county.process(county.payment_row(in_the_file, amount="100"), by=mei)
    poor()

    first = money.paid(agreed(money.roster(lin), by=lin, feng=feng, qian=qian), by=feng)
    Job.objects.filter(pk=first.job_id).update(state="queued", steps_done=0)
    run_job(first.job_id)
    with pytest.raises(paying.ProxiesPaidAlready):
        paying.pay_roster(first, paid_on=date(2021, 4, 3), by=feng)
    second = money.roster(lin)

    assert (first.posted_people, first.posted_amount) == (1, 100)
    assert Transfer.objects.filter(source="proxy").count() == 2
    assert set(ProxyLine.objects.filter(roster_id=second.pk).values_list("held", flat=True)) == {
        "paid"
    }
    with pytest.raises(rosters.NobodyToPayFor):
        rosters.submit_roster(second, by=lin)
    assert county.balance() == 0


def test_a_tax_file_that_overtakes_the_roster_is_not_paid_again(published, lin, feng, qian, mei):
    person = poor()
    roster = agreed(money.roster(lin), by=lin, feng=feng, qian=qian)
    county.process(county.payment_row(person, amount="100"), by=mei)

    paid = money.paid(roster, by=feng)

    assert (paid.posted_people, paid.posted_amount) == (0, 0)
    assert Transfer.objects.count() == 1


def test_a_tax_file_after_the_roster_waits_as_a_second_payment(published, lin, feng, qian, mei):
    person = poor()
    money.paid(agreed(money.roster(lin), by=lin, feng=feng, qian=qian), by=feng)

    feed = county.process(county.payment_row(person, amount="100"), by=mei)

    assert county.verdicts(feed) == ["E06"]
    assert Transfer.objects.count() == 1


@pytest.mark.requirement("X10")
def test_own_and_proxy_payment_stand_side_by_side_and_are_shown(published, lin, feng, qian, mei):
    person = poor()
    county.process(county.payment_row(person), by=mei)

    roster = money.roster(lin)
    money.paid(agreed(roster, by=lin, feng=feng, qian=qian), by=feng)

    assert line_of(person).own_paid == 300
    assert rosters.sums_of(roster, area_code=county.COUNTY).paid_themselves == 1
    assert [one.people for one in Transfer.objects.order_by("id")] == [1, 0]
    assert county.balance() == 0


@pytest.mark.requirement("X10")
def test_where_the_policy_forbids_both_whoever_paid_is_not_paid_for(lin, qian, mei):
    text = county.policy_text(
        county.BASIC, (200, 300), 100, {100: "20"}, county.COUNTY, county.YEAR, 1
    )
    text += "其他规定:\n  依据: 方案 六\n  明细:\n    - {规定: 代缴后本人可另缴, 内容: 否}\n"
    county.posts_by_itself()
    publish_policy(load_policy(text, by=lin), by=qian)
    person = poor()
    county.process(county.payment_row(person), by=mei)

    money.roster(lin)

    assert line_of(person).held == "own_paid"


def test_who_entered_and_left_is_read_off_against_the_last_roster(published, lin, feng, qian):
    leaves, stays = poor("走的人"), poor("留的人")
    first = money.paid(agreed(money.roster(lin), by=lin, feng=feng, qian=qian), by=feng)
    SpecialIdentity.objects.filter(resident=leaves).update(valid_to=date(2020, 12, 31))
    county.identity(stays, SpecialIdentity.Kind.PROCEDURE_INJURY, grade=2)
    comes = poor("来的人")

    second = money.roster(lin)

    found = {
        row["resident_id"]: row["how"] for row in rosters.changes_of(second, area_code="990100")
    }
    assert found == {leaves.pk: "left", stays.pk: "changed", comes.pk: "entered"}
    assert second.previous == first
    money.paid(agreed(second, by=lin, feng=feng, qian=qian), by=feng)
    assert Transfer.objects.filter(resident=comes).count() == 1
    assert Transfer.objects.filter(resident=stays).count() == 1


def test_whoever_is_left_out_is_not_paid_for_and_the_review_is_void(published, lin, feng, qian):
    person = poor()
    poor("李四")
    roster = money.roster(lin)
    rosters.submit_roster(roster, by=lin)
    approving.review(roster, by=feng)
    with pytest.raises(rosters.LeavingOutNeedsReason):
        rosters.leave_out(roster, person, because=" ", by=lin)

    rosters.leave_out(roster, person, because="本人按 300 元缴费", by=lin)

    roster.refresh_from_db()
    assert (roster.state, roster.reviewed_by) == ("draft", None)
    money.paid(agreed(roster, by=lin, feng=feng, qian=qian), by=feng)
    assert not Transfer.objects.filter(resident=person).exists()


def test_drawing_up_and_posting_take_as_many_statements_for_many_as_for_one(
    published, lin, feng, qian
):
    def drawn_up_and_posted():
        with CaptureQueriesContext(connection) as queries:
            roster = money.roster(lin)
            money.paid(agreed(roster, by=lin, feng=feng, qian=qian), by=feng)
        return len(queries)

    poor()
    drawn_up_and_posted()
    poor("再来一人")
    few = drawn_up_and_posted()
    for n in range(40):
        poor(f"人{n}")
    many = drawn_up_and_posted()

    assert Transfer.objects.count() == 42
    assert few == many


def test_one_roster_at_a_time_and_paid_before_the_next(published, lin, feng, qian):
    poor()
    first = money.roster(lin)
    with pytest.raises(rosters.RosterStillOpen):
        money.roster(lin)
    agreed(first, by=lin, feng=feng, qian=qian)

    with pytest.raises(rosters.RosterNotPosted):
        money.roster(lin)

    assert ProxyRoster.objects.count() == 1


def test_finance_sees_sums_and_the_officer_the_people(client, published, lin, feng):
    poor()
    roster = money.roster(lin)
    client.force_login(feng)
    sums = client.get(f"/subsidies/rosters/{roster.pk}/").content.decode()
    refused = client.get(f"/subsidies/rosters/{roster.pk}/people/")
    client.force_login(lin)
    people = client.get(f"/subsidies/rosters/{roster.pk}/people/").content.decode()

    assert "100.00" in sums and "张桂兰" not in sums
    assert refused.status_code == 403
    assert "张桂兰" in people


def test_the_roster_is_printed_and_goes_out_as_excel(client, published, lin):
    poor()
    roster = money.roster(lin)
    client.force_login(lin)

    book = client.get(f"/subsidies/rosters/{roster.pk}/excel/")
    paper = client.get(f"/subsidies/rosters/{roster.pk}/print/")

    assert book.content[:2] == b"PK"
    assert paper.content[:4] == b"%PDF"


def test_neither_a_town_clerk_nor_another_county_opens_a_roster(client, published, lin, sun):
    poor()
    roster = money.roster(lin)
    client.force_login(sun)
    of_a_town = client.get(f"/subsidies/rosters/{roster.pk}/people/")
    client.force_login(county.staff("外县人", area=county.NEIGHBOUR))
    of_another_county = client.get(f"/subsidies/rosters/{roster.pk}/people/")

    assert (of_a_town.status_code, of_another_county.status_code) == (403, 404)


def test_what_waits_stands_on_the_start_page_of_whoever_is_next(published, lin, feng, qian):
    poor()
    roster = money.roster(lin)
    rosters.submit_roster(roster, by=lin)

    def waits(staff):
        return {item.title: item.count for item in waiting_items(staff) if item.count}

    assert waits(feng) == {"代缴名册待复核": 1}
    approving.review(roster, by=feng)
    assert waits(qian) == {"代缴名册待审批": 1}
    approving.approve(roster, by=qian)
    assert waits(feng) == {"代缴名册待拨付": 1}
    assert waits(lin) == {}


# --- who pays themselves after the roster was agreed to ---


@pytest.mark.requirement("Y15", "Y16", "Y17", "Y18", "X10")
def test_who_paid_since_is_asked_about_before_any_money_is_noted(published, lin, feng, qian, mei):
    person = poor()
    poor("李四")
    roster = agreed(money.roster(lin), by=lin, feng=feng, qian=qian)
    county.process(county.payment_row(person), by=mei)

    with pytest.raises(paying.PaidThemselvesSince) as refused:
        paying.pay_roster(roster, paid_on=date(2021, 4, 2), by=feng)
    before = Transfer.objects.filter(source="proxy").count()
    paying.answer_for(roster, [person.pk], answer="pay", by=lin)
    paid = money.paid(roster, by=feng)

    assert "1 人" in str(refused.value)
    assert (before, paid.posted_people) == (0, 2)
    assert line_of(person).answered_by == lin
    assert county.balance() == 0


@pytest.mark.requirement("Y15", "X10")
def test_whoever_is_answered_not_to_be_paid_for_stands_there_unpaid(
    client, published, lin, feng, qian, mei
):
    person = poor()
    poor("李四")
    roster = agreed(money.roster(lin), by=lin, feng=feng, qian=qian)
    county.process(county.payment_row(person), by=mei)
    client.force_login(lin)
    url = f"/subsidies/rosters/{roster.pk}/people/"
    shown = client.get(f"{url}?which=since").content.decode()
    client.post(f"{url}answer/", {"resident": person.pk, "answer": "hold"})
    client.force_login(feng)
    page = client.get(f"/subsidies/rosters/{roster.pk}/").content.decode()

    paid = money.paid(roster, by=feng)

    assert "张桂兰" in shown and "李四" not in shown and "300.00" in shown
    assert "现在应拨付 1 人，100.00 元" in page
    assert (paid.posted_people, paid.posted_amount) == (1, 100)
    assert line_of(person).unpaid_because == "own_since"
    assert not Transfer.objects.filter(resident=person, source="proxy").exists()


def test_who_pays_between_the_note_and_the_posting_is_passed_over_and_shown(
    client, published, lin, feng, qian, mei
):
    person = poor()
    roster = agreed(money.roster(lin), by=lin, feng=feng, qian=qian)
    noted = paying.pay_roster(roster, paid_on=date(2021, 4, 2), by=feng)
    county.process(county.payment_row(person), by=mei)

    run_job(noted.job_id)

    client.force_login(lin)
    people = client.get(f"/subsidies/rosters/{roster.pk}/people/?which=unpaid_own_since")
    assert not Transfer.objects.filter(source="proxy").exists()
    assert "张桂兰" in people.content.decode()
    assert "定稿后本人已缴" in client.get(f"/subsidies/rosters/{roster.pk}/").content.decode()


def test_a_further_payment_is_asked_about_anew(published, lin, feng, qian, mei):
    person = poor()
    roster = agreed(money.roster(lin), by=lin, feng=feng, qian=qian)
    county.process(county.payment_row(person), by=mei)
    paying.answer_for(roster, [person.pk], answer="pay", by=lin)
    ProxyLine.objects.filter(resident=person).update(answered_about=200)

    with pytest.raises(paying.PaidThemselvesSince):
        paying.pay_roster(roster, paid_on=date(2021, 4, 2), by=feng)


def test_ones_own_share_of_the_sum_is_no_payment_beside_it(published, lin, feng, qian, mei):
    orphan = poor("王五", SpecialIdentity.Kind.ORPHAN)
    roster = agreed(money.roster(lin), by=lin, feng=feng, qian=qian)
    line_of(orphan)
    ProxyLine.objects.filter(resident=orphan).update(own_amount=300)
    county.process(county.payment_row(orphan), by=mei)

    paid = money.paid(roster, by=feng)

    assert (paid.posted_people, paid.posted_amount) == (1, 120)


def test_where_the_policy_forbids_both_nobody_can_answer_pay(lin, feng, qian, mei):
    text = county.policy_text(
        county.BASIC, (200, 300), 100, {100: "20"}, county.COUNTY, county.YEAR, 1
    )
    text += "其他规定:\n  依据: 方案 六\n  明细:\n    - {规定: 代缴后本人可另缴, 内容: 否}\n"
    county.posts_by_itself()
    publish_policy(load_policy(text, by=lin), by=qian)
    person = poor()
    roster = agreed(money.roster(lin), by=lin, feng=feng, qian=qian)
    county.process(county.payment_row(person), by=mei)
    with pytest.raises(paying.BothForbidden):
        paying.answer_for(roster, [person.pk], answer="pay", by=lin)

    paid = money.paid(roster, by=feng)

    assert paid.posted_people == 0
    assert line_of(person).unpaid_because == "own_since"


def test_who_has_died_since_stands_in_the_roster_unpaid(published, lin, feng, qian):
    person = poor()
    roster = agreed(money.roster(lin), by=lin, feng=feng, qian=qian)
    Resident.objects.filter(pk=person.pk).update(life_status="dead")

    paid = money.paid(roster, by=feng)

    assert paid.posted_people == 0
    assert line_of(person).unpaid_because == "gone"


@pytest.mark.requirement("A08")
def test_who_has_moved_since_is_paid_for_in_the_new_village(published, lin, feng, qian):
    person = poor()
    roster = agreed(money.roster(lin), by=lin, feng=feng, qian=qian)
    Enrolment.objects.filter(resident=person).update(village_code=county.WANG_VILLAGE)

    money.paid(roster, by=feng)

    assert Transfer.objects.get().village_code == county.WANG_VILLAGE


def test_a_refund_in_a_file_takes_ones_own_payment_and_not_the_state_s(
    published, lin, feng, qian, mei
):
    injured = poor("李四", SpecialIdentity.Kind.PROCEDURE_INJURY, grade=3)
    money.paid(agreed(money.roster(lin), by=lin, feng=feng, qian=qian), by=feng)
    county.process(county.payment_row(injured, amount="500", paid_on="2021-04-05"), by=mei)

    county.process(county.payment_row(injured, amount="-500"), by=mei, name="退.csv")

    refund = Transfer.objects.get(kind="refund")
    assert (refund.source, refund.to_account) == ("own", "payer")
    assert county.balance() == 0


def test_who_was_left_out_or_answered_for_stays_out_of_the_next_roster(
    published, lin, feng, qian, mei
):
    left_out, held, other = poor("剔除的人"), poor("不付的人"), poor("别人")
    first = money.roster(lin)
    rosters.leave_out(first, left_out, because="本人按 300 元缴费", by=lin)
    first = agreed(first, by=lin, feng=feng, qian=qian)
    county.process(county.payment_row(held), by=mei)
    paying.answer_for(first, [held.pk], answer="hold", by=lin)
    money.paid(first, by=feng)
    poor("新来的人")

    second = money.roster(lin)

    assert line_of(left_out).left_out_because == "本人按 300 元缴费"
    assert line_of(held).left_out_because == "上一份答复不付"
    assert line_of(other).held == "paid"
    assert rosters.sums_of(second, area_code=county.COUNTY).whole.people == 1
    rosters.leave_out(second, held, because="", by=lin)
    assert rosters.sums_of(second, area_code=county.COUNTY).whole.people == 2
