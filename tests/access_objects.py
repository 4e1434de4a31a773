"""Objects of every kind in every area, for the test of who may open what (`test_access.py`).

A route names the kind of each of its arguments; here each kind says on which levels of the area
tree it lives and how one is made there. What everybody of a county may see (its plans, its
policies) is `OF_THE_COUNTY`.

To add a kind, write one function:

    @builds("household", VILLAGE)
    def household(code):
        return county.household(code).pk
"""

import uuid
from datetime import date
from functools import cache
from typing import NamedTuple

from django.utils import timezone

from benefits.models import InterestTerms
from contributions.bank_statements import receive_statement
from contributions.chasing import note_contact
from contributions.county_settings import propose_settings, settings_in_force
from contributions.models import (
    CalendarDay,
    CashLine,
    CashReceipt,
    CashRemittance,
    Collector,
    DayClose,
    DeterminationList,
    FeedRepair,
    FeedRow,
    Lead,
    Outcome,
    PaymentException,
    RefundBatch,
    RefundRequest,
    Reversal,
    SavedFilter,
    SettlementProposal,
    Transfer,
    WithholdingBatch,
)
from enrollment import cases, monthly
from enrollment.departments import add_word, expect_list
from enrollment.households import exempt_member
from enrollment.models import Conflict, Department
from enrollment.rosters import receive_roster
from oversight.bulletins import draft_bulletin, issue_bulletin
from oversight.models import NoticeBundle, NoticeSheet
from oversight.notice_wall import raise_objection
from pension_portal.clock import today
from pension_portal.jobs import run_job, start_job
from policies.models import SchemeSwitch
from staff import approving
from staff.connecting import approve_access, propose_access
from staff.exporting import order_export
from staff.models import DutyKind, Staff
from subsidies.models import AidList
from tests import county
from tests.benefits import accounts
from tests.enrollment import casework, lists, rosters
from tests.oversight import notices
from tests.subsidies import money
from tests.townships import plans
from townships.models import Area, AreaAlias, AreaContact

COUNTY, TOWN, VILLAGE = 6, 9, 12
OF_THE_COUNTY = 0
BUILDERS = {}


class Builder(NamedTuple):
    """How one kind of object is made: on which levels, and by which function of an area code."""

    levels: tuple
    make: object

    def at(self, code):
        """Return the URL argument of this kind's object in an area; each is made once."""
        return self.make(code[:COUNTY] if OF_THE_COUNTY in self.levels else code)


def builds(kind, *levels):
    """Register how the URL argument of one kind of object is made in an area of these levels."""

    def register(make):
        once = cache(make)
        BUILDERS[kind] = Builder(levels, once)
        return once

    return register


def forget():
    """Forget what was made: the database it was made in is gone."""
    for builder in BUILDERS.values():
        builder.make.cache_clear()
    made_case.cache_clear()


@builds("area", COUNTY, TOWN, VILLAGE)
def area(code):
    return code


@builds("town", TOWN)
def town(code):
    return code


@builds("alias", TOWN, VILLAGE)
def alias(code):
    return AreaAlias.objects.create(
        county_code=code[:COUNTY], source="tax", text=f"税务{code}", area_id=code
    ).pk


@builds("contact", TOWN, VILLAGE)
def contact(code):
    return AreaContact.objects.create(area_id=code, role="cadre", name="郑干部", phone="1").pk


@builds("plan", OF_THE_COUNTY)
def plan(code):
    return plans.plan(code=code).pk


@builds("person", COUNTY, TOWN, VILLAGE)
def person(code):
    kinds = {COUNTY: DutyKind.FINANCE, TOWN: DutyKind.TOWN_CLERK, VILLAGE: DutyKind.VILLAGE_AGENT}
    return county.staff("吴同事", kinds[len(code)], code).pk


@builds("proposed_system", COUNTY, TOWN, VILLAGE)
def proposed_system(code):
    return _system(code).pk


