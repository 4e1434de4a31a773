"""Read a feed's file into rows: what each column is, what each cell says, where in the file it
stands (读入).

The file is read block by block. A block of some thousand rows is two statements in one transaction:
a COPY of the columns that are joined, and one sealed row that keeps every cell as it was. A worker
that dies leaves whole blocks behind; whoever takes over skips those and goes on.

    证件号码 " 99010119750302001x", 实缴金额 "￥300.00", 缴款日期 "2021年3月5日"
      → blind index of 99010119750302001X, 300.00, 2021-03-05, and one natural key for this payment

The natural key names the payment itself: receipt, person, scheme, year and sum. It does not depend
on the file, so that an overlapping export brings nothing in twice. Without a receipt nothing names
the payment but its place in this very file.
"""

import io
import zlib
from decimal import Decimal
from hashlib import md5
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.errors import ColumnsNotFound
from contributions.layouts import (
    PAYMENT_COLUMNS,
    SUPPLEMENTARY,
    item_reader,
    payment_types,
    states,
)
from contributions.models import PaymentFeed
from pension_portal import cells
from pension_portal.ahead import one_ahead
from pension_portal.clock import today
from pension_portal.columns import apply_mapping, data_blocks, find_header
from pension_portal.files import Stored
from pension_portal.identity import faults, upgrade
from pension_portal.jobs import JobTakenOver, JobWaits
from pension_portal.secrecy import seal, sealer
from pension_portal.sheets import open_sheets
from pension_portal.statements import analyze
from policies.models import PolicyVersion

MUST_ASK = {"holds_receipts", "holds_ids", "moved", "guessed", "in_ten_thousands"}
MOST_IN_SHORT = 10**15  # above, a float's digits are no longer those of the file
CELL_END, COLUMN_END = "\x1f", "\x1e"

ROW_COLUMNS = (
    "county_code, year, feed_id, sheet_number, row_no, sheet_row, id_index, id_last4, id_fault,"
    " name, name_key, scheme_id, contribution_year, last_year, amount, payment_type, tax_state,"
    " paid_on, treasury_on, receipt, determination_no, channel, town_text, natural_key"
)


def read_feed(feed_id, *, by, run):
    """Read every row of a feed into the database; a feed already read is left alone.

    Refuses ColumnsNotFound and what `open_sheets` refuses; waits for a person where the columns are
    not certain.
    """
    feed = PaymentFeed.objects.select_related("file", "job").get(pk=feed_id)
    if feed.read_at:
        return
    tables = find_tables(feed, open_sheets(Stored(feed.file), feed.file.name))
    done = {block.number: block.rows for block in feed.blocks.defer("sealed_cells")}
    schemes = scheme_reader(feed)
    with sealer() as process:
        for block in one_ahead(read_blocks(feed, tables, schemes, done, process)):
            write_block(feed, block, run)
    with run.transaction():
        totals = feed.blocks.aggregate(
            rows=Sum("rows"), noise=Sum("noise_rows"), amount=Sum("amount")
        )
        feed.rows, feed.noise_rows = totals["rows"] or 0, totals["noise"] or 0
        feed.amount = totals["amount"] or 0
        feed.read_at = timezone.now()
        feed.save(update_fields=["rows", "noise_rows", "amount", "read_at"])
        analyze("contributions_feedrow", feed.year)


def scheme_reader(feed):
    """Return a function from a column of items to a column of schemes, as the county names them."""
    return item_reader(_collects_supplementary(feed))


def _collects_supplementary(feed):
    """Whether the county collects for two pension schemes in this year, so that 「养老保险」alone
    is unclear.
    """
    return PolicyVersion.objects.filter(
        county_code=feed.county_code, year=feed.year, scheme_id=SUPPLEMENTARY, status="published"
    ).exists()


# --- Which column is what ----------------------------------------------------------------------


