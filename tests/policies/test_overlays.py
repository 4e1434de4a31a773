"""A file over another: what it changes, adds and takes out, and what it may not leave open."""

import pytest

from policies.checking import check_text, understand
from policies.loading import load_policy
from policies.models import PolicyVersion
from tests import county

pytestmark = pytest.mark.django_db

HEAD = f"""格式: 1
县区: "{county.COUNTY}"
县区名称: 示样县
险种: 城乡居民基本养老保险
年度: 2022
文件:
  修订: {{文号: 示政发〔2021〕8号, 标题: 修订}}
沿用: {{县区: "{county.COUNTY}", 年度: 2021}}
征缴期:
  与上级: 替换
  依据: 修订 一
  明细:
    - {{种类: 缴费期, 自: 2022-01-01, 至: 2022-12-31, 节假日顺延: 否}}
"""


@pytest.fixture
def ground():
    text = county.policy_text(county.BASIC, (200, 300, 500), 100, None, county.COUNTY, 2021, 1)
    policy = load_policy(text)
    PolicyVersion.objects.filter(pk=policy.pk).update(status="published", published_at="2021-01-01")


def section(name, *entries, how="修改"):
    lines = "".join(f"\n    - {entry}" for entry in entries)
    return f"{name}:\n  与上级: {how}\n  依据: 修订 二\n  明细:{lines}\n"


def test_an_amendment_raises_the_lowest_tier_with_its_subsidy(ground):
    text = HEAD + section("档次", "{档次: 1, 金额: 250, 旧档次: [200], 默认: 是}")
    text += section("补贴", "{缴费: 200, 删除: 是}", "{缴费: 250, 补贴: 33, 新增: 是}")

    whole, rows = understand(text)

    assert whole.faults == []
    said = whole.content["补贴"]["明细"]
    assert [(entry["缴费"], entry["补贴"]) for entry in said][-1] == (250, 33)
    assert 200 not in [entry["缴费"] for entry in said]
    assert not any("新增" in entry for entry in said)
    assert rows is not None


@pytest.fixture
def halves(ground):
    """Two windows of the year before that are alike but for their days."""
    policy = PolicyVersion.objects.get()
    usual = "{种类: 缴费期, 自: 2021-01-01, 至: 2021-12-31, 节假日顺延: 否}"
    halves = (
        "{种类: 缴费期, 自: 2021-01-01, 至: 2021-03-31, 节假日顺延: 否}\n"
        "    - {种类: 缴费期, 自: 2021-09-01, 至: 2021-12-31, 节假日顺延: 否}"
    )
    two = load_policy(policy.source.replace(usual, halves))
    PolicyVersion.objects.filter(pk=two.pk).update(status="published", published_at="2021-02-01")


def change_a_window(*marks):
    change = "种类: 缴费期, 自: 2022-09-01, 至: 2022-11-30, 节假日顺延: 否"
    changes = [f"{{{', '.join([change, *some])}}}" for some in marks]
    return HEAD[: HEAD.index("征缴期:")] + section("征缴期", *changes)


@pytest.mark.parametrize("marks", [(), ("第几条: 3",)])
def test_of_two_entries_alike_none_is_changed_by_guess(halves, marks):
    (fault,) = check_text(change_a_window(marks))

    assert "有 2 条种类和条件都一样，分不出改哪一条" in fault.reason
    assert "第几条: 1 到 2" in fault.remedy


def test_of_two_entries_alike_the_one_that_is_counted_is_changed(halves):
    whole, _rows = understand(change_a_window(("第几条: 2",), ("第几条: 1", "删除: 是")))

    assert whole.faults == []
    (window,) = whole.content["征缴期"]["明细"]
    assert (window["自"], "第几条" in window) == ("2022-09-01", False)


def test_what_is_taken_out_need_not_be_written_whole(halves):
    text = change_a_window(("第几条: 1",)) + "    - {种类: 缴费期, 第几条: 2, 删除: 是}\n"

    whole, _rows = understand(text)

    assert whole.faults == []
    assert len(whole.content["征缴期"]["明细"]) == 1


def test_the_same_entry_is_not_changed_twice(ground):
    twice = section("补贴", "{缴费: 300, 补贴: 50}", "{缴费: 300, 补贴: 60}")

    (fault,) = check_text(HEAD + twice)

    assert fault.reason == "同一条改了两次"


@pytest.mark.parametrize("mark", ["删除: 是", "新增: 是", "第几条: 1"])
def test_a_file_over_nothing_takes_nothing_out_and_adds_to_nothing(mark):
    text = county.policy_text(county.BASIC, (200, 300), 100, None, county.COUNTY, 2021, 1)
    text = text.replace("{缴费: 300, 补贴: 30}", f"{{缴费: 300, 补贴: 30, {mark}}}")

    (fault,) = check_text(text)

    assert mark.split(":")[0] in fault.field
    assert "只有沿用的文件里写了" in fault.reason