@builds("system", COUNTY, TOWN, VILLAGE)
def system(code):
    approver = county.staff("钱程", DutyKind.COUNTY_APPROVER, code[:COUNTY])
    return approve_access(_system(code), by=approver).pk


def _system(code):
    return propose_access(
        name=f"大屏{code}",
        department="县政府办",
        purpose="大屏展示",
        kind=DutyKind.SYSTEM_FIGURES,
        area=Area.objects.get(pk=code),
        expires_on=today(),
        calls_a_minute=60,
        by=county.staff("褚严", DutyKind.SECURITY_ADMIN, code[:COUNTY]),
    )


@builds("duty", COUNTY, TOWN, VILLAGE)
def duty(code):
    return Staff.objects.get(pk=person(code)).duty.pk


@builds("resident", VILLAGE)
def resident(code):
    return county.enrolled("张桂兰", code).pk


@builds("policy", OF_THE_COUNTY)
def policy(code):
    return county.policy(county_code=code).pk


@builds("secret", VILLAGE)
def secret(_code):
    return "id_number"


@builds("case_kind", VILLAGE)
def case_kind(_code):
    return "change"


@builds("case", VILLAGE)
def case(code):
    return made_case(code).pk


@cache
def made_case(code):
    """A draft about a phone, with a paper that was checked elsewhere."""
    person = county.enrolled(f"案{code}", code)
    clerk = county.staff(f"经办{code}", DutyKind.TOWN_CLERK, code[:TOWN])
    made = cases.open_case("change", person, {"phone": "13900001111"}, by=clerk)
    cases.add_paper(made, "id_card", by=clerk, upload=casework.photo())
    return made


@builds("case_item", VILLAGE)
def case_item(_code):
    return "phone"


@builds("case_paper", VILLAGE)
def case_paper(code):
    return made_case(code).papers.get(removed_at=None).pk


@builds("report", TOWN)
def report(code):
    clerk = county.staff(f"月报{code}", DutyKind.TOWN_CLERK, code)
    return monthly.send_month(code, date(2020, 1, 1), by=clerk).pk


@builds("roster", COUNTY, TOWN)
def roster(code):
    kind = DutyKind.COUNTY_OFFICER if len(code) == COUNTY else DutyKind.TOWN_CLERK
    content = rosters.as_csv([rosters.row(备注=code)])
    received, _is_new = receive_roster(
        county.upload(content, "花名册.csv"), area_code=code, by=county.staff("何录入", kind, code)
    )
    return received.pk


@builds("department_list", OF_THE_COUNTY)
def department_list(code):
    rows = [["姓名", "身份证号", "残疾等级"], ["张桂兰", county.id_number(), "一级"]]
    by = county.staff("何录入", DutyKind.DATA_ADMIN, code)
    return lists.send(by, rows, as_of=date(2021, 1, 1)).pk


@builds("conflict", VILLAGE)
def conflict(code):
    person = county.enrolled("张桂兰", code)
    received = department_list(code[:COUNTY])
    return Conflict.objects.create(
        county_code=code[:COUNTY],
        village_code=code,
        resident=person,
        subject="student",
        first_list_id=received,
        last_list_id=received,
        row_number=2,
        listed_name="张桂兰",
        found_at=timezone.now(),
    ).pk


@builds("household", VILLAGE)
def household(code):
    return county.household(code, number=f"A{code}").pk


@builds("exemption_of_member", VILLAGE)
def exemption_of_member(code):
    person = county.enrolled("张桂兰", code)
    return exempt_member(
        person,
        1,
        evidence="入伍通知书",
        evidence_on=date(2020, 9, 1),
        by=county.staff("何录入", DutyKind.TOWN_CLERK, code[:TOWN]),
    ).pk


@builds("department", OF_THE_COUNTY)
def department(code):
    return Department.objects.create(county_code=code, name="水利局").pk


@builds("expected_list", OF_THE_COUNTY)
def expected_list(code):
    office = Department.objects.get(pk=department(code))
    return expect_list(office, "student", rhythm="year", due_month=10, due_day=31, by=None).pk


