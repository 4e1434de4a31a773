"""Which column holds what, whatever it is called; and which rows are no data."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pension_portal.columns import (
    Column,
    apply_mapping,
    data_blocks,
    find_header,
    is_row_noise,
    normal,
)
from pension_portal.sheets import open_sheets
from tests.pension_portal.test_identity import id_number
from tests.pension_portal.test_sheets import FIXTURES, one_sheet

TODAY = date(2021, 3, 20)
COLUMNS = (
    Column(
        "id_number",
        "证件号码",
        ("身份证号码", "身份证件号码", "公民身份号码", "社会保障号码", "身份证号", "缴费人识别号"),
        required=True,
        looks_like="id",
    ),
    Column("name", "姓名", ("缴费人姓名", "参保人姓名"), required=True, looks_like="name"),
    Column("item", "征收品目", ("险种", "征收项目", "征收品目名称")),
    Column("year", "缴费年度", ("费款所属年度", "年度"), looks_like="year"),
    Column("period_from", "费款所属期起", ("税（费）款所属期起", "费款期起")),
    Column("period_to", "费款所属期止", ("税（费）款所属期止", "费款期止")),
    Column("tier", "缴费档次", ("缴费标准", "档次")),
    Column(
        "amount",
        "实缴金额",
        ("缴费金额", "实缴(退)金额", "金额（元）", "入库金额"),
        required=True,
        looks_like="amount",
    ),
    Column("paid_on", "缴款日期", ("缴费时间", "缴费日期"), looks_like="day"),
    Column("receipt", "电子税票号码", ("税票号码",), looks_like="receipt"),
    Column("town", "街道乡镇", ("乡镇（街道）", "所属乡镇")),
    Column("phone", "联系电话", ("手机号码",), looks_like="phone"),
)
HEADER = ["序号", "证件号码", "姓名", "缴费金额", "电子税票号码"]


def people(count=20, faulty=0):
    chance = random.Random(1)
    rows = []
    for n in range(count):
        text = id_number(born=f"19{50 + n % 40}0{1 + n % 9}1{n % 10}", sequence=f"{n:03d}")
        if n < faulty:
            text = text[:-1] + ("1" if text[-1] != "1" else "2")
        name = (
            chance.choice("王李张刘陈") + chance.choice("伟芳娜秀英") + chance.choice("一二三四五")
        )
        rows.append([str(n + 1), text, name, "200", f"39901021030500{n:04d}"])
    return rows


def header_of(rows):
    return find_header(rows, COLUMNS, TODAY)


def codes(header):
    return [question.code for question in header.questions]


# --- the header -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("实缴金额（元）", "实缴金额"),
        ("*证件号码 ", "证件号码"),
        ("姓　名", "姓名"),
        ("证件\n号码", "证件号码"),
        ("【必填】姓名", "姓名"),
        ("税（费）款所属期起", "税费款所属期起"),
        ("实缴(退)金额：", "实缴退金额"),
        ("乡镇/街道", "乡镇街道"),
        ("ＡＡＣ００３", "aac003"),
    ],
)
def test_header_texts_are_compared_bare(written, bare):
    assert normal(written) == bare


def test_titles_and_the_reporting_office_stand_above_the_header():
    title = [["示样县2021年度缴费明细表", "", "", "", ""], ["填报单位：东湾镇", "", "", "", ""]]

    header = header_of([*title, HEADER, *people()])

    assert (header.row, header.first_data_row) == (3, 4)
    assert header.mapping == {"id_number": 1, "name": 2, "amount": 3, "receipt": 4}
    assert header.unmatched == (0,)
    assert not header.missing
    assert not header.questions


def test_a_header_of_two_merged_rows_is_read_from_top_to_bottom():
    upper = ["序号", "基本信息", "", "费款所属期", "", "缴费金额"]
    lower = ["", "身份证号", "姓名", "起", "止", ""]
    data = [[n, i, name, "2021-01-01", "2021-12-31", yuan] for n, i, name, yuan, _r in people()]

    header = header_of([upper, lower, *data])

    assert (header.row, header.first_data_row) == (1, 3)
    assert header.mapping == {
        "id_number": 1,
        "name": 2,
        "period_from": 3,
        "period_to": 4,
        "amount": 5,
    }
    assert not header.missing
    assert not header.questions


def test_a_row_that_numbers_the_columns_is_no_data():
    header = header_of([HEADER, ["1", "2", "3", "4", "5"], *people()])

    assert header.first_data_row == 3


def test_the_signature_knows_next_months_file_again():
    first = header_of([["三月", "", "", "", ""], HEADER, *people()])
    again = header_of([[" 序号", "证件号码*", "姓 名", "缴费金额(元)", "电子税票号码"], *people(5)])
    other = header_of([["序号", "姓名", "证件号码", "缴费金额", "电子税票号码"], *people()])

    assert first.signature == again.signature != other.signature


def test_someone_elses_id_is_not_the_ids():
    rows = [["户主身份证号码", "姓名", "身份证号码", "户主姓名", "缴费金额"]]
    rows += [
        [one[1], one[2], two[1], two[2], "200"]
        for one, two in zip(people(9), people(9)[::-1], strict=True)
    ]

    header = header_of(rows)

    assert header.mapping == {"name": 1, "id_number": 2, "amount": 4}


def test_a_household_list_names_all_its_columns():
    row = [cell for n, i, name, *_rest in people(3) for cell in (i, name)]

    header = header_of([["身份证号", "姓名"] * 3, row])

    assert header.also == {"id_number": (0, 2, 4), "name": (1, 3, 5)}


# --- names against contents ----------------------------------------------------------------------


def test_ids_and_receipts_with_their_headers_swapped_are_found_out():
    swapped = ["序号", "电子税票号码", "姓名", "缴费金额", "证件号码"]

    header = header_of([swapped, *people()])

    assert header.mapping["id_number"] == 1
    assert "receipt" not in header.mapping
    assert "moved" in codes(header)
    assert header.missing or header.questions


def test_a_receipt_is_never_taken_for_an_id_even_where_nothing_else_is_there():
    rows = [[n, receipt, name, yuan] for n, _id, name, yuan, receipt in people()]

    named = header_of([HEADER[:4], *rows])
    nameless = header_of([["序号", "号码", "姓名", "缴费金额"], *rows])

    assert "id_number" not in named.mapping
    assert "id_number" not in nameless.mapping
    assert [column.field for column in named.missing] == ["id_number"]
    assert codes(named)[0] in ("holds_receipts", "unlike")
    assert "missing" in codes(named)


def test_an_id_is_never_taken_for_a_receipt():
    header = header_of(
        [
            ["序号", "税票号码", "姓名", "缴费金额", "身份证号"],
            *[[n, i, name, yuan, i] for n, i, name, yuan, _r in people()],
        ]
    )

    assert header.mapping["id_number"] == 4
    assert "receipt" not in header.mapping
    assert codes(header) == ["holds_ids"]
    assert (
        str(header.questions[0]) == "「税票号码」列里是身份证号，不是「电子税票号码」。核对这一列。"
    )


def test_ids_without_a_header_of_their_own_are_found_by_the_checksum():
    header = header_of([["序号", "号码", "姓名", "缴费金额", "凭证"], *people()])

    assert header.mapping["id_number"] == 1
    assert codes(header) == ["moved"]


def test_a_sheet_without_any_header_is_told_from_what_it_holds():
    header = header_of(people())

    assert (header.row, header.first_data_row) == (0, 1)
    assert header.mapping == {"id_number": 1, "name": 2, "amount": 3, "receipt": 4}
    assert set(codes(header)) == {"guessed"}
    assert header.missing or header.questions


def test_damaged_ids_are_still_the_id_column():
    rows = [[n, float(i.replace("X", "0")), name, yuan, r] for n, i, name, yuan, r in people()]

    header = header_of([HEADER, *rows])

    assert header.mapping["id_number"] == 1
    assert not header.missing
    assert not header.questions


def test_a_list_with_many_mistyped_ids_is_still_sure_of_its_columns():
    header = header_of([HEADER, *people(20, faulty=8)])

    assert header.mapping["id_number"] == 1
    assert header.questions == ()


def test_two_columns_of_one_name_are_asked_about():
    rows = [[i, name, "200", "300"] for _n, i, name, *_rest in people()]

    header = header_of([["身份证号", "姓名", "缴费金额", "实缴金额"], *rows])

    assert header.mapping["amount"] == 2
    assert codes(header) == ["several"]


def test_amounts_in_ten_thousands_are_asked_about():
    assert codes(header_of([["身份证号", "姓名", "缴费金额（万元）"], *_short(people())])) == [
        "in_ten_thousands"
    ]
    assert "in_ten_thousands" in codes(
        header_of([["单位：万元", "", ""], ["身份证号", "姓名", "缴费金额"], *_short(people())])
    )


def test_what_is_missing_is_said_in_words():
    header = header_of([["身份证号", "姓名", "备注"], *[[*r[:2], "x"] for r in _short(people())]])

    assert header.missing[0].field == "amount"
    assert [str(q) for q in header.questions] == ["没有找到「实缴金额」列，从下面选一列。"]
    assert header.confidence == 0


def test_a_confirmed_mapping_is_taken_as_it_is():
    header = header_of([["序号", "号码", "姓名", "缴费金额", "凭证"], *people()])

    confirmed = apply_mapping(header, {"id_number": 1, "name": 2, "amount": 3}, COLUMNS)
    outdated = apply_mapping(header, {"id_number": 1, "name": 2, "amount": 9}, COLUMNS)

    assert not confirmed.missing
    assert not confirmed.questions
    assert confirmed.mapping == {"id_number": 1, "name": 2, "amount": 3}
    assert [column.field for column in outdated.missing] == ["amount"]


def _short(rows):
    return [row[1:4] for row in rows]


# --- rows that are no data -----------------------------------------------------------------

KNOWN = find_header([HEADER, *people()], COLUMNS, TODAY)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (["", "", "", "", ""], "blank"),
        ([" ", "\u3000", "", "", ""], "blank"),
        (["17", "", "", "", ""], "blank"),
        ([17.0, "", "", "", ""], "blank"),
        (HEADER, "repeated_header"),
        (["序 号", "证件号码", "姓名", "缴费金额（元）", "电子税票号码"], "repeated_header"),
        (["1", "2", "3", "4", "5"], "repeated_header"),
        (["合计", "", "", "25,600.00", ""], "total"),
        (["合  计", "", "128人", 25600.0, ""], "total"),
        (["", "", "小计", "400", ""], "total"),
        (["", "东湾镇小计", "", "400", ""], "total"),
        (["东湾村合计：", "", "", "400", ""], "total"),
        (["本页合计", "", "", "400", ""], "total"),
        (["合计（大写）", "", "贰万伍仟陆佰元整", "25600", ""], "total"),
        (["总计：128人 25,600.00元", "", "", "", ""], "total"),
        (["审核人：", "", "", "", ""], "signature"),
        (["审核人：张三", "", "填表人：李四", "", "联系电话：0990-1234567"], "signature"),
        (["", "", "制表：王五", "", ""], "signature"),
        (["填报单位（盖章）：", "", "", "", ""], "signature"),
        (["打印日期 2021-03-20", "", "", "", ""], "signature"),
        (["", "联系电话：13800000011", "", "", ""], "signature"),
        (["以下空白", "", "", "", ""], "signature"),
        (["第 3 页 共 9 页", "", "", "", ""], "signature"),
        (["示样县2021年度缴费明细表", "", "", "", ""], "title"),
        (["", "", "缴费花名册", "", ""], "title"),
    ],
)
def test_rows_that_are_no_data_are_known_for_what_they_are(row, kind):
    assert is_row_noise(row, KNOWN) == kind


@pytest.mark.parametrize(
    "row",
    [
        people(1)[0],
        ["", "\t990101196801010013", "", "", ""],
        ["", "9901 0119 6801 0100 13", "", "", ""],
        ["合计", "990101196801010013", "", "", ""],
        ["", 9.90101196801010e17, "", "", ""],
        ["", "5.10322E+17", "", "", ""],
        ["", "9901011968", "", "", ""],
        ["", "990101********0013", "", "", ""],
        ["", "", "张三", "200", ""],
        ["", "", "张三", 200.0, ""],
        ["", "待补", "张三", "200", ""],
        ["", "", "买买提·艾力", "200", ""],
        ["", "", "张三", "", ""],
        ["", "", "", "200", ""],
        ["", "", "张三", "200", "合计"],
        ["", "", "张三", "待定", "备注：村里代收"],
        ["", "", "ALI MAHMUD", "200", ""],
        ["", "", "", "", "399010210305000001"],
    ],
)
def test_what_may_be_somebodys_money_is_data(row):
    assert is_row_noise(row, KNOWN) is None


@given(
    st.integers(0, 19),
    st.lists(
        st.sampled_from(["", "合计", "小计", "审核人：", "姓名", "缴费明细表", "x"]),
        min_size=4,
        max_size=4,
    ),
    st.sampled_from(["{}", "\t{}", "'{}", " {} ", "\u3000{}"]),
)
def test_a_row_with_an_id_is_never_noise(person, others, clinging):
    row = [others[0], clinging.format(people()[person][1]), *others[1:]]

    assert is_row_noise(row, KNOWN) is None


# --- the data ------------------------------------------------------------------------------------


def test_data_comes_by_columns_with_the_row_numbers_of_the_file():
    first, second = people(3), people(6)[3:]
    rows = [
        *([["缴费明细表", "", "", "", ""], HEADER, *first]),
        *([["小计", "", "", "600", ""], HEADER, *second, ["", "", "", "", ""]]),
        ["审核人：", "", "", "", ""],
    ]
    (sheet,) = open_sheets(one_sheet(rows), "a.xlsx")
    header = header_of(sheet.head())

    (block,) = data_blocks(sheet, header)

    assert list(block.row_numbers) == [3, 4, 5, 8, 9, 10]
    assert block.noise == [
        *((6, "total"), (7, "repeated_header"), (11, "blank"), (12, "signature")),
    ]
    assert list(block.cells["id_number"]) == [row[1] for row in first + second]
    assert [list(row) for row in block.rows()] == first + second


def test_every_row_is_either_data_or_counted_as_none():
    rows = [HEADER, *people(400)]
    for place in range(40, 400, 40):
        rows.insert(place, ["小计", "", "", "8000", ""])
    (sheet,) = open_sheets(("\n".join(",".join(row) for row in rows)).encode(), "a.csv")

    blocks = list(data_blocks(sheet, header_of(sheet.head())))

    numbers = [n for block in blocks for n in block.row_numbers]
    noise = [n for block in blocks for n, _kind in block.noise]
    assert sorted(numbers + noise) == list(range(2, len(rows) + 1))
    assert len(noise) == 9


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("libreoffice*")), ids=lambda path: path.name)
def test_files_of_another_program_are_understood_whole(path):
    (sheet,) = open_sheets(path.read_bytes(), path.name)

    header = header_of(sheet.head())
    (block,) = data_blocks(sheet, header)

    assert not header.missing
    assert not header.questions
    assert header.mapping == {
        "id_number": 1,
        "name": 2,
        "period_from": 3,
        "period_to": 4,
        "amount": 5,
        "receipt": 6,
    }
    assert list(block.row_numbers) == [5, 6, 7]
    assert block.noise == [(8, "total"), (9, "signature")]
