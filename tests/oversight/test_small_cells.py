"""Readers of figures alone: no name, no number, and nobody counted out of a small figure."""

import io
import re
import zipfile

import openpyxl
import pytest
from django.urls import reverse

from enrollment.models import Resident
from oversight.columns import COLUMNS
from oversight.small_cells import hidden_cells
from staff.models import DutyKind
from staff.permissions import MATRIX
from tests import access_objects
from tests.access_routes import PUBLIC, ROUTES, SIGNED_IN
from tests.county import COUNTY, EAST_BAY, LI_VILLAGE, STONE_VILLAGE, WANG_VILLAGE, WEST_RIDGE
from tests.oversight.counters import paid, payable, task

pytestmark = pytest.mark.django_db

READERS = [DutyKind.LEADER, DutyKind.DEPARTMENT]
PROXY = next(place for place, column in enumerate(COLUMNS) if column.key == "proxy")
PAYABLE = next(place for place, column in enumerate(COLUMNS) if column.key == "payable")


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = "2021-03-20"


# --- which cells ---


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 9, "b": 12, "c": 0}, set()),
        ({"a": 3, "b": 12, "c": 9}, {"a", "c"}),
        ({"a": 3, "b": 4, "c": 9}, {"a", "b"}),
        ({"a": 1, "b": 2, "c": 9}, {"a", "b", "c"}),
        ({"a": 3, "b": 0, "c": None}, {"a"}),
    ],
)
def test_few_are_hidden_and_what_would_give_them_away(counts, hidden):
    assert hidden_cells(counts, total_is_shown=True) == hidden


def test_under_a_hidden_total_one_place_more_is_hidden_so_that_they_do_not_add_up_to_it():
    assert hidden_cells({"a": 9, "b": 12}, total_is_shown=False) == {"a"}
    assert hidden_cells({"a": 3, "b": 12}, total_is_shown=False) == {"a"}


# --- on the pages ---


@pytest.fixture
def collecting(county):
    """Three of 李家村 are paid for by the government, nine of 王家社区, forty of 石桥村."""
    task({EAST_BAY: 600, WEST_RIDGE: 400, LI_VILLAGE: 400, WANG_VILLAGE: 200, STONE_VILLAGE: 400})
    for village, proxies in [(LI_VILLAGE, 3), (WANG_VILLAGE, 9), (STONE_VILLAGE, 40)]:
        paid(village, 100)
        paid(village, proxies, source="proxy", tier=100)
        payable(village, 300)
    return county


def sheet_of(client, code):
    content = client.get(reverse("oversight:progress_excel", args=[code])).content
    rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return {row[1]: row for row in rows}


def api_of(client, code):
    found = client.get(reverse("oversight:api_progress", args=[code])).json()
    return {place["name"]: place for place in found["places"]}


@pytest.mark.requirement("A53", "A55")
@pytest.mark.parametrize("kind", READERS)
def test_a_reader_cannot_tell_who_few_are_in_excel_or_api(client, collecting, kind):
    client.force_login(collecting.staff("周正", kind))

    rows, places = sheet_of(client, EAST_BAY), api_of(client, EAST_BAY)

    assert [rows[name][PROXY] for name in ("李家村", "王家社区", "合计")] == [None, None, 12]
    assert [places[name]["proxy"] for name in ("李家村", "王家社区")] == [None, None]
    assert [places[name]["amount"] for name in ("李家村", "王家社区")] == [None, None]
    assert places["李家村"]["paid"] == 103


def test_the_page_says_that_figures_are_left_out_and_why(client, collecting):
    client.force_login(collecting.staff("周正", DutyKind.LEADER))

    page = client.get(reverse("oversight:progress", args=[EAST_BAY])).content.decode()
    village = client.get(reverse("oversight:progress", args=[LI_VILLAGE])).content.decode()
    charts = client.get(reverse("oversight:charts", args=[LI_VILLAGE]))

    assert "人数少于 5 的" in page
    assert "人数少于 5 的" in village
    assert charts.status_code == 200