def find_tables(feed, sheets):
    """Return [(sheet, header)] of the sheets that hold payments; a sheet of notes is passed over.

    Raises JobWaits with the questions noted on the feed where a needed column is not certain;
    refuses ColumnsNotFound where no sheet has a known column or holds a single ID number.
    """
    tables = [(sheet, find_header(sheet.head(), PAYMENT_COLUMNS, today())) for sheet in sheets]
    tables = [(sheet, header) for sheet, header in tables if _may_hold_payments(header)]
    if not tables:
        required = [str(column.label) for column in PAYMENT_COLUMNS if column.required]
        raise ColumnsNotFound(columns="、".join(required))
    tables = [(sheet, _as_confirmed(feed, header)) for sheet, header in tables]
    sure = [(sheet, header) for sheet, header in tables if not _must_ask(header)]
    if not sure:
        _ask_about_columns(feed, tables[0][1])
    feed.sheets = [
        {"number": sheet.number, "labels": header.labels, "places": header.mapping}
        for sheet, header in sure
    ]
    feed.header_signature = sure[0][1].signature
    feed.save(update_fields=["sheets", "header_signature"])
    return sure


def _may_hold_payments(header):
    """Whether a sheet has columns we know, or holds ID numbers under whatever names."""
    return bool(header.mapping) and (header.is_known or header.id_column is not None)


def _must_ask(header):
    """Whether a column is missing, or what it is called and what it holds point different ways.

    Odd contents under a plain name do not stop a file: its rows are judged one by one anyway.
    """
    return bool(header.missing) or any(question.code in MUST_ASK for question in header.questions)


def _as_confirmed(feed, header):
    """Return the header as somebody confirmed it for this file, or for one that looked the same."""
    if known := feed.mapping or remembered_mapping(feed, header.signature):
        return apply_mapping(header, known, PAYMENT_COLUMNS)
    return header


def remembered_mapping(feed, signature):
    """Return the columns a person confirmed for this very header in the county before, or None."""
    earlier = (
        PaymentFeed.objects.filter(county_code=feed.county_code, header_signature=signature)
        .exclude(mapping={})
        .order_by("-uploaded_at")
        .first()
    )
    return earlier.mapping if earlier else None


def _ask_about_columns(feed, header):
    asked = [str(question) for question in header.questions if _is_asked(header, question)]
    if not header.is_known:
        asked.insert(0, _("表头的写法都没见过，各列先按内容猜好，核对后再读入。"))
    if header.missing and not asked:
        labels = "、".join(str(column.label) for column in header.missing)
        asked = [_("没有认出%(columns)s列。") % {"columns": labels}]
    feed.header_signature = header.signature
    feed.questions = {
        "sentences": asked,
        "labels": list(header.labels),
        "kinds": header.kinds_held(),
        "fields": [
            {
                "field": column.field,
                "label": str(column.label),
                "guess": header.mapping.get(column.field),
            }
            for column in PAYMENT_COLUMNS
        ],
    }
    feed.save(update_fields=["questions", "header_signature"])
    raise JobWaits(_("有的列还不能确定，选好后继续；同样的表头以后不再问。"))


def _is_asked(header, question):
    """Under a header nobody knows every column is a guess; one sentence says so for all."""
    return header.is_known or question.code not in ("guessed", "moved")


# --- Blocks ------------------------------------------------------------------------------------


def blocks_of(tables):
    """Yield (sheet, block) of all tables, in the same order on every reading of the file."""
    for sheet, header in tables:
        for block in data_blocks(sheet, header):
            yield sheet, block


class ReadBlock(NamedTuple):
    """One block as it goes into the database: its lines for COPY, and its sealed cells.

    Whoever writes it only hands both on: each further step beside the thread that reads on would
    wait for the interpreter.
    """

    number: int
    first_row_no: int
    rows: int
    noise_rows: int
    amount: Decimal
    lines: bytes
    sealed_cells: bytes


