"""What collectives and donors add: a list for each payer, capped, agreed to, posted once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from benefits.accounts import accounts_of
from contributions import tying_out
from contributions.models import PaidDay, Transfer
from contributions.unpaid import unpaid
from pension_portal.jobs import run_job
from staff import approving
from staff.models import DutyKind
from subsidies import aid
from subsidies.models import AidList, Entitlement
from tests import county

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def policy(county, settings):
    settings.PORTAL_TODAY = "2021-04-10"
    county.posts_by_itself()
    return county.policy()


@pytest.fixture
def feng(county):
    return county.staff("冯账", DutyKind.FINANCE)


def new(by, upload=None, **fields):
    """A payer's list: 李家村集体 for the basic scheme of 2021 unless said otherwise."""
    asked = {
        "county_code": county.COUNTY,
        "scheme_id": county.BASIC,
        "year": county.YEAR,
        "source": "aid",
        "payer_kind": "organisation",
        "payer_name": "李家村集体",
        "paid_on": date(2021, 4, 2),
        "voucher": "P1",
    }
    return aid.begin_aid(AidList(**asked | fields), by=by, upload=upload)


def file(*rows, header="姓名,身份证号,补助金额"):
    content = "\n".join([header, *(",".join(map(str, row)) for row in rows), ""])
    return county.upload(content.encode("gb18030"), "补助名单.csv")


def read(made):
    run_job(made.job_id)
    return AidList.objects.select_related("job").get(pk=made.pk)


def listed(by, *people, amount=100, **fields):
    rows = [(one.name, one.id_number, amount) for one in people]
    return read(new(by, file(*rows), **fields))


def posted(made, *, by, feng, qian):
    aid.submit_aid(made, by=by)
    approving.review(made, by=feng)
    return aid.approve_aid(made, by=qian)


def outcomes(made):
    return {line.name: line.held for line in made.lines.all()}


@pytest.mark.requirement("Y27")
def test_a_list_shows_who_is_over_the_cap_or_not_enrolled_before_anybody_agrees(lin):
    good, over, twice = (county.enrolled(name) for name in ("甲", "乙", "丙"))
    stranger = county.resident("丁")
    rows = [(one.name, one.id_number, 100) for one in (good, twice, stranger)]
    rows += [("乙", over.id_number, "500.01"), ("别名", good.id_number, 100)]
    rows += [("无此人", county.id_number(), 100)]

    made = read(new(lin, file(*rows)))

    assert aid.cap_of(made) == 500
    assert outcomes(made) == {
        "甲": "",
        "丙": "",
        "丁": "not_enrolled",
        "乙": "over_cap",
        "别名": "other_name",
        "无此人": "nobody",
    }
    assert Transfer.objects.count() == 0


@pytest.mark.requirement("Y27")
def test_the_cap_holds_for_both_kinds_of_aid_together(lin, feng, qian):
    person = county.enrolled("甲")
    posted(listed(lin, person, amount=400), by=lin, feng=feng, qian=qian)

    gift = listed(lin, person, amount=101, source="gift", payer_name="慈善会")
    fits = listed(lin, person, amount=100, source="gift", payer_name="慈善会", voucher="P2")

    assert outcomes(gift) == {"甲": "over_cap"}
    assert outcomes(fits) == {"甲": ""}
    with pytest.raises(aid.AidHasNobody):
        aid.submit_aid(gift, by=lin)


@pytest.mark.requirement("Y27")
def test_money_balances_by_scheme_year_and_source(lin, feng, qian, mei):
    one, two = county.enrolled("甲"), county.enrolled("乙", county.STONE_VILLAGE)
    county.process(county.payment_row(one), by=mei)
    posted(listed(lin, one, two), by=lin, feng=feng, qian=qian)
    gift = {"source": "gift", "payer_kind": "person", "payer_name": "王善人"}
    posted(listed(lin, two, amount=50, **gift), by=lin, feng=feng, qian=qian)

    sums = Transfer.objects.values_list("scheme_id", "year", "source")
    sums = {row[:3]: row[3] for row in sums.annotate(sum=Sum("amount")).order_by()}

    assert sums == {(1, 2021, "own"): 300, (1, 2021, "aid"): 200, (1, 2021, "gift"): 50}
    month = tying_out.by_source(county.COUNTY, date(2021, 3, 1), date(2021, 4, 30))
    assert {(row["scheme_id"], row["source"]): row["amount"] for row in month} == {
        (1, "own"): 300,
        (1, "aid"): 200,
        (1, "gift"): 50,
    }
    books = county.balance_of_the_books(county.COUNTY)
    assert (books["sponsor"], books["personal_aid"]) == (-250, 250)
    assert sum(books.values()) == 0


