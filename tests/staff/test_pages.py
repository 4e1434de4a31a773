"""The pages of staff: the start page, the frame around every page, people and duties."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from staff.forms import PlaceSelect
from staff.models import DutyKind, Staff
from staff.navigation import LINES_THAT_FIT, nav_groups
from tests.townships import plans
from townships.models import Area
from townships.naming import set_contact
from townships.tasks import set_quotas

pytestmark = pytest.mark.django_db


@pytest.fixture
def anquan(client, county):
    """An grants duties for the county and is signed in."""
    person = county.staff("安全", "security_admin")
    client.force_login(person)
    return person


def pages(staff, path="/"):
    return [page for group in nav_groups(staff, path) for page in group["pages"]]


def labels(staff, path="/"):
    return [str(page["label"]) for page in pages(staff, path)]


def active(staff, path):
    return [str(page["label"]) for page in pages(staff, path) if page["is_active"]]


def test_everybody_sees_the_pages_their_duty_opens(county, lin, zhao):
    assert labels(county.staff("周正", DutyKind.LEADER)) == [
        "工作台",
        "征缴进度",
        "年度任务",
        "通报",
        "行政区划",
        "政策标准",
    ]
    assert labels(county.staff("安全", DutyKind.SECURITY_ADMIN)) == [
        "工作台",
        "行政区划",
        "人员与岗位",
        "系统接入",
        "系统状态",
    ]
    assert "参保居民" in labels(zhao)
    assert "操作日志" not in labels(lin)


def test_the_page_one_is_on_is_marked_by_its_longest_address(county):
    auditor = county.staff("陈察", DutyKind.AUDITOR)

    assert active(auditor, "/staff/trail/looks/") == ["操作日志"]


def test_a_page_elsewhere_is_marked_at_the_page_it_belongs_to(county, lin):
    assert active(lin, "/unpaid/340000000000/") == ["催缴名单"]
    assert active(lin, "/households/12/") == ["户和组"]


@pytest.mark.parametrize("kind", DutyKind.values)
def test_the_menu_of_every_duty_fits_a_small_screen(county, kind):
    groups = nav_groups(county.staff("甲", kind), "/")
    folded = [group for group in groups if not group["is_open"]]
    shown = [group for group in groups if group["is_open"]]

    lines = sum(len(group["pages"]) + (len(group["pages"]) > 1) for group in shown) + len(folded)

    assert lines <= LINES_THAT_FIT
    assert len(groups) <= 9


def test_the_frame_names_the_area_from_the_county_down(client, county):
    agent = county.staff("郑好", DutyKind.VILLAGE_AGENT, county.LI_VILLAGE)
    client.force_login(agent)

    page = client.get("/areas/")

    assert [area.name for area in page.context["area_path"]] == ["示样县", "东湾镇", "李家村"]
    assert str(page.context["duty_label"]) == "村协办员"


def test_the_start_page_says_what_waits_and_nothing_when_all_is_well(client, lin, county, settings):
    settings.PORTAL_TODAY = "2021-03-20"
    lin.duties.update(starts_on="2021-01-01", expires_on="2021-12-31")
    county.feed(lin, posted_at=now())
    plan = plans.plan(1000)
    set_quotas(plan, {county.EAST_BAY: 600, county.WEST_RIDGE: 400}, by=lin)
    client.force_login(lin)

    to_do = client.get("/").context["desk"].to_do

    assert [(one.title, one.count) for one in to_do] == [
        ("2021 年城乡居民基本养老保险任务分解待核对", 4),
        ("乡镇街道没有征缴负责人", 2),
    ]

    set_quotas(plan, {county.LI_VILLAGE: 600, county.STONE_VILLAGE: 400}, by=lin)
    for code in (county.EAST_BAY, county.WEST_RIDGE):
        set_contact(Area.objects.get(pk=code), "collection", name="周平", phone="1", by=lin)
    assert "现在没有等着办的事" in client.get("/").content.decode()


def test_an_account_is_opened_and_its_password_shown_once(client, anquan):
    answer = client.post(
        reverse("staff:open_account"), {"name": "何新", "username": "hexin", "phone": ""}
    )

    staff = Staff.objects.get(username="hexin")
    password = answer.context["password"]
    assert staff.check_password(password)
    assert answer["Cache-Control"] == "no-store"
    assert password not in client.get(reverse("staff:person", args=[staff.pk])).content.decode()


def test_a_user_name_that_is_taken_is_said_at_its_field(client, anquan, zhao):
    answer = client.post(
        reverse("staff:open_account"), {"name": "何新", "username": zhao.username, "phone": ""}
    )

    assert answer.status_code == 422
    assert "这个用户名已有人用" in answer.content.decode()


def test_a_duty_is_granted_on_the_persons_page(client, anquan, county):
    client.post(reverse("staff:open_account"), {"name": "何新", "username": "hexin"})
    staff = Staff.objects.get(username="hexin")
    last_day = staff.date_joined.date().replace(month=12, day=31).isoformat()

    answer = client.post(
        reverse("staff:grant", args=[staff.pk]),
        {"kind": "town_clerk", "area": county.EAST_BAY, "expires_on": last_day},
    )

    assert answer.status_code == 302
    assert (staff.duty.kind, staff.duty.area_id) == ("town_clerk", county.EAST_BAY)


def test_a_refused_grant_keeps_what_was_chosen(client, anquan, zhao, county):
    answer = client.post(
        reverse("staff:grant", args=[zhao.pk]),
        {"kind": "finance", "area": county.COUNTY, "expires_on": zhao.duty.expires_on},
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "先结束现有岗位" in page
    assert '<option value="finance" selected>' in page


def test_people_are_found_by_name_duty_and_state(client, anquan, zhao, lin):
    def found(**query):
        page = client.get(reverse("staff:staff_list"), query)
        return {line["person"].name for line in page.context["people"]}

    assert found() == {"安全", "赵明", "林秋"}
    assert found(q="赵") == {"赵明"}
    assert found(kind="county_officer") == {"林秋"}
    zhao.duties.update(expires_on=zhao.duty.starts_on)
    assert found(state="expiring") == {"赵明"}
    lin.duties.update(ended_on=lin.duty.starts_on)
    assert found(state="over") == {"林秋"}
    assert found(state="closed") == set()


def test_a_list_of_fifty_people_takes_as_many_queries_as_one(
    client, anquan, county, django_assert_max_num_queries
):
    for number in range(40):
        county.staff(f"某{number}", "town_clerk", county.EAST_BAY)

    with django_assert_max_num_queries(10):
        client.get(reverse("staff:staff_list"))


def test_ones_own_page_says_what_the_duty_opens(client, zhao):
    client.force_login(zhao)

    page = client.get(reverse("staff:me")).content.decode()

    assert "导入参保花名册" in page
    assert "批准入账" not in page


def test_a_place_is_found_by_its_first_letters_in_a_long_list():
    html = PlaceSelect(choices=[("1", "王店镇 / 刘郢村（341202100200）")]).render("area", "")

    assert 'data-by-letters=""' in html
    assert 'data-letters="lyc' in html
