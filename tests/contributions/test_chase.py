"""Chasing the unpaid: what was said is noted once, people are shared out, the registry stays."""

import json
import uuid
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contributions.chasing import assign, decide_lead, note_contact, set_visit, take_back_contact
from contributions.errors import (
    ContactNotYours,
    LeadDecidedAlready,
    LeadReasonMissing,
    PromiseInThePast,
)
from contributions.models import Chase, Collector, CollectorArea, Contact, Lead, Outcome
from contributions.ready_filters import of_collector, of_ready_filter
from contributions.unpaid import unpaid, walk
from enrollment.cases import submit_case
from enrollment.errors import CaseNeedsItsDay
from enrollment.models import Case
from staff.models import AuditEntry, DutyKind
from staff.waiting import State, desk_of
from tests import county as people
from tests.contributions.test_unpaid import payment
from tests.county import COUNTY, EAST_BAY, LI_VILLAGE, STONE_VILLAGE, WANG_VILLAGE
from tests.enrollment import casework

CAMPAIGN = {"scheme_id": 1, "year": 2021}


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def hao(county):
    """The agent of 李家村."""
    return county.staff("郑好", DutyKind.VILLAGE_AGENT, LI_VILLAGE)


def note(person, outcome, by, **fields):
    key = fields.pop("client_key", None) or uuid.uuid4()
    made, _is_new = note_contact(
        person, outcome=outcome, client_key=key, by=by, **CAMPAIGN, **fields
    )
    return made


def names(enrolments):
    return [one.resident.name for one in enrolments.select_related("resident")]


def found_by(key, area=COUNTY):
    people_found = unpaid(area, **CAMPAIGN)
    return sorted(names(of_ready_filter(people_found, key, county_code=COUNTY, **CAMPAIGN)))


def test_what_waits_follows_every_scheme_the_county_collects_for(hao, gui_lan):
    people.medical_policy()
    people.switch_on()
    people.enrol(gui_lan, people.MEDICAL)
    unpaid_now = [one for one in desk_of(hao).to_do if one.title == "应缴未缴"]

    assert sorted((one.note.split()[0], one.count) for one in unpaid_now) == [
        ("居民养老", 1),
        ("居民医保", 1),
    ]
    assert all("scheme=" in one.url for one in unpaid_now)


def test_a_contact_is_noted_for_the_scheme_it_was_about(hao, gui_lan, as_user):
    people.medical_policy()
    people.switch_on()
    people.enrol(gui_lan, people.MEDICAL)
    said = {"outcome": "away", "key": uuid.uuid4(), "scheme": people.MEDICAL}

    as_user(hao).post(reverse("contributions:add_contact", args=[gui_lan.pk]), said)

    assert Chase.objects.get().scheme_id == people.MEDICAL


# --- Contacts ---------------------------------------------------------------------------------


@pytest.mark.requirement("A44", "M31")
def test_what_came_of_a_call_is_noted_and_says_how_the_person_stands(hao, gui_lan):
    note(gui_lan, Outcome.AWAY, hao)
    note(gui_lan, Outcome.PROMISED, hao, promised_on=date(2021, 3, 25), note="儿子转账")

    chase = Chase.objects.get(resident=gui_lan)
    assert (chase.outcome, chase.promised_on, chase.contacts) == (
        "promised",
        date(2021, 3, 25),
        2,
    )
    assert AuditEntry.objects.filter(action="note_contact", staff=hao).count() == 2


def test_the_same_key_is_one_contact_however_often_it_is_sent(hao, gui_lan):
    key = uuid.uuid4()

    first = note(gui_lan, Outcome.AWAY, hao, client_key=key)
    again, is_new = note_contact(gui_lan, outcome=Outcome.AWAY, client_key=key, by=hao, **CAMPAIGN)

    assert (again, is_new) == (first, False)
    assert Contact.objects.count() == 1


