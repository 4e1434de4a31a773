"""Who has not paid, who has, and who may take the list away."""

import io
import itertools
import uuid
from datetime import date

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from contributions.models import Transfer
from contributions.ready_filters import of_ready_filter
from contributions.unpaid import born_by, paid, unpaid
from staff.models import AuditEntry
from tests import county as people
from tests.county import COUNTY, EAST_BAY, LI_VILLAGE, STONE_VILLAGE, WANG_VILLAGE, WEST_RIDGE

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


def payment(person, *, year=2021, scheme=1, kind="normal", reverses=None, amount=300, **fields):
    """Write one transfer of a person, as posting would."""
    into, out = ("personal", "payer") if reverses is None else ("payer", "personal")
    return Transfer.objects.create(
        county_code=person.county_code,
        year=year,
        id=next(_numbers),
        scheme_id=scheme,
        resident=person,
        village_code=person.village_code,
        kind=kind,
        source="own",
        from_account=out,
        to_account=into,
        amount=amount,
        people=1 if reverses is None else -1,
        tier_amount=amount,
        paid_on=fields.pop("paid_on", date(2021, 3, 5)),
        channel="",
        receipt="",
        natural_key=uuid.uuid4(),
        posted_at=timezone.now(),
        reverses_id=reverses.id if reverses else None,
        **fields,
    )


def take_back(transfer, kind="refund"):
    return payment(transfer.resident, year=transfer.year, kind=kind, reverses=transfer)


def names(enrolments):
    return [enrolment.resident.name for enrolment in enrolments.select_related("resident")]


def unpaid_names(area=COUNTY, **asked):
    return names(unpaid(area, **({"scheme_id": 1, "year": 2021} | asked)))


# --- Who is on the list -----------------------------------------------------------------------


@pytest.mark.requirement("A44", "A58")
def test_who_is_to_pay_and_has_not_is_on_the_list_until_they_pay(gui_lan):
    assert unpaid_names() == ["张桂兰"]

    payment(gui_lan)

    assert unpaid_names() == []


def test_a_refund_brings_its_person_back_and_its_reversal_takes_them_off_again(gui_lan):
    refund = take_back(payment(gui_lan))
    assert unpaid_names() == ["张桂兰"]

    take_back(refund, kind="reversal")

    assert unpaid_names() == []


def test_a_payment_for_another_year_or_scheme_does_not_count(gui_lan):
    people.enrol(gui_lan, people.SUPPLEMENTARY)
    payment(gui_lan, year=2020)
    payment(gui_lan, scheme=2)

    assert unpaid_names() == ["张桂兰"]
    assert unpaid_names(scheme_id=2) == []
    assert unpaid_names(year=2020) == []


def test_only_those_who_are_to_pay_are_on_the_list(county):
    county.enrolled("到龄", born_on=date(1961, 3, 20))
    county.enrolled("差一天", born_on=date(1961, 3, 21))
    county.enrolled("未满十六", born_on=date(2005, 3, 21))
    county.enrolled("刚满十六", born_on=date(2005, 3, 20))
    county.enrolled("已故", life_status="dead")
    county.enrolled("迁出", life_status="moved")
    county.resident("未参保")
    drawing = county.resident("领取")
    county.enrol(drawing, status="drawing")

    assert sorted(unpaid_names()) == ["刚满十六", "差一天"]


def ready(key):
    """Return the unpaid list under one of the filters that come with the portal."""
    campaign = {"scheme_id": 1, "year": 2021}
    return of_ready_filter(unpaid(COUNTY, **campaign), key, county_code=COUNTY, **campaign)


@pytest.mark.requirement("Y32", "X03")
def test_those_who_have_reached_45_can_be_picked_out(county):
    county.enrolled("今天四十五", born_on=date(1976, 3, 20))
    county.enrolled("明天四十五", born_on=date(1976, 3, 21))

    found = ready("aged_45")

    assert names(found) == ["今天四十五"]


