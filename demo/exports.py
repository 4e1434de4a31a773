"""The tax bureau's exports: the same payments in the layouts and with the oddities met in life.

    written = write_export("二月.xlsx", rows, LAYOUTS["national"], "xlsx", pen=Pen(seed))
    written.sheets[0].rows[4]      # the first data row, cell by cell as it stands in the file

`written` keeps every cell exactly as written, so the oracle can judge what a reader will see
and not what the generator meant.
"""

from bisect import bisect
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from random import Random

from demo.county import without_collector
from demo.workbooks import (
    XLS_MAX_ROWS,
    Sheet,
    UnknownFormat,
    as_text,
    excel_serial,
    write_text,
    write_xls,
    write_xlsx,
)

TEXT_FORMATS = {
    "csv-gb": ("gb18030", ","),
    "csv-utf8": ("utf-8-sig", ","),
    "txt-utf16": ("utf-16", "\t"),
}
EXTENSIONS = {"csv-gb": "csv", "csv-utf8": "csv", "txt-utf16": "txt", "xlsx": "xlsx", "xls": "xls"}
ROWS_PER_PAGE = 500

# Shares of all data rows that get each oddity; each occurs once at least where it can.
ODDITIES = {
    "id leading tab": 0.01,
    "id apostrophe": 0.003,
    "id trailing blank": 0.002,
    "id no-break space": 0.001,
    "id full width": 0.001,
    "id lower-case x": 0.009,
    "id cyrillic x": 0.0005,
    "id 15 digits": 0.0005,
    "name ideographic space": 0.003,
    "name blank inside": 0.004,
    "name no-break space": 0.001,
    "name other dot": 0.002,
    "name variant character": 0.001,
    "amount as text": 0.005,
    "amount yuan sign": 0.002,
    "amount with unit": 0.002,
    "day compact": 0.002,
    "day dotted": 0.002,
    "day chinese": 0.002,
    "day slashed": 0.002,
    "day with tenths": 0.002,
    "day as serial number": 0.001,
    "town trailing blank": 0.001,
}
OTHER_DOTS = "•・．"
VARIANT_CHARACTERS = {
    **dict(zip("升浚峰群杰", "昇濬峯羣傑", strict=True)),
    **dict(zip("昇濬峯羣傑", "升浚峰群杰", strict=True)),
}
FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "0123456789X"}
CENTENARIANS = range(996, 1000)

CHANNELS = ("微信", "支付宝", "手机银行", "银行代扣", "办税服务厅", "村级代收", "电子税务局")
ITEMS = {
    # item: (征收项目 alone, 征收项目 beside a 征收品目, 征收品目)
    "basic": ("城乡居民基本养老保险费", "城乡居民养老保险费", "城乡居民基本养老保险"),
    "supplementary": ("城乡居民补充养老保险费", "城乡居民养老保险费", "城乡居民补充养老保险"),
    "medical": ("城乡居民基本医疗保险费", "城乡居民医疗保险费", "城乡居民基本医疗保险"),
    "unclear": ("社会保险费", "社会保险费", ""),
    "empty": ("", "", ""),
}
STATE_WORDS = {
    "01": "未申报",
    "02": "已申报",
    "03": "已缴费",
    "04": "已入库",
    "09": "无此户信息",
}
TYPE_WORDS = {
    "10": "正常应缴",
    "20": "退收",
    "31": "中断补收",
    "32": "一次性补收",
    "33": "退休补收",
}


@dataclass(frozen=True)
class Layout:
    """Columns in order (field → header) and the furniture around the rows."""

    name: str
    columns: tuple
    titles: tuple = ()
    upper_header: tuple = ()
    merges: tuple = ()
    repeats_header: bool = False
    has_totals: bool = False

    @cached_property
    def places(self):
        """Where each field stands in a row."""
        return {name: place for place, (name, _) in enumerate(self.columns)}

    @property
    def headers(self):
        return [header for _, header in self.columns]

    def header_rows(self):
        """Return the header's rows; a cell merged over both stands in the upper one only."""
        if not self.upper_header:
            return [self.headers]
        pairs = zip(self.upper_header, self.headers, strict=True)
        lower = ["" if upper == header else header for upper, header in pairs]
        return [list(self.upper_header), lower]


