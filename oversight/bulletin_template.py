"""The Word template that bulletins are filled into where a county has none of its own (通报模板).

Set out by GB/T 9704-2012: A4, 版心 156 × 225 mm, 天头 37 mm, 订口 28 mm, 22 lines of 28 characters,
text in 三号仿宋, the title in 二号小标宋. An officer downloads it, changes what the county wants
otherwise, and uploads it again; the words in braces are filled in.
"""

import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

PAGE, TEXT_AREA = (210, 297), (156, 225)
TOP, LEFT = 37, 28
LINES_A_PAGE = 22
TITLE, BODY, SMALL = Pt(22), Pt(16), Pt(9)  # 二号, 三号, 小五
FANG_SONG, HEI_TI, TITLE_SONG = "仿宋_GB2312", "黑体", "方正小标宋简体"
RED = RGBColor(0xC0, 0x00, 0x00)
LINE_PITCH = round(TEXT_AREA[1] / LINES_A_PAGE / 25.4 * 1440)  # twentieths of a point
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def default_template():
    """Return the bytes of the template."""
    document = Document()
    _set_out(document.sections[0])
    _line(
        document, "{{ 印发单位 }}{{ 种类 }}", font=TITLE_SONG, size=Pt(32), align=CENTRE, colour=RED
    )
    _line(document, "{{ 期号 }}", align=CENTRE)
    _line(document, "{{ 印发单位 }}　　　　{{ 日期 }}", align=CENTRE, is_ruled=True)
    _line(document, "{{ 标题 }}", font=TITLE_SONG, size=TITLE, align=CENTRE)
    _line(document, "{%p for 段 in 正文 %}")
    _line(document, "{{ 段 }}", indent=2)
    _line(document, "{%p endfor %}")
    _line(document, "")
    _line(document, "{{ 印发单位 }}", align=RIGHT)
    _line(document, "{{ 日期 }}", align=RIGHT)
    _line(document, "{%p for 表 in 附件 %}")
    _line(document, "{{ 表.序号 }}", font=HEI_TI, starts_page=True)
    _line(document, "{{ 表.标题 }}", font=TITLE_SONG, size=TITLE, align=CENTRE)
    _line(document, "{{ 表.说明 }}", size=SMALL)
    _table(document)
    _line(document, "{{ 表.口径 }}", size=SMALL)
    _line(document, "{%p endfor %}")
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _set_out(section):
    section.page_width, section.page_height = Mm(PAGE[0]), Mm(PAGE[1])
    section.top_margin, section.left_margin = Mm(TOP), Mm(LEFT)
    section.right_margin = Mm(PAGE[0] - LEFT - TEXT_AREA[0])
    section.bottom_margin = Mm(PAGE[1] - TOP - TEXT_AREA[1])
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE_PITCH))
    section._sectPr.append(grid)


def _line(target, text, *, font=FANG_SONG, size=BODY, align=None, colour=None, **layout):
    """Add a paragraph of one run in a Chinese font."""
    paragraph = target.add_paragraph()
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(0)
    if align is not None:
        paragraph.alignment = align
    if layout.get("indent"):
        paragraph.paragraph_format.first_line_indent = size * layout["indent"]
    paragraph.paragraph_format.page_break_before = bool(layout.get("starts_page"))
    if layout.get("is_ruled"):
        _rule_below(paragraph)
    run = _run(paragraph, text, font, size)
    if colour is not None:
        run.font.color.rgb = colour
    return paragraph


def _rule_below(paragraph):
    borders, rule = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", "C00000")):
        rule.set(qn(f"w:{name}"), value)
    borders.append(rule)
    paragraph._p.get_or_add_pPr().append(borders)


def _table(document):
    """Add the table of an attachment: its head again on each page, as many columns as it has.

    A `tr` or `tc` in braces repeats rows or cells, and takes its own row or cell away.
    """
    table = document.add_table(rows=4, cols=3)
    table.style = "Table Grid"
    head, begin, row, end = table.rows
    _repeating_cells(head, "头", "表.表头", HEI_TI)
    _cell(begin.cells[0], "{%tr for 行 in 表.行 %}", FANG_SONG)
    _repeating_cells(row, "格", "行", FANG_SONG)
    _cell(end.cells[0], "{%tr endfor %}", FANG_SONG)
    _repeat_head(head)


def _repeating_cells(row, item, items, font):
    texts = (f"{{%tc for {item} in {items} %}}", f"{{{{ {item} }}}}", "{%tc endfor %}")
    for cell, text in zip(row.cells, texts, strict=True):
        _cell(cell, text, font)


def _cell(cell, text, font):
    paragraph = cell.paragraphs[0]
    paragraph.alignment = CENTRE
    _run(paragraph, text, font, SMALL)


def _run(paragraph, text, font, size):
    """Add a text in a Chinese font."""
    run = paragraph.add_run(text)
    run.font.size, run.font.name = size, font
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    return run


def _repeat_head(row):
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
