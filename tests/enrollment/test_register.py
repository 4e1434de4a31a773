"""Registering one person at the desk: who may join, who is known already, and what is kept."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from enrollment import cases, drafts
from enrollment.eligibility import Asked, judge
from enrollment.errors import MayNotJoin, PaperIsNoPicture, RegisteredAlready, TierNotOpen
from enrollment.models import (
    Case,
    Draft,
    EnrollmentSettings,
    Enrolment,
    Household,
    Paper,
    PayableCounter,
    Registration,
    Resident,
    TierChoice,
)
from enrollment.monthly import send_month
from enrollment.papers import LONGEST_SIDE, add_paper
from enrollment.registering import Newcomer, register_person
from pension_portal.clock import today
from pension_portal.files import read_file
from pension_portal.identity import check_id_number
from pension_portal.secrecy import blind_index
from policies.loading import load_policy
from policies.models import PolicyVersion
from staff.models import AuditEntry, DutyKind
from tests import county as sample
from tests.county import BASIC, COUNTY, LI_VILLAGE, MEDICAL, STONE_VILLAGE, SUPPLEMENTARY
from tests.enrollment import casework

NEW = "/residents/new/"
DAY = date(2021, 3, 20)
GROWN_UP = date(1988, 9, 2)


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.PORTAL_TODAY = str(DAY)


@pytest.fixture
def tiers(county):
    """The county's policy is in force, with tiers of 200, 300 and 500 yuan."""
    return county.policy()


def newcomer(born_on=GROWN_UP, *, village=LI_VILLAGE, number=None, tiers=None, **fields):
    """Describe somebody of 32 who joins the basic scheme, as the form does."""
    number = number or sample.id_number(born_on)
    return Newcomer(
        number=check_id_number(number, today()),
        name=fields.pop("name", "张建国"),
        village_code=village,
        tiers=tiers or {BASIC: 300},
        phone=fields.pop("phone", "15400001234"),
        **fields,
    )


def form(**changes):
    """Return what the page sends for a newcomer."""
    return {
        "id_number": sample.id_number(GROWN_UP),
        "name": "张建国",
        "village": LI_VILLAGE,
        "phone": "15400001234",
        "tier_1": "300",
        "hukou": "local",
        "shown": "id_card",
        **changes,
    }


def against(scheme=BASIC, born_on=GROWN_UP, schemes=(), **facts):
    """Return what stands against somebody's joining, as pairs of rule and first day."""
    asked = Asked(scheme, born_on, [scheme, *schemes], **facts)
    return [(v.kind, v.holds_from) for v in judge([asked], COUNTY)]


def national(scheme=BASIC, name="2021-basic", folder="141026-anze"):
    """Publish a county's real policy for 示样县."""
    path = Path("policies/counties") / folder / f"{name}.yaml"
    text = path.read_text(encoding="utf-8").replace(f'"{folder[:6]}"', f'"{COUNTY}"')
    policy = load_policy(text)
    PolicyVersion.objects.filter(pk=policy.pk).update(
        status="published", published_at=timezone.now()
    )
    assert policy.scheme_id == scheme
    return policy


# --- Who may join ---------------------------------------------------------------------------------


@pytest.mark.requirement("A03")
def test_one_may_join_from_the_sixteenth_birthday_on(county):
    assert against(born_on=date(2005, 3, 21)) == [("min_age", date(2021, 3, 21))]
    assert against(born_on=date(2005, 3, 20)) == []


def test_born_on_29_february_one_is_sixteen_on_that_day_or_the_first_of_march(county):
    assert against(born_on=date(2008, 2, 29)) == [("min_age", date(2024, 2, 29))]


def test_nobody_of_sixty_joins_anew(county):
    assert against(born_on=date(1961, 3, 20)) == [("under_age", None)]
    assert against(born_on=date(1961, 3, 21)) == []


@pytest.mark.requirement("A03")
def test_a_student_does_not_join_yet(county):
    assert against(other_cover="student") == [("not_student", None)]


@pytest.mark.requirement("A04")
def test_the_hukou_must_be_of_the_county_and_a_residence_permit_stands_for_it(county):
    assert against(hukou="other") == against(hukou="settled") == [("local_hukou", None)]
    assert against(hukou="permit") == against(hukou="local") == []


@pytest.mark.requirement("A05")
def test_public_servants_do_not_join(county):
    assert against(other_cover="civil_service") == [("not_public_servant", None)]


