"""Paper: fonts inside, rare characters drawn, pages as full as they were said to be, no markup."""

import hashlib
import re
import zlib

import pytest

from pension_portal.paper import FONTS, press, print_paper, print_papers
from pension_portal.paper.glyphs import characters_missing
from pension_portal.paper.tables import PaperColumn, PaperTable

SUMS = [line.split() for line in (FONTS / "SHA256SUMS").read_text("utf-8").splitlines()]


def table(*names, **options):
    columns = [
        PaperColumn("序号", 10, "center"),
        PaperColumn("姓名", 24),
        PaperColumn("金额", 20, "right"),
    ]
    rows = [[number, name, "300.00"] for number, name in enumerate(names, 1)]
    return PaperTable("缴费信息公示表", columns, rows, **options)


def inside(pdf):
    """Return all that a PDF holds, its compressed streams opened."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S)
    return pdf + b"".join(_opened(stream) for stream in streams)


def _opened(stream):
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


@pytest.mark.parametrize(("digest", "name"), SUMS)
def test_a_font_is_the_one_we_took(digest, name):
    assert hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == digest


def test_every_font_has_its_sum_and_its_licence():
    named = {name for _digest, name in SUMS}

    assert {path.name for path in FONTS.glob("*.ttf")} <= named
    assert len([name for name in named if name.startswith("LICENSE")]) == 2


def test_a_sheet_brings_its_fonts():
    pdf = inside(print_paper("list", table("张桂兰").paper()))

    assert b"NotoSerifSC" in pdf
    assert b"/FontFile" in pdf


def test_rare_characters_are_drawn_and_what_no_font_has_is_named():
    assert characters_missing("张㼆𬭊䶮·阿") == []
    assert characters_missing("张𮧵三𮧵") == ["𮧵"]

    foot = table("张桂兰", "李𮧵").paper()["foot"]

    assert foot == ["第 2 行有字库没有的字（U+2E9F5），打印后手写补上"]


def test_what_somebody_typed_is_never_markup():
    typed = '#panic("x") $x$ *b* @ref \\ #sys.inputs'

    pages = print_paper("list", table(typed, "张桂兰").paper(), kind="png")

    assert len(pages) == 1


def test_a_template_reads_nothing_of_the_machine(tmp_path):
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "inner").mkdir()
    thief = tmp_path / "inner" / "thief.typ"
    thief.write_text('#read("../secret.txt")')
    compiler = press.compiler_of(str(tmp_path / "inner"), [str(FONTS)])

    with pytest.raises(Exception, match=r"access denied|outside|escape"):
        press.press(compiler, str(thief), "{}")


def test_rows_flow_over_pages_and_a_long_name_makes_its_row_higher():
    short = table(*["张桂兰"] * 70).paper()
    long = table(
        *["张桂兰"] * 35, "阿卜杜热合曼·阿卜杜克热木·买买提依明江·阿卜杜热合曼·买买提"
    ).paper()

    assert [part["rows"] for part in short["parts"]] == [36, 34]
    assert len(print_paper("list", short, kind="png")) == 2
    assert long["parts"][-1]["lines"] > 1
    assert len(print_paper("list", long, kind="png")) == 2


@pytest.mark.parametrize(
    "look",
    [
        {"is_landscape": True, "watermark": "林秋 2021-03-20"},
        {"size": "a3", "scale": 1.7},
        {"above": ("东湾镇", "截至 03-19"), "signatures": ("经办人：",), "footer": "监督电话"},
    ],
)
def test_a_page_holds_as_many_rows_as_it_was_said_to(look):
    paper = table(*["张桂兰"] * 90, **look).paper()

    assert len(print_paper("list", paper, kind="png")) == len(paper["parts"])


def test_an_empty_cell_keeps_its_line():
    paper = table("张桂兰", "", "李四").paper()

    assert paper["parts"][0]["columns"][1] == "张桂兰\n\u00a0\n李四"


@pytest.mark.requirement("Y59")
def test_large_type_is_a3_and_larger():
    small, large = table("张桂兰").paper(), table("张桂兰", size="a3", scale=1.7).paper()

    assert large["line"] == small["line"] * 1.7
    assert sum(large["widths"]) == pytest.approx(297 - 28, abs=0.1)


def test_many_papers_come_in_their_order():
    papers = [table(*["张桂兰"] * count).paper() for count in (1, 40, 80, 1, 1)]

    printed = list(print_papers("list", papers, count=5))

    assert all(pdf.startswith(b"%PDF") for pdf in printed)
    assert [
        inside(pdf).count(b"/Type/Page/") + inside(pdf).count(b"/Type /Page\n") for pdf in printed
    ] == [1, 2, 3, 1, 1]


def test_a_press_that_stops_is_a_bug_and_not_half_a_county():
    with pytest.raises(RuntimeError, match="a press has stopped"):
        list(print_papers("list", [{}], count=5))
