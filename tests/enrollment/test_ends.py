"""A file alone ends nothing: deaths and ended enrolments wait for a second person."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from enrollment.ending import approve_end, decide_ends, reject_end
from enrollment.errors import EndDecidedAlready, MakerMayNotApproveEnd, RejectionNeedsReason
from enrollment.models import End, Enrolment, PayableCounter, Resident
from enrollment.timeline import timeline_of
from staff.models import AuditEntry, DutyKind
from tests import county as sample
from tests.county import id_number
from tests.enrollment.rosters import load, row

IMPORTS = "/residents/imports/"


@pytest.fixture
def fang(county):
    """The county's approver."""
    return sample.staff("方审批", DutyKind.COUNTY_APPROVER)


@pytest.fixture
def known(zhao):
    """Somebody registered and paying, by number."""
    number = id_number()
    load(zhao, [row(证件号码=number)])
    return number


def end_said(by, number, **changes):
    """Load a roster that says one more thing of somebody known; return the end that waits."""
    roster = load(by, [row(证件号码=number, **changes)], name="变更.csv")
    return roster.ends.get()


def test_a_death_waits_and_the_person_stays_alive(zhao, known):
    roster = load(
        zhao, [row(证件号码=known, 人员状态="死亡", 联系电话="13900000022")], name="二.csv"
    )

    end = roster.ends.get()
    assert (end.kind, end.state, end.made_by, end.row_number) == ("death", "waiting", zhao, 2)
    person = Resident.objects.get()
    assert (person.life_status, person.phone) == ("alive", "13900000022")
    assert (roster.rows_changed, roster.rows_bad) == (1, 0)


def test_a_termination_waits_and_the_enrolment_stays_active(zhao, known):
    end = end_said(zhao, known, 参保状态="终止", 终止原因="参保其他社会保险")

    enrolment = Enrolment.objects.get()
    assert (end.kind, end.scheme_id) == ("termination", sample.BASIC)
    assert (enrolment.status, enrolment.end_reason) == ("active", "")
    assert PayableCounter.objects.get().people == 1


def test_a_second_person_lets_an_end_take_effect_and_the_payers_are_counted_anew(zhao, fang, known):
    end = end_said(zhao, known, 参保状态="终止", 终止原因="参保其他社会保险")

    [(decided, refusal)] = decide_ends([end], agrees=True, by=fang)

    enrolment = Enrolment.objects.get()
    assert refusal is None
    assert (enrolment.status, enrolment.end_reason) == ("terminated", "参保其他社会保险")
    assert (decided.state, decided.decided_by) == ("approved", fang)
    assert not PayableCounter.objects.exists()
    entry = AuditEntry.objects.get(action="approve_end")
    assert (entry.staff, entry.subject) == (fang, f"resident:{end.resident_id}")


def test_a_death_takes_effect_once_agreed_to(zhao, fang, known):
    approve_end(end_said(zhao, known, 人员状态="死亡"), by=fang)

    assert Resident.objects.get().life_status == "dead"
    again = load(zhao, [row(证件号码=known, 人员状态="死亡", 备注="再报")], name="三.csv")
    assert again.ends.count() == 0


def test_who_uploaded_does_not_agree(zhao, known):
    end = end_said(zhao, known, 人员状态="死亡")

    with pytest.raises(MakerMayNotApproveEnd):
        approve_end(end, by=zhao)

    assert Resident.objects.get().life_status == "alive"
    with pytest.raises(IntegrityError), transaction.atomic():
        End.objects.update(state="approved", decided_by=zhao)


def test_what_is_sent_back_changes_nothing_and_needs_a_reason(zhao, fang, known):
    end = end_said(zhao, known, 人员状态="死亡")

    with pytest.raises(RejectionNeedsReason):
        decide_ends([end], agrees=False, by=fang, reason=" ")
    decide_ends([end], agrees=False, by=fang, reason="本人在世，已电话核实")

    end.refresh_from_db()
    assert (end.state, end.reason) == ("rejected", "本人在世，已电话核实")
    assert Resident.objects.get().life_status == "alive"


def test_one_that_was_decided_already_stops_no_other(zhao, fang, known):
    other = id_number(date(1980, 5, 6))
    load(zhao, [row(证件号码=other, 姓名="王好人")], name="另.csv")
    rows = [
        row(证件号码=known, 人员状态="死亡"),
        row(证件号码=other, 姓名="王好人", 人员状态="死亡"),
    ]
    first, second = load(zhao, rows, name="两人.csv").ends.all()
    reject_end(first, by=fang, reason="在世")

    results = decide_ends([first, second], agrees=True, by=fang)

    assert [type(refusal) for _end, refusal in results] == [EndDecidedAlready, type(None)]
    assert Resident.objects.filter(life_status="dead").get() == second.resident


def test_the_same_end_in_two_files_waits_once(zhao, known):
    end_said(zhao, known, 人员状态="死亡")

    again = load(zhao, [row(证件号码=known, 人员状态="死亡", 备注="再报")], name="再.csv")

    assert again.ends.count() == 0
    assert End.objects.count() == 1


def test_who_is_new_comes_in_as_the_roster_says(zhao):
    roster = load(zhao, [row(人员状态="死亡", 参保状态="终止")])

    assert Resident.objects.get().life_status == "dead"
    assert roster.ends.count() == 0


def test_the_approver_finds_the_end_and_decides_on_the_rosters_page(as_user, zhao, fang, known):
    end = end_said(zhao, known, 人员状态="死亡")
    client = as_user(fang)

    to_do = {item.title: item for item in client.get("/").context["desk"].to_do}
    item = to_do["死亡和终止待审批"]
    assert (item.count, item.note) == (1, "变更.csv")
    page = client.get(f"{IMPORTS}{end.roster_id}/").content.decode()
    assert "张桂兰" in page
    assert "同意，改档案" in page
    answer = client.post(
        f"{IMPORTS}{end.roster_id}/ends/", {"decision": "approve", "end": end.pk}, follow=True
    )

    assert "已同意 1 条" in answer.content.decode()
    assert Resident.objects.get().life_status == "dead"


def test_those_who_load_rosters_decide_no_end(as_user, zhao, sun, known):
    end = end_said(zhao, known, 人员状态="死亡")
    address = f"{IMPORTS}{end.roster_id}/ends/"

    assert as_user(zhao).post(address, {"decision": "approve", "end": end.pk}).status_code == 403
    assert as_user(sun).post(address, {"decision": "approve", "end": end.pk}).status_code == 403
    assert "同意，改档案" not in as_user(zhao).get(f"{IMPORTS}{end.roster_id}/").content.decode()
    assert Resident.objects.get().life_status == "alive"


def test_an_end_of_another_roster_is_not_decided_by_its_number(as_user, zhao, fang, known):
    end = end_said(zhao, known, 人员状态="死亡")
    other = load(zhao, [row(姓名="")], name="另.csv")

    answer = as_user(fang).post(
        f"{IMPORTS}{other.pk}/ends/", {"decision": "approve", "end": end.pk}
    )

    assert answer.status_code == 400
    assert Resident.objects.get().life_status == "alive"


@pytest.mark.requirement("Y35")
def test_an_end_that_waits_stands_among_the_conflicts_of_its_town_and_in_the_persons_history(
    zhao, sun, known, as_user
):
    end_said(zhao, known, 人员状态="死亡")
    person = Resident.objects.get()
    page = reverse("enrollment:conflicts")

    assert person.name in as_user(zhao).get(page).content.decode()
    assert person.name not in as_user(sun).get(page).content.decode()
    assert "死亡 待审批" in [one.words for one in timeline_of(person, zhao)]
