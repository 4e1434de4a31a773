"""Before a draft is published: whom it affects and by how much; and that old answers stay."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contributions.models import Transfer
from pension_portal.files import open_file
from pension_portal.jobs import run_job
from pension_portal.models import Job
from policies.errors import PolicyNotDraft
from policies.loading import load_policy, publish_policy, withdraw_policy
from staff.exporting import order_export
from staff.models import DutyKind, Export
from subsidies.affected import count_affected, list_affected
from subsidies.models import Entitlement, Preview, PreviewAnswer, PreviewLine
from subsidies.previewing import PreviewIsGone, begin_preview, stale_because
from tests import county

pytestmark = pytest.mark.django_db

SHARES = """
资金分担:
  依据: 方案 五
  明细:
    - {项目: 缴费补贴, 承担: 省级, 比例: 60%}
    - {项目: 缴费补贴, 承担: 县级, 比例: 40%}
    - {项目: 代缴, 承担: 县级, 比例: 100%}
"""


def text(*, version=1, tiers=(200, 300, 500), subsidies=None, proxy_tier=100):
    subsidies = subsidies or {200: 30, 300: 40, 500: 60, 100: 20}
    body = county.policy_text(
        county.BASIC, tiers, proxy_tier, subsidies, county.COUNTY, county.YEAR, version
    )
    return body + SHARES


@pytest.fixture
def first(lin, qian):
    return publish_policy(load_policy(text(), by=lin), by=qian)


@pytest.fixture
def draft(first, lin):
    """300 gives 10 more, 500 is gone, and the state pays 200 instead of 100."""
    changed = text(version=2, tiers=(200, 300), subsidies={200: 30, 300: 50, 100: 20})
    return load_policy(changed.replace("低保对象, 代缴: 100", "低保对象, 代缴: 200"), by=lin)


def computed(draft):
    """The preview of a draft, the worker's work done."""
    asker = draft.loaded_by
    preview = begin_preview(draft, by=asker)
    assert run_job(preview.job_id) == Job.State.DONE
    return Preview.objects.select_related("policy", "base").get(pk=preview.pk)


def counted(draft, area=county.COUNTY):
    return count_affected(computed(draft), area_code=area)


def test_nobody_enrolled_is_nobody_affected(draft):
    found = counted(draft)

    assert (found.whole.people, found.whole.changed, found.whole.difference) == (0, 0, 0)


@pytest.mark.requirement("Y23")
def test_each_person_is_answered_under_both_versions(draft):
    for tier in (200, 300, 300, 500):
        county.enrolled(tier=tier)
    poor = county.enrolled(village=county.STONE_VILLAGE)
    county.identity(poor)

    found = counted(draft)

    assert (found.whole.people, found.whole.changed) == (5, 4)
    assert dict(found.whole.how) == {"more": 3, "gone": 1}
    # 30 + 2×40 + 60 + (100 + 20) before; 30 + 2×50 + (200 + 30) after.
    assert (found.whole.before, found.whole.after) == (Decimal(290), Decimal(360))
    assert found.tiers[Decimal(300)].difference == 20
    assert found.tiers[Decimal(500)].difference == -60
    assert found.answers[Decimal(500)][1]["due"] is None
    assert found.towns[county.EAST_BAY].difference == -40
    assert found.towns[county.WEST_RIDGE].difference == 110


def test_the_difference_is_split_among_those_who_bear_it(draft):
    county.enrolled(tier=300)
    county.identity(county.enrolled())

    funders = counted(draft).funders

    # The subsidy 60:40, the proxy payment by the county alone.
    assert (funders["province"].before, funders["province"].after) == (Decimal(36), Decimal(48))
    assert (funders["county"].before, funders["county"].after) == (Decimal(124), Decimal(232))
    assert "" not in funders


def test_a_payer_nobody_names_is_said_to_be_missing(lin, qian):
    publish_policy(load_policy(text().removesuffix(SHARES), by=lin), by=qian)
    draft = load_policy(text(version=2).removesuffix(SHARES), by=lin)
    county.enrolled(tier=300)

    assert counted(draft).funders[""].before == 40


@pytest.mark.requirement("Y22", "Y23")
def test_who_has_paid_keeps_what_they_got_when_a_new_version_is_published(draft, qian):
    payer = county.enrolled(tier=300)
    county.enrolled("李四", tier=300)
    county.posts_by_itself()
    mei = county.staff("梅", DutyKind.DATA_ADMIN)
    county.process(county.payment_row(payer, amount="300"), by=mei)

    found = counted(draft)
    publish_policy(draft, by=qian)

    assert (found.whole.changed, found.whole.changed_paid, found.whole.changed_unpaid) == (2, 1, 1)
    assert (found.whole.difference, found.whole.unpaid_difference) == (20, 10)
    assert Entitlement.objects.get().amount == 40
    assert Transfer.objects.count() == 1
    assert county.balance() == 0