def test_who_was_born_on_29_february_turns_45_on_the_first_of_march():
    assert born_by(date(2021, 2, 28), 45) == date(1976, 2, 28)
    assert born_by(date(2021, 3, 1), 45) == date(1976, 3, 1)
    assert born_by(date(2020, 2, 29), 45) == date(1975, 2, 28)


@pytest.mark.requirement("Y62")
def test_those_who_paid_last_year_and_not_yet_this_year_can_be_picked_out(county):
    payment(county.enrolled("续保"), year=2020)
    take_back(payment(county.enrolled("去年退费"), year=2020))
    county.enrolled("新参保")

    found = ready("paid_before")

    assert names(found) == ["续保"]


@pytest.mark.requirement("Y33")
def test_the_list_runs_by_village_group_household_and_person(county):
    def of(name, village, group, household):
        county.enrolled(name, village, group_code=f"{village}{group}", household=household)

    later, first = county.household(number="0009"), county.household(number="0002")
    of("组二", LI_VILLAGE, "02", None)
    of("户九甲", LI_VILLAGE, "01", later)
    of("户二", LI_VILLAGE, "01", first)
    of("户九乙", LI_VILLAGE, "01", later)
    of("石桥", STONE_VILLAGE, "01", None)

    assert unpaid_names() == ["户二", "户九甲", "户九乙", "组二", "石桥"]
    assert unpaid_names(EAST_BAY) == ["户二", "户九甲", "户九乙", "组二"]


def test_who_has_paid_and_who_has_not_make_up_everybody(county):
    for number in range(6):
        person = county.enrolled(f"居民{number}")
        if number % 2:
            payment(person)

    payers = set(paid(COUNTY, scheme_id=1, year=2021).values_list("resident__name", flat=True))

    assert payers == {"居民1", "居民3", "居民5"}
    assert set(unpaid_names()) == {"居民0", "居民2", "居民4"}


# --- The pages --------------------------------------------------------------------------------


def address(name, code, **query):
    return reverse(f"contributions:{name}", args=[code], query=query or None)


def test_the_page_masks_numbers_and_leads_to_the_person(client, zhao, county):
    person = county.enrolled("张桂兰", phone="15400000011", phone_last4="0011")
    client.force_login(zhao)

    body = client.get(address("unpaid", EAST_BAY)).content.decode()

    assert person.id_number not in body
    assert f"{person.id_number[:6]}********{person.id_number[-4:]}" in body
    assert "15400000011" not in body
    assert "154****0011" in body
    assert reverse("enrollment:resident", args=[person.pk]) in body


@pytest.mark.requirement("Y33")
def test_one_household_can_be_looked_at_alone(client, zhao, county):
    home = county.household()
    county.enrolled("同户", household=home)
    county.enrolled("别户")
    client.force_login(zhao)

    body = client.get(address("unpaid", LI_VILLAGE, household=home.pk)).content.decode()

    assert "同户" in body
    assert "别户" not in body


def test_filters_that_make_no_sense_are_left_out(client, zhao, gui_lan):
    client.force_login(zhao)

    asked = {"scheme": "x", "year": "soon", "who": "nobody", "household": "a"}

    assert "张桂兰" in client.get(address("unpaid", EAST_BAY, **asked)).content.decode()
    assert client.get(address("paid", EAST_BAY, day="never", tier="x")).status_code == 200


def test_sun_sees_neither_list_of_east_bay(client, sun, gui_lan):
    payment(gui_lan)
    client.force_login(sun)

    for name in ("unpaid", "unpaid_excel", "paid"):
        for code in (EAST_BAY, LI_VILLAGE, COUNTY):
            assert client.get(address(name, code)).status_code == 404
    assert "张桂兰" not in client.get(address("paid", WEST_RIDGE)).content.decode()


def test_a_leader_sees_no_list_of_people(client, county):
    client.force_login(county.staff("方正", "leader"))

    assert client.get(address("unpaid", COUNTY)).status_code == 403
    assert client.get(address("paid", COUNTY)).status_code == 403