@builds("identity_word", OF_THE_COUNTY)
def identity_word(code):
    return add_word(code, "三老人员", "low_income", by=None).pk


@builds("feed", OF_THE_COUNTY)
def feed(code):
    """Upload a file with two rows for each village of a county: one posts, one is held there."""
    policy(code)
    county.posts_by_itself(code)
    rows = []
    for village, _name, town in county.AREAS:
        if village.startswith(code) and len(village) == VILLAGE:
            payer = county.enrolled("张桂兰", village)
            town_name = Area.objects.get(pk=town).name
            rows.append(county.payment_row(payer, town=town_name))
            rows.append(county.payment_row(payer, town=town_name, name="张桂花"))
    return county.process(*rows, by=county.staff("梅雨", DutyKind.DATA_ADMIN, code)).pk


@builds("feed_row", OF_THE_COUNTY)
def feed_row(code):
    return FeedRow.objects.filter(feed_id=feed(code)).earliest("row_no").row_no


@builds("exception", VILLAGE)
def exception(code):
    return PaymentException.objects.get(feed_id=feed(code[:COUNTY]), area_code=code).pk


@builds("repair", VILLAGE)
def repair(code):
    held = PaymentException.objects.get(pk=exception(code))
    clerk = county.staff("何修补", DutyKind.TOWN_CLERK, code[:TOWN])
    file = county.stored_file(clerk, purpose="feed_repair", name="修好.xlsx")
    job = start_job("feed_repair", 0, county_code=code[:COUNTY], by=clerk)
    return FeedRepair.objects.create(
        county_code=code[:COUNTY],
        area_code=code,
        feed=held.feed,
        file=file,
        job=job,
        given_by=clerk,
    ).pk


@builds("settlement_proposal", VILLAGE)
def settlement_proposal(code):
    """A large exception that a clerk proposes to post, waiting for its review."""
    held = PaymentException.objects.get(pk=exception(code))
    clerk = county.staff("何经办", DutyKind.TOWN_CLERK, code[:TOWN])
    proposal = SettlementProposal(county_code=code[:COUNTY], area_code=code, exception=held)
    return approving.submit(approving.begin(proposal, by=clerk), by=clerk).pk


@builds("county", OF_THE_COUNTY)
def county_code(code):
    return code


@builds("year", OF_THE_COUNTY)
def year(_code):
    return county.YEAR


@builds("transfer", VILLAGE)
def transfer(code):
    return Transfer.objects.get(feed_id=feed(code[:COUNTY]), village_code=code).id


@builds("refund", VILLAGE)
def refund(code):
    """A refund that a clerk asked of the fund, waiting for its review."""
    paid = Transfer.objects.get(feed_id=feed(code[:COUNTY]), village_code=code)
    made = RefundRequest(
        county_code=code[:COUNTY],
        area_code=code,
        year=paid.year,
        scheme_id=paid.scheme_id,
        resident_id=paid.resident_id,
        name="张桂兰",
        transfer_id=paid.id,
        amount=paid.amount,
        payer="fund",
        cause="double",
    )
    return accounts.decided(made, "submitted").pk


@builds("refund_batch", OF_THE_COUNTY)
def refund_batch(code):
    clerk = county.staff("方正", DutyKind.FINANCE, code)
    return RefundBatch.objects.create(
        county_code=code, payer="fund", number="JF2021-0001", made_by=clerk
    ).pk


@builds("reversal", VILLAGE)
def reversal(code):
    paid = Transfer.objects.get(feed_id=feed(code[:COUNTY]), village_code=code)
    made = Reversal(
        county_code=code[:COUNTY],
        village_code=code,
        resident_id=paid.resident_id,
        year=paid.year,
        transfer_id=paid.id,
        amount=paid.amount,
        reason="记错了人",
    )
    return accounts.decided(made, "submitted").pk


@builds("determination_list", OF_THE_COUNTY)
def determination_list(code):
    clerk = county.staff("林秋", DutyKind.COUNTY_OFFICER, code)
    return DeterminationList.objects.create(
        county_code=code, number="BJ2021-0001", made_by=clerk
    ).pk


