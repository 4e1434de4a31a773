"""What the cells of a column come to, however oddly they were filled in."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pension_portal.cells import (
    Tier,
    amount,
    amounts,
    cell_text,
    day,
    days,
    id_text,
    id_texts,
    name_key,
    name_keys,
    names,
    period,
    periods,
    span,
    spans,
    texts,
    tier,
    tiers,
    year,
    years,
)

ID = "990101196801010013"
CELLS = st.one_of(
    st.text(max_size=30),
    st.floats(),
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.sampled_from(["", " ", "200元", "2021-01-05 10:11:12", "5档", "2021年度", ID]),
)


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [
        ("￥1,000.00", "1000.00"),
        ("200元", "200.00"),
        ("人民币200元整", "200.00"),
        ("１２３.５", "123.50"),
        ("(200.00)", "-200.00"),
        ("（200）", "-200.00"),
        ("-200", "-200.00"),
        ("−200", "-200.00"),
        ("12,345.6", "12345.60"),
        (" 300\t", "300.00"),
        ("0", "0.00"),
        (200.0, "200.00"),
        (200, "200.00"),
        (0.1 + 0.2, "0.30"),
        (199.99999999999997, "200.00"),
        (-35.1, "-35.10"),
    ],
)
def test_money_is_read_to_the_fen(cell, yuan):
    assert amount(cell) == Decimal(yuan)
    assert str(amount(cell)) == yuan


@pytest.mark.parametrize(
    "cell",
    [
        *("1,00", "1.234", "待定", "-", "()", "(-5)", "1e3", "2万元", "12345678901", "贰佰元"),
        *(100.005, 1e20, True, float("nan"), float("inf"), date(2021, 1, 5)),
    ],
)
def test_what_is_no_money_is_none_and_not_blank(cell):
    assert amounts([cell]) == ([None], [False])


def test_a_blank_amount_is_told_from_an_unreadable_one():
    values, blanks = amounts(["200", "", " ", "待定", 300.0])

    assert values == [Decimal(200), None, None, None, Decimal(300)]
    assert blanks == [False, True, True, False, False]


def test_true_is_not_remembered_as_one_yuan():
    assert amounts([1.0, True, 1])[0] == [Decimal(1), None, Decimal(1)]
    assert tiers([True, 1]) == [None, Tier(1, None)]


@pytest.mark.parametrize(
    "cell",
    [
        "2021-01-05",
        "2021-01-05 14:00:56.0",
        "2021-01-05 14:00:56",
        "2021-01-05T14:00:56+08:00",
        "2021-1-5 8:05",
        "20210105",
        "20210105140056",
        20210105,
        20210105.0,
        "2021.1.5",
        "2021年1月5日",
        "2021/1/5",
        "２０２１-01-05",
        "44201",
        44201,
        44201.75,
        datetime(2021, 1, 5, 14),
        date(2021, 1, 5),
    ],
)
def test_a_day_is_read_however_it_is_written(cell):
    assert day(cell) == date(2021, 1, 5)
    assert days([cell]) == [date(2021, 1, 5)]


@pytest.mark.parametrize(
    "cell", ["", "待定", "2021-02-30", "2021-13-01", "2021-01", "21-1-5", 5, 2021.0, True, "99999"]
)
def test_what_is_no_day_is_none(cell):
    assert days([cell]) == [None]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (2021, 2021),
        (2021.0, 2021),
        ("2021年", 2021),
        ("2021年度", 2021),
        (202101, 2021),
        ("2021-01", 2021),
        ("20210101", 2021),
        ("2021.0", 2021),
        (datetime(2021, 3, 1), 2021),
        ("", None),
        ("21", None),
        ("二〇二一", None),
        (99990101, None),
    ],
)
def test_a_year_is_read_out_of_months_and_days_too(cell, expected):
    assert years([cell]) == [expected]
    assert year(cell) == expected


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("2021-01-01", 202101, 202101),
        ("202103", 202103, 202103),
        (202103.0, 202103, 202103),
        ("2021年3月", 202103, 202103),
        ("2021", 202101, 202112),
        ("202113", None, None),
        ("", None, None),
    ],
)
def test_a_year_alone_begins_in_january_and_ends_in_december(cell, first, last):
    assert periods([cell]) == [first] == [period(cell)]
    assert periods([cell], is_end=True) == [last]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2021-01-01至2021-12-31", (202101, 202112)),
        ("201901-202112", (201901, 202112)),
        ("2019-2021", (201901, 202112)),
        ("2021年1月～2021年12月", (202101, 202112)),
        ("2021", (202101, 202112)),
        ("2021-12至2021-01", None),
        ("", None),
    ],
)
def test_a_span_in_one_cell_gives_both_ends(cell, expected):
    assert spans([cell]) == [expected] == [span(cell)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("5档", Tier(5, None)),
        ("第五档", Tier(5, None)),
        ("十二档", Tier(12, None)),
        (5, Tier(5, None)),
        ("500", Tier(None, Decimal(500))),
        ("500元", Tier(None, Decimal(500))),
        ("500元/年", Tier(None, Decimal(500))),
        ("500档", Tier(None, Decimal(500))),
        ("五档500元", Tier(5, Decimal(500))),
        ("五档（500元）", Tier(5, Decimal(500))),
        (500.0, Tier(None, Decimal(500))),
        ("", None),
        ("无", None),
        ("-500", None),
    ],
)
def test_a_tier_is_a_number_or_an_amount(cell, expected):
    assert tiers([cell]) == [expected] == [tier(cell)]


@pytest.mark.parametrize(
    "cell",
    [
        f"\t{ID}",
        f"'{ID}",
        f"{ID} ",
        f"\u3000{ID}\u00a0",
        f"\ufeff{ID}\u200b",
        f"\u202d{ID}\u202c",
        "９９０１０１１９６８０１０１００１３",
        "990101 19680101 0013",
        f'="{ID}"',
        f"{ID}\n",
    ],
)
def test_what_clings_to_an_id_is_brushed_off(cell):
    assert id_text(cell) == (ID, "")
    assert id_texts([ID, cell]) == ([ID, ID], ["", ""])


@pytest.mark.parametrize("x", ["x", "X", "Х", "х", "ｘ"])
def test_every_x_becomes_the_letter_x(x):
    assert id_texts(["99010119680101001" + x])[0] == ["99010119680101001X"]


def test_a_number_is_marked_and_its_digits_left_alone():
    assert id_texts([5.10322199001011e17, "5.10322E+17", ID, 990101680101001.0]) == (
        ["510322199001011000", "5.10322E+17", ID, "990101680101001"],
        ["number", "exponent", "", "number"],
    )


def test_a_program_that_wrote_floats_shows_all_digits_it_kept():
    assert id_texts([float(510322199001011234)])[0] == ["510322199001011260"]


def test_two_spellings_of_one_name_have_one_key():
    spellings = [
        "买买提•艾力",
        "买买提·艾力",
        "买买提．艾力",
        "买买提・艾力",
        "买买提‧艾力",
        "买买提∙艾力",
    ]
    assert set(name_keys(spellings)) == {"买买提艾力"}
    assert name_keys(["王　伟", " 王 伟", "王\u00a0伟"]) == ["王伟"] * 3
    assert name_keys(["李昇", "濬", "峯", "羣", "傑"]) == ["李升", "浚", "峰", "群", "杰"]


def test_a_line_break_inside_a_name_does_not_move_the_names_below():
    assert name_keys(["张\n三", "李四"]) == ["张三", "李四"]


def test_a_name_is_kept_as_written():
    assert names([" 买买提•艾力\t", "赵㼆", "𠮷野"]) == ["买买提•艾力", "赵㼆", "𠮷野"]


def test_texts_read_as_on_the_screen():
    assert texts([5.0, 2.5, "a ", date(2021, 1, 5), True, None, datetime(2021, 1, 5)]) == [
        *("5", "2.5", "a", "2021-01-05", "是", "", "2021-01-05"),
    ]
    assert cell_text(1e17) == "100000000000000000"


@given(st.lists(CELLS, max_size=8))
def test_a_column_is_read_as_its_cells_are(cells):
    assert days(cells) == [day(cell) for cell in cells]
    assert years(cells) == [year(cell) for cell in cells]
    assert tiers(cells) == [tier(cell) for cell in cells]
    assert spans(cells) == [span(cell) for cell in cells]
    assert amounts(cells)[0] == [amount(cell) for cell in cells]
    assert texts(cells) == [cell_text(cell) for cell in cells]
    assert list(zip(*id_texts(cells), strict=True)) == [id_text(cell) for cell in cells]


@given(st.lists(st.text(max_size=10), min_size=1, max_size=8))
def test_a_column_of_names_is_folded_as_each_name_is(written):
    assert name_keys(written) == [name_key(name) for name in written]


@given(st.text(alphabet="买提艾力昇峯王Ａa·•．‧　 \t\u00a0\u200b", max_size=10))
def test_the_key_of_a_key_is_itself(name):
    assert name_key(name_key(name)) == name_key(name)


@given(st.decimals(-(10**9), 10**9, places=2))
def test_money_written_out_is_read_back(yuan):
    assert amount(f"{yuan:,.2f}") == yuan
    assert amount(float(yuan)) == yuan
