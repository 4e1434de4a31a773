"""The pages of areas and tasks: what is shown, filled in and refused there."""

import io

import openpyxl
import pytest
from django.urls import reverse

from staff.models import DutyKind
from tests.townships import plans
from townships.models import Area, AreaAlias, TaskPlan
from townships.tasks import set_quotas

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def that_day(settings):
    settings.PORTAL_TODAY = "2021-03-20"


@pytest.fixture
def lin(client, lin):
    """Lin, signed in."""
    client.force_login(lin)
    return lin


def get(client, name, *args, **query):
    return client.get(reverse(f"townships:{name}", args=args), query)


def post(client, name, *args, **fields):
    return client.post(reverse(f"townships:{name}", args=args), fields)


def rows_of(answer):
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


# --- Areas ----------------------------------------------------------------------------------


def test_everybody_begins_in_their_own_area(client, county, zhao):
    client.force_login(zhao)

    page = get(client, "areas").content.decode()

    assert "李家村" in page
    assert "西岭镇" not in page


def test_an_area_is_found_by_an_alias_inside_ones_own_area_only(client, lin, zhao, county):
    post(client, "add_alias", county.WEST_RIDGE, source="tax", text="税务西岭分局")

    assert "西岭镇" in get(client, "areas", q="西岭分局").content.decode()
    client.force_login(zhao)
    assert "没有名称、代码或别名对得上的区划" in get(client, "areas", q="西岭").content.decode()


def test_an_alias_another_town_has_is_refused_where_it_was_typed(client, lin, county):
    post(client, "add_alias", county.EAST_BAY, source="tax", text="湾区办")

    answer = post(client, "add_alias", county.WEST_RIDGE, source="tax", text="湾区办")

    assert answer.status_code == 422
    assert "「湾区办」已是「东湾镇」的税务写法" in answer.content.decode()
    assert AreaAlias.objects.get().area_id == county.EAST_BAY


def test_a_merged_town_is_seen_only_when_asked_for(client, lin, county):
    post(client, "merge_towns", county.WEST_RIDGE, into=county.EAST_BAY, on="2021-03-01")

    assert "西岭镇" not in get(client, "areas").content.decode()
    page = get(client, "areas", ended="on").content.decode()
    assert "西岭镇" in page
    assert "2021-02-28 停用" in page


def test_those_who_only_look_find_no_form(client, county):
    client.force_login(county.staff("周正", DutyKind.LEADER))

    page = get(client, "area", county.EAST_BAY).content.decode()

    assert '<form method="post" action="/areas' not in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_list_given_out_can_be_loaded_back(client, lin, county, language):
    post(client, "add_alias", county.EAST_BAY, source="tax", text="税务东湾分局")
    client.cookies["django_language"] = language
    content = get(client, "areas_excel", county.COUNTY).content

    answer = post(client, "load_areas", file=county.upload(content, "区划表.xlsx"))

    assert answer.status_code == 302
    assert (Area.objects.count(), AreaAlias.objects.count()) == (len(county.AREAS), 1)


def test_codes_given_out_are_texts(client, lin, county):
    [_title, header, first, *_others] = rows_of(get(client, "areas_excel", county.COUNTY))

    assert header[:2] == ["区划代码", "名称"]
    assert first[0] == "990100"


def test_a_list_with_faults_says_where_and_keeps_the_good_rows(client, lin, county):
    rows = [["区划代码", "名称"], ["990100103", "城关镇"], ["99010", "短镇"]]

    answer = post(client, "load_areas", file=plans.comma_separated(rows))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "「99010」不是 6、9、12 或 14 位数字" in page
    assert "新增 1 个" in page
    assert Area.objects.filter(name="城关镇").exists()


# --- Tasks ----------------------------------------------------------------------------------


def plan_fields(**changes):
    fields = {
        "scheme_id": "1",
        "year": "2021",
        "target": "22.33万",
        "starts_on": "2021-01-01",
        "ends_on": "2021-10-10",
        "document_no": "",
        "counts_proxy": "on",
        "stage-TOTAL_FORMS": "4",
        "stage-INITIAL_FORMS": "0",
        "stage-0-label": "第一阶段",
        "stage-0-due_on": "2021-03-31",
        "stage-0-share": "85",
        "stage-1-label": "第二阶段",
        "stage-1-due_on": "2021-06-30",
        "stage-1-share": "100",
    }
    return fields | changes