@pytest.mark.requirement("Y27")
def test_aid_makes_nobody_a_payer_and_earns_no_subsidy(lin, feng, qian):
    person = county.enrolled("甲")

    posted(listed(lin, person), by=lin, feng=feng, qian=qian)

    people = unpaid(county.LI_VILLAGE, scheme_id=county.BASIC, year=county.YEAR)
    assert [one.resident_id for one in people] == [person.pk]
    assert not PaidDay.objects.exists()
    assert not Entitlement.objects.exists()
    assert [
        day.day
        for day in tying_out.tie_out(county.COUNTY, date(2021, 4, 1), date(2021, 4, 9))
        if day.lines
    ] == []


@pytest.mark.requirement("Y27")
def test_aid_stands_in_the_account_and_on_the_persons_page_by_its_source(
    lin, feng, qian, zhao, as_user
):
    person = county.enrolled("甲")
    posted(listed(lin, person), by=lin, feng=feng, qian=qian)
    gift = {"source": "gift", "payer_kind": "person", "payer_name": "王善人"}
    posted(listed(lin, person, amount=50, **gift), by=lin, feng=feng, qian=qian)

    (account,) = accounts_of(person)

    assert account.balances == {"collective": Decimal(100), "donation": Decimal(50)}
    page = as_user(zhao).get(f"/residents/{person.pk}/payments/").content.decode()
    assert "集体补助" in page
    assert "社会资助" in page
    assert "100.00" in page


@pytest.mark.requirement("Y27")
def test_a_list_is_posted_once_and_by_three_people(lin, feng, qian):
    made = listed(lin, county.enrolled("甲"))
    aid.submit_aid(made, by=lin)
    with pytest.raises(approving.StepOutOfTurn):
        aid.approve_aid(made, by=qian)
    approving.review(made, by=feng)
    done = aid.approve_aid(made, by=qian)

    with pytest.raises(approving.StepTakenAlready):
        aid.approve_aid(made, by=qian)
    with pytest.raises(aid.AidVoucherKnown):
        new(lin)

    assert (done.people, done.amount) == (1, 100)
    assert Transfer.objects.count() == 1


@pytest.mark.requirement("Y27")
def test_who_left_after_the_list_was_agreed_to_is_not_paid_for(lin, feng, qian):
    person = county.enrolled("甲")
    made = listed(lin, person, county.enrolled("乙"))
    aid.submit_aid(made, by=lin)
    approving.review(made, by=feng)
    person.enrolments.update(status="ended")

    with pytest.raises(approving.ContentChanged):
        aid.approve_aid(made, by=qian)

    assert Transfer.objects.count() == 0


@pytest.mark.requirement("Y27")
def test_a_posted_list_is_taken_back_as_a_whole_and_may_come_again(lin, feng, qian):
    person = county.enrolled("甲")
    made = posted(listed(lin, person, amount=500), by=lin, feng=feng, qian=qian)
    way_back = aid.reverse_aid(made, reason="名单送错", by=lin)
    with pytest.raises(aid.AidReversedAlready):
        aid.reverse_aid(made, reason="再来", by=lin)
    approving.review(way_back, by=feng)
    aid.approve_aid(way_back, by=qian)

    first, back = Transfer.objects.order_by("id")
    assert (back.kind, back.source, back.reverses_id) == ("reversal", "aid", first.id)
    books = county.balance_of_the_books(county.COUNTY)
    assert books == {"sponsor": 0, "personal_aid": 0}
    assert not any(sum(one.balances.values()) for one in accounts_of(person))
    assert outcomes(listed(lin, person, amount=500, voucher="P9")) == {"甲": ""}


@pytest.mark.requirement("Y27")
def test_unknown_headers_are_asked_about_once(lin, as_user):
    person = county.enrolled("甲")
    strange = file((person.id_number, "甲", 100), header="甲列,乙列,丙列")
    made = read(new(lin, strange))
    assert made.questions

    client = as_user(lin)
    assert "确认各列是什么" in client.get(f"/subsidies/aid/{made.pk}/").content.decode()
    named = {"column_id_number": 0, "column_name": 1, "column_amount": 2}
    client.post(f"/subsidies/aid/{made.pk}/columns/", named)
    made = read(made)

    assert (made.questions, outcomes(made)) == ({}, {"甲": ""})