@pytest.mark.requirement("A06")
def test_whoever_is_in_the_employees_scheme_does_not_join_until_that_is_settled(county):
    assert against(other_cover="employees") == [("not_employees_pension", None)]


@pytest.mark.requirement("A07")
def test_the_supplementary_scheme_needs_the_basic_one(county):
    national(SUPPLEMENTARY, "2021-supplementary")

    assert against(SUPPLEMENTARY) == [("enrolled_in", None)]
    assert against(SUPPLEMENTARY, schemes=[BASIC]) == []


@pytest.mark.requirement("M02", "M03", "M04", "M05", "M07", "M08")
def test_medical_insurance_has_rules_of_its_own(county):
    national(MEDICAL, "2021-medical", "341202-yingzhou")

    assert against(MEDICAL, born_on=date(2021, 3, 1)) == []
    assert against(MEDICAL, other_cover="student") == []
    assert against(MEDICAL, hukou="settled") == []
    assert against(MEDICAL, other_cover="medical") == [("not_employees_medical", None)]
    assert against(MEDICAL, hukou="other") == [("local_hukou", None)]


def test_a_policy_in_force_takes_the_place_of_the_national_rules(county):
    county.policy()  # says 16 to 59, and nothing of students

    assert against(other_cover="student") == []
    assert against(born_on=date(2010, 1, 1)) == [("min_age", date(2026, 1, 1))]


def test_judging_200_people_takes_one_statement(county):
    asked = [Asked(BASIC, GROWN_UP, [BASIC])] * 200

    with CaptureQueriesContext(connection) as queries:
        judge(asked, COUNTY)

    assert len(queries) == 1


# --- Registering ----------------------------------------------------------------------------------


@pytest.mark.requirement("A45", "Y64")
def test_a_newcomer_is_registered_with_account_tier_and_trail(county, zhao):
    county.policy()

    made = register_person(newcomer(), by=zhao)

    person = made.resident
    assert (person.name, person.pinyin, person.village_code) == (
        "张建国",
        "zhang jian guo",
        LI_VILLAGE,
    )
    assert (person.born_on, person.phone, person.phone_last4) == (GROWN_UP, "15400001234", "1234")
    enrolment = person.enrolments.get()
    assert (enrolment.status, enrolment.started_on, enrolment.registered_tier) == (
        "active",
        DAY,
        300,
    )
    assert TierChoice.objects.get().year == DAY.year
    assert PayableCounter.objects.get().people == 1
    assert AuditEntry.objects.get(action="register_person").subject == f"resident:{person.pk}"


def test_both_schemes_are_joined_in_one_go(county, zhao):
    made = register_person(newcomer(tiers={BASIC: 300, SUPPLEMENTARY: 200}), by=zhao)

    assert made.schemes == [BASIC, SUPPLEMENTARY]
    assert {e.scheme_id for e in made.resident.enrolments.all()} == {BASIC, SUPPLEMENTARY}


def test_whoever_is_known_here_is_only_enrolled(county, zhao):
    known = county.enrolled(number=county.id_number(GROWN_UP))

    made = register_person(newcomer(number=known.id_number, tiers={SUPPLEMENTARY: 200}), by=zhao)

    assert made.resident == known
    assert known.enrolments.count() == 2


@pytest.mark.parametrize(
    ("village", "place"), [(LI_VILLAGE, "东湾镇李家村"), (STONE_VILLAGE, "西岭镇石桥村")]
)
def test_a_duplicate_is_refused_and_told_where(county, zhao, village, place):
    known = county.enrolled(village=village, number=county.id_number(GROWN_UP))

    with pytest.raises(RegisteredAlready, match=f"此人已在{place}参保"):
        register_person(newcomer(number=known.id_number), by=zhao)

    assert Resident.objects.count() == 1
    assert Registration.objects.count() == 0


def test_who_may_not_join_is_refused_and_nothing_is_written(county, zhao):
    with pytest.raises(MayNotJoin, match="未满 16 周岁，2021-09-02 起可参保"):
        register_person(newcomer(date(2005, 9, 2)), by=zhao)

    assert not Resident.objects.exists()


@pytest.mark.requirement("A03", "A04")
def test_what_was_proved_is_waived_with_its_reason_on_record(county, zhao):
    made = register_person(
        newcomer(hukou="other", waived_reason="户籍迁入办理中，见准迁证"), by=zhao
    )

    assert made.waived == ["local_hukou"]
    assert AuditEntry.objects.get(action="register_person").reason == "户籍迁入办理中，见准迁证"


