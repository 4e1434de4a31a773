"""Exclusion lists: who is named and enrolled becomes a case for a person; nobody is dropped."""

from datetime import date

import pytest
from django.urls import reverse

from enrollment.comparing import comparison_log
from enrollment.conflicts import (
    confirm_conflict,
    refute_conflict,
    take_conflict,
)
from enrollment.errors import (
    ConflictIsSettled,
    ConflictNeedsReason,
    ConflictTakenBySomebody,
)
from enrollment.models import Case, Conflict, Enrolment, ListedPerson, Subject
from tests import county as sample
from tests.county import LI_VILLAGE, STONE_VILLAGE
from tests.enrollment.lists import apply, send

PENSION_CENTRE = "人社局养老保险中心"


def named(by, *persons, subject=Subject.EMPLOYEES, of=PENSION_CENTRE, day=date(2021, 3, 5)):
    """Apply an exclusion list that names some people, and return it."""
    rows = [["姓名", "身份证号", "参保单位", "参保时间"]]
    rows += [[p.name, p.id_number, "某厂", "2020-11-01"] for p in persons]
    received = send(by, rows, of=of, subject=subject, identities=[], as_of=day)
    return apply(received, by=by)


@pytest.mark.requirement("A06", "Y35")
def test_somebody_on_the_employees_list_becomes_a_case_and_stays_enrolled(lin, county):
    person = sample.enrolled("李四")

    received = named(lin, person)

    conflict = Conflict.objects.get()
    assert (conflict.resident, conflict.state, conflict.said_on) == (
        person,
        "untouched",
        date(2020, 11, 1),
    )
    assert received.counts["conflict"] == 1
    assert Enrolment.objects.get(resident=person).status == "active"
    person.refresh_from_db()
    assert person.other_cover == ""


@pytest.mark.requirement("A05")
def test_a_civil_servant_who_is_enrolled_is_confirmed_with_a_reason(lin, zhao, county):
    person = sample.enrolled("李四")
    named(lin, person, subject=Subject.CIVIL_SERVICE)
    conflict = Conflict.objects.get()

    with pytest.raises(ConflictNeedsReason):
        confirm_conflict(conflict, reason=" ", by=zhao)
    confirm_conflict(conflict, reason="单位来函", by=zhao)

    person.refresh_from_db()
    conflict.refresh_from_db()
    assert person.other_cover == "civil_service"
    assert (conflict.state, conflict.decision, conflict.handler) == ("done", "confirmed", zhao)
    assert Enrolment.objects.get(resident=person).status == "active"
    case = Case.objects.get(resident=person)
    assert (case.kind, case.reason_code, case.state) == ("termination", "6407", "draft")
    assert [(item.item, item.after) for item in case.items.all()] == [("status_1", "terminated")]
    assert conflict.effect == [["cover", "civil_service"], ["case", case.pk]]


def test_a_conflict_that_was_refuted_is_not_opened_again_for_the_same_words(lin, zhao, county):
    person = sample.enrolled("李四")
    named(lin, person)
    refute_conflict(Conflict.objects.get(), reason="同名，核对过工作单位", by=zhao)

    named(lin, person, day=date(2021, 4, 5))

    assert Conflict.objects.count() == 1
    assert ListedPerson.objects.latest("pk").verdict == "no_conflict"
    person.refresh_from_db()
    assert person.other_cover == ""


def test_an_open_conflict_is_not_doubled_by_next_months_list(lin, county):
    person = sample.enrolled("李四")
    named(lin, person)

    again = named(lin, person, day=date(2021, 4, 5))

    assert Conflict.objects.get().last_list == again


@pytest.mark.requirement("M13")
def test_a_confirmed_imprisonment_exempts_from_joining_with_the_household(lin, zhao, county):
    person = sample.enrolled("李四")
    named(lin, person, subject=Subject.IMPRISONMENT, of="司法局")

    confirm_conflict(Conflict.objects.get(), reason="司法局名单", by=zhao)

    exemption = person.exemptions.get()
    assert (exemption.code, exemption.evidence_on) == (3, date(2020, 11, 1))


@pytest.mark.parametrize(
    ("subject", "of", "kind", "reason_code", "items"),
    [
        (
            Subject.DEATH,
            "民政局",
            "death",
            "6401",
            {"life_status": "dead", "status_1": "terminated"},
        ),
        (Subject.MOVED, "公安局", "move_out", "move_out", {"life_status": "moved"}),
        (Subject.STUDENT, "教育局", "suspension", "1299", {"status_1": "suspended"}),
    ],
)
def test_what_follows_is_a_case_of_its_kind(
    lin, zhao, county, subject, of, kind, reason_code, items
):
    person = sample.enrolled("李四")
    named(lin, person, subject=subject, of=of)

    confirm_conflict(Conflict.objects.get(), reason="名单属实", by=zhao)

    case = Case.objects.get(resident=person)
    assert (case.kind, case.reason_code, case.happened_on) == (kind, reason_code, date(2020, 11, 1))
    assert items.items() <= {item.item: item.after for item in case.items.all()}.items()
    person.refresh_from_db()
    assert person.life_status == "alive"


def test_two_people_are_told_who_looks_into_a_conflict(lin, zhao, county):
    other = sample.staff("钱二", "town_clerk", sample.EAST_BAY)
    named(lin, sample.enrolled("李四"))
    conflict = Conflict.objects.get()
    take_conflict(conflict, by=zhao)

    with pytest.raises(ConflictTakenBySomebody):
        refute_conflict(conflict, reason="不是本人", by=other)
    conflict.refresh_from_db()
    assert (conflict.state, conflict.handler) == ("handled", zhao)

    refute_conflict(conflict, reason="不是本人", by=zhao)
    with pytest.raises(ConflictIsSettled):
        confirm_conflict(conflict, reason="是本人", by=zhao)


def test_a_town_sees_its_own_conflicts_alone(lin, zhao, sun, as_user, county):
    named(lin, sample.enrolled("东湾人", LI_VILLAGE), sample.enrolled("西岭人", STONE_VILLAGE))
    address = reverse("enrollment:conflicts")

    assert "西岭人" not in as_user(zhao).get(address).content.decode()
    assert "西岭人" in as_user(sun).get(address).content.decode()


@pytest.mark.requirement("Y35")
def test_a_month_without_comparison_is_seen(lin, county):
    person = sample.enrolled("李四")
    named(lin, person, day=date(2021, 1, 5))
    named(lin, person, day=date(2021, 3, 5))

    months, rows = comparison_log("990100", date(2021, 3, 20))

    line = next(line for one, line, _open in rows if one.subject == Subject.EMPLOYEES)
    assert [month.is_missing for month in line[:4]] == [False, True, False, False]
    assert [len(month.lists) for month in line[:4]] == [1, 0, 1, 0]
    assert months[0] == date(2021, 3, 1)