def test_each_payment_leads_to_its_transfer_and_its_row_of_the_file(client, lin, county, gui_lan):
    feed = county.feed(lin)
    transfer = payment(gui_lan, feed_id=feed.pk, row_no=17)
    client.force_login(lin)

    body = client.get(address("paid", LI_VILLAGE)).content.decode()

    assert reverse("contributions:transfer", args=[COUNTY, 2021, transfer.id]) in body
    assert reverse("contributions:feed_row", args=[feed.pk, 17]) in body


def test_payments_of_one_day_can_be_looked_at_alone(client, zhao, county):
    payment(county.enrolled("初五"), paid_on=date(2021, 3, 5))
    payment(county.enrolled("初六"), paid_on=date(2021, 3, 6))
    client.force_login(zhao)

    body = client.get(address("paid", EAST_BAY, day="2021-03-06")).content.decode()

    assert "初六" in body
    assert "初五" not in body


def test_a_page_costs_the_same_for_one_person_and_for_fifty(client, zhao, county):
    client.force_login(zhao)
    people_of = county.household()
    county.enrolled("第一人", household=people_of)

    def statements():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            client.get(address("unpaid", EAST_BAY))
        return len(asked)

    statements()  # the first click of a session notes it
    few = statements()
    for number in range(49):
        county.enrolled(f"居民{number}", WANG_VILLAGE, household=people_of)

    assert statements() == few


# --- Excel ------------------------------------------------------------------------------------


def sheet_of(response):
    return openpyxl.load_workbook(io.BytesIO(response.content))["数据"]


def test_the_excel_holds_the_filtered_list_with_masked_numbers(client, zhao, county):
    person = county.enrolled("续保", phone="15400000011", tier=300)
    payment(person, year=2020, amount=500)
    county.enrolled("新参保")
    client.force_login(zhao)

    response = client.get(address("unpaid_excel", EAST_BAY, who="paid_before"))
    rows = list(sheet_of(response).iter_rows(min_row=3, values_only=True))

    masked = f"{person.id_number[:6]}********{person.id_number[-4:]}"
    assert rows == [
        ("李家村", None, None, None, "续保", "女" if person.sex == "f" else "男", 46, masked,
         "154****0011", 300, 500, None, None, None)
    ]  # fmt: skip
    entry = AuditEntry.objects.get(action="export_unpaid")
    assert (entry.staff, entry.area_code, entry.detail["rows"]) == (zhao, EAST_BAY, 1)


@pytest.mark.requirement("A44")
def test_telephone_numbers_leave_in_full_with_a_reason_on_record(client, zhao, county):
    person = county.enrolled("张桂兰", phone="15400000011")
    client.force_login(zhao)

    response = client.post(address("unpaid_phones", EAST_BAY), {"reason": "电话催缴"})
    row = next(sheet_of(response).iter_rows(min_row=3, values_only=True))

    assert row[8] == "15400000011"
    assert person.id_number not in row
    assert AuditEntry.objects.get(action="export_unpaid").reason == "电话催缴"


def test_without_a_reason_no_telephone_number_leaves(client, zhao, gui_lan):
    client.force_login(zhao)

    response = client.post(address("unpaid_phones", EAST_BAY), {"reason": " "})

    assert response.status_code == 400
    assert "要写明用途" in response.content.decode()
    assert not AuditEntry.objects.filter(action="export_unpaid").exists()


def test_a_list_too_long_for_one_file_is_refused_and_not_recorded(
    client, zhao, county, monkeypatch
):
    monkeypatch.setattr("contributions.views.unpaid.MOST_ROWS_AT_ONCE", 1)
    county.enrolled("甲")
    county.enrolled("乙")
    client.force_login(zhao)

    response = client.get(address("unpaid_excel", EAST_BAY))

    assert response.status_code == 400
    assert "先选到镇或村" in response.content.decode()
    assert not AuditEntry.objects.filter(action="export_unpaid").exists()
