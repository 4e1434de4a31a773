"""Medical insurance at the desk, by roster and from lists, where a county follows it."""

from datetime import date

import pytest
from django.urls import reverse

from enrollment import cases, drafts
from enrollment.case_forms import CaseForm
from enrollment.case_kinds import CaseKind
from enrollment.conflicts import confirm_conflict
from enrollment.errors import MayNotJoin, ProofMissing
from enrollment.models import (
    Case,
    Conflict,
    EnrollmentSettings,
    Enrolment,
    Paper,
    PayableCounter,
    Resident,
    RosterFault,
    Subject,
)
from enrollment.newborns import pay_by
from enrollment.registering import Newcomer, ask_for_registration, register_person
from enrollment.registration_form import schemes_to_join
from pension_portal.clock import today
from pension_portal.identity import birth_certificate, check_id_number
from policies.rules.ages import months_after
from tests import county as sample
from tests.county import BASIC, COUNTY, LI_VILLAGE, MEDICAL
from tests.enrollment import casework, rosters
from tests.enrollment.test_conflicts import named

pytestmark = pytest.mark.django_db
DAY = date(2021, 3, 20)


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.PORTAL_TODAY = str(DAY)


@pytest.fixture
def medical(county):
    county.policy()
    county.medical_policy()
    county.switch_on()
    return county


def newcomer(born_on=date(1988, 9, 2), *, tiers=None, **fields):
    number = fields.pop("number", None) or check_id_number(sample.id_number(born_on), today())
    return Newcomer(
        number=number,
        name=fields.pop("name", "张建国"),
        village_code=LI_VILLAGE,
        tiers=tiers or {MEDICAL: 280},
        phone="15400001234",
        **fields,
    )


GUARDIAN = {"helper_name": "张父", "helper_relation": "父母", "helper_phone": "15400001234"}


# --- The desk -----------------------------------------------------------------------------------


@pytest.mark.requirement("M01")
def test_the_desk_offers_what_the_county_follows(county):
    county.policy()
    county.medical_policy()
    assert [scheme.pk for scheme in schemes_to_join(COUNTY)] == [BASIC]

    county.switch_on()

    assert [scheme.pk for scheme in schemes_to_join(COUNTY)] == [BASIC, MEDICAL]


@pytest.mark.requirement("M02", "X20")
def test_a_resident_joins_medical_insurance_alone(medical, zhao):
    made = register_person(newcomer(), by=zhao)

    enrolment = made.resident.enrolments.get()
    assert (enrolment.scheme_id, enrolment.registered_tier) == (MEDICAL, 280)
    assert PayableCounter.objects.get(scheme_id=MEDICAL).people == 1


@pytest.mark.requirement("M03")
def test_who_lives_here_without_hukou_names_the_proof(medical, zhao):
    with pytest.raises(ProofMissing):
        register_person(newcomer(hukou="settled"), by=zhao)
    assert not Resident.objects.exists()

    made = register_person(newcomer(hukou="settled", residence_proof="居住证 3412"), by=zhao)

    assert made.residence_proof == "居住证 3412"


@pytest.mark.requirement("M04", "X20")
def test_a_pupil_joins_with_the_name_of_the_school(medical, zhao):
    pupil = {"born_on": date(2012, 5, 6), "other_cover": "student"}
    with pytest.raises(ProofMissing):
        register_person(newcomer(**pupil), by=zhao)

    made = register_person(newcomer(**pupil, school="东湾镇中心小学"), by=zhao)

    assert made.school == "东湾镇中心小学"


@pytest.mark.requirement("M07")
def test_who_is_insured_as_an_employee_may_not_join(medical, zhao):
    with pytest.raises(MayNotJoin):
        register_person(newcomer(other_cover="medical"), by=zhao)


