"""Back payments on their way: lists for the tax bureau, what came, and who reaches 60."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contributions import determining, sending_determinations
from contributions.models import Determination, DeterminationList
from contributions.reaching_sixty import reaching_sixty
from pension_portal.clock import today
from tests import county as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def determined(county, gui_lan, lin):
    """500 yuan for 2018, approved and not sent."""
    made = county.determination(gui_lan, [2018], 500)
    Determination.objects.filter(pk=made.pk).update(made_by=lin)
    return made


def outcome(sent):
    return [row["outcome"] for row in sending_determinations.compare(sent).values()]


def back(person, amount, year):
    """One row of an export that says it is a back payment of a year."""
    return people.payment_row(person, amount=amount, year=str(year), type="31")


@pytest.mark.requirement("A26", "A27")
def test_what_came_is_compared_item_by_item(open_county, determined, gui_lan, lin, mei):
    sent = sending_determinations.send_determinations(people.COUNTY, by=lin)
    before = outcome(sent)
    open_county.process(back(gui_lan, "500", 2018), by=mei)

    assert (sent.number, before) == (f"BJ{today().year}-0001", ["not_yet"])
    assert outcome(sent) == ["exact"]
    assert people.balance() == 0


@pytest.mark.parametrize(
    ("amount", "year", "said"), [("300", 2018, "other_sum"), ("500", 2017, "other_years")]
)
@pytest.mark.requirement("A27")
def test_another_sum_and_other_years_are_said(
    open_county, determined, gui_lan, lin, mei, amount, year, said
):
    sent = sending_determinations.send_determinations(people.COUNTY, by=lin)

    open_county.process(back(gui_lan, amount, year), by=mei)

    assert outcome(sent) == [said]


@pytest.mark.requirement("A30")
def test_a_list_goes_out_once_in_the_bureaus_layout(determined, gui_lan, lin):
    sent = sending_determinations.send_determinations(people.COUNTY, by=lin)

    with pytest.raises(sending_determinations.NothingToSend):
        sending_determinations.send_determinations(people.COUNTY, by=lin)

    assert DeterminationList.objects.count() == 1
    (row,) = sending_determinations.rows(sent)
    assert row[0] == "HD0001" and row[2] == "31"
    assert row[3:8] == [gui_lan.id_number, "张桂兰", "201801", "201812", 1]


def test_a_list_of_many_takes_the_queries_of_one(county, lin):
    counts = []
    for size in (1, 12):
        for place in range(size):
            person = county.enrolled(f"赵{place}")
            county.determination(person, [2016], 500, number=f"HD{size}-{place}")
        Determination.objects.update(made_by=lin)
        sent = sending_determinations.send_determinations(people.COUNTY, by=lin)
        with CaptureQueriesContext(connection) as queries:
            sending_determinations.rows(sent)
            sending_determinations.compare(sent)
        counts.append(len(queries))

    assert counts[0] == counts[1]


# --- Reaching 60 ------------------------------------------------------------------------------


def born(years, days=30):
    """The birthday of somebody who turns so many years in some days."""
    day = today() + timedelta(days=days)
    return day.replace(year=day.year - years, day=min(day.day, 28))


@pytest.mark.requirement("A48")
def test_who_reaches_sixty_makes_up_fifteen_years_at_most(county):
    county.policy(year=today().year)
    short = county.enrolled("王秀英", born_on=born(60))
    county.enrolled("李年轻", born_on=born(50))

    found, count = reaching_sixty(people.COUNTY, people.BASIC)

    (one,) = found
    assert (count, one.resident, one.short, len(one.years)) == (1, short, 15, 15)
    assert (one.lowest, one.highest) == (Decimal(3000), Decimal(7500))
    assert one.years[0]["year"] == today().year - 1


def test_the_list_takes_the_same_queries_for_many(county):
    county.policy(year=today().year)
    counts = []
    for size in (1, 12):
        for place in range(size):
            county.enrolled(f"王{place}", born_on=born(60))
        reaching_sixty(people.COUNTY, people.BASIC)
        with CaptureQueriesContext(connection) as queries:
            reaching_sixty(people.COUNTY, people.BASIC)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_policy_bounds_years_and_sums(county, gui_lan, lin):
    county.policy(year=today().year)
    said = {"scheme_id": people.BASIC, "number": "HD1", "basis": "申请表 1", "by": lin}

    with pytest.raises(determining.PolicyForbidsAmount):
        determining.propose_determination(gui_lan, amounts={2016: Decimal(150)}, **said)

    assert not Determination.objects.exists()


def test_a_determination_begins_from_the_list(client, county, lin):
    county.policy(year=today().year)
    person = county.enrolled("王秀英", born_on=born(60))
    client.force_login(lin)

    shown = client.get(reverse("contributions:reaching_sixty", args=[people.COUNTY]))
    address = f"{reverse('contributions:new_determination')}?resident={person.pk}&scheme=1"
    form = client.get(address)

    assert address.replace("&", "&amp;") in shown.content.decode()
    assert f"{today().year - 1} 200" in form.content.decode()
    paper = client.get(reverse("contributions:reaching_sixty_paper", args=[people.COUNTY]))
    assert paper["Content-Type"] == "application/pdf"


def test_the_next_town_does_not_see_who_reaches_sixty(client, county, sun):
    county.enrolled("王秀英", born_on=born(60))
    client.force_login(sun)

    assert (
        client.get(reverse("contributions:reaching_sixty", args=[people.COUNTY])).status_code == 404
    )
    own = client.get(reverse("contributions:reaching_sixty", args=[people.WEST_RIDGE]))
    assert "王秀英" not in own.content.decode()
