"""What happens to an enrolment: three people, papers, and a record that takes effect once."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from enrollment import case_items, cases
from enrollment.counting import recount_payable
from enrollment.errors import (
    CaseOpenAlready,
    IdNumberTaken,
    MayNotJoin,
    NothingChanges,
    PaperIsNoPicture,
    PapersMissing,
    RecordChangedMeanwhile,
)
from enrollment.models import Case, Enrolment, PayableCounter, Resident
from pension_portal.doors import NotAllowed
from staff import approving
from staff.models import DutyKind
from tests import county as places
from tests.enrollment import casework

DAY = date(2021, 3, 10)


def payable(village, scheme=1):
    found = PayableCounter.objects.filter(village_code=village, scheme_id=scheme).first()
    return found.people if found else 0


def fresh(person):
    return Resident.objects.get(pk=person.pk)


def status_of(person, scheme=1):
    return Enrolment.objects.get(resident=person, scheme_id=scheme).status


@pytest.mark.requirement("A45")
def test_a_change_takes_effect_when_the_third_person_agrees(gui_lan, zhao, qian):
    made = casework.reviewed(
        "change", gui_lan, {"name": "张桂蓝", "other_cover": "student"}, by=zhao
    )

    assert fresh(gui_lan).name == "张桂兰"
    cases.approve_case(made, by=qian)

    assert (fresh(gui_lan).name, fresh(gui_lan).initials) == ("张桂蓝", "zgl")
    assert fresh(gui_lan).other_cover == "student"


def test_a_case_keeps_what_was_before_sealed(gui_lan, zhao, qian):
    made = casework.approved("change", gui_lan, {"name": "张桂蓝"}, by=zhao, approver=qian)

    (item,) = made.items.all()

    assert (item.item, item.before, item.after) == ("name", "张桂兰", "张桂蓝")
    assert [one.number for one in gui_lan.cases.all()] == [made.number]


def test_nothing_to_change_is_no_case(gui_lan, zhao):
    with pytest.raises(NothingChanges):
        cases.open_case("change", gui_lan, {"name": "张桂兰"}, by=zhao)

    assert not Case.objects.exists()


@pytest.mark.requirement("Y40")
def test_a_case_without_its_papers_is_not_submitted(gui_lan, zhao):
    made = cases.open_case("change", gui_lan, {"name": "张桂蓝"}, by=zhao)

    with pytest.raises(PapersMissing, match="居民身份证或社会保障卡"):
        cases.submit_case(made, by=zhao)

    assert casework.state_of(made) == "draft"


@pytest.mark.requirement("A12")
@pytest.mark.parametrize("document", ["id_card", "social_card"])
def test_either_document_is_enough_to_register(county, zhao, document):
    person = places.resident("陈新")
    made = cases.open_case("registration", person, {"status_1": "active"}, by=zhao)

    cases.add_paper(made, document, by=zhao, upload=casework.photo())

    assert cases.submit_case(made, by=zhao).state == "submitted"


def test_a_paper_is_a_picture_or_a_pdf(gui_lan, zhao):
    made = cases.open_case("change", gui_lan, {"name": "张桂蓝"}, by=zhao)
    page = SimpleUploadedFile("page.png", b"<html>a page</html>")

    with pytest.raises(PaperIsNoPicture):
        cases.add_paper(made, "id_card", by=zhao, upload=page)

    assert not made.papers.exists()


def test_two_people_at_once_are_told(gui_lan, zhao, qian):
    made = casework.reviewed("change", gui_lan, {"phone": "13900002222"}, by=zhao)
    gui_lan.take_phone("13900003333")
    gui_lan.save()

    with pytest.raises(RecordChangedMeanwhile, match="联系电话"):
        cases.approve_case(made, by=qian)

    assert fresh(gui_lan).phone == "13900003333"
    assert casework.state_of(made) == "reviewed"


def test_a_second_click_changes_nothing_more(gui_lan, zhao, qian):
    made = casework.approved("change", gui_lan, {"name": "张桂蓝"}, by=zhao, approver=qian)

    with pytest.raises(approving.StepTakenAlready):
        cases.approve_case(made, by=qian)


def test_one_open_case_of_a_kind_for_a_person(gui_lan, zhao):
    cases.open_case("change", gui_lan, {"name": "张桂蓝"}, by=zhao)

    with pytest.raises(CaseOpenAlready):
        cases.open_case("change", gui_lan, {"phone": "13900002222"}, by=zhao)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            kind="change", resident=gui_lan, county_code=places.COUNTY, name="张", id_last4="0000"
        )


def test_a_village_agent_drafts_a_phone_but_no_bank_account(gui_lan):
    agent = places.staff("何村医", DutyKind.VILLAGE_AGENT, places.LI_VILLAGE)

    with pytest.raises(NotAllowed):
        cases.open_case("change", gui_lan, {"bank_account": "6222000011112222"}, by=agent)
    made = cases.open_case("change", gui_lan, {"phone": "13900002222"}, by=agent)

    assert list(Case.objects.values_list("pk", flat=True)) == [made.pk]


def test_whoever_drafts_in_the_village_lets_the_town_submit(gui_lan, zhao):
    agent = places.staff("何村医", DutyKind.VILLAGE_AGENT, places.LI_VILLAGE)
    made = cases.open_case("change", gui_lan, {"phone": "13900002222"}, by=agent)
    casework.with_papers(made, by=agent)

    assert cases.submit_case(made, by=zhao).made_by == zhao


# --- Numbers and names ------------------------------------------------------------------------


def test_a_corrected_number_brings_birthday_and_sex_with_it(gui_lan, zhao, qian):
    number = places.id_number(date(1976, 4, 5), sequence=126)

    casework.approved("id_change", gui_lan, {"id_number": number}, by=zhao, approver=qian)

    found = fresh(gui_lan)
    assert (found.id_number, found.born_on, found.sex) == (number, date(1976, 4, 5), "f")
    assert found.id_last4 == number[-4:]


def test_a_number_of_somebody_else_is_refused(gui_lan, zhao):
    other = places.resident("李四")

    with pytest.raises(IdNumberTaken, match="李四"):
        cases.open_case("id_change", gui_lan, {"id_number": other.id_number}, by=zhao)

    assert not Case.objects.exists()


def test_name_and_number_together_go_to_the_county_within_seven_days(gui_lan, zhao):
    after = {"id_number": places.id_number(), "name": "张桂蓝"}

    made = casework.reviewed("name_and_id", gui_lan, after, by=zhao)

    assert (made.is_sensitive, made.lasts.days) == (True, 7)
    assert made.waits_for_approval


# --- Suspending, ending -----------------------------------------------------------------------


@pytest.mark.requirement("A45")
def test_who_is_suspended_is_not_to_pay_and_comes_back(gui_lan, zhao, qian):
    recount_payable(places.COUNTY)
    made = cases.open_case(
        "suspension", gui_lan, {"status_1": "suspended"}, by=zhao, reason_code="6399"
    )
    cases.submit_case(made, by=zhao)
    cases.review_case(made, by=casework.reviewer())
    cases.approve_case(made, by=qian)

    assert (status_of(gui_lan), payable(places.LI_VILLAGE)) == ("suspended", 0)
    casework.approved("resumption", gui_lan, {"status_1": "active"}, by=zhao, approver=qian)

    assert (status_of(gui_lan), payable(places.LI_VILLAGE)) == ("active", 1)


def test_prison_is_suspended_on_the_judgment(gui_lan, zhao):
    made = cases.open_case(
        "suspension", gui_lan, {"status_1": "suspended"}, by=zhao, reason_code="1202"
    )

    with pytest.raises(PapersMissing, match="判决书"):
        cases.submit_case(made, by=zhao)


@pytest.mark.requirement("A45")
def test_a_death_ends_enrolments_and_says_what_is_settled(gui_lan, zhao, qian):
    recount_payable(places.COUNTY)
    made = casework.approved(
        "death",
        gui_lan,
        {"status_1": "terminated", "life_status": "dead"},
        by=zhao,
        approver=qian,
        reason_code="6401",
        happened_on=DAY,
        balance_amount=1200,
        funeral_amount=500,
        overpaid_amount=90,
    )

    enrolment = Enrolment.objects.get(resident=gui_lan)
    assert fresh(gui_lan).life_status == "dead"
    assert (enrolment.status, enrolment.ended_on, enrolment.end_reason) == (
        "terminated",
        DAY,
        "6401 死亡",
    )
    assert made.settlement_amount == 1610
    assert payable(places.LI_VILLAGE) == 0


def test_an_heir_is_paid_on_the_heirs_papers(gui_lan, zhao):
    made = cases.open_case(
        "death", gui_lan, {"life_status": "dead"}, by=zhao, happened_on=DAY, payee_name="王小明"
    )
    cases.add_paper(made, "death", by=zhao, source="卫健数据")

    with pytest.raises(PapersMissing, match="收款人身份证、户口簿或亲属关系证明"):
        cases.submit_case(made, by=zhao)


# --- Moving -----------------------------------------------------------------------------------


@pytest.mark.requirement("A08")
def test_a_move_takes_the_supplementary_enrolment_along(gui_lan, zhao, qian):
    places.enrol(gui_lan, places.SUPPLEMENTARY)
    places.identity(gui_lan)
    recount_payable(places.COUNTY)

    casework.approved(
        "move_within", gui_lan, {"village": places.WANG_VILLAGE}, by=zhao, approver=qian
    )

    villages = Enrolment.objects.filter(resident=gui_lan).values_list("village_code", flat=True)
    assert set(villages) == {places.WANG_VILLAGE}
    assert gui_lan.identities.get().village_code == places.WANG_VILLAGE
    assert (payable(places.LI_VILLAGE), payable(places.WANG_VILLAGE)) == (0, 1)
    assert (payable(places.LI_VILLAGE, 2), payable(places.WANG_VILLAGE, 2)) == (0, 1)


def test_a_move_is_seen_from_both_towns(gui_lan, zhao, sun):
    made = casework.submitted("move_within", gui_lan, {"village": places.STONE_VILLAGE}, by=zhao)

    assert list(Case.objects.visible_to(sun)) == [made]


def test_sun_never_sees_a_case_of_east_bay(gui_lan, zhao, sun):
    casework.submitted("change", gui_lan, {"name": "张桂蓝"}, by=zhao)

    assert not Case.objects.visible_to(sun).exists()


@pytest.mark.requirement("Y64")
def test_a_newcomer_is_registered_when_the_county_agrees(county, zhao, qian):
    number = places.id_number(date(1990, 1, 2))
    after = {
        "id_number": number,
        "name": "单小梅",
        "village": places.LI_VILLAGE,
        "phone": "13900004444",
        "household": "0007",
        "status_1": "active",
        "tier_1": "300.00",
    }
    made = casework.reviewed("registration", None, after, by=zhao, happened_on=DAY)
    assert not Resident.objects.exists()

    done = cases.approve_case(made, by=qian)

    person = done.resident
    enrolment = person.enrolments.get()
    assert (person.name, person.id_number, person.other_initials) == ("单小梅", number, "dxm")
    assert (enrolment.status, enrolment.registered_tier, enrolment.started_on) == (
        "active",
        300,
        DAY,
    )
    assert (person.household.number, payable(places.LI_VILLAGE)) == ("0007", 1)


@pytest.mark.requirement("A03")
def test_who_is_not_sixteen_yet_is_told_from_when(county, zhao):
    person = places.resident("小陈", born_on=date(2005, 3, 12))
    made = cases.open_case(
        "registration", person, {"status_1": "active"}, by=zhao, happened_on=date(2021, 3, 11)
    )
    casework.with_papers(made, by=zhao)

    with pytest.raises(MayNotJoin, match="2021-03-12"):
        cases.submit_case(made, by=zhao)

    assert casework.state_of(made) == "draft"


def test_who_moved_out_is_not_to_pay(gui_lan, zhao, qian):
    recount_payable(places.COUNTY)

    casework.approved(
        "move_out",
        gui_lan,
        {"status_1": "terminated", "life_status": "moved"},
        by=zhao,
        approver=qian,
        reason_code="move_out",
        happened_on=DAY,
    )

    assert (fresh(gui_lan).life_status, payable(places.LI_VILLAGE)) == ("moved", 0)


# --- Returning --------------------------------------------------------------------------------


@pytest.mark.requirement("Y40")
def test_a_returned_case_is_mended_and_submitted_again(gui_lan, zhao, qian):
    made = casework.submitted("change", gui_lan, {"name": "张桂蓝"}, by=zhao)
    han = casework.reviewer()
    approving.return_to_maker(made, by=han, reason="身份证照片看不清", code="unclear")

    cases.change_case(made, {"name": "张贵兰"}, by=zhao)
    cases.submit_case(made, by=zhao)
    cases.review_case(made, by=han)
    done = cases.approve_case(made, by=qian)

    assert (done.round, fresh(gui_lan).name) == (2, "张贵兰")


def test_a_special_identity_is_set_from_a_day(gui_lan, zhao, qian):
    after = {"identity_disabled": "2021-01-01~/2"}
    made = cases.open_case("change", gui_lan, after, by=zhao)
    casework.with_papers(made, by=zhao)
    cases.add_paper(made, "department", by=zhao, source="残联名单")
    cases.submit_case(made, by=zhao)
    cases.review_case(made, by=casework.reviewer())
    cases.approve_case(made, by=qian)

    held = gui_lan.identities.get()
    assert (held.identity, held.grade, held.valid_from) == ("disabled", 2, date(2021, 1, 1))
    assert case_items.read("identity_disabled", gui_lan) == "2021-01-01~/2"


def test_counting_a_village_costs_the_same_for_one_and_for_many(
    county, zhao, qian, django_assert_max_num_queries
):
    for number in range(20):
        places.enrolled(f"张{number}")

    with django_assert_max_num_queries(4):
        recount_payable(places.COUNTY, [places.LI_VILLAGE])

    assert payable(places.LI_VILLAGE) == 20


@pytest.mark.requirement("A07")
def test_nobody_joins_the_supplementary_scheme_alone(county, zhao):
    person = places.resident("陈新")
    made = cases.open_case("registration", person, {"status_2": "active"}, by=zhao)
    casework.with_papers(made, by=zhao)

    with pytest.raises(MayNotJoin):
        cases.submit_case(made, by=zhao)

    assert casework.state_of(made) == "draft"