@pytest.mark.requirement("M08")
def test_a_child_joins_whatever_its_parents_are_insured_by(medical, zhao):
    home = sample.household()
    sample.resident("母亲", household=home, other_cover="medical")
    sample.resident("父亲", household=home, other_cover="civil_service")

    made = register_person(newcomer(date(2015, 1, 2), household_number="0001"), by=zhao)

    assert made.resident.household == home
    assert made.resident.enrolments.get().scheme_id == MEDICAL


@pytest.mark.requirement("M05", "M06")
def test_a_newborn_joins_by_birth_certificate_and_is_covered_from_birth(medical, zhao):
    number = birth_certificate("R340123456", date(2021, 1, 5), "f")
    with pytest.raises(ProofMissing):
        register_person(newcomer(number=number, name="张新生"), by=zhao)

    made = register_person(newcomer(number=number, name="张新生", helper=GUARDIAN), by=zhao)

    person = made.resident
    assert (person.id_number, person.born_on, person.sex) == (
        "R340123456",
        date(2021, 1, 5),
        "f",
    )
    assert person.enrolments.get().started_on == date(2021, 1, 5)
    assert (made.helper_name, made.helper_relation) == ("张父", "父母")


@pytest.mark.requirement("M05")
def test_later_than_three_months_cover_begins_on_the_day(medical, zhao):
    made = register_person(newcomer(date(2020, 12, 19)), by=zhao)

    assert made.resident.enrolments.get().started_on == DAY


@pytest.mark.requirement("M05")
@pytest.mark.parametrize(
    ("born_on", "last_day"),
    [
        (date(2020, 11, 30), date(2021, 2, 28)),
        (date(2023, 11, 30), date(2024, 2, 29)),
        (date(2021, 1, 5), date(2021, 4, 5)),
        (date(2020, 12, 31), date(2021, 3, 31)),
    ],
)
def test_three_months_end_with_the_month_where_it_is_shorter(born_on, last_day):
    assert months_after(born_on, 3) == last_day


@pytest.mark.requirement("M05")
def test_the_last_day_to_pay_is_named_until_it_is_over(medical, settings):
    assert pay_by(COUNTY, MEDICAL, date(2021, 1, 5)) == date(2021, 4, 5)
    assert pay_by(COUNTY, BASIC, date(2021, 1, 5)) is None
    settings.PORTAL_TODAY = "2021-04-06"
    assert pay_by(COUNTY, MEDICAL, date(2021, 1, 5)) is None


@pytest.mark.requirement("M05", "M06")
def test_a_newborns_registration_may_be_a_case(medical, zhao, qian):
    EnrollmentSettings.objects.create(county_code=COUNTY, registration_needs_approval=True)
    number = birth_certificate("R340123456", date(2021, 1, 5), "m")

    draft = drafts.save_draft("registration", {}, by=zhao)
    Paper.objects.create(kind="birth", draft=draft, added_by=zhao)
    case = ask_for_registration(newcomer(number=number, helper=GUARDIAN), by=zhao, draft=draft)
    cases.approve_case(cases.review_case(case, by=casework.reviewer()), by=qian)

    person = Resident.objects.get()
    assert (person.born_on, person.sex) == (date(2021, 1, 5), "m")
    assert person.enrolments.get().started_on == date(2021, 1, 5)


@pytest.mark.requirement("M05")
def test_the_form_asks_birthday_and_sex_beside_a_certificate(medical, zhao, as_user):
    said = {
        "id_number": "r340123456",
        "name": "张新生",
        "village": LI_VILLAGE,
        "phone": "15400001234",
        "tier_1": "",
        "tier_3": "280",
        "hukou": "local",
        "shown": "birth",
        **GUARDIAN,
    }
    page = as_user(zhao).post(reverse("enrollment:new_person"), said)
    assert page.status_code == 422
    assert "出生证号看不出出生日期和性别" in page.content.decode()

    said |= {"born_on": "2021-01-05", "sex": "f"}
    page = as_user(zhao).post(reverse("enrollment:new_person"), said)

    assert "新生儿须在 2021-04-05 前缴费" in page.content.decode()
    assert Resident.objects.get().id_number == "R340123456"


