"""What departments' lists do to special identities: shown first, then applied, history kept."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment.department_lists import agree_to_list, compare_again, job_of, receive_list
from enrollment.departments import expectations
from enrollment.errors import (
    IdentityIsCertifiedElsewhere,
    ListDoesNotWait,
    ListEndedAlready,
    MakerMayNotAgreeToList,
)
from enrollment.models import DepartmentList, ListChange, SpecialIdentity, Subject
from pension_portal.jobs import run_job
from pension_portal.models import Job
from tests import county as sample
from tests.county import LI_VILLAGE, STONE_VILLAGE, id_number, upload
from tests.enrollment.lists import (
    AS_OF,
    apply,
    as_xlsx,
    department,
    faults,
    people,
    send,
)
from tests.enrollment.rosters import load, row, warnings

HEADERS = ["序号", "姓名", "身份证号", "残疾等级"]
PAIRS = (
    *("户主姓名", "户主身份证号", "成员1姓名", "身份证号", "成员2姓名", "身份证号"),
    *("监护人", "监护人身份证号"),
)


def held(person):
    """Return (identity, grade, first day, last day) of what somebody holds or held."""
    return list(
        person.identities.order_by("identity", "valid_from").values_list(
            "identity", "grade", "valid_from", "valid_to"
        )
    )


def rows_of(*persons, grade="二级", headers=HEADERS):
    return [headers, *([n, p.name, p.id_number, grade] for n, p in enumerate(persons, start=1))]


# --- Preview and effect ---------------------------------------------------------------------------


@pytest.mark.requirement("Y72")
def test_a_list_shows_who_is_new_changed_and_dropped_before_anything_is_set(lin, county):
    new, changed, dropped, same = (
        sample.enrolled(name, LI_VILLAGE) for name in ("新增甲", "变更乙", "退出丙", "一致丁")
    )
    for person, grade in ((changed, 3), (dropped, 1), (same, 2)):
        sample.identity(person, "disabled", grade=grade)

    received = send(lin, rows_of(new, changed, same))

    assert job_of(received).state == Job.State.WAITING
    changes = ListChange.objects.filter(list=received).values_list("kind", "resident__name")
    assert sorted(changes) == [("changed", "变更乙"), ("dropped", "退出丙"), ("new", "新增甲")]
    assert received.counts["same"] == 1
    assert SpecialIdentity.objects.count() == 3
    assert held(dropped) == [("disabled", 1, date(2020, 1, 1), None)]


@pytest.mark.requirement("Y73")
def test_what_is_agreed_to_takes_effect_and_history_stays(lin, qian, county):
    new, changed, dropped = (
        sample.enrolled(name, LI_VILLAGE) for name in ("新增甲", "变更乙", "退出丙")
    )
    sample.identity(changed, "disabled", grade=3)
    sample.identity(dropped, "disabled", grade=1)

    received = apply(send(lin, rows_of(new, changed)), by=qian)

    assert received.applied_at
    assert held(new) == [("disabled", 2, AS_OF, None)]
    assert held(changed) == [
        ("disabled", 3, date(2020, 1, 1), date(2021, 12, 9)),
        ("disabled", 2, AS_OF, None),
    ]
    assert held(dropped) == [("disabled", 1, date(2020, 1, 1), date(2021, 12, 9))]


@pytest.mark.requirement("M42")
def test_a_list_of_additions_drops_nobody(lin, qian, county):
    before, added = sample.enrolled("李四"), sample.enrolled("王五")
    sample.identity(before, "disabled", grade=1)

    apply(send(lin, rows_of(added), is_complete=False), by=qian)

    assert held(before) == [("disabled", 1, date(2020, 1, 1), None)]
    assert held(added) == [("disabled", 2, AS_OF, None)]


def test_other_identities_of_a_person_are_left_alone(lin, qian, county):
    person = sample.enrolled("李四")
    sample.identity(person, "low_income")

    apply(send(lin, rows_of(person)), by=qian)

    assert held(person) == [
        ("disabled", 2, AS_OF, None),
        ("low_income", None, date(2020, 1, 1), None),
    ]


def test_the_same_file_again_changes_nothing(lin, qian, county):
    person = sample.enrolled("李四")
    content = as_xlsx(rows_of(person))
    first = apply(send(lin, content), by=qian)

    again = send(lin, content)

    assert again.pk == first.pk
    assert held(person) == [("disabled", 2, AS_OF, None)]


def test_whoever_sent_a_list_of_identities_may_not_agree_to_it(lin, county):
    received = send(lin, rows_of(sample.enrolled("李四")))

    with pytest.raises(MakerMayNotAgreeToList):
        agree_to_list(received, by=lin)

    assert not SpecialIdentity.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        DepartmentList.objects.filter(pk=received.pk).update(agreed_by=lin)


def test_a_registry_that_moved_after_the_preview_is_shown_again(lin, qian, county):
    person = sample.enrolled("李四")
    received = send(lin, rows_of(person))
    agree_to_list(received, by=qian)
    sample.identity(person, "disabled", grade=4)

    run_job(job_of(received).pk)

    assert job_of(received).state == Job.State.WAITING
    assert held(person) == [("disabled", 4, date(2020, 1, 1), None)]
    received = apply(DepartmentList.objects.get(pk=received.pk), by=qian)
    assert received.applied_at
    assert held(person)[-1] == ("disabled", 2, AS_OF, None)


def test_a_list_is_applied_once(lin, qian, county):
    received = apply(send(lin, rows_of(sample.enrolled("李四"))), by=qian)

    with pytest.raises(ListDoesNotWait):
        agree_to_list(received, by=qian)
    with pytest.raises(ListEndedAlready):
        compare_again(received, by=lin)


def test_a_list_may_be_compared_again_after_people_were_registered(lin, county):
    number = id_number()
    received = send(lin, [HEADERS, [1, "李四", number, "一级"]])
    assert people(received) == [("李四", "disabled", 1, "unknown")]
    sample.enrolled("李四", number=number)

    compare_again(received, by=lin)
    run_job(job_of(received).pk)

    assert people(received) == [("李四", "disabled", 1, "new")]


# --- Whose list may set what ----------------------------------------------------------------------


@pytest.mark.requirement("M27", "M28", "M30")
def test_only_the_department_that_certifies_an_identity_may_list_it(lin, county):
    content = as_xlsx(rows_of(sample.enrolled("李四")))

    with pytest.raises(IdentityIsCertifiedElsewhere):
        receive_list(
            upload(content, "名单.xlsx"),
            department=department("残联"),
            subject=Subject.IDENTITIES,
            identities=["low_income"],
            as_of=AS_OF,
            by=lin,
        )

    assert not DepartmentList.objects.exists()


@pytest.mark.requirement("M27")
def test_from_a_departments_first_list_on_a_roster_only_proposes(lin, qian, county):
    listed = sample.enrolled("李四")
    apply(send(lin, rows_of(listed)), by=qian)
    number = id_number(date(1975, 3, 2))

    roster = load(lin, [row(证件号码=number, 特殊身份="残疾", 残疾等级="1")], area="990100")

    assert SpecialIdentity.objects.count() == 1
    assert warnings(roster) == [(2, "identity", "identity_by_department")]
    assert "残联" in roster.faults.get().reason


def test_a_list_may_hold_several_identities_of_its_department(lin, county):
    first, second = sample.enrolled("李四"), sample.enrolled("王五")
    rows = [
        ["姓名", "身份证号", "救助类型"],
        [first.name, first.id_number, "全额低保"],
        [second.name, second.id_number, "五保"],
        [second.name, second.id_number, "残疾"],
        [second.name, second.id_number, "不认得的词"],
    ]

    received = send(lin, rows, of="民政局", identities=["low_income", "destitute", "orphan"])

    assert people(received) == [
        ("李四", "low_income", None, "new"),
        ("王五", "destitute", None, "new"),
    ]
    assert faults(received) == [
        (4, "identity", "identity_not_in_list"),
        (5, "identity", "word_unknown"),
    ]


# --- Files as they come ---------------------------------------------------------------------------


@pytest.mark.requirement("M29")
def test_a_household_in_a_row_is_read_as_several_people(lin, county):
    first, second, third = (sample.enrolled(name) for name in ("户主甲", "成员乙", "成员丙"))
    rows = [
        list(PAIRS),
        [cell for person in (first, second, third) for cell in (person.name, person.id_number)]
        + ["无关人", id_number()],
        [third.name, third.id_number, "", "", "", "", "", ""],
    ]

    received = send(lin, rows, of="民政局", identities=["low_income"])

    assert people(received) == [
        ("户主甲", "low_income", None, "new"),
        ("成员乙", "low_income", None, "new"),
        ("成员丙", "low_income", None, "new"),
        ("成员丙", "low_income", None, "repeated"),
    ]
    assert any("一行有 3 个人" in note for note in received.notes)


@pytest.mark.requirement("M30")
def test_a_certificate_number_of_twenty_digits_gives_number_and_grade(lin, county):
    person = sample.enrolled("李四")
    rows = [["姓名", "残疾人证号"], ["李四", f"{person.id_number}42"]]

    received = send(lin, rows)

    assert people(received) == [("李四", "disabled", 2, "new")]


@pytest.mark.requirement("X13")
@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("一级", 1),
        ("壹级", 1),
        ("1", 1),
        ("Ⅱ级", 2),
        ("肢体贰级", 2),
        ("3级", 3),
        ("Ⅳ", 4),
        ("四", 4),
    ],
)
def test_a_grade_is_read_however_it_is_written(lin, county, text, grade):
    received = send(lin, rows_of(sample.enrolled("李四"), grade=text))

    assert people(received) == [("李四", "disabled", grade, "new")]


def test_a_grade_said_vaguely_is_the_milder_one_with_a_warning(lin, county):
    received = send(lin, rows_of(sample.enrolled("李四"), grade="重度"))

    assert people(received) == [("李四", "disabled", 2, "new")]
    assert received.faults.get().code == "grade_vague"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "grade_missing"), ("一、二级", "grade_unknown"), ("五级", "grade_unknown")],
)
def test_a_disabled_person_without_a_clear_grade_is_sent_back(lin, county, text, code):
    received = send(lin, rows_of(sample.enrolled("李四"), grade=text))

    assert people(received) == []
    assert faults(received) == [(2, "grade", code)]
    assert received.rows_bad == 1


@pytest.mark.requirement("X17")
def test_old_and_new_words_mean_the_same_identity(lin, county):
    first, second = sample.enrolled("李四"), sample.enrolled("王五")
    rows = [
        ["姓名", "身份证号", "类别"],
        [first.name, first.id_number, "建档立卡贫困人口"],
        [second.name, second.id_number, "脱贫户"],
    ]

    received = send(
        lin,
        rows,
        of="农业农村局（乡村振兴局）",
        identities=["registered_poor", "retired_fisher"],
    )

    assert [(identity, verdict) for _n, identity, _g, verdict in people(received)] == [
        ("registered_poor", "new"),
        ("registered_poor", "new"),
    ]


def test_somebody_under_another_name_is_shown_and_not_set_nor_dropped(lin, qian, county):
    person = sample.enrolled("李四")
    sample.identity(person, "disabled", grade=1)

    received = apply(send(lin, [HEADERS, [1, "李思", person.id_number, "二级"]]), by=qian)

    assert people(received) == [("李思", "disabled", 2, "other_name")]
    assert held(person) == [("disabled", 1, date(2020, 1, 1), None)]


def test_a_list_takes_the_same_number_of_queries_for_one_and_for_forty(lin, qian, county):
    def queries(persons, day):
        received = send(lin, rows_of(*persons), as_of=day)
        agree_to_list(received, by=qian)
        with CaptureQueriesContext(connection) as seen:
            run_job(job_of(received).pk)
        return len(seen)

    few = [sample.enrolled("李四")]
    many = [sample.enrolled(f"王{chr(0x4E00 + n)}", STONE_VILLAGE) for n in range(40)]

    assert queries(few, AS_OF) == queries(many, date(2021, 12, 11))


@pytest.mark.requirement("M41")
def test_zero_difference_is_said_only_where_every_row_was_compared(lin, qian, as_user, county):
    first, second = sample.enrolled("李四"), sample.enrolled("王五")
    whole = apply(send(lin, rows_of(first, second)), by=qian)
    faulty = send(
        lin, [*rows_of(first, second), [3, "没等级", id_number(), ""]], as_of=date(2021, 12, 11)
    )

    def page(received):
        address = reverse("enrollment:list_difference", args=[received.pk])
        return as_user(lin).get(address).content.decode()

    assert "零差异：" in page(whole)
    assert "零差异：" not in page(faulty)
    SpecialIdentity.objects.filter(resident=second).delete()
    assert "名单上有，档案没有登记" in page(whole)


@pytest.mark.requirement("M32")
def test_the_print_shows_count_and_hash_of_the_file(lin, as_user, county):
    received = send(lin, rows_of(sample.enrolled("李四")))

    page = as_user(lin).get(reverse("enrollment:list_print", args=[received.pk]))

    words = page.content.decode()
    assert received.file.sha256 in words
    assert "1 人次，1 人，1 行" in words


# --- What is due ----------------------------------------------------------------------------------


@pytest.mark.requirement("Y72", "M32", "M36")
def test_what_a_department_still_owes_is_named(lin, qian, county):
    person = sample.enrolled("李四")
    department("残联")

    def of(name, day):
        found = expectations("990100", day)
        return next(e for e in found if e.expected.department.name == name)

    late = of("残联", date(2021, 12, 20))
    assert (late.is_late, late.missing, late.due_on) == (True, ["disabled"], date(2021, 12, 10))
    assert of("残联", date(2021, 11, 20)).is_soon

    apply(send(lin, rows_of(person)), by=qian)

    assert of("残联", date(2021, 12, 20)).is_met
    civil = of("民政局", date(2021, 12, 20))
    assert civil.is_late