def test_without_a_version_in_force_everybody_is_new(lin):
    only = load_policy(text(), by=lin)
    county.enrolled(tier=300)

    found = counted(only)

    assert (found.whole.changed, found.whole.before, found.whole.after) == (1, 0, 40)


AGED = """
补贴:
  依据: 方案 二
  明细:
    - {缴费满: 100, 补贴: 30}
    - {缴费满: 100, 年龄满: 45, 年龄计算日: 年末, 补贴: 80, 次序: 1}
补缴:"""


def test_a_rule_about_age_is_asked_for_each_age(first, lin):
    body = text(version=2)
    start, end = body.index("\n补贴:"), body.index("补缴:") + len("补缴:")
    draft = load_policy(body[:start] + AGED + body[end:], by=lin)
    county.enrolled("老", born_on=county.date(1976, 12, 31), tier=200)
    county.enrolled("少", born_on=county.date(1977, 1, 1), tier=200)

    found = counted(draft)

    assert (found.whole.before, found.whole.after) == (Decimal(60), Decimal(110))


def test_the_list_names_whom_and_how(draft):
    gone = county.enrolled("甲", tier=500)
    county.enrolled("乙", tier=200)
    more = county.enrolled("丙", county.STONE_VILLAGE, tier=300)
    preview = computed(draft)

    people = list_affected(preview, area_code=county.COUNTY)
    of_tier = list_affected(preview, area_code=county.COUNTY, tier=Decimal(300))
    of_how = list_affected(preview, area_code=county.COUNTY, how="gone")

    assert [(line.resident_id, line.answer.how) for line in people] == [
        (gone.pk, "gone"),
        (more.pk, "more"),
    ]
    assert [line.resident_id for line in of_tier] == [more.pk]
    assert [line.resident_id for line in of_how] == [gone.pk]
    assert not list_affected(preview, area_code=county.WEST_RIDGE, how="gone")


def test_a_county_takes_as_many_statements_as_one_person(draft):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            preview = computed(draft)
            found = count_affected(preview, area_code=county.COUNTY)
        return found, len(queries)

    county.enrolled(tier=300)
    computed(draft)
    _one, few = statements()
    for number in range(200):
        county.enrolled(f"人{number}", tier=300)
    found, many = statements()

    assert found.whole.changed == 201
    assert few == many


# --- kept, and how long it holds ---


def test_a_preview_is_kept_and_the_one_before_it_dropped(draft):
    county.enrolled(tier=300)
    first = computed(draft)
    second = computed(draft)

    assert list(Preview.objects.all()) == [second] != [first]
    assert PreviewLine.objects.count() == PreviewAnswer.objects.count() == 1


def test_one_that_is_under_way_is_not_begun_twice(draft, lin, qian):
    first = begin_preview(draft, by=lin)

    assert begin_preview(draft, by=qian) == first
    assert Job.objects.filter(kind="policy_preview").count() == 1


def test_a_step_that_runs_twice_writes_once(draft, lin):
    county.enrolled(tier=300)
    preview = computed(draft)
    Job.objects.filter(pk=preview.job_id).update(state=Job.State.QUEUED, steps_done=0)

    run_job(preview.job_id)

    assert PreviewLine.objects.count() == 1


def test_only_a_draft_is_previewed(first, lin):
    with pytest.raises(PolicyNotDraft):
        begin_preview(first, by=lin)

    assert not Preview.objects.exists()


def test_a_preview_holds_until_what_it_rests_on_has_changed(draft):
    payer = county.enrolled(tier=300)
    county.posts_by_itself()
    preview = computed(draft)
    assert stale_because(preview) == []

    county.process(
        county.payment_row(payer, amount="300"), by=county.staff("梅", DutyKind.DATA_ADMIN)
    )
    assert stale_because(preview) == ["有新的缴费入账或冲正"]

    preview = computed(draft)
    county.identity(payer)
    assert stale_because(preview) == ["参保登记或身份有变化"]

    preview = computed(draft)
    payer.born_on = date(1970, 1, 1)
    payer.save(update_fields=["born_on"])
    assert stale_because(preview) == ["参保登记或身份有变化"]


def test_another_version_in_force_makes_a_preview_stale(draft, first, qian):
    preview = computed(draft)

    withdraw_policy(first, by=qian, reason="文号写错")

    assert stale_because(preview) == ["现行版本换了"]


def test_the_day_counts_where_a_rule_asks_for_it(first, lin, settings):
    usual = "{缴费: 300, 补贴: 40}"
    later = "{缴费: 300, 缴费日自: 2021-07-01, 补贴: 90, 次序: 1}"
    body = text(version=2).replace(usual, f"{usual}\n    - {later}")
    preview = computed(load_policy(body, by=lin))

    settings.PORTAL_TODAY = "2021-07-02"

    assert stale_because(preview) == ["过了一天，政策里有按日期算的规定"]


