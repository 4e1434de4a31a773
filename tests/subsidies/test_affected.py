"""Before a draft is published: whom it affects and by how much; and that old answers stay."""

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from contributions.models import Transfer
from policies.loading import load_policy, publish_policy
from staff.models import DutyKind
from subsidies.affected import count_affected, list_affected, version_to_compare
from subsidies.models import Entitlement
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


def counted(draft, area=county.COUNTY):
    return count_affected(draft, version_to_compare(draft), area_code=area)


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

    found = count_affected(only, version_to_compare(only), area_code=county.COUNTY)

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
    base = version_to_compare(draft)

    people = list_affected(draft, base, area_code=county.COUNTY, limit=10)
    of_tier = list_affected(draft, base, area_code=county.COUNTY, tier=Decimal(300), limit=10)
    of_how = list_affected(draft, base, area_code=county.COUNTY, how="gone", limit=10)

    assert [(row["resident_id"], row["how"]) for row in people] == [
        (gone.pk, "gone"),
        (more.pk, "more"),
    ]
    assert [row["resident_id"] for row in of_tier] == [more.pk]
    assert [row["resident_id"] for row in of_how] == [gone.pk]


@pytest.mark.parametrize("people", [1, 200])
def test_a_county_takes_as_many_statements_as_one_person(draft, people, django_assert_num_queries):
    for number in range(people):
        county.enrolled(f"人{number}", tier=300)
    base = version_to_compare(draft)

    with django_assert_num_queries(1):
        found = count_affected(draft, base, area_code=county.COUNTY)
    with django_assert_num_queries(1):
        listed = list_affected(draft, base, area_code=county.COUNTY, limit=50)

    assert found.whole.changed == people
    assert len(listed) == min(people, 50)


# --- the pages ---


def test_the_page_sums_up_for_the_approver(client, draft, qian):
    county.enrolled(tier=500)
    client.force_login(qian)

    shell = client.get(reverse("subsidies:affected", args=[draft.pk])).content.decode()
    page = client.get(reverse("subsidies:affected_totals", args=[draft.pk])).content.decode()

    assert reverse("subsidies:affected_totals", args=[draft.pk]) in shell
    assert "1 人中 1 人有变化" in page
    assert "原档次没有了，须另选" in page
    assert "不可选" in page
    assert "东湾镇" in page


def test_a_clerk_sees_the_people_of_the_own_town_only(client, draft):
    county.enrolled("甲东湾", tier=500)
    county.enrolled("乙西岭", county.STONE_VILLAGE, tier=500)
    client.force_login(county.staff("孙", DutyKind.TOWN_CLERK, county.WEST_RIDGE))

    totals = client.get(reverse("subsidies:affected_totals", args=[draft.pk])).content.decode()
    people = client.get(reverse("subsidies:affected_people", args=[draft.pk])).content.decode()
    crossing = client.get(
        reverse("subsidies:affected_people", args=[draft.pk]), {"town": county.EAST_BAY}
    ).content.decode()

    assert "1 人中 1 人有变化" in totals
    assert "东湾镇" not in totals
    assert "乙西岭" in people
    assert "甲东湾" not in people + crossing


def test_the_data_admin_sees_figures_and_no_people(client, draft):
    county.enrolled(tier=500)
    client.force_login(county.staff("梅", DutyKind.DATA_ADMIN))

    totals = client.get(reverse("subsidies:affected_totals", args=[draft.pk]))
    people = client.get(reverse("subsidies:affected_people", args=[draft.pk]))

    assert totals.status_code == 200
    assert reverse("subsidies:affected_people", args=[draft.pk]) not in totals.content.decode()
    assert people.status_code == 403


def test_the_excel_holds_the_list_with_masked_numbers(client, draft, qian):
    person = county.enrolled("甲", tier=500)
    client.force_login(qian)

    answer = client.get(reverse("subsidies:affected_excel", args=[draft.pk]))

    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    row = [cell.value for cell in sheet[3]]
    assert row[:3] == ["东湾镇", "李家村", "甲"]
    assert row[3] != person.id_number
    assert "*" in row[3]
    assert row[4:9] == [500, 500, None, 60, 0]


def test_the_people_page_takes_the_same_statements_for_one_and_for_many(
    client, draft, qian, django_assert_max_num_queries
):
    for number in range(60):
        county.enrolled(f"人{number}", tier=300)
    client.force_login(qian)

    with django_assert_max_num_queries(20):
        page = client.get(reverse("subsidies:affected_people", args=[draft.pk])).content.decode()

    assert page.count("<tr data-href") == 50
    assert "下一页" in page