@builds("determination", VILLAGE)
def determination(code):
    person = county.enrolled("张桂兰", code)
    return county.determination(person, [2019], 300, number=f"HD{code}", approved_on=None).pk


@builds("proposal", OF_THE_COUNTY)
def proposal(code):
    wanted = settings_in_force(code) | {"bad_share_limit": 20}
    maker = county.staff("梅雨", DutyKind.DATA_ADMIN, code)
    return propose_settings(code, wanted, why="试运行结束", by=maker).pk


@builds("switch", OF_THE_COUNTY)
def switch(code):
    return SchemeSwitch.objects.create(
        county_code=code,
        scheme_id=county.MEDICAL,
        year=2021,
        is_on=True,
        why="按医保通知开办",
        made_by=county.staff("梅雨", DutyKind.DATA_ADMIN, code),
    ).pk


@builds("village", VILLAGE)
def village(code):
    return code


@builds("contact_made", VILLAGE)
def contact_made(code):
    return _contact(code, Outcome.AWAY).pk


@builds("lead", VILLAGE)
def lead(code):
    return Lead.objects.get(contact=_contact(code, Outcome.DEAD)).pk


def _contact(code, outcome):
    agent = county.staff("郑好", DutyKind.VILLAGE_AGENT, code)
    made, _is_new = note_contact(
        county.enrolled("张桂兰", code),
        scheme_id=county.BASIC,
        year=county.YEAR,
        outcome=outcome,
        client_key=uuid.uuid4(),
        by=agent,
    )
    return made


@builds("collector", COUNTY, TOWN, VILLAGE)
def collector(code):
    return Collector.objects.create(county_code=code[:COUNTY], area_id=code, name="何网格").pk


@builds("cash_receipt", VILLAGE)
def cash_receipt(code):
    person = county.enrolled("张桂兰", code)
    common = {"county_code": code[:COUNTY], "village_code": code, "scheme_id": county.BASIC}
    common |= {"year": county.YEAR, "amount": 300}
    made = CashReceipt.objects.create(
        number=uuid.uuid4().hex[:20],
        collector_id=collector(code),
        payer_name="张桂兰",
        received_on=today(),
        made_by=county.staff("郑好", DutyKind.VILLAGE_AGENT, code),
        **common,
    )
    CashLine.objects.create(receipt=made, resident=person, **common)
    return made.pk


@builds("cash_remittance", VILLAGE)
def cash_remittance(code):
    remittance = CashRemittance(
        county_code=code[:COUNTY],
        village_code=code,
        remitted_on=today(),
        paid_to="bank",
        voucher=uuid.uuid4().hex[:20],
        amount=300,
    )
    return accounts.decided(remittance, "submitted").pk


@builds("saved_filter", OF_THE_COUNTY)
def saved_filter(code):
    return SavedFilter.objects.create(
        county_code=code,
        owner=county.staff("林秋", DutyKind.COUNTY_OFFICER, code),
        name="四十五岁以上",
        query="who=aged_45",
        is_shared=True,
    ).pk


@builds("interest_terms", OF_THE_COUNTY)
def interest_terms(code):
    return accounts.terms(county_code=code, state="submitted").pk


@builds("interest_run", OF_THE_COUNTY)
def interest_run(code):
    return accounts.run(InterestTerms.objects.get(pk=interest_terms(code))).pk


@builds("settlement", VILLAGE)
def settlement(code):
    return accounts.settlement(county.enrolled("张桂兰", code)).pk


@builds("account_move", VILLAGE)
def account_move(code):
    return accounts.move(county.enrolled("张桂兰", code)).pk


@builds("subsidy_claim", OF_THE_COUNTY)
def subsidy_claim(code):
    return money.a_claim_of(code).pk


@builds("proxy_roster", OF_THE_COUNTY)
def proxy_roster(code):
    return money.a_roster_of(code).pk