def test_the_key_of_another_person_is_refused_and_changes_nothing(hao, zhao, gui_lan):
    key = uuid.uuid4()
    note(gui_lan, Outcome.AWAY, hao, client_key=key)

    with pytest.raises(ContactNotYours):
        note(gui_lan, Outcome.REFUSES, zhao, client_key=key)

    assert Chase.objects.get().outcome == "away"


def test_a_contact_that_comes_late_does_not_undo_what_was_said_after_it(hao, gui_lan):
    now = timezone.now()
    note(gui_lan, Outcome.SAYS_PAID, hao, contacted_at=now - timedelta(hours=1))

    note(gui_lan, Outcome.AWAY, hao, contacted_at=now - timedelta(hours=20))

    assert Chase.objects.get().outcome == "says_paid"
    assert Contact.objects.count() == 2


def test_a_clock_that_is_wrong_counts_as_now(hao, gui_lan):
    made = note(
        gui_lan,
        Outcome.AWAY,
        hao,
        contacted_at=datetime(1999, 1, 1, tzinfo=timezone.get_current_timezone()),
    )

    assert timezone.now() - made.contacted_at < timedelta(minutes=1)


def test_who_promises_without_a_day_promises_for_a_week(hao, gui_lan):
    assert note(gui_lan, Outcome.PROMISED, hao).promised_on == date(2021, 3, 27)


def test_a_promise_for_a_day_long_past_is_refused_and_not_kept(hao, gui_lan):
    with pytest.raises(PromiseInThePast):
        note(gui_lan, Outcome.PROMISED, hao, promised_on=date(2021, 3, 1))

    assert not Contact.objects.exists()


def test_taking_back_leaves_what_was_said_before(hao, zhao, gui_lan):
    note(gui_lan, Outcome.AWAY, hao)
    wrong = note(gui_lan, Outcome.DEAD, hao)

    with pytest.raises(ContactNotYours):
        take_back_contact(wrong, by=zhao)
    assert take_back_contact(wrong, by=hao)
    assert not take_back_contact(wrong, by=hao)

    assert Chase.objects.get().outcome == "away"
    assert Lead.objects.get().state == "withdrawn"


# --- Leads ------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [Outcome.DEAD, Outcome.MOVED])
def test_that_somebody_died_or_moved_is_a_lead_and_changes_no_registry(hao, zhao, gui_lan, outcome):
    note(gui_lan, outcome, hao)
    note(gui_lan, outcome, hao)

    gui_lan.refresh_from_db()
    assert gui_lan.life_status == "alive"
    assert gui_lan.enrolments.get().status == "active"
    lead = Lead.objects.get()
    assert [(one.title, one.count) for one in desk_of(zhao).to_do if "待核实" in one.title] == [
        ("村里报已故、迁出，待核实", 1)
    ]

    decide_lead(lead, is_true=True, reason="派出所核实", by=zhao)

    gui_lan.refresh_from_db()
    assert gui_lan.life_status == "alive"


@pytest.mark.parametrize(("outcome", "kind"), [("dead", "death"), ("moved", "move_out")])
def test_a_confirmed_lead_opens_the_case_that_follows(client, hao, zhao, gui_lan, outcome, kind):
    note(gui_lan, Outcome(outcome), hao)
    client.force_login(zhao)

    answer = client.post(
        reverse("contributions:decide_lead", args=[Lead.objects.get().pk]),
        {"verdict": "confirmed", "reason": "派出所核实"},
    )

    case = Case.objects.get()
    assert answer.url == reverse("enrollment:case", args=[case.pk])
    assert (case.kind, case.state, case.happened_on) == (kind, "draft", None)
    assert "派出所核实" in case.note
    with pytest.raises(CaseNeedsItsDay):
        submit_case(casework.with_papers(case, by=zhao), by=zhao)
    gui_lan.refresh_from_db()
    assert gui_lan.life_status == "alive"


