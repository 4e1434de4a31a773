"""Two versions of a policy beside each other, in words that an officer would use."""

import pytest
from django.urls import reverse

from policies.comparing import compare
from policies.loading import load_policy
from policies.models import PolicyVersion
from staff.models import DutyKind
from tests import county

pytestmark = pytest.mark.django_db


def text(**changes):
    given = {
        "scheme": county.BASIC,
        "tiers": (200, 300, 500),
        "proxy_tier": 100,
        "subsidies": {200: 30, 300: 40, 500: 60},
        "county_code": county.COUNTY,
        "year": county.YEAR,
        "version": 1,
    } | changes
    return county.policy_text(**given)


def sentences(before, after):
    return [
        change.sentence
        for difference in compare(load_policy(before), load_policy(after))
        for change in difference.changes
    ]


@pytest.mark.requirement("Y23")
def test_a_changed_subsidy_is_one_sentence_with_its_source():
    dearer = text(subsidies={200: 30, 300: 50, 500: 60})

    assert sentences(text(), dearer) == ["300 元档补贴由 40 元改为 50 元（示政发〔2020〕1号 二）"]


def test_tiers_come_and_go_in_words():
    found = sentences(text(), text(tiers=(200, 300, 600), subsidies={200: 30, 300: 40, 600: 70}))

    assert found == [
        "新增 600 元档：档次 第 3 档，补贴 70 元（示政发〔2020〕1号 二）",
        "取消 500 元档：档次 第 3 档，补贴 60 元（原依据：示政发〔2020〕1号 二）",
    ]


def test_a_term_of_back_payment_that_differs_by_age_is_said_for_each():
    def after(of_the_old):
        usual, old = "{须先核定: 是, 缴费补贴: 无}", "年龄满: 55, 年龄计算日: 年末, 次序: 1"
        terms = ["{累计年限上限: 15}", f"{{累计年限上限: {of_the_old}, {old}}}"]
        return text().replace(usual, "\n    - ".join([usual, *terms]))

    (changed,) = sentences(after(20), after(25))

    assert "年龄满 55" in changed
    assert "20" in changed
    assert "25" in changed


@pytest.mark.requirement("M14", "M16")
def test_a_proxy_payment_that_changes_is_said_for_each_identity():
    after = text().replace("{身份: 低保对象, 代缴: 100}", "{身份: 低保对象, 代缴: 200}")

    assert sentences(text(), after) == [
        "低保对象政府代缴由 100 元改为 200 元（示政发〔2020〕1号 三）"
    ]


@pytest.mark.requirement("A14", "X01")
def test_a_window_that_moves_is_said_with_both_ranges():
    after = text().replace("至: 2021-12-31", "至: 2021-10-10")

    assert sentences(text(), after) == [
        "缴费期起止由 2021-01-01 – 2021-12-31 改为 2021-01-01 – 2021-10-10（示政发〔2020〕1号 二）"
    ]


@pytest.mark.requirement("X17")
def test_old_and_new_words_of_one_identity_are_no_difference():
    after = text().replace("身份: 低保对象", "身份: 最低生活保障对象")

    assert sentences(text(), after) == []


def test_a_file_written_in_another_order_is_no_difference():
    after = text().replace("    - {档次: 1, 金额: 200}\n", "    - {金额: 200, 档次: 1}\n")

    assert sentences(text(), after) == []


def test_a_rule_that_only_rests_on_another_article_is_said_to_be_unchanged():
    after = text().replace("补贴:\n  依据: 方案 二", "补贴:\n  依据: 方案 五")

    assert (
        "200 元档内容未变，依据由「示政发〔2020〕1号 二」改为「示政发〔2020〕1号 五」"
        in sentences(text(), after)
    )


def test_the_page_takes_the_version_before_unless_another_is_chosen(client):
    county.areas()
    first = load_policy(text())
    second = load_policy(text(subsidies={200: 30, 300: 50, 500: 60}, version=2))
    third = load_policy(text(subsidies={200: 35, 300: 50, 500: 60}, version=3))
    client.force_login(county.staff("赵", DutyKind.TOWN_CLERK, county.EAST_BAY))

    page = client.get(reverse("policies:difference", args=[third.pk])).content.decode()
    other = client.get(
        reverse("policies:difference", args=[third.pk]), {"with": first.pk}
    ).content.decode()

    assert "200 元档补贴由 30 元改为 35 元" in page
    assert "300 元档" not in page
    assert "300 元档补贴由 40 元改为 50 元" in other
    assert second.version == 2


def test_another_countys_version_cannot_be_chosen(client):
    county.areas()
    own = load_policy(text())
    foreign = load_policy(text(county_code=county.NEIGHBOUR))
    client.force_login(county.staff("赵", DutyKind.TOWN_CLERK, county.EAST_BAY))

    answer = client.get(reverse("policies:difference", args=[own.pk]), {"with": foreign.pk})

    assert answer.status_code == 404


def test_the_first_version_is_told_that_there_is_nothing_to_compare(client):
    county.areas()
    only = load_policy(text())
    client.force_login(county.staff("赵", DutyKind.TOWN_CLERK, county.EAST_BAY))

    page = client.get(reverse("policies:difference", args=[only.pk])).content.decode()

    assert "没有可比的另一版" in page
    assert PolicyVersion.objects.count() == 1