PLAIN = Layout(
    "plain",
    (
        ("seq", "序号"),
        ("id_number", "证件号码"),
        ("name", "姓名"),
        ("item", "征收项目"),
        ("year", "费款所属年度"),
        ("payment_type", "缴费类型"),
        ("tier", "缴费档次"),
        ("amount", "实缴金额"),
        ("paid_on", "缴费时间"),
        ("treasury_on", "入库日期"),
        ("tax_state", "缴费状态"),
        ("channel", "缴费渠道"),
        ("receipt", "电子税票号码"),
        ("determination", "征集通知流水号"),
        ("town", "乡镇街道"),
        ("village", "村社区"),
    ),
)
NATIONAL_COLUMNS = (
    ("seq", "序号"),
    ("receipt", "电子税票号码"),
    ("name", "缴费人名称"),
    ("id_type", "证件类型"),
    ("id_number", "证件号码"),
    ("charge", "征收项目"),
    ("item", "征收品目"),
    ("period_from", "税（费）款所属期起"),
    ("period_to", "税（费）款所属期止"),
    ("payment_type", "缴费类型"),
    ("tier", "缴费档次"),
    ("amount", "实缴金额（元）"),
    ("channel", "缴费方式"),
    ("paid_on", "缴款日期"),
    ("treasury_on", "入库日期"),
    ("tax_state", "缴费状态"),
    ("determination", "征集通知流水号"),
    ("town", "街道乡镇"),
    ("village", "村（社区）"),
    ("remark", "备注"),
)
NATIONAL = Layout(
    "national",
    NATIONAL_COLUMNS,
    titles=("城乡居民社会保险费缴费明细表", "填报单位：国家税务总局阜阳市颍州区税务局"),
    upper_header=(
        *("序号", "电子税票号码", "缴费人信息", "", "", "征收信息", "", "", "", "", ""),
        *("缴费信息", "", "", "", "", "征集通知流水号", "属地", "", "备注"),
    ),
    merges=(
        "A1:T1",
        "A2:H2",
        "C3:E3",
        "F3:K3",
        "L3:P3",
        "R3:S3",
        "A3:A4",
        "B3:B4",
        "Q3:Q4",
        "T3:T4",
    ),
    repeats_header=True,
    has_totals=True,
)
SHORT = Layout(
    "short",
    (
        ("name", "姓名"),
        ("id_number", "身份证号"),
        ("item", "险种"),
        ("year", "年度"),
        ("amount", "金额（元）"),
        ("paid_on", "缴费日期"),
        ("town", "所属乡镇"),
    ),
)
LAYOUTS = {layout.name: layout for layout in (PLAIN, NATIONAL, SHORT)}


@dataclass
class WrittenSheet:
    """A sheet as it stands in the file; `head_rows` rows come before the first data row."""

    name: str
    rows: list
    head_rows: int


@dataclass
class WrittenExport:
    """A file as written: where it is, how it is laid out, and every cell of it.

    `intents` tells, for (sheet index, row number), what each data row was planted as.
    """

    path: str
    layout: Layout
    sheets: list
    intents: dict = field(default_factory=dict)
    oddities: dict = field(default_factory=dict)


class Pen:
    """Writes cells, now and then oddly; `words` and `day_style` are habits of the whole file."""

    def __init__(self, seed, *, words="codes", day_style="moment", odd=True):
        self.rng = Random(f"{seed}/pen")
        self.words = words
        self.day_style = day_style
        self.kinds = list(ODDITIES)
        self.bounds = []
        passed = 0
        for share in ODDITIES.values():
            passed += share if odd else 0
            self.bounds.append(passed)
        self.still_to_show = list(ODDITIES) if odd else []
        self.shown = dict.fromkeys(ODDITIES, 0)
        self.stride = self.half = 1

    def oddity(self):
        """Return the oddity of the next row, or None for the great majority."""
        chance = self.rng.random()
        if chance >= self.bounds[-1]:
            return None
        return self.kinds[bisect(self.bounds, chance)]

    def may_show(self, number):
        """Whether an oddity that chance has not brought may stand in this row.

        Here and there in the first half, so that they do not all crowd the first rows, and
        wherever one fits in the second.
        """
        return number % self.stride == 0 or number > self.half

    def day(self, day, second):
        """Return a day as this file writes it."""
        if day is None:
            return None
        if self.day_style == "day":
            return day
        if self.day_style == "moment":
            return (
                f"{day.isoformat()} {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
            )
        if self.day_style == "compact":
            return day.strftime("%Y%m%d")
        return day.isoformat()

    def code(self, code, words):
        """Return a coded value as number text, with its words, or as words alone."""
        if self.words == "codes":
            return code
        if self.words == "both":
            return f"{code}-{words[code]}"
        return words[code]