def test_a_lead_that_is_not_true_opens_no_case(hao, zhao, gui_lan):
    note(gui_lan, Outcome.DEAD, hao)

    assert decide_lead(Lead.objects.get(), is_true=False, reason="本人在家", by=zhao) is None
    assert not Case.objects.exists()


def test_a_lead_is_decided_once_and_with_a_reason(hao, zhao, gui_lan):
    note(gui_lan, Outcome.DEAD, hao)
    lead = Lead.objects.get()

    with pytest.raises(LeadReasonMissing):
        decide_lead(lead, is_true=True, reason=" ", by=zhao)
    decide_lead(lead, is_true=False, reason="本人接了电话", by=zhao)
    with pytest.raises(LeadDecidedAlready):
        decide_lead(lead, is_true=True, reason="派出所核实", by=zhao)

    lead.refresh_from_db()
    assert (lead.state, lead.decided_by) == ("dismissed", zhao)


def test_sun_neither_sees_nor_decides_a_lead_of_east_bay(client, hao, sun, gui_lan):
    note(gui_lan, Outcome.DEAD, hao)
    lead = Lead.objects.get()
    client.force_login(sun)

    assert "张桂兰" not in client.get(reverse("contributions:leads")).content.decode()
    answer = client.post(
        reverse("contributions:decide_lead", args=[lead.pk]),
        {"verdict": "confirmed", "reason": "是"},
    )

    assert answer.status_code == 404
    assert Lead.objects.get().state == "waiting"


# --- Ready filters ----------------------------------------------------------------------------


@pytest.mark.requirement("Y62")
def test_two_years_without_a_payment_is_lapsed(county):
    long_ago = date(2015, 1, 1)
    for name, years in [("断两年", ()), ("断一年", (2019,)), ("续保", (2020,))]:
        person = county.resident(name)
        county.enrol(person, started_on=long_ago)
        for year in years:
            payment(person, year=year)
    county.enrol(county.resident("新参保"), started_on=date(2020, 5, 1))

    assert found_by("lapsed") == ["断两年"]


def test_who_says_they_have_paid_is_found_until_the_payment_arrives(hao, gui_lan):
    note(gui_lan, Outcome.SAYS_PAID, hao)
    assert found_by("says_paid") == ["张桂兰"]

    payment(gui_lan)

    assert found_by("says_paid") == []


def test_the_last_year_before_60_begins_on_the_59th_birthday(county):
    county.enrolled("今天五十九", born_on=date(1962, 3, 20))
    county.enrolled("明天五十九", born_on=date(1962, 3, 21))

    assert found_by("before_60") == ["今天五十九"]


def test_who_the_state_pays_for_is_found_by_the_policy_of_the_county(county):
    people.policy()
    low_income = county.enrolled("低保")
    county.identity(low_income)
    severe, slight = county.enrolled("一级残疾"), county.enrolled("三级残疾")
    county.identity(severe, "disabled", grade=1)
    county.identity(slight, "disabled", grade=3)
    over = county.enrolled("低保已到期")
    county.identity(over, until=date(2021, 3, 19))
    county.enrolled("普通")

    assert found_by("proxy") == ["一级残疾", "低保"]


@pytest.mark.requirement("M45")
def test_who_must_be_helped_at_home_is_tagged_and_found(hao, gui_lan):
    set_visit(gui_lan, needs_visit=True, by=hao, **CAMPAIGN)
    assert found_by("visit") == ["张桂兰"]

    set_visit(gui_lan, needs_visit=False, by=hao, **CAMPAIGN)

    assert found_by("visit") == []


def test_promises_come_up_on_their_day_and_not_before(hao, county):
    today, tomorrow = county.enrolled("今天"), county.enrolled("明天")
    note(today, Outcome.PROMISED, hao, promised_on=date(2021, 3, 20))
    note(tomorrow, Outcome.PROMISED, hao, promised_on=date(2021, 3, 21))

    assert found_by("promise_due") == ["今天"]
    waiting = [one for one in desk_of(hao).to_do if one.title == "承诺到期未缴"]
    assert [(one.count, one.due_on) for one in waiting] == [(1, date(2021, 3, 20))]