def test_a_county_without_medical_insurance_has_the_form_it_had(county, zhao, as_user):
    county.policy()

    page = as_user(zhao).get(reverse("enrollment:new_person")).content.decode()

    assert "就读学校" not in page
    assert "居住证明" not in page


# --- Rosters ------------------------------------------------------------------------------------


@pytest.mark.requirement("M01")
@pytest.mark.parametrize(
    ("words", "schemes"),
    [
        ("居民医保", [MEDICAL]),
        ("城乡居民基本医疗保险", [MEDICAL]),
        ("基本养老、居民医保", [BASIC, MEDICAL]),
        ("基本", [BASIC]),
        ("城乡居民基本养老保险", [BASIC]),
    ],
)
def test_a_roster_enrols_in_what_its_cells_name(medical, lin, words, schemes):
    rosters.load(lin, [rosters.row(参保险种=words, 缴费档次="")])

    found = Enrolment.objects.order_by("scheme_id").values_list("scheme_id", flat=True)
    assert list(found) == schemes


@pytest.mark.requirement("M01")
def test_a_roster_is_sent_back_where_the_county_does_not_follow_the_scheme(county, lin):
    county.policy()
    rosters.load(lin, [rosters.row(参保险种="居民医保", 缴费档次=""), *rosters.people(20)])

    assert not Enrolment.objects.filter(scheme_id=MEDICAL).exists()
    assert RosterFault.objects.filter(code="scheme_not_followed").count() == 1


# --- Lists and conflicts ------------------------------------------------------------------------


def conflict_of(person, subject, lin):
    named(lin, person, subject=subject)
    return Conflict.objects.get(resident=person)


@pytest.mark.requirement("M07", "X20")
def test_an_employees_medical_list_ends_the_medical_enrolment_alone(medical, lin, zhao):
    person = sample.enrolled("张桂兰")
    sample.enrol(person, MEDICAL)
    conflict = conflict_of(person, Subject.MEDICAL, lin)

    confirm_conflict(conflict, reason="已核实", by=zhao)

    case = Case.objects.get()
    assert [item.item for item in case.all_items] == [f"status_{MEDICAL}"]
    person.refresh_from_db()
    assert person.other_cover == "medical"


@pytest.mark.requirement("X20")
@pytest.mark.parametrize("subject", [Subject.EMPLOYEES, Subject.STUDENT])
def test_who_is_barred_from_the_pension_stays_in_medical_insurance(medical, lin, zhao, subject):
    person = sample.enrolled("张桂兰")
    sample.enrol(person, MEDICAL)
    conflict = conflict_of(person, subject, lin)

    confirm_conflict(conflict, reason="已核实", by=zhao)

    assert [item.item for item in Case.objects.get().all_items] == [f"status_{BASIC}"]


@pytest.mark.requirement("M07", "X20")
def test_a_list_is_no_conflict_with_a_scheme_that_it_does_not_bar(medical, lin):
    pensioner, pupil = sample.enrolled("张桂兰"), sample.enrolled("学生", scheme=MEDICAL)
    named(lin, pensioner, subject=Subject.MEDICAL)
    named(lin, pupil, subject=Subject.STUDENT)

    assert not Conflict.objects.exists()


@pytest.mark.requirement("A45")
def test_who_leaves_the_pension_stays_in_medical_insurance(medical, zhao, as_user):
    person = sample.enrolled("张桂兰")
    sample.enrol(person, MEDICAL)

    said = {"schemes": [str(BASIC)], "reason_code": "07", "happened_on": "2021-03-01"}
    form = CaseForm(said, kind=CaseKind.TERMINATION, person=person, staff=zhao)
    assert form.is_valid(), form.errors
    _kind, items, _fields = form.parts()

    assert items == {f"status_{BASIC}": "terminated"}