def cells_of(row, number, layout, pen, village):
    """Return the cells of one payment row, in the layout's order, as this pen writes it."""
    amount = row.amount
    if amount.__class__ is int:
        amount = amount // 100 if amount % 100 == 0 else amount / 100
    if layout is NATIONAL:
        cells = national_cells(row, number, amount, pen, village)
    elif layout is PLAIN:
        cells = plain_cells(row, number, amount, pen, village)
    else:
        item = ITEMS[row.item][0]
        paid_on = pen.day(row.paid_on, row.second)
        cells = [row.name, row.id_number, item, row.year, amount, paid_on, row.town]
    kind = pen.oddity()
    if kind is not None:
        if write_oddly(cells, layout.places, row, kind):
            pen.shown[kind] += 1
    elif pen.still_to_show and row.intent == "" and pen.may_show(number):
        show_once(cells, layout.places, row, pen)
    return cells


def plain_cells(row, number, amount, pen, village):
    return [
        number,
        row.id_number,
        row.name,
        ITEMS[row.item][0],
        row.year,
        pen.code(row.payment_type, TYPE_WORDS),
        tier_cell(amount),
        amount,
        pen.day(row.paid_on, row.second),
        row.treasury_on.isoformat() if row.treasury_on else "",
        pen.code(row.tax_state, STATE_WORDS),
        CHANNELS[row.second % len(CHANNELS)],
        row.receipt,
        row.determination,
        row.town,
        village,
    ]


def national_cells(row, number, amount, pen, village):
    _, charge, item = ITEMS[row.item]
    year = row.year
    return [
        number,
        row.receipt,
        row.name,
        "居民身份证",
        row.id_number,
        charge,
        item,
        f"{year}-01-01" if year else "",
        f"{row.last_year or year}-12-31" if year else "",
        pen.code(row.payment_type, TYPE_WORDS),
        tier_cell(amount),
        amount,
        CHANNELS[row.second % len(CHANNELS)],
        pen.day(row.paid_on, row.second),
        row.treasury_on.isoformat() if row.treasury_on else "",
        pen.code(row.tax_state, STATE_WORDS),
        row.determination,
        row.town,
        village,
        "",
    ]


def tier_cell(amount):
    return abs(amount) if amount.__class__ is int and amount else ""


def show_once(cells, places, row, pen):
    """Give a row the first oddity still unseen in this file that it can carry."""
    for kind in pen.still_to_show:
        if write_oddly(cells, places, row, kind):
            pen.shown[kind] += 1
            pen.still_to_show.remove(kind)
            return


SUBJECT_FIELDS = {
    "id": "id_number",
    "name": "name",
    "amount": "amount",
    "day": "paid_on",
    "town": "town",
}


def write_oddly(cells, places, row, kind):
    """Change one cell in the way asked for; return whether this row could carry it."""
    subject, _, way = kind.partition(" ")
    place = places[SUBJECT_FIELDS[subject]]
    cell = cells[place]
    odd = None
    if subject == "id" and cell.__class__ is str:
        odd = odd_number(cell, way)
    elif subject == "name" and cell:
        odd = odd_name(cell, way, row.second)
    elif subject == "amount" and cell.__class__ in (int, float):
        odd = odd_amount(cell, way)
    elif subject == "day" and row.paid_on:
        odd = odd_day(row.paid_on, way)
    elif subject == "town":
        odd = cell + " "
    if odd is None:
        return False
    cells[place] = odd
    return True


def odd_number(number, way):
    """Return the identity number in another writing that means the same, or None."""
    if way == "leading tab":
        return "\t" + number
    if way == "apostrophe":
        return "'" + number
    if way == "trailing blank":
        return number + "  "
    if way == "no-break space":
        return "\u00a0" + number
    if way == "full width":
        return number.translate(FULL_WIDTH)
    if way == "15 digits":
        short = number[:6] + number[8:17]
        usable = len(number) == 18 and number[6:8] == "19"
        return short if usable and int(number[14:17]) not in CENTENARIANS else None
    if not number.endswith("X"):
        return None
    return number[:-1] + ("x" if way == "lower-case x" else "Х")


def odd_name(name, way, luck):
    """Return the name in another writing that means the same, or None."""
    if way == "ideographic space":
        return name[0] + "\u3000" + name[1:]
    if way == "blank inside":
        return " ".join(name)
    if way == "no-break space":
        return name + "\u00a0"
    if way == "other dot":
        return name.replace("·", OTHER_DOTS[luck % 3]) if "·" in name else None
    changed = "".join(VARIANT_CHARACTERS.get(c, c) for c in name)
    return changed if changed != name else None