def test_what_was_done_today_stands_among_what_is_done(hao, gui_lan):
    note(gui_lan, Outcome.AWAY, hao)

    [done] = desk_of(hao).done

    assert (done.title, done.count, done.state) == ("今天联系", 1, State.DONE)


# --- Who answers for whom ---------------------------------------------------------------------


def collector(name, *areas, staff=None):
    made = Collector.objects.create(
        county_code=COUNTY, area_id=EAST_BAY, name=name, phone=name, staff=staff
    )
    CollectorArea.objects.bulk_create([CollectorArea(collector=made, area_id=a) for a in areas])
    return made


@pytest.mark.requirement("M44", "Y69")
def test_a_collector_has_the_people_of_their_villages_and_those_given_to_them(county, zhao):
    li, wang = collector("李责任", LI_VILLAGE), collector("王责任", WANG_VILLAGE)
    county.enrolled("李甲")
    given = county.enrolled("李乙")
    county.enrolled("王甲", WANG_VILLAGE)

    chosen = unpaid(EAST_BAY, **CAMPAIGN).filter(resident=given)
    assert assign(chosen, wang, by=zhao, area_code=EAST_BAY, **CAMPAIGN) == 1

    def of(one):
        return names(of_collector(unpaid(COUNTY, **CAMPAIGN), one, **CAMPAIGN))

    assert of(li) == ["李甲"]
    assert of(wang) == ["李乙", "王甲"]


def test_sharing_out_costs_the_same_for_one_person_and_for_fifty(county, zhao):
    one = collector("李责任", LI_VILLAGE)
    county.enrolled("第一人")

    def statements():
        with CaptureQueriesContext(connection) as asked:
            everybody = unpaid(EAST_BAY, **CAMPAIGN)
            count = assign(everybody, one, by=zhao, area_code=EAST_BAY, **CAMPAIGN)
        return count, len(asked)

    statements()  # the first deed of a day asks for the duty
    _count, few = statements()
    for number in range(49):
        county.enrolled(f"居民{number}")

    assert statements() == (50, few)
    assert Chase.objects.filter(collector=one).count() == 50


def test_all_that_the_filter_finds_are_shared_out_not_the_page_alone(
    client, zhao, county, monkeypatch
):
    monkeypatch.setattr("contributions.views.unpaid.PAGE_LENGTH", 1)
    one = collector("李责任", LI_VILLAGE)
    for name in ("甲", "乙"):
        county.enrolled(name, born_on=date(1970, 1, 1))
    county.enrolled("年轻", born_on=date(1990, 1, 1))
    client.force_login(zhao)

    address = reverse("contributions:assign", args=[EAST_BAY], query={"who": "aged_45"})
    client.post(address, {"collector": one.pk})

    given = Chase.objects.filter(collector=one).values_list("resident__name", flat=True)
    assert sorted(given) == ["乙", "甲"]


def test_sun_shares_out_nobody_of_east_bay(client, sun, gui_lan):
    one = collector("李责任", LI_VILLAGE)
    client.force_login(sun)

    answer = client.post(reverse("contributions:assign", args=[EAST_BAY]), {"collector": one.pk})

    assert answer.status_code == 404
    assert not Chase.objects.exists()


# --- Pages of the list ------------------------------------------------------------------------


def test_the_list_is_walked_forth_and_back_without_losing_or_repeating_anybody(county):
    home, other = county.household(number="0~2"), county.household(number="0001")
    for number in range(4):
        county.enrolled(f"户{number}", household=home if number % 2 else other)
    for number in range(3):
        county.enrolled(f"无户{number}", group_code=f"{LI_VILLAGE}0{number}")
        county.enrolled(f"石桥{number}", STONE_VILLAGE)
    everybody = unpaid(COUNTY, **CAMPAIGN)
    whole = names(everybody)

    forth, place = [], ""
    while True:
        part = walk(everybody, after=place, length=3)
        forth.append([one.resident.name for one in part.people])
        place = part.after
        if not place:
            break
    back, place = [forth[-1]], part.before
    while place:
        part = walk(everybody, before=place, length=3)
        back.insert(0, [one.resident.name for one in part.people])
        place = part.before

    assert [name for page in forth for name in page] == whole
    assert back == forth