def test_who_looks_at_people_sees_every_figure(client, collecting, lin):
    client.force_login(lin)

    assert sheet_of(client, EAST_BAY)["李家村"][PROXY] == 3
    assert api_of(client, EAST_BAY)["李家村"]["proxy"] == 3


def test_few_who_have_not_paid_are_not_told_by_subtraction(client, county):
    task({EAST_BAY: 600, LI_VILLAGE: 400, WANG_VILLAGE: 200})
    for village, people in [(LI_VILLAGE, 102), (WANG_VILLAGE, 150)]:
        paid(village, 100)
        payable(village, people)
    client.force_login(county.staff("周正", DutyKind.LEADER))

    rows = sheet_of(client, EAST_BAY)

    assert [rows[name][PAYABLE] for name in ("李家村", "王家社区", "合计")] == [None, None, 252]


def test_the_page_of_a_town_hides_what_the_county_hides_of_it(client, county):
    task({EAST_BAY: 600, WEST_RIDGE: 400, STONE_VILLAGE: 400, LI_VILLAGE: 300})
    for village, proxies in [(LI_VILLAGE, 3), (STONE_VILLAGE, 40)]:
        paid(village, 100)
        paid(village, proxies, source="proxy", tier=100)
    client.force_login(county.staff("周正", DutyKind.LEADER))

    county_places = api_of(client, COUNTY)
    town = client.get(reverse("oversight:api_progress", args=[WEST_RIDGE])).json()

    assert [county_places[name]["proxy"] for name in ("东湾镇", "西岭镇")] == [None, None]
    assert town["total"]["proxy"] is None
    assert [place["proxy"] for place in town["places"]] == [None]


@pytest.mark.parametrize("code", [COUNTY, EAST_BAY, LI_VILLAGE])
def test_pages_without_a_payment_open_for_readers(client, county, code):
    client.force_login(county.staff("周正", DutyKind.DEPARTMENT))
    task({EAST_BAY: 600, LI_VILLAGE: 400})
    paid(LI_VILLAGE, 2)

    for name in ("progress", "charts", "progress_excel", "api_progress"):
        assert client.get(reverse(f"oversight:{name}", args=[code])).status_code == 200


# --- nobody's name ---


def pages_open_to(kind):
    """Yield the address of every page that a duty may read, about objects of the county."""
    for name, route in ROUTES.items():
        is_open = route.action in (PUBLIC, SIGNED_IN) or kind in MATRIX[route.action]
        if is_open and "get" in route.methods:
            builders = {key: access_objects.BUILDERS[what] for key, what in route.kinds.items()}
            yield reverse(
                name, kwargs={key: one.at(_place_of(one)) for key, one in builders.items()}
            )


def _place_of(builder):
    lengths = {6: COUNTY, 9: EAST_BAY, 12: LI_VILLAGE, 0: COUNTY}
    return lengths[max(builder.levels, default=6)]


def words_of(response):
    """Return the text of an answer; of a workbook, that of all its parts."""
    body = b"".join(response) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return body.decode("utf-8", "replace")


@pytest.mark.requirement("A53", "A55")
def test_no_page_open_to_a_reader_holds_a_name_or_a_number(client, county):
    access_objects.forget()
    readers = [county.staff("周正", kind) for kind in READERS]
    addresses = {kind: list(pages_open_to(kind)) for kind in READERS}
    people = list(Resident.objects.all())
    secrets = {person.name for person in people} | {person.id_number for person in people}
    assert len(secrets) > 2

    for reader, kind in zip(readers, READERS, strict=True):
        assert len(addresses[kind]) > 15
        for address in addresses[kind]:
            client.force_login(reader)
            words = words_of(client.get(address))
            assert [secret for secret in secrets if secret in words] == [], address
            assert re.search(r"(?<!\d)\d{17}[\dX](?!\d)", words) is None, address
    access_objects.forget()
