"""Fill a county's own list template (名单模板): its title, its columns, its styled row copied.

    A1  {镇}{村}{年度}年未缴名单          places in braces are filled in
    A3  序号 | 姓名 | 身份证号 | 电话      the header: columns are known by their words
    A4  (a row styled as every row is to look)
    A5  负责人签字：                       what stands below moves down

Without a template of its own a county gets the portal's.
"""

import io
from copy import copy

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import get_column_letter

from contributions.errors import TemplateUnreadable, TemplateWithoutName
from pension_portal.clock import today
from pension_portal.sheet_writing import OPENPYXL_COMPLAINTS, plain_text
from pension_portal.sheets import ZIP, open_sheets

HEADER_WITHIN = 15
MOST_COLUMNS = 40
# What a column may hold, and the words a header uses for it.
FIELDS = {
    "number": ("序号", "编号"),
    "town": ("乡镇", "镇", "街道", "乡镇街道"),
    "village": ("村", "村居", "社区", "村社区", "村（社区）", "行政村"),
    "group": ("组", "村民组", "小组"),
    "household": ("户编号", "户号"),
    "head": ("户主", "户主姓名"),
    "name": ("姓名", "参保人", "参保人姓名"),
    "sex": ("性别",),
    "age": ("年龄", "周岁"),
    "id_number": ("证件号码", "身份证号", "身份证号码", "公民身份号码", "身份证"),
    "phone": ("联系电话", "电话", "手机", "手机号", "手机号码", "联系方式"),
    "tier": ("登记档次", "档次", "缴费档次", "登记档次元"),
    "last_tier": ("上年缴费", "上年档次", "上年缴费元", "去年缴费"),
    "collector": ("责任人", "网格员", "代收人", "代收人员"),
    "outcome": ("联系结果", "催缴结果", "催缴情况"),
    "promised_on": ("承诺日期", "承诺缴费日期"),
}
PAGE_FOOTER = "第 &P 页/共 &N 页"


def read_template(content, file_name):
    """Return (header row, {column letter: field}) of an uploaded template.

    Refuses TemplateUnreadable, TemplateWithoutName and what `open_sheets` refuses.
    """
    sheet = _opened(content, file_name).active
    best = (0, {})
    for row in range(1, min(sheet.max_row, HEADER_WITHIN) + 1):
        columns = {
            get_column_letter(cell.column): field
            for cell in sheet[row][:MOST_COLUMNS]
            if (field := _field_of(cell.value))
        }
        if "name" in columns.values() and len(columns) > len(best[1]):
            best = (row, columns)
    if not best[0]:
        raise TemplateWithoutName()
    return best


def headers_of(content, file_name, header_row):
    """Return [(column letter, heading)] of a template's header."""
    sheet = _opened(content, file_name).active
    return [
        (get_column_letter(cell.column), str(cell.value or "").strip())
        for cell in sheet[header_row][:MOST_COLUMNS]
        if not isinstance(cell, MergedCell)
    ]


def _opened(content, file_name):
    open_sheets(content, file_name)
    if not content.startswith(ZIP):
        raise TemplateUnreadable()
    try:
        return openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
    except OPENPYXL_COMPLAINTS:
        raise TemplateUnreadable() from None


def _field_of(heading):
    words = "".join(c for c in str(heading or "") if c not in " \n\t()（）*：:")
    return next((field for field, names in FIELDS.items() if words in map(_bare, names)), None)


def _bare(words):
    return words.replace("（", "").replace("）", "")


def fill_template(content, file_name, *, header_row, columns, rows, places, watermark=""):
    """Return the bytes of a template filled with rows.

    `columns` is {column letter: field}, each row {field: value}, `places` the words for {村} and
    its like in the rows above the header, `watermark` what is printed above every page.
    """
    book = _opened(content, file_name)
    sheet = book.active
    _fill_places(sheet, header_row, places)
    first = header_row + 1
    width = min(max(sheet.max_column, 1), MOST_COLUMNS)
    style = [copy(sheet.cell(first, column)._style) for column in range(1, width + 1)]
    height = sheet.row_dimensions[first].height
    _make_room(sheet, first, len(rows))
    for place, row in enumerate(rows):
        for column in range(1, width + 1):
            cell = sheet.cell(first + place, column)
            if isinstance(cell, MergedCell):
                continue
            cell._style = copy(style[column - 1])
            _put(cell, row.get(columns.get(get_column_letter(column), "")))
        sheet.row_dimensions[first + place].height = height
    _set_up_print(sheet, header_row)
    if watermark:
        sheet.oddHeader.right.text = watermark.replace("&", "&&")
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


def _fill_places(sheet, header_row, places):
    for row in sheet.iter_rows(min_row=1, max_row=header_row):
        for cell in row:
            if isinstance(cell.value, str) and "{" in cell.value:
                for name, words in places.items():
                    cell.value = cell.value.replace(f"{{{name}}}", words)


def _make_room(sheet, first, count):
    """Move what stands below the styled row down, so that `count` rows fit in its place."""
    below, moved = first + 1, count - 1
    if moved <= 0 or sheet.max_row < below:
        return
    merged = [area for area in sheet.merged_cells.ranges if area.min_row >= below]
    heights = {row: sheet.row_dimensions[row].height for row in range(below, sheet.max_row + 1)}
    for area in merged:
        sheet.unmerge_cells(str(area))
    last = get_column_letter(sheet.max_column)
    sheet.move_range(f"A{below}:{last}{sheet.max_row}", rows=moved, translate=True)
    for area in merged:
        area.shift(row_shift=moved)
        sheet.merge_cells(str(area))
    for row, height in heights.items():
        sheet.row_dimensions[row + moved].height = height


def _put(cell, value):
    if value in (None, ""):
        cell.value = None
    elif isinstance(value, str):
        # A number of eighteen digits, or a text that begins with =, stays the text it is.
        cell.value, cell.data_type = plain_text(value), "s"
        cell.number_format = "@"
    else:
        cell.value = value


def _set_up_print(sheet, header_row):
    if not sheet.print_title_rows:
        sheet.print_title_rows = f"1:{header_row}"
    if not sheet.oddFooter.center.text:
        sheet.oddFooter.center.text = PAGE_FOOTER
    sheet.page_setup.paperSize = sheet.page_setup.paperSize or sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(
        fitToPage=True
    )


def places_of(town, village, year):
    """Return the words for the places in braces of a village's list."""
    return {
        "镇": town,
        "村": village,
        "年度": str(year),
        "日期": today().isoformat(),
    }
