import pytest

from tests.townships import plans
from townships.errors import NoSuchTable
from townships.loading import AreaRow, load_area_file, load_areas
from townships.models import Area, AreaAlias

HEADER = ["区划代码", "名称", "上级", "层级", "别名", "来源"]

pytestmark = pytest.mark.django_db


def load(*rows, by):
    return load_area_file(plans.comma_separated([HEADER, *rows]), by=by)


@pytest.mark.requirement("A35")
def test_a_list_brings_towns_villages_and_groups_whatever_its_order(lin):
    loaded = load(
        ["99010010320101", "第一组", "990100103201", "组", "", ""],
        ["990100103201", "河口社区", "990100103", "村（社区）", "", ""],
        ["990100103", "城关社区中心", "990100", "乡镇街道", "城关办、税务城关所", "税务"],
        by=lin,
    )

    assert loaded == (3, 0, 0, 2, [])
    group = Area.objects.get(pk="99010010320101")
    assert [group.level, group.parent.name, group.parent.parent.name] == [
        4,
        "河口社区",
        "城关社区中心",
    ]
    assert set(AreaAlias.objects.values_list("source", "text", "area_id")) == {
        ("tax", "城关办", "990100103"),
        ("tax", "税务城关所", "990100103"),
    }


def test_loading_the_same_list_again_changes_nothing(lin):
    rows = [["990100103", "城关镇", "", "", "城关办", "税务"]]
    load(*rows, by=lin)

    assert load(*rows, by=lin) == (0, 0, 1, 0, [])
    assert AreaAlias.objects.count() == 1


@pytest.mark.requirement("X21")
@pytest.mark.parametrize("name", ["城关镇", "城关乡", "城关街道", "城关社区中心", "城关景区街道"])
def test_the_level_comes_from_the_code_never_from_the_word_in_the_name(lin, name):
    load(["990100103", name, "", "", "", ""], by=lin)

    assert Area.objects.get(pk="990100103").level == Area.Level.TOWN


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (["99010010", "城关镇", "", "", "", ""], "区划代码", "不是 6、9、12 或 14 位数字"),
        (["990100103", "", "", "", "", ""], "名称", "名称要填"),
        (["990200103", "邻关镇", "", "", "", ""], "区划代码", "不在本人负责的区域内"),
        (["990100109201", "无主村", "", "", "", ""], "区划代码", "上级 990100109 不在表内也未登记"),
        (["990100103", "城关镇", "990200", "", "", ""], "上级", "与代码的上级 990100 不同"),
        (["990100103", "城关镇", "", "村", "", ""], "层级", "9 位代码是乡镇街道"),
        (["990100103", "城关镇", "", "", "城关办", "公安"], "来源", "「公安」不是已知来源"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_go_in(lin, row, column, words):
    loaded = load(row, ["990100104", "河西镇", "", "", "", ""], by=lin)

    [fault] = loaded.faults
    assert (fault.row_no, fault.column) == (2, column)
    assert words in fault.words
    assert Area.objects.filter(name="河西镇").exists()


def test_an_alias_two_towns_claim_stays_with_the_first(lin):
    loaded = load(
        ["990100101", "东湾镇", "", "", "湾区办", "税务"],
        ["990100102", "西岭镇", "", "", "湾区办", "税务"],
        by=lin,
    )

    assert [fault.words for fault in loaded.faults] == ["「湾区办」已是「东湾镇」的写法"]
    assert AreaAlias.objects.get(text="湾区办").area_id == "990100101"


def test_another_name_in_the_list_is_a_renaming_that_keeps_the_former_one_as_alias(lin):
    loaded = load(["990100101", "东湾街道", "", "", "", ""], by=lin)

    assert loaded.renamed == 1
    assert Area.objects.get(pk="990100101").name == "东湾街道"
    assert AreaAlias.objects.filter(text="东湾镇", area_id="990100101", source="tax").exists()


def test_a_county_is_set_up_from_rows_without_anybody_behind_it():
    loaded = load_areas(
        [AreaRow("341202", "颍州区"), AreaRow("341202100", "王店镇", "颍州区")], by=None
    )

    assert loaded.added == 2
    assert Area.objects.get(pk="341202100").parent_id == "341202"


def test_a_file_without_the_columns_is_refused(lin):
    with pytest.raises(NoSuchTable, match="区划代码、名称"):
        load_area_file(plans.comma_separated([["姓名", "电话"], ["张三", "1"]]), by=lin)


def test_a_list_of_a_thousand_villages_takes_as_few_queries_as_one_of_ten(
    lin, django_assert_max_num_queries
):
    rows = [["990100103", "城关镇", "", "", "", ""]]
    rows += [[f"9901001032{n:02d}", f"第{n}村", "", "", "", ""] for n in range(100)]
    rows += [[f"9901001032{n:02d}01", "一组", "", "", "", ""] for n in range(100)]

    with django_assert_max_num_queries(15):
        assert load(*rows, by=lin).added == 201