def test_a_place_that_cannot_be_is_the_beginning(gui_lan):
    for words in ("x", "1~2~3", "~~~~", "a~0~b~c~d"):
        part = walk(unpaid(COUNTY, **CAMPAIGN), after=words, length=5)
        assert [one.resident.name for one in part.people] == ["张桂兰"]


# --- The telephone ----------------------------------------------------------------------------


def send(client, *pieces, village=LI_VILLAGE):
    address = reverse("contributions:send_contacts", args=[village])
    return client.post(address, json.dumps(pieces), content_type="application/json")


def piece(person, outcome="away", **fields):
    return {"key": str(uuid.uuid4()), "resident": person.pk, "outcome": outcome, **fields}


def test_what_a_phone_kept_is_taken_in_once(client, hao, gui_lan):
    client.force_login(hao)
    kept = [piece(gui_lan), piece(gui_lan, "promised", promised_on="2021-03-25")]

    first = send(client, *kept).json()["results"]
    again = send(client, *kept).json()["results"]

    assert [one["state"] for one in first] == ["saved", "saved"]
    assert [one["state"] for one in again] == ["known", "known"]
    assert Contact.objects.count() == 2


def test_a_piece_that_cannot_stand_is_said_and_the_others_are_kept(client, hao, county, gui_lan):
    stranger = county.enrolled("石桥人", STONE_VILLAGE)
    client.force_login(hao)

    answer = send(client, piece(stranger), piece(gui_lan, "nonsense"), {}, "x", piece(gui_lan))

    states = [one["state"] for one in answer.json()["results"]]
    assert states == ["refused", "refused", "refused", "refused", "saved"]
    assert not Contact.objects.filter(resident=stranger).exists()


def test_a_piece_is_taken_back_by_the_key_it_was_sent_under(client, hao, gui_lan):
    client.force_login(hao)
    sent = piece(gui_lan, "dead")
    send(client, sent)

    undo = {"key": str(uuid.uuid4()), "resident": gui_lan.pk, "take_back": sent["key"]}
    states = [send(client, undo).json()["results"][0]["state"] for _time in range(2)]

    assert states == ["saved", "known"]
    assert Lead.objects.get().state == "withdrawn"


def test_the_call_list_holds_numbers_to_call_and_no_full_id_and_is_on_record(client, hao, county):
    person = county.enrolled("张桂兰", phone="15400000011")
    client.force_login(hao)

    answer = client.get(reverse("contributions:call_list", args=[LI_VILLAGE]))

    [home] = answer.json()["households"]
    assert home["members"][0]["phone"] == "15400000011"
    assert person.id_number not in answer.content.decode()
    assert person.id_number[-4:] in home["members"][0]["message"]
    entry = AuditEntry.objects.get(action="open_call_list")
    assert (entry.staff, entry.detail["people"]) == (hao, 1)


def test_the_county_officer_calls_nobody_and_gets_no_numbers(client, lin, county):
    county.enrolled("张桂兰", phone="15400000011")
    client.force_login(lin)

    answer = client.get(reverse("contributions:call_list", args=[LI_VILLAGE]))

    assert "15400000011" not in answer.content.decode()


def test_the_call_list_costs_the_same_for_one_household_and_for_fifty(client, hao, county):
    client.force_login(hao)
    county.enrolled("第一人")

    def statements():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("contributions:call_list", args=[LI_VILLAGE]))
        return len(asked)

    statements()
    few = statements()
    for number in range(49):
        county.enrolled(f"居民{number}")

    assert statements() == few