def odd_amount(amount, way):
    if way == "as text":
        return f"{amount:.2f}"
    if way == "yuan sign":
        return f"￥{amount:,.2f}"
    return f"{amount}元"


def odd_day(day, way):
    if way == "compact":
        return day.strftime("%Y%m%d")
    if way == "dotted":
        return f"{day.year}.{day.month}.{day.day}"
    if way == "chinese":
        return f"{day.year}年{day.month}月{day.day}日"
    if way == "slashed":
        return f"{day.year}/{day.month}/{day.day}"
    if way == "with tenths":
        return f"{day.isoformat()} 14:00:56.0"
    return excel_serial(day)


@without_collector()
def write_export(path, rows, layout, form, *, county, pen):
    """Write the payment rows as one file and return it as written.

    `form` is xlsx, xls, csv-gb, csv-utf8 or txt-utf16; an .xls is cut into sheets of at most
    65,536 rows.
    """
    sheets = []
    intents = {}
    for part in sheet_parts(rows, form):
        sheets.append(lay_out(part, layout, pen, county, len(sheets), intents))
    if form in TEXT_FORMATS:
        for sheet in sheets:
            # Only long or broken numbers change on their way into text.
            sheet.rows = [
                [as_text(cell) for cell in row] if float in map(type, row) else row
                for row in sheet.rows
            ]
        encoding, delimiter = TEXT_FORMATS[form]
        write_text(path, sheets[0].rows, encoding=encoding, delimiter=delimiter)
    elif form == "xlsx":
        write_xlsx(path, as_sheets(sheets, layout), shared=layout.name != "plain")
    elif form == "xls":
        write_xls(path, as_sheets(sheets, layout))
    else:
        raise UnknownFormat(form)
    shown = {kind: count for kind, count in pen.shown.items() if count}
    return WrittenExport(str(path), layout, sheets, intents, shown)


def as_sheets(sheets, layout):
    return [Sheet(sheet.name, sheet.rows, layout.merges) for sheet in sheets]


def sheet_parts(rows, form):
    """Cut rows for the old format's limit, leaving room for headers and totals."""
    if form != "xls":
        return [rows]
    room = XLS_MAX_ROWS * 9 // 10
    return [rows[i : i + room] for i in range(0, len(rows), room)] or [rows]


def lay_out(rows, layout, pen, county, sheet_index, intents):
    """Return one sheet: titles, header, data rows, subtotals, totals and signatures."""
    width = len(layout.columns)
    pen.stride = max(1, len(rows) // (3 * len(ODDITIES)))
    pen.half = len(rows) // 2
    village_names = [village.name for village in county.villages]
    lines = title_lines(layout, rows, width)
    lines.extend(layout.header_rows())
    head_rows = len(lines)
    village, village_rows = None, []
    for number, row in enumerate(rows, start=1):
        if layout.has_totals and village is not None and row.village != village:
            lines.append(total_line("小计", village_rows, layout))
            village_rows = []
        if layout.repeats_header and number > 1 and number % ROWS_PER_PAGE == 1:
            lines.extend(layout.header_rows())
        lines.append(cells_of(row, number, layout, pen, village_names[row.village]))
        intents[sheet_index, len(lines)] = row.intent
        village = row.village
        village_rows.append(row)
    if layout.has_totals:
        lines.append(total_line("小计", village_rows, layout))
        lines.append(total_line("合计", rows, layout))
        lines.append([""] * width)
        lines.append(["审核人：李科长", "", "", "填表人：王会计", "", "联系电话：0558-9900000"])
    name = f"缴费明细{sheet_index + 1}" if sheet_index else "缴费明细"
    return WrittenSheet(name, lines, head_rows)


def title_lines(layout, rows, width):
    if not layout.titles:
        return []
    days = [row.paid_on for row in rows if row.paid_on]
    made_on = max(days, default=date(2021, 1, 1))
    first = [layout.titles[0]] + [""] * (width - 1)
    second = [layout.titles[1]] + [""] * (width - 1)
    second[9] = f"制表时间：{made_on.isoformat()}"
    second[width - 2] = "单位：元"
    return [first, second]


def total_line(word, rows, layout):
    """Return a subtotal or total line: the word, how many, how much."""
    line = [""] * len(layout.columns)
    line[0] = word
    line[2] = f"{len(rows)}笔"
    fen = sum(row.amount for row in rows if row.amount.__class__ is int)
    line[layout.places["amount"]] = fen / 100
    return line
