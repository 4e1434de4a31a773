"""Nobody joins past a department's list: the desk, a case and a roster ask the same question."""

from datetime import date

import pytest

from enrollment import cases
from enrollment.conflicts import refute_conflict
from enrollment.errors import MayNotJoin
from enrollment.models import (
    Conflict,
    ListedPerson,
    Registration,
    Resident,
    RosterImport,
    Subject,
)
from enrollment.registering import register_person
from enrollment.rosters import job_of
from pension_portal.jobs import run_job
from tests import county as sample
from tests.enrollment import casework, rosters
from tests.enrollment.lists import apply, send
from tests.enrollment.test_register import newcomer

PENSION_CENTRE = "人社局养老保险中心"
BORN_ON = date(1988, 9, 2)


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.PORTAL_TODAY = "2021-03-20"


def listed(by, number, *, name="张建国", subject=Subject.EMPLOYEES, of=PENSION_CENTRE, month=3):
    """Apply a list that names one number, whoever that is."""
    rows = [["姓名", "身份证号", "参保时间"], [name, number, "2020-11-01"]]
    file_name = f"{of}2021-{month:02}.xlsx"
    received = send(
        by, rows, of=of, subject=subject, identities=[], as_of=date(2021, month, 5), name=file_name
    )
    return apply(received, by=by)


@pytest.mark.parametrize(
    ("subject", "of", "sentence"),
    [
        pytest.param(
            Subject.EMPLOYEES,
            PENSION_CENTRE,
            "列在职工养老保险参保名单「人社局养老保险中心2021-03.xlsx」里",
            marks=pytest.mark.requirement("A06"),
        ),
        pytest.param(
            Subject.CIVIL_SERVICE,
            PENSION_CENTRE,
            "列在机关事业单位人员名单「人社局养老保险中心2021-03.xlsx」里",
            marks=pytest.mark.requirement("A05"),
        ),
        (Subject.DEATH, "民政局", "列在死亡名单「民政局2021-03.xlsx」里，不能参保"),
    ],
)
def test_whom_a_list_names_is_not_registered_at_the_desk(lin, zhao, county, subject, of, sentence):
    number = sample.id_number(BORN_ON)
    listed(lin, number, subject=subject, of=of)

    with pytest.raises(MayNotJoin, match=sentence):
        register_person(newcomer(number=number), by=zhao)

    assert not Resident.objects.exists()


def test_the_form_says_which_list_while_it_is_typed(as_user, lin, zhao, county):
    number = sample.id_number(BORN_ON)
    listed(lin, number)

    page = as_user(zhao).post(
        "/residents/new/check/", {"id_number": number, "tier_1": "0", "hukou": "local"}
    )

    assert "列在职工养老保险参保名单「人社局养老保险中心2021-03.xlsx」里" in page.content.decode()


@pytest.mark.requirement("A06")
def test_a_case_asks_the_lists_too(lin, zhao, county):
    person = sample.resident("张建国", born_on=BORN_ON)
    made = cases.open_case("registration", person, {"status_1": "active"}, by=zhao)
    casework.with_papers(made, by=zhao)
    listed(lin, person.id_number)

    with pytest.raises(MayNotJoin, match="职工养老保险参保名单"):
        cases.submit_case(made, by=zhao)

    assert casework.state_of(made) == "draft"


def test_only_the_newest_list_of_a_department_counts(lin, zhao, county):
    number = sample.id_number(BORN_ON)
    listed(lin, number, month=1)
    listed(lin, sample.id_number(BORN_ON, sequence=77), name="王五", month=3)

    register_person(newcomer(number=number), by=zhao)

    assert Registration.objects.count() == 1


def test_a_student_on_a_list_joins_on_proof(lin, zhao, county):
    number = sample.id_number(BORN_ON)
    listed(lin, number, subject=Subject.STUDENT, of="教育局")

    with pytest.raises(MayNotJoin):
        register_person(newcomer(number=number), by=zhao)
    made = register_person(newcomer(number=number, waived_reason="看过毕业证"), by=zhao)

    assert made.waived == ["listed_student"]


def test_what_was_found_not_to_be_so_stands_against_nobody(lin, zhao, county):
    person = sample.enrolled("张建国")
    listed(lin, person.id_number)
    refute_conflict(Conflict.objects.get(), reason="同名同号录入有误", by=zhao)
    person.enrolments.all().delete()
    rest = {"number": person.id_number, "name": "张建国"}

    register_person(newcomer(**rest), by=zhao)

    assert person.enrolments.get().status == "active"
    assert ListedPerson.objects.exists()


@pytest.mark.requirement("A05", "A06")
def test_a_list_of_new_enrolments_sends_back_whom_a_list_names(lin, zhao, county):
    number = sample.id_number(BORN_ON)
    listed(lin, number, name="张桂兰")
    roster = rosters.receive(zhao, rosters.as_csv([rosters.row(证件号码=number)]))
    RosterImport.objects.update(is_enrolling=True)

    run_job(job_of(roster).pk)

    assert rosters.faults(roster) == [(2, "other_cover", "rule_listed_employees")]
    fault = roster.faults.get()
    assert "人社局养老保险中心2021-03.xlsx" in fault.reason
    assert not Resident.objects.exists()


def test_a_list_of_people_enrolled_long_ago_is_warned_of_them(lin, zhao, county):
    number = sample.id_number(BORN_ON)
    listed(lin, number, name="张桂兰")

    roster = rosters.load(zhao, [rosters.row(证件号码=number)])

    assert (2, "other_cover", "rule_listed_employees") in rosters.warnings(roster)
    assert Resident.objects.get().name == "张桂兰"