@pytest.mark.requirement("Y02")
def test_a_task_is_planned_in_ten_thousands_and_shown_both_ways(client, lin):
    answer = client.post(reverse("townships:new_plan"), plan_fields())

    plan = TaskPlan.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert plan.target == 223300
    assert "223,300" in page
    assert "22.33 万人" in page


def test_an_increment_typed_for_a_cumulative_share_is_refused_and_kept_on_the_page(client, lin):
    answer = client.post(reverse("townships:new_plan"), plan_fields(**{"stage-1-share": "15"}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "填累计比例，不是增量" in page
    assert 'value="22.33万"' in page
    assert not TaskPlan.objects.exists()


def test_the_same_year_is_planned_once_and_changed_on_its_page(client, lin):
    plan = plans.plan(1000)

    answer = client.post(reverse("townships:new_plan"), plan_fields())
    assert answer.status_code == 422
    assert "已经下达" in answer.content.decode()

    client.post(reverse("townships:edit_plan", args=[plan.pk]), plan_fields(target="1200"))
    assert TaskPlan.objects.get().target == 1200


@pytest.mark.requirement("X02", "Y69")
def test_the_annex_labels_what_is_cumulative_and_what_is_added(client, lin, county):
    plan = plans.plan(1000)
    set_quotas(plan, {county.EAST_BAY: 600, county.WEST_RIDGE: 400}, by=lin)

    page = get(client, "task", plan.pk)

    text = page.content.decode()
    assert text.count("累计目标（人）") == text.count("本阶段增量（人）") == 2
    assert page.context["total"].phases == [(850, 850), (150, 1000)]
    assert "「东湾镇」还没有分解到村（社区）" in text


def test_a_town_sees_its_villages_and_no_other_town(client, lin, zhao, county):
    plan = plans.plan(1000)
    set_quotas(plan, {county.EAST_BAY: 600, county.WEST_RIDGE: 400, county.LI_VILLAGE: 600}, by=lin)
    client.force_login(zhao)

    page = get(client, "task", plan.pk).content.decode()

    assert "李家村" in page
    assert "西岭镇" not in page
    assert get(client, "town_task", plan.pk, county.WEST_RIDGE).status_code == 404


def test_quotas_are_filled_in_and_a_word_is_refused_at_its_field(client, lin, county):
    plan = plans.plan(1000)

    wrong = post(client, "edit_quotas", plan.pk, county.COUNTY, **{county.EAST_BAY: "六百"})
    assert wrong.status_code == 422
    assert "填人数" in wrong.content.decode()

    fields = {county.EAST_BAY: "600", county.WEST_RIDGE: "0.04万"}
    post(client, "edit_quotas", plan.pk, county.COUNTY, **fields)
    assert plans.quotas(plan) == {county.EAST_BAY: 600, county.WEST_RIDGE: 400}


def test_an_annex_goes_out_as_it_came_in(client, lin, county):
    plan = plans.plan(1000)
    towns = [("东湾镇", 600, 510, 90), ("西岭镇", 400, 340, 60)]
    rows = plans.annex_rows(towns, (1000, 850, 150))

    answer = post(client, "upload_annex", plan.pk, file=plans.xlsx(rows))
    assert answer.status_code == 302

    [_title, header, *lines] = rows_of(get(client, "task_excel", plan.pk))
    assert header == [
        "序号",
        "乡镇街道",
        "全年任务数（人）",
        "第一阶段任务数（人）",
        "第二阶段任务数（人）",
    ]
    assert lines == [
        [1, "东湾镇", 600, 510, 90],
        [2, "西岭镇", 400, 340, 60],
        ["合计", None, 1000, 850, 150],
    ]
    content = get(client, "task_excel", plan.pk).content
    again = post(client, "upload_annex", plan.pk, file=county.upload(content, "分解表.xlsx"))
    assert again.status_code == 302


def test_an_annex_that_contradicts_itself_changes_nothing(client, lin, county):
    plan = plans.plan(1000)
    rows = plans.annex_rows([("东湾镇", 600, 510, 600)], None)

    answer = post(client, "upload_annex", plan.pk, file=plans.xlsx(rows))

    assert answer.status_code == 422
    assert "「东湾镇」600 是累计数，此列填本阶段增量 90" in answer.content.decode()
    assert plans.quotas(plan) == {}