@builds("aid", OF_THE_COUNTY)
def aid(code):
    policy(code)
    made = AidList(
        county_code=code,
        number=1,
        scheme_id=county.BASIC,
        year=county.YEAR,
        source="aid",
        payer_kind="organisation",
        payer_name="集体",
        paid_on=today(),
        voucher="1",
    )
    return accounts.decided(made, "submitted").pk


@builds("aid_line", OF_THE_COUNTY)
def aid_line(code):
    """A line that is not there: taking it off changes nothing."""
    return 1


@builds("roster_person", VILLAGE)
def roster_person(code):
    person = county.enrolled("张桂兰", code)
    money.line(proxy_roster(code[:COUNTY]), person)
    return person.pk


@builds("notice", OF_THE_COUNTY)
def notice(code):
    """Draw up and print a notice of a county in which each village has somebody who paid."""
    feed(code)
    AreaContact.objects.create(area_id=code, role="hotline", phone="0558-2100000")
    area = Area.objects.get(pk=code)
    made = notices.drawn_up(area, by=county.staff("林秋", DutyKind.COUNTY_OFFICER, code))
    return made.pk


@builds("notice_sheet", VILLAGE)
def notice_sheet(code):
    return NoticeSheet.objects.get(notice=notice(code[:COUNTY]), village_code=code).pk


@builds("bundle", TOWN)
def bundle(code):
    return NoticeBundle.objects.get(notice=notice(code[:COUNTY]), town_code=code).pk


@builds("objection", VILLAGE)
def objection(code):
    sheet = NoticeSheet.objects.get(pk=notice_sheet(code))
    by = county.staff("郑好", DutyKind.VILLAGE_AGENT, code)
    return raise_objection(sheet, words="少记了一笔", by=by).pk


@builds("photo", OF_THE_COUNTY)
def photo(_code):
    return "posted"


@builds("day")
def day(_code):
    return "2021-03-08"


@builds("day_close", OF_THE_COUNTY)
def day_close(code):
    close = DayClose(county_code=code, day=date(2021, 3, 8), number=1, difference=0)
    return accounts.decided(close, "submitted").pk


@builds("statement", OF_THE_COUNTY)
def statement(code):
    clerk = county.staff("方正", DutyKind.FINANCE, code)
    content = f"日期,金额\n2021-03-08,300.{code[-2:]}\n".encode()
    made, _is_new = receive_statement(county.upload(content), source="bank", by=clerk)
    run_job(made.job_id)
    return made.pk


@builds("holiday", OF_THE_COUNTY)
def holiday(code):
    return CalendarDay.objects.create(county_code=code, day=date(2021, 2, 12), is_working=False).pk


@builds("bulletin", OF_THE_COUNTY)
def bulletin(code):
    """Draft a bulletin and let it be signed, so that the towns see it too."""
    feed(code)
    made = draft_bulletin(
        Area.objects.get(pk=code),
        "progress",
        scheme_id=1,
        year=county.YEAR,
        by=county.staff("林秋", DutyKind.COUNTY_OFFICER, code),
    )
    approving.submit(made, by=made.made_by)
    return issue_bulletin(made, by=county.staff("钱程", DutyKind.COUNTY_APPROVER, code)).pk


@builds("export", COUNTY, TOWN)
def export(code):
    """Order a roster of an area's people and write it, as the worker would."""
    resident(next(v for v, *_ in county.AREAS if v.startswith(code) and len(v) == VILLAGE))
    kind = DutyKind.COUNTY_OFFICER if len(code) == COUNTY else DutyKind.TOWN_CLERK
    made = order_export(
        "roster",
        Area.objects.get(pk=code),
        "",
        form="xlsx",
        reason="核对",
        by=county.staff("何导出", kind, code),
    )
    run_job(made.job_id)
    return made.pk


@builds("withholding", OF_THE_COUNTY)
def withholding(code):
    batch = WithholdingBatch(county_code=code, scheme_id=county.BASIC, year=county.YEAR, number=1)
    return accounts.decided(batch, "submitted").pk