def test_nobody_is_entered_into_a_list_that_is_being_read(lin, county):
    listed, other = county.enrolled("甲"), county.enrolled("乙")
    made = new(lin, file((listed.name, listed.id_number, 100)))

    with pytest.raises(aid.AidStillRead):
        aid.add_line(made, name="乙", number=other.id_number, amount=100, by=lin)

    made = read(made)
    aid.add_line(made, name="乙", number=other.id_number, amount=100, by=lin)
    assert outcomes(made) == {"甲": "", "乙": ""}


@pytest.mark.requirement("Y27")
def test_a_donor_is_entered_by_hand_on_the_page(lin, feng, county, as_user):
    person = county.enrolled("甲")
    client = as_user(lin)
    answer = client.post(
        "/subsidies/aid/new/",
        {
            "source": "gift",
            "payer_kind": "person",
            "payer_name": "王善人",
            "scheme_id": 1,
            "year": 2021,
            "paid_on": "2021-04-02",
            "voucher": "J1",
        },
    )
    made = AidList.objects.get()
    assert answer.url == f"/subsidies/aid/{made.pk}/"
    line = {"name": "甲", "number": person.id_number, "amount": "200"}
    client.post(f"/subsidies/aid/{made.pk}/lines/", line)
    client.post(f"/subsidies/aid/{made.pk}/lines/", line | {"name": "错名"})

    page = client.get(f"/subsidies/aid/{made.pk}/").content.decode()
    assert "姓名与档案不同" in page
    assert person.id_number not in page
    wrong = made.lines.get(name="错名")
    client.post(f"/subsidies/aid/{made.pk}/lines/{wrong.pk}/drop/")
    client.post(f"/subsidies/aid/{made.pk}/submit/")
    made.refresh_from_db()
    assert (made.state, outcomes(made)) == ("submitted", {"甲": ""})
    seen = as_user(feng).get(f"/subsidies/aid/{made.pk}/").content.decode()
    assert "200.00" in seen
    assert "甲</a>" not in seen


@pytest.mark.requirement("Y27")
def test_one_persons_line_is_taken_back_and_the_others_stand(lin, feng, qian):
    wrong, right = county.enrolled("甲"), county.enrolled("乙")
    made = posted(listed(lin, wrong, right), by=lin, feng=feng, qian=qian)
    line = made.lines.get(name="甲")

    way_back = aid.reverse_aid(made, reason="人不对", line_ids=[line.pk], by=lin)
    with pytest.raises(aid.AidReversedAlready):
        aid.reverse_aid(made, reason="再来", line_ids=[line.pk], by=lin)
    approving.review(way_back, by=feng)
    way_back = aid.approve_aid(way_back, by=qian)

    assert (way_back.people, way_back.amount) == (1, 100)
    back = Transfer.objects.get(kind="reversal")
    assert (back.resident, back.from_account, back.to_account) == (wrong, "personal_aid", "sponsor")
    assert county.balance_of_the_books(county.COUNTY) == {"sponsor": -100, "personal_aid": 100}
    assert [sum(one.balances.values()) for one in accounts_of(right)] == [100]
    rest = aid.reverse_aid(made, reason="余下也退", by=lin)
    assert [one.name for one in rest.taken_back.all()] == ["乙"]


def test_a_way_back_that_was_withdrawn_leaves_its_lines_as_they_were(lin, feng, qian):
    person = county.enrolled("甲")
    made = posted(listed(lin, person), by=lin, feng=feng, qian=qian)
    first = aid.reverse_aid(made, reason="人不对", by=lin)

    aid.withdraw_aid(first, by=lin)
    second = aid.reverse_aid(made, reason="人不对", by=lin)

    assert [one.name for one in second.taken_back.all()] == ["甲"]
    assert not first.taken_back.exists()


def test_a_line_is_ticked_and_taken_back_from_the_page(lin, feng, qian, as_user):
    made = posted(
        listed(lin, county.enrolled("甲"), county.enrolled("乙")), by=lin, feng=feng, qian=qian
    )
    line = made.lines.get(name="乙")
    address = f"/subsidies/aid/{made.pk}/"

    none = as_user(lin).post(f"{address}reverse/", {"reason": "人不对"})
    as_user(lin).post(f"{address}reverse/", {"reason": "人不对", "line": line.pk})

    page = as_user(lin).get(address).content.decode()
    assert none.status_code == 409
    assert AidList.objects.get(reverses=made).taken_back.get() == line
    assert "冲正在办" in page
