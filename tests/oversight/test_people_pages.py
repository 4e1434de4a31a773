"""The pages of renewal, coverage, identities and groups, and the people behind them."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from oversight.census import count_scheme
from oversight.models import Population
from oversight.people import Renewal, is_lagging
from staff.models import AuditEntry
from tests.county import (
    BASIC,
    COUNTY,
    EAST_BAY,
    LI_VILLAGE,
    STONE_VILLAGE,
    WEST_RIDGE,
    id_number,
)
from tests.enrollment.test_listed_newcomers import listed
from tests.oversight.counters import task
from tests.oversight.test_census import pay


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def counted(county):
    """张桂兰 came back and is helped, 李四 has not joined, 王五 of 西岭镇 did not come back."""
    task({EAST_BAY: 600, WEST_RIDGE: 400})
    group = f"{LI_VILLAGE}01"
    came_back = county.enrolled("张桂兰", group_code=group)
    county.identity(came_back)
    pay(came_back, Decimal(200), year=2020)
    pay(came_back, Decimal(100), source="proxy")
    county.resident("李四")
    pay(county.enrolled("王五", STONE_VILLAGE), Decimal(200), year=2020)
    count_scheme(COUNTY, 2021, BASIC)
    return county


def page(client, name, code=COUNTY, **query):
    return client.get(reverse(f"oversight:{name}", args=[code]), query)


@pytest.mark.requirement("Y28", "Y31")
def test_renewal_is_shown_by_place_and_year(client, lin, counted):
    client.force_login(lin)

    table = page(client, "renewal").context["tables"][0]

    assert [(cells[0], cells[3]) for _url, cells, _mark in table.rows] == [
        ("东湾镇", "100.0%"),
        ("西岭镇", "0.0%"),
    ]
    assert table.total[3] == "50.0%"


@pytest.mark.requirement("Y31")
def test_a_village_that_renews_little_and_gains_many_lags():
    county = Renewal(due=900, renewed=810, payers=1000, first_time=60, returned=0)

    assert is_lagging(Renewal(300, 240, 280, 40, 0), county)
    assert not is_lagging(Renewal(300, 240, 280, 5, 0), county)
    assert not is_lagging(Renewal(300, 290, 330, 40, 0), county)
    assert not is_lagging(Renewal(49, 10, 30, 20, 0), county)


@pytest.mark.requirement("A58", "M39")
def test_coverage_names_who_should_have_joined(client, lin, counted):
    client.force_login(lin)

    table = page(client, "coverage").context["tables"][0]

    assert table.rows[0][1][:5] == ["东湾镇", 2, 1, "50.0%", 1]


@pytest.mark.requirement("M37")
def test_population_is_kept_with_its_source_and_day(client, lin, counted):
    client.force_login(lin)
    address = reverse("oversight:save_population", args=[COUNTY])
    said = {
        "source": "县公安局",
        "as_of": "2020-12-31",
        f"registered_{EAST_BAY}": "31000",
        f"usual_{EAST_BAY}": "24000",
    }

    client.post(address, said)
    client.post(address, said | {f"usual_{EAST_BAY}": "24500"})

    kept = Population.objects.get()
    assert (kept.area_id, kept.registered, kept.usual) == (EAST_BAY, 31000, 24500)
    assert "县公安局 2020-12-31" in page(client, "coverage").content.decode()
    assert AuditEntry.objects.filter(action="set_population").count() == 2


def test_population_without_a_source_is_refused_and_nothing_kept(client, lin, counted):
    client.force_login(lin)
    address = reverse("oversight:save_population", args=[COUNTY])

    answer = client.post(address, {"as_of": "2020-12-31", f"usual_{EAST_BAY}": "24000"})

    assert answer.status_code == 422
    assert "写明数据由谁提供" in answer.content.decode()
    assert not Population.objects.exists()


@pytest.mark.requirement("M40")
def test_an_identity_opens_its_people_with_status_amount_and_payer(client, lin, counted):
    client.force_login(lin)

    table = page(client, "identities").context["tables"][0]
    people = page(client, "identity_people", identity="low_income").context["lines"]

    assert table.rows[0][1] == ["低保对象", 1, 1, 0, 1, 1, 1, 0, Decimal(0), Decimal(100)]
    assert [(one["resident"].name, one["own"], one["proxy"]) for one in people] == [
        ("张桂兰", Decimal(0), Decimal(100))
    ]


@pytest.mark.requirement("A58")
def test_who_has_not_joined_is_listed_with_the_reason(client, lin, counted):
    counted.resident("赵六", other_cover="employees")
    client.force_login(lin)

    answer = page(client, "not_joined")
    lines = answer.context["lines"]

    # The pager has last night's count; who came since stands in the list all the same.
    assert answer.context["page"].paginator.count == 1
    assert {one["resident"].name: bool(one["reasons"]) for one in lines} == {
        "李四": False,
        "赵六": True,
    }


@pytest.mark.requirement("A05", "A58")
def test_who_stands_on_a_department_s_list_is_told_so_beside_those_not_joined(
    client, lin, mei, counted
):
    number = id_number()
    counted.resident("赵六", number=number)
    listed(mei, number, name="赵六")
    client.force_login(lin)

    lines = page(client, "not_joined").context["lines"]

    (reasons,) = [one["reasons"] for one in lines if one["resident"].name == "赵六"]
    assert "职工养老保险参保名单" in reasons[0]


def test_sun_sees_nobody_of_east_bay(client, sun, counted):
    client.force_login(sun)

    assert page(client, "not_joined", EAST_BAY).status_code == 404
    assert page(client, "not_joined", WEST_RIDGE).context["lines"] == []


def test_the_excel_of_a_table_holds_its_rows_and_total(client, lin, counted):
    client.force_login(lin)

    answer = page(client, "coverage", excel=1)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    values = [[cell for cell in row if cell is not None] for row in book.worksheets[0].values]

    assert values[2][:5] == ["东湾镇", 2, 1, "50.0%", 1]
    assert values[4][0] == "合计"


def test_a_page_costs_five_statements_at_most_of_its_own(
    client, lin, counted, django_assert_max_num_queries
):
    client.force_login(lin)
    page(client, "coverage")

    for name in ("renewal", "coverage", "identities"):
        with django_assert_max_num_queries(10):
            page(client, name)