def test_a_published_version_keeps_the_preview_it_was_judged_by(draft, qian):
    county.enrolled(tier=300)
    preview = computed(draft)
    publish_policy(draft, by=qian)
    county.enrolled("后来的人", tier=300)
    preview.policy.refresh_from_db()

    assert stale_because(preview) == []
    assert count_affected(preview, area_code=county.COUNTY).whole.people == 1


# --- the pages ---


def page_of(client, draft):
    return client.get(reverse("subsidies:affected", args=[draft.pk])).content.decode()


def people_of(client, draft, **chosen):
    answer = client.get(reverse("subsidies:affected_people", args=[draft.pk]), chosen)
    return answer.content.decode()


def test_the_page_asks_for_the_preview_says_how_far_it_is_and_sums_up(client, draft, qian):
    county.enrolled(tier=500)
    client.force_login(qian)

    empty = page_of(client, draft)
    client.post(reverse("subsidies:begin_affected", args=[draft.pk]))
    waiting = page_of(client, draft)
    run_job(Preview.objects.get().job_id)
    page = page_of(client, draft)

    assert "还没有算过这一版影响谁" in empty
    assert 'hx-trigger="every 1s"' in waiting
    assert "hx-trigger" not in page.split('id="affected"')[1].split(">")[0]
    assert "1 人中 1 人有变化" in page
    assert "原档次没有了，须另选" in page
    assert "不可选" in page
    assert "东湾镇" in page
    assert "可能已不准" not in page


def test_a_stale_preview_says_why_and_offers_to_be_worked_out_anew(client, draft, qian):
    computed(draft)
    county.enrolled(tier=500)
    client.force_login(qian)

    page = page_of(client, draft)

    assert "此后参保登记或身份有变化，数字可能已不准。" in page
    assert "重新计算影响" in page


def test_a_clerk_sees_the_people_of_the_own_town_only(client, draft):
    county.enrolled("甲东湾", tier=500)
    county.enrolled("乙西岭", county.STONE_VILLAGE, tier=500)
    computed(draft)
    client.force_login(county.staff("孙", DutyKind.TOWN_CLERK, county.WEST_RIDGE))

    totals = page_of(client, draft)
    people = people_of(client, draft)
    crossing = people_of(client, draft, town=county.EAST_BAY)

    assert "1 人中 1 人有变化" in totals
    assert "东湾镇" not in totals
    assert "重新计算影响" not in totals
    assert "乙西岭" in people
    assert "甲东湾" not in people + crossing


def test_the_data_admin_sees_figures_and_no_people(client, draft):
    county.enrolled(tier=500)
    computed(draft)
    client.force_login(county.staff("梅", DutyKind.DATA_ADMIN))

    totals = page_of(client, draft)
    people = client.get(reverse("subsidies:affected_people", args=[draft.pk]))

    assert "1 人中 1 人有变化" in totals
    assert reverse("subsidies:affected_people", args=[draft.pk]) not in totals
    assert people.status_code == 403


def export_of(preview, by, area=county.COUNTY, **chosen):
    query = QueryDict(mutable=True)
    query.update({"preview": str(preview.pk), **chosen})
    return order_export(
        "affected",
        county.Area.objects.get(pk=area),
        query.urlencode(),
        form=Export.Form.XLSX,
        reason="核对",
        by=by,
    )


def test_the_excel_is_written_by_the_register_with_masked_numbers(draft, qian):
    county.enrolled("甲", tier=500)
    county.enrolled("乙", tier=300)
    made = export_of(computed(draft), qian, how="gone")

    assert run_job(made.job_id) == Job.State.DONE

    made.refresh_from_db()
    with open_file(made.file) as content:
        sheet = openpyxl.load_workbook(BytesIO(content.read())).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    (row,) = [row for row in cells if "甲" in row]
    assert row[:3] == ["东湾镇", "李家村", "甲"]
    assert row[3].startswith("*")
    assert row[4:9] == [500, 500, None, 60, 0]
    assert "乙" not in str(cells)


def test_above_a_thousand_people_a_second_person_agrees(draft, lin, monkeypatch):
    monkeypatch.setattr("staff.models.exports.MOST_BY_ONESELF", 1)
    county.enrolled("甲", tier=500)
    county.enrolled("乙", tier=500)

    made = export_of(computed(draft), lin)

    assert (made.rows, made.state, made.job) == (2, "submitted", None)


def test_a_list_of_a_preview_that_was_replaced_is_not_written(draft, qian):
    county.enrolled("甲", tier=500)
    made = export_of(computed(draft), qian)
    computed(draft)

    assert run_job(made.job_id) == Job.State.REFUSED
    with pytest.raises(PreviewIsGone):
        export_of(Preview(pk=0), qian)


def test_the_people_page_takes_the_same_statements_for_one_and_for_many(
    client, draft, qian, django_assert_max_num_queries
):
    for number in range(60):
        county.enrolled(f"人{number}", tier=300)
    computed(draft)
    client.force_login(qian)

    with django_assert_max_num_queries(20):
        page = people_of(client, draft)

    assert page.count("<tr data-href") == 50
    assert "下一页" in page
    assert "kind=affected" in page
