"""The progress page as an Excel file: the ranking table, the table of each chart, and what they
mean (征缴进度表).

The figures are those of the screen, in its order and cut off where it cuts them off. Nothing in it
is a formula.
"""

from decimal import Decimal
from io import BytesIO
from urllib.parse import quote

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from oversight.charts import STRAIGHT, charts_of
from oversight.columns import COLUMNS, cut_share
from oversight.headlines import stages_in_words

RANKING = "ranking"
TEN_THOUSAND = 10_000
FORMATS = {
    "rate": "0.0%",
    "share": "0.0%",
    "wan": "#,##0.00",
    "yuan": "#,##0.00",
    "score": "0.00",
    "signed": "+#,##0;-#,##0;0",
    "mean": "#,##0",
    "rank": "0",
    "reached": "yyyy-mm-dd",
}
PLAIN_FORMAT = "#,##0"
NAME_WIDTH, FIGURE_WIDTH = 16, 11
LONGEST_SHEET_NAME = 31
A4 = 9


def file_name(progress):
    """Return the name of the file, ready for a header:
    颍州区2021年居民养老征缴进度（截至2021-03-10）.xlsx.
    """
    name = _("%(area)s%(year)s年%(scheme)s征缴进度（截至%(day)s）") % {
        "area": progress.area.name,
        "year": progress.plan.year,
        "scheme": progress.plan.scheme_name,
        "day": progress.day.isoformat(),
    }
    return quote(f"{name}.xlsx")


def workbook(progress, places, *, by, part="", pace_line=STRAIGHT):
    """Return the bytes of the workbook: everything on the page, or one chart's table (`part`)
    alone; always with 说明.
    """
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": _("征缴进度"), "author": str(by)})
    formats = _Formats(book)
    if part in ("", RANKING):
        _write_ranking(book, formats, progress, places)
    for chart in charts_of(progress, pace_line=pace_line):
        if part in ("", chart["id"]):
            _write_table(book, formats, chart["title"], chart["table"])
    _write_notes(book, formats, progress, by)
    book.close()
    return buffer.getvalue()


class _Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, book):
        self.book = book
        self.made = {}

    def of(self, number="", *, bold=False, wrap=False):
        key = (number, bold, wrap)
        if key not in self.made:
            look = {"num_format": number} if number else {}
            self.made[key] = self.book.add_format(
                look | {"bold": bold, "text_wrap": wrap, "border": 1, "valign": "vcenter"}
            )
        return self.made[key]


def _write_ranking(book, formats, progress, places):
    sheet = _sheet(book, _("进度表"))
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, str(column.label), formats.of(bold=True, wrap=True))
        sheet.set_column(place, place, NAME_WIDTH if column.kind == "place" else FIGURE_WIDTH)
    is_one = len(progress.places) == 1 and progress.places[0] is progress.total
    rows = [(standing, False) for standing in places]
    rows += [] if is_one else [(progress.total, True)]
    for number, (standing, is_total) in enumerate(rows, start=1):
        for place, column in enumerate(COLUMNS):
            look = formats.of(FORMATS.get(column.kind, PLAIN_FORMAT), bold=is_total)
            _write(sheet, number, place, cell_of(column, standing, is_total=is_total), look)


def cell_of(column, standing, *, is_total=False):
    """Return what one figure of the screen is in a sheet: a number, a day or words; None where the
    screen shows `--`.
    """
    value = column.value_of(standing)
    if column.kind == "place":
        return _("合计") if is_total else value
    if column.kind in ("rate", "share"):
        return cut_share(value)
    if value is None and not (column.kind == "reached" and standing.paid is not None):
        return None
    if column.kind == "wan":
        return (value / TEN_THOUSAND).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    if column.kind == "mean":
        return None if value is None else round(value)
    if column.kind == "reached" and value is None and standing.task:
        if standing.daily_mean is None and not standing.is_reached:
            return None
        return _("已达") if standing.is_reached else _("期内不达")
    return value


def _write(sheet, row, column, value, look):
    if value is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, look)
    elif hasattr(value, "year"):
        sheet.write_datetime(row, column, value, look)
    else:
        sheet.write_number(row, column, value, look)


def _write_table(book, formats, title, table):
    sheet = _sheet(book, str(title))
    for place, label in enumerate(table["columns"]):
        sheet.write_string(0, place, str(label), formats.of(bold=True, wrap=True))
    sheet.set_column(0, 0, NAME_WIDTH)
    sheet.set_column(1, len(table["columns"]) - 1, FIGURE_WIDTH)
    for number, row in enumerate(table["rows"], start=1):
        for place, value in enumerate(row):
            _write(sheet, number, place, value, formats.of(PLAIN_FORMAT))


def _write_notes(book, formats, progress, by):
    """What was asked, when the data end, who made the file, and the formula of every column."""
    sheet = _sheet(book, _("说明"))
    sheet.set_column(0, 0, NAME_WIDTH)
    sheet.set_column(1, 1, 90)
    for number, (label, words) in enumerate(notes(progress, by)):
        sheet.write_string(number, 0, str(label), formats.of(bold=True))
        sheet.write_string(number, 1, str(words), formats.of(wrap=True))


def notes(progress, by):
    """Return the (label, words) pairs of the sheet 说明."""
    age = progress.data_age
    counted = (
        _("计入已缴人数和完成率") if progress.plan.counts_proxy else _("不计入已缴人数和完成率")
    )
    pairs = [
        (_("区域"), f"{progress.area.name} {progress.area.code}"),
        (_("险种"), progress.plan.scheme_name),
        (_("年度"), str(progress.plan.year)),
        (_("统计日"), progress.day.isoformat()),
        (_("数据截至"), age.until.isoformat() if age.until else _("还没有入账的缴费文件")),
        (_("入账时间"), _moment(age.posted_at)),
        (_("阶段目标"), _("；").join(stages_in_words(progress)) or _("没有设定")),
        (_("代缴人员"), counted),
        *_small_figures(progress),
        (_("依据"), progress.plan.document_no or _("无文号")),
        (_("导出时间"), _moment(timezone.now())),
        (_("导出人"), f"{by} {by.username}"),
    ]
    return pairs + [(column.label, column.definition) for column in COLUMNS if column.definition]


def _moment(when):
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M") if when else "--"


def _sheet(book, name):
    """Add a sheet that prints on A4 across with its heading on every page."""
    sheet = book.add_worksheet(name[:LONGEST_SHEET_NAME])
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C" + _("第 &P 页/共 &N 页"))
    return sheet


def _small_figures(progress):
    """Return the note about figures that are left out, where there are any."""
    words = _("人数少于 5 的，以及据此能推算出来的，不显示。")
    return [(_("小数字"), words)] if progress.has_veiled else []