def test_the_employees_scheme_cannot_be_waived(county, zhao):
    with pytest.raises(MayNotJoin, match="疑似重复参保"):
        register_person(newcomer(other_cover="employees", waived_reason="本人称已停保"), by=zhao)

    assert not Enrolment.objects.exists()


def test_a_tier_that_is_not_open_is_refused(county, zhao):
    county.policy()

    with pytest.raises(TierNotOpen, match="350 元不是 2021 年的档次（200/300/500）"):
        register_person(newcomer(tiers={BASIC: 350}), by=zhao)

    assert not Resident.objects.exists()


def test_the_next_of_a_household_follows_the_first(county, zhao):
    first = register_person(newcomer(starts_household=True), by=zhao).resident
    number = first.household.number

    second = register_person(newcomer(household_number=number, name="李小花"), by=zhao).resident

    assert second.household == first.household == Household.objects.get()
    assert (number, first.household.head_name) == ("0001", "张建国")


# --- The page -------------------------------------------------------------------------------------


@pytest.mark.requirement("A12")
@pytest.mark.parametrize("kind", ["id_card", "social_card"])
def test_either_document_is_enough(as_user, tiers, zhao, kind):
    answer = as_user(zhao).post(NEW, form(shown=kind), headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert Registration.objects.get().papers.get().kind == kind


def test_saved_the_form_is_blank_and_keeps_the_village(as_user, tiers, zhao):
    page = as_user(zhao).post(NEW, form(), headers={"HX-Request": "true"}).content.decode()

    assert "已登记 张建国" in page
    assert f'value="{LI_VILLAGE}"' in page
    assert "15400001234" not in page


def test_the_same_household_keeps_village_phone_and_number(as_user, tiers, zhao):
    page = (
        as_user(zhao)
        .post(NEW, form(then="household"), headers={"HX-Request": "true"})
        .content.decode()
    )

    assert 'value="15400001234"' in page
    assert 'value="0001"' in page


@pytest.mark.requirement("A10", "A11")
def test_the_helper_is_kept_apart_from_the_person(as_user, tiers, zhao):
    as_user(zhao).post(
        NEW, form(helper_name="张小明", helper_relation="子女", helper_phone="15400005678")
    )

    made = Registration.objects.get()
    assert (made.helper_name, made.helper_relation, made.helper_phone) == (
        "张小明",
        "子女",
        "15400005678",
    )
    assert made.made_by == zhao


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id_number": "990101198809020018"}, "身份证号最后一位对不上"),
        ({"phone": ""}, "没有联系电话"),
        ({"village": STONE_VILLAGE}, "这个村不在本岗位的地区内"),
        ({"tier_1": ""}, "没有选险种"),
    ],
)
def test_a_fault_is_said_and_what_was_typed_stays(as_user, tiers, zhao, changes, words):
    answer = as_user(zhao).post(NEW, form(**changes), headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="张建国"' in answer.content.decode()
    assert not Resident.objects.exists()


def test_the_number_is_judged_while_it_is_typed(as_user, tiers, zhao):
    number = sample.id_number(date(2005, 9, 2))

    page = as_user(zhao).post(f"{NEW}check/", {"id_number": number, "tier_1": "300"})

    assert "2005-09-02" in page.content.decode()
    assert "15 周岁" in page.content.decode()
    assert "未满 16 周岁，2021-09-02 起可参保" in page.content.decode()


def test_a_duplicate_is_told_before_saving_with_the_way_to_the_file(as_user, tiers, zhao):
    known = sample.enrolled(number=sample.id_number(GROWN_UP))

    page = as_user(zhao).post(f"{NEW}check/", {"id_number": known.id_number, "tier_1": "300"})

    assert "此人已在东湾镇李家村参保" in page.content.decode()
    assert f'href="/residents/{known.pk}/"' in page.content.decode()


def test_a_residence_permit_says_by_itself_that_the_hukou_is_elsewhere(county, zhao):
    made = register_person(newcomer(number="810000199408230021"), by=zhao)

    assert made.resident.hukou == "permit"


def test_only_a_clerk_registers(as_user, tiers, county, lin, qian):
    reviewer = county.staff("吴敏", DutyKind.TOWN_REVIEWER, county.EAST_BAY)

    for somebody in (lin, qian, reviewer):
        assert as_user(somebody).post(NEW, form()).status_code == 403

    assert not Resident.objects.exists()


# --- Drafts and papers ----------------------------------------------------------------------------


def test_a_draft_is_sealed_and_given_back_to_who_typed_it(as_user, tiers, zhao, sun):
    number = sample.id_number(GROWN_UP)
    as_user(zhao).post(f"{NEW}draft/", form(id_number=number, name="张建"))

    with connection.cursor() as cursor:
        cursor.execute("select text from enrollment_draft")
        assert number.encode() not in bytes(cursor.fetchone()[0])
    assert number in as_user(zhao).get(NEW).content.decode()
    assert number not in as_user(sun).get(NEW).content.decode()


def test_a_draft_ends_with_its_registration(as_user, tiers, zhao):
    client = as_user(zhao)
    client.post(f"{NEW}draft/", form())
    client.post(NEW, form())

    assert not Draft.objects.exists()


def test_a_photo_is_made_small_and_hangs_on_the_registration(county, zhao):
    photo = io.BytesIO()
    Image.new("RGB", (4000, 3000), "white").save(photo, "PNG")
    draft = drafts.save_draft("registration", {}, by=zhao)

    add_paper(SimpleUploadedFile("IMG_1.png", photo.getvalue()), "id_card", draft=draft, by=zhao)
    made = register_person(newcomer(), by=zhao, draft=draft)

    kept = made.papers.get()
    assert kept.file.name == "IMG_1.jpg"
    with Image.open(io.BytesIO(read_file(kept.file))) as picture:
        assert (picture.format, max(picture.size)) == ("JPEG", LONGEST_SIDE)


def test_what_is_no_picture_is_refused(county, zhao):
    draft = drafts.save_draft("registration", {}, by=zhao)

    with pytest.raises(PaperIsNoPicture):
        add_paper(SimpleUploadedFile("a.jpg", b"MZ no picture"), "id_card", draft=draft, by=zhao)

    assert not Paper.objects.exists()


def test_numbers_are_found_by_their_index(county, zhao):
    made = register_person(newcomer(), by=zhao)

    assert bytes(made.resident.id_index) == blind_index(made.resident.id_number)


# --- Where a county approves registrations first -------------------------------------------------


@pytest.fixture
def approves_first(county):
    """The county's registrations take effect only when it agrees."""
    return EnrollmentSettings.objects.create(county_code=COUNTY, registration_needs_approval=True)


@pytest.mark.requirement("A12")
def test_the_desk_opens_a_case_where_registrations_are_approved(
    as_user, zhao, qian, tiers, approves_first
):
    answer = as_user(zhao).post(NEW, form(tier_2=""))

    case = Case.objects.get()
    assert f"已提交 张建国 的参保登记 {case.number}" in answer.content.decode()
    assert (case.state, case.resident, Resident.objects.count()) == ("submitted", None, 0)
    assert [(p.kind, p.source) for p in case.papers.all()] == [("id_card", "当面核验原件")]
    assert not Draft.objects.exists()

    cases.review_case(case, by=casework.reviewer())
    cases.approve_case(case, by=qian)

    person = Resident.objects.get()
    enrolled = person.enrolments.get()
    assert (person.name, person.phone, enrolled.status) == ("张建国", "15400001234", "active")
    assert enrolled.registered_tier == 300
    assert not Registration.objects.exists()


def test_a_case_of_the_desk_is_refused_as_at_the_desk(as_user, zhao, tiers, approves_first):
    answer = as_user(zhao).post(NEW, form(id_number=sample.id_number(date(2005, 3, 21))))

    assert answer.status_code == 422
    assert "2021-03-21 起可参保" in answer.content.decode()
    assert not Case.objects.exists()


def test_the_same_household_goes_on_while_the_first_case_waits(
    as_user, zhao, tiers, approves_first
):
    answer = as_user(zhao).post(NEW, form(then="household"))

    assert 'name="household_number" value="0001"' in answer.content.decode()
    assert Household.objects.get().number == "0001"


@pytest.mark.requirement("Y38")
def test_who_was_registered_at_the_desk_stands_in_the_towns_month(
    as_user, zhao, sun, tiers, settings
):
    register_person(newcomer(), by=zhao)
    Registration.objects.update(made_at=timezone.make_aware(timezone.datetime(2021, 3, 20, 9)))
    settings.PORTAL_TODAY = "2021-04-05"

    report = send_month(sample.EAST_BAY, date(2021, 3, 1), by=zhao)

    page = as_user(zhao).get(f"/cases/months/{report.pk}/").content.decode()
    assert report.counts["new"] == 1
    assert "登记时已生效的新增参保" in page
    assert "张建国" in page
    assert as_user(sun).get(f"/cases/months/{report.pk}/").status_code == 404