def read_blocks(feed, tables, schemes, done, process):
    """Yield the blocks of a file that are not in `done` (number → rows) yet.

    Works without the database, so that a thread may do it while blocks before are written.
    """
    row_no = 1
    for number, (sheet, block) in enumerate(blocks_of(tables)):
        height = len(block.row_numbers)
        if number not in done:
            lines, amount = (
                copy_lines(
                    feed, sheet.number, block, range(row_no, row_no + height), schemes, process
                )
                if height
                else ("", 0)
            )
            sealed = seal(zlib.compress(raw_text(block.columns).encode(), level=1))
            yield ReadBlock(
                number, row_no, height, len(block.noise), amount, lines.encode(), sealed
            )
        row_no += done.get(number, height)


def write_block(feed, block, run):
    """Write one block, its rows and its sealed cells, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        if block.lines:
            cursor.copy_expert(
                f"copy contributions_feedrow ({ROW_COLUMNS}) from stdin",
                io.BytesIO(block.lines),
                len(block.lines),
            )
        # The fence stands in the same statement: a worker that lost the job writes no block.
        cursor.execute(
            "insert into contributions_feedblock"
            " (feed_id, number, first_row_no, rows, noise_rows, amount, sealed_cells)"
            " select %s, %s, %s, %s, %s, %s, %s from pension_portal_job"
            " where id = %s and fence = %s and not is_cancel_asked for update",
            [
                *[feed.pk, block.number, block.first_row_no, block.rows, block.noise_rows],
                *[block.amount, block.sealed_cells, run.job.pk, run.fence],
            ],
        )
        if not cursor.rowcount:
            run.stop_if_cancelled()
            raise JobTakenOver
        # A block is written once: whatever ends this worker, the next begins behind it.
        run.note_headway()


def raw_text(columns):
    """Return all cells of a block as one text, column by column, a control character between cells
    and between columns; so it packs smaller, and faster, than row by row.
    """
    columns = [_as_texts(column) for column in columns]
    text = _join(columns)
    height = len(columns[0]) if columns else 0
    has_more_ends = text.count(CELL_END) != (height - 1) * len(columns)
    if has_more_ends or text.count(COLUMN_END) != len(columns) - 1:
        clean = str.maketrans("", "", CELL_END + COLUMN_END)
        text = _join([[cell.translate(clean) for cell in column] for column in columns])
    return text


def _as_texts(column):
    """Return a column as texts; a column of whole numbers, as 序号 is, goes the short way."""
    kinds = cells.kinds_of(column)
    if kinds == {str}:
        return column
    if kinds == {float} and all(map(float.is_integer, column)) and max(column) < MOST_IN_SHORT:
        return list(map(str, map(int, column)))
    text_of = cells.Memory(cells.cell_text)
    return [cell if cell.__class__ is str else text_of[cell] for cell in column]


def _join(columns):
    return COLUMN_END.join(map(CELL_END.join, columns))


# --- Columns -----------------------------------------------------------------------------------


def copy_lines(feed, sheet_number, block, row_nos, schemes, process):
    """Return (lines for COPY, sum of the amounts) of a block's rows.

    `process` is a Sealer: it works out the blind indexes while we read the other columns.
    """
    height = len(block.row_numbers)
    absent = [""] * height

    def of(field):
        return block.cells.get(field, absent)

    ids, marks = cells.id_texts(of("id_number"))
    id_faults = faults(ids, today(), marks)
    ids = [upgrade(text) if len(text) == 15 else text for text in ids]
    process.send("index", [ids])
    names = cells.names(of("name"))
    charges, items = cells.texts(of("charge")), cells.texts(of("item"))
    scheme_ids = schemes([charge + item for charge, item in zip(charges, items, strict=True)])
    first_years, last_years = years_of(of("year"), of("period_from"), of("period_to"))
    amounts, _blanks = cells.amounts(of("amount"))
    receipts, _marks = cells.id_texts(of("receipt"))
    determinations, _marks = cells.id_texts(of("determination_no"))
    days, treasury_days = cells.days(of("paid_on")), cells.days(of("treasury_on"))
    name_keys = escaped(cells.name_keys(names), 80)
    scheme_texts, year_texts = values(scheme_ids), values(first_years)
    amount_texts, row_no_texts = values(amounts), list(map(str, row_nos))
    (indexes,) = process.receive()
    index_texts = ["\\N" if index is None else "\\\\x" + index.hex() for index in indexes]
    written = [
        row_no_texts,
        map(str, block.row_numbers),
        index_texts,
        escaped([text[-4:] for text in ids], 4),
        [fault or "" for fault in id_faults],
        escaped(names, 80),
        name_keys,
        scheme_texts,
        year_texts,
        values(last_years),
        amount_texts,
        payment_types(cells.texts(of("payment_type"))),
        states(cells.texts(of("tax_state"))),
        values(days),
        values(treasury_days),
        escaped(receipts, 40),
        escaped(determinations, 40),
        escaped(cells.texts(of("channel")), 40),
        escaped(cells.texts(of("town")), 120),
        natural_keys(
            receipts,
            [index_texts, scheme_texts, year_texts, amount_texts],
            row_no_texts,
            feed.file.sha256,
        ),
    ]
    head = f"{feed.county_code}\t{feed.year}\t{feed.pk}\t{sheet_number}\t"
    rows = map("\t".join, zip(*written, strict=True))
    lines = head + f"\n{head}".join(rows) + "\n"
    return lines, sum(amount for amount in amounts if amount is not None)


def values(column):
    """Return a column of numbers, dates or None as COPY writes them."""
    # The same few amounts and days come again and again.
    return cells.Memory(lambda value: "\\N" if value is None else str(value)).column(column)


def escaped(column, longest):
    """Return a column of texts as COPY writes them, none longer than its place."""
    joined = "".join(column)
    if any(character in joined for character in "\\\t\n\r\0"):
        column = [_escape(text) for text in column]
    if max(map(len, column)) > longest:
        column = [text if len(text) <= longest else text[:longest].rstrip("\\") for text in column]
    return column


def _escape(text):
    return text.replace("\0", "").replace("\\", "\\\\").translate(_BLANKS)


_BLANKS = str.maketrans("\t\n\r", "   ")


def years_of(years, starts, ends):
    """Return (first years, last years): the year column speaks first, else the period; last only
    where it spans several.
    """
    firsts = cells.years(years)
    starts, ends = cells.periods(starts), cells.periods(ends, is_end=True)
    firsts = [
        first if first is not None else start // 100 if start else None
        for first, start in zip(firsts, starts, strict=True)
    ]
    lasts = [
        end // 100 if end and first and end // 100 > first else None
        for first, end in zip(firsts, ends, strict=True)
    ]
    return firsts, lasts


def natural_keys(receipts, others, row_nos, sha256):
    """Return the natural key of each payment as 32 hexadecimal digits.

    All columns are texts as COPY writes them; `others` are person, scheme, year and sum. What has a
    receipt is named by receipt and those four, the rest by their place in the file.
    """
    return [
        md5(
            (named if receipt else f"{sha256}|{row_no}").encode(), usedforsecurity=False
        ).hexdigest()
        for receipt, named, row_no in zip(
            receipts, map("|".join, zip(receipts, *others, strict=True)), row_nos, strict=True
        )
    ]


def natural_key_of(row, index, sha256):
    """Return the natural key of one row of a file as if it were the payment of this person."""
    named = [[row.scheme_id], [row.contribution_year], [row.amount]]
    others = [[f"\\\\x{index.hex()}"], *map(values, named)]
    return UUID(natural_keys([row.receipt], others, [str(row.row_no)], sha256)[0])


def rows_read(feed):
    """Return how many rows of a feed stand in the database by now."""
    return feed.rows or feed.blocks.aggregate(rows=Sum("rows"))["rows"] or 0
