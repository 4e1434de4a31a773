"""The progress page and its Excel: the same for a county, a town and a village."""

import io
import re
from datetime import date

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from contributions.models import PaymentFeed
from oversight.columns import COLUMNS
from tests import county as places
from tests.county import COUNTY, EAST_BAY, LI_VILLAGE, STONE_VILLAGE, WANG_VILLAGE, WEST_RIDGE
from tests.oversight.counters import exception, paid, payable, task

TODAY = "2021-03-20"


@pytest.fixture(autouse=True)
def _twentieth_of_march(settings):
    settings.PORTAL_TODAY = TODAY


@pytest.fixture
def collecting(county, mei):
    """A county in the middle of its campaign, with a file posted for the day before."""
    task({EAST_BAY: 600, WEST_RIDGE: 400, LI_VILLAGE: 400, WANG_VILLAGE: 200, STONE_VILLAGE: 400})
    feed = county.feed(mei, posted_at=timezone.now(), data_until=date(2021, 3, 19))
    for number in range(14):
        paid(LI_VILLAGE, 20 + number, on=date(2021, 3, 5 + number), tier=300)
    paid(STONE_VILLAGE, 130, on=date(2021, 3, 19), tier=500)
    payable(LI_VILLAGE, 420)
    exception(feed, COUNTY, 1)
    exception(feed, LI_VILLAGE, 2)
    return county


def page(client, code=COUNTY, name="progress", **query):
    return client.get(reverse(f"oversight:{name}", args=[code]), query)


def row_of(response, name):
    """Return the words of one row of the ranking table."""
    body = response.content.decode()
    table = body[body.index('id="ranking"') : body.index("</table>")]
    row = next(row for row in table.split("<tr")[1:] if f">{name}<" in row)
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


@pytest.mark.requirement("A56", "A57", "Y02", "Y61")
def test_the_county_page_shows_every_town_with_its_figures(client, lin, collecting):
    client.force_login(lin)

    response = page(client)

    assert row_of(response, "东湾镇") == [
        "1", "东湾镇", "600", "420", "371", "0", "0", "61.8%", "442", "−71", "26", "12",
        "约 03-25", "0.00", "11.13", "300.00", "0.0%", "1",
    ]  # fmt: skip
    assert row_of(response, "合计")[2:5] == ["1,000", "420", "501"]


@pytest.mark.requirement("X15")
def test_the_formula_of_every_column_is_printed_under_the_table(client, lin, collecting):
    client.force_login(lin)

    body = page(client).content.decode()
    below = body[body.index("</table>") :]

    for column in COLUMNS:
        assert str(column.definition) in below
    assert "任务完成率 = 已缴人数 ÷ 任务数" in below


@pytest.mark.requirement("X02")
def test_cumulative_goals_and_increments_go_by_their_names(client, lin, collecting):
    client.force_login(lin)

    body = page(client).content.decode()

    assert "第一阶段 2021-03-31 前累计目标 85%，850 人（本阶段增量 850 人）" in body
    assert "第二阶段 2021-06-30 前累计目标 100%，1,000 人（本阶段增量 150 人）" in body


@pytest.mark.requirement("X16")
def test_the_page_says_whether_proxy_people_count(client, lin, collecting):
    client.force_login(lin)

    assert "代缴人员计入已缴人数和完成率" in page(client).content.decode()


@pytest.mark.requirement("A41")
def test_figures_carry_the_day_the_data_end(client, lin, collecting):
    client.force_login(lin)

    body = page(client).content.decode()

    assert body.count("2021-03-19</time>") == 6
    assert "今天 2021-03-20，2021-03-20 起的数据还没有到" in body


def test_exceptions_of_no_known_place_are_owned_up_to(client, lin, collecting):
    client.force_login(lin)

    assert "合计的异常中有 1 笔还不知道属于哪里" in page(client).content.decode()


def test_drilling_goes_from_county_to_town_to_village_to_people(client, lin, collecting):
    client.force_login(lin)

    assert reverse("oversight:progress", args=[EAST_BAY]) in page(client).content.decode()
    assert (
        reverse("oversight:progress", args=[LI_VILLAGE]) in page(client, EAST_BAY).content.decode()
    )
    village = page(client, LI_VILLAGE).content.decode()
    assert reverse("contributions:paid", args=[LI_VILLAGE]) in village
    assert reverse("contributions:unpaid", args=[LI_VILLAGE]) in village


def test_sun_never_sees_east_bay(client, sun, collecting):
    client.force_login(sun)

    for name in ("progress", "progress_excel", "charts"):
        assert page(client, EAST_BAY, name).status_code == 404
        assert page(client, LI_VILLAGE, name).status_code == 404
        assert page(client, COUNTY, name).status_code == 404
    assert "东湾镇" not in page(client, WEST_RIDGE).content.decode()
    assert client.get(reverse("oversight:own_progress"))["Location"] == reverse(
        "oversight:progress", args=[WEST_RIDGE]
    )


def test_the_number_of_exceptions_opens_as_many(client, lin, collecting):
    client.force_login(lin)
    figure = page(client).context["progress"].total.open_exceptions
    exception(PaymentFeed.objects.get(), LI_VILLAGE, 3, scheme=2)

    listed = client.get(page(client).context["links"]["exceptions"])

    assert figure == listed.context["page"].paginator.count == 2


@pytest.mark.requirement("A53", "A55")
@pytest.mark.parametrize("duty", ["leader", "finance", "data_admin"])
def test_who_may_see_no_person_gets_numbers_without_doors_to_people(client, collecting, duty):
    client.force_login(places.staff("方正", duty))

    body = page(client).content.decode()

    assert "371" in body
    for name in ("paid", "unpaid"):
        assert reverse(f"contributions:{name}", args=[COUNTY]) not in body
    assert reverse("contributions:exceptions") not in body


def test_the_address_holds_everything_and_nonsense_in_it_breaks_nothing(client, lin, collecting):
    client.force_login(lin)

    asked = page(client, day="2021-03-06", scheme="1", year="2021", sort="-paid")
    nonsense = page(client, day="yesterday", scheme="x", year="soon", sort="nothing")

    assert row_of(asked, "东湾镇")[4] == "41"
    assert "day=2021-03-06" in asked.content.decode()
    assert row_of(nonsense, "东湾镇")[4] == "371"


def test_sorting_turns_the_table_round(client, lin, collecting):
    client.force_login(lin)

    def first(sort):
        body = page(client, sort=sort).content.decode()
        return min("东湾镇", "西岭镇", key=lambda name: body.index(f">{name}<"))

    assert first("rank") == first("-paid") == "东湾镇"
    assert first("-rank") == first("paid") == first("-average") == "西岭镇"


def test_the_page_takes_few_statements_whatever_its_level(client, lin, collecting):
    client.force_login(lin)
    signing_in = 4  # the session, the person, the duty, and the session again

    for code in (COUNTY, EAST_BAY, LI_VILLAGE):
        with _counted() as statements:
            assert page(client, code).status_code == 200
        own = [one for one in statements if _is_own(one["sql"])]
        assert len(own) <= 8, [one["sql"][:80] for one in own]
        assert len(statements) - len(own) <= signing_in + 4


def _is_own(sql):
    return not re.search(r"SAVEPOINT|django_session|staff_staff|staff_duty|pension_portal_job", sql)


def _counted():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)


def test_the_charts_come_with_their_tables_and_no_script(client, lin, collecting):
    client.force_login(lin)

    body = page(client, name="charts").content.decode()

    for chart in ("curve", "days", "tiers", "unpaid", "exceptions"):
        assert f'id="{chart}-data"' in body
    assert "<script" not in body  # htmx would take it out, and the picture would stay empty
    assert body.count("<details") == 5
    assert "截至 2021-03-19 累计已缴 501 人" in body


def test_the_start_page_gets_the_six_figures_of_ones_own_area(client, zhao, collecting):
    client.force_login(zhao)

    body = client.get(reverse("oversight:headline")).content.decode()

    assert body.count('class="kpi"') + body.count('class="kpi kpi-bad"') == 6
    assert "371" in body
    assert "501" not in body


def test_a_county_without_a_task_still_has_a_page(client, lin):
    client.force_login(lin)

    body = page(client).content.decode()

    assert "本年度没有下达任务" in body
    assert page(client, name="charts").status_code == 200
    assert page(client, name="progress_excel").status_code == 200


# --- Excel ------------------------------------------------------------------------------------


def book_of(response):
    return openpyxl.load_workbook(io.BytesIO(response.content))


def test_the_excel_equals_the_screen(client, lin, collecting):
    client.force_login(lin)
    screen = page(client, sort="-paid")

    sheet = book_of(page(client, name="progress_excel", sort="-paid"))["进度表"]
    rows = list(sheet.iter_rows(values_only=True))

    assert [str(column.label) for column in COLUMNS] == list(rows[0])
    assert [row[1] for row in rows[1:]] == ["东湾镇", "西岭镇", "合计"]
    for row in rows[1:]:
        assert [_as_shown(column, value) for column, value in zip(COLUMNS, row, strict=True)] == (
            row_of(screen, row[1])
        )


def _as_shown(column, value):
    """Return a cell as the screen writes it."""
    if value is None:
        return "" if column.kind == "rank" else "--"
    if column.kind in ("rate", "share"):
        return f"{value:.1%}"
    if column.kind in ("wan", "yuan", "score"):
        return f"{value:,.2f}"
    if column.kind == "signed":
        return f"{value:+,}".replace("-", "−") if value else "0"
    if column.kind == "reached":
        return f"约 {value:%m-%d}" if hasattr(value, "month") else value
    return value if isinstance(value, str) else f"{value:,}"


def test_the_excel_says_what_it_shows_when_and_for_whom(client, lin, collecting):
    client.force_login(lin)

    notes = book_of(page(client, EAST_BAY, "progress_excel", day="2021-03-10"))["说明"]
    said = {row[0]: row[1] for row in notes.iter_rows(values_only=True)}

    assert said["区域"] == f"东湾镇 {EAST_BAY}"
    assert (said["统计日"], said["数据截至"]) == ("2021-03-10", "2021-03-19")
    assert said["导出人"] == f"林秋 {lin.username}"
    assert said["完成率"] == "任务完成率 = 已缴人数 ÷ 任务数"


def test_one_chart_can_be_had_alone(client, lin, collecting):
    client.force_login(lin)

    book = book_of(page(client, name="progress_excel", part="days"))

    assert book.sheetnames == ["每日新增", "说明"]
    last = list(book["每日新增"].iter_rows(values_only=True))[-1]
    assert last == ("2021-03-19", "是", 130)


def test_no_cell_of_the_excel_is_a_formula(client, lin, collecting):
    client.force_login(lin)

    for sheet in book_of(page(client, name="progress_excel")):
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
