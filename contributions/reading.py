"""Read a feed's file into rows: what each column is, what each cell says, where in the file it stands (读入).

The file is read block by block. A block of some thousand rows is two statements in one transaction: a COPY of the columns that are
joined, and one sealed row that keeps every cell as it was. A worker that dies leaves whole blocks behind; whoever takes over
skips those and goes on.

    证件号码 " 34120219750302001x", 实缴金额 "￥300.00", 缴款日期 "2021年3月5日", 电子税票号码 "334121000000000017"
      → blind index of 34120219750302001X, 300.00, 2021-03-05, and one natural key for this payment

The natural key names the payment itself: receipt, person, scheme, year and sum. It does not depend on the file, so that an
overlapping export brings nothing in twice. Without a receipt nothing names the payment but its place in this very file.
"""

import io
import json
import zlib
from hashlib import md5
from uuid import UUID

from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.errors import ColumnsNotFound
from contributions.layouts import (
    FIELD_LABELS,
    PAYMENT_COLUMNS,
    SECRET_FIELDS,
    SUPPLEMENTARY,
    item_reader,
    payment_types,
    states,
)
from contributions.models import FeedBlock, PaymentFeed
from contributions.verdicts import Outcome, VERDICTS
from pension_portal import cells
from pension_portal.clock import today
from pension_portal.columns import apply_mapping, find_header, noise_kinds
from pension_portal.files import read_file
from pension_portal.identity import faults, upgrade
from pension_portal.jobs import JobTakenOver, JobWaits
from pension_portal.secrecy import blind_indexes, seal, unseal
from pension_portal.sheets import open_sheets
from policies.models import PolicyVersion

BLOCK_ROWS = 10_000
CELL_END, ROW_END = "\x1f", "\x1e"

ROW_COLUMNS = (
    "county_code, year, feed_id, row_no, sheet_number, sheet_row, id_index, id_last4, id_fault, name,"
    " name_key, scheme_id, contribution_year, last_year, amount, payment_type, tax_state, paid_on,"
    " treasury_on, receipt, determination_no, channel, town_text, natural_key"
)


def read_feed(feed_id, *, by, run):
    """Read every row of a feed into the database; a feed already read is left alone.

    Refuses ColumnsNotFound and what `open_sheets` refuses; waits for a person where the columns are not certain.
    """
    feed = PaymentFeed.objects.select_related("file", "job").get(pk=feed_id)
    if feed.read_at:
        return
    sheets = open_sheets(read_file(feed.file), feed.file.name)
    tables = find_tables(feed, sheets)
    schemes = item_reader(_collects_supplementary(feed))
    done = {block.number: block.rows for block in feed.blocks.only("feed_id", "number", "rows")}
    row_no = 1
    for block in blocks_of(tables):
        if block.number in done:
            row_no += done[block.number]
            continue
        row_no += write_block(feed, block, row_no, schemes, run)
    with run.transaction():
        totals = feed.blocks.aggregate(
            rows=Sum("rows"), noise=Sum("noise_rows"), amount=Sum("amount")
        )
        feed.rows, feed.noise_rows = totals["rows"] or 0, totals["noise"] or 0
        feed.amount = totals["amount"] or 0
        feed.read_at = timezone.now()
        feed.save(update_fields=["rows", "noise_rows", "amount", "read_at"])
        _analyze_rows(feed)


def _collects_supplementary(feed):
    """Whether the county collects for two pension schemes in this year, so that 「养老保险」 alone is unclear."""
    return PolicyVersion.objects.filter(
        county_code=feed.county_code, year=feed.year, scheme_id=SUPPLEMENTARY, status="published"
    ).exists()


def _analyze_rows(feed):
    """Let the planner see the new rows: the judge's joins depend on knowing how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_force_next_flush()")


# --- Which column is what ----------------------------------------------------------------------


class Table:
    """A sheet of the file that holds payments, with the place of its header and the meaning of its columns."""

    def __init__(self, sheet, header):
        self.sheet = sheet
        self.header = header
        self.places = header.mapping

    def column(self, columns, field, height):
        """Return the cells of a field, empty texts where the file has no such column."""
        place = self.places.get(field)
        return columns[place] if place is not None and place < len(columns) else [""] * height


def find_tables(feed, sheets):
    """Return the sheets that hold payments; a sheet without a header, such as one of notes, is passed over.

    Raises JobWaits with the questions noted on the feed where a needed column is not certain; refuses ColumnsNotFound where no
    sheet looks like a table of payments at all.
    """
    tables = []
    for sheet in sheets:
        header = find_header(sheet.head(), PAYMENT_COLUMNS)
        if header is None:
            continue
        if known := feed.mapping or remembered_mapping(feed, header.signature):
            header = apply_mapping(header, known)
        tables.append(Table(sheet, header))
    if not tables:
        required = [str(column.label) for column in PAYMENT_COLUMNS if column.required]
        raise ColumnsNotFound(columns="、".join(required))
    complete = [table for table in tables if not table.header.missing]
    if not complete:
        _ask_about_columns(feed, tables[0])
    feed.sheets = [
        {
            "number": table.sheet.number,
            "headings": [str(heading) for heading in table.header.headings],
            "places": table.places,
            "first_row": table.header.first_data_row,
        }
        for table in complete
    ]
    feed.header_signature = complete[0].header.signature
    feed.save(update_fields=["sheets", "header_signature"])
    return complete


def remembered_mapping(feed, signature):
    """Return the columns a person confirmed for this very header in the county before, or None."""
    earlier = (
        PaymentFeed.objects.filter(county_code=feed.county_code, header_signature=signature)
        .exclude(mapping={})
        .order_by("-uploaded_at")
        .first()
    )
    return earlier.mapping if earlier else None


def _ask_about_columns(feed, table):
    missing = [str(FIELD_LABELS[field]) for field in table.header.missing]
    sentence = _("文件里没有认出%(columns)s列，选好对应的列后继续；同样的表头以后不再问。") % {
        "columns": "、".join(missing)
    }
    feed.header_signature = table.header.signature
    feed.questions = {
        "sentence": sentence,
        "headings": [str(heading) for heading in table.header.headings],
        "fields": [
            {
                "field": column.field,
                "label": str(column.label),
                "guess": table.places.get(column.field),
            }
            for column in PAYMENT_COLUMNS
        ],
    }
    feed.save(update_fields=["questions", "header_signature"])
    raise JobWaits(sentence)


# --- Blocks ------------------------------------------------------------------------------------


class Block:
    """Some rows of one table: all their cells, and which of them are data."""

    def __init__(self, number, table, first_row, rows):
        self.number = number
        self.table = table
        self.first_row = first_row
        self.all_rows = rows
        skipped = max(table.header.first_data_row - first_row, 0)
        kinds = noise_kinds(rows[skipped:], table.header)
        self.data = [row for row, kind in zip(rows[skipped:], kinds, strict=True) if kind is None]
        self.sheet_rows = [
            first_row + skipped + offset for offset, kind in enumerate(kinds) if kind is None
        ]

    @property
    def noise_rows(self):
        return len(self.all_rows) - len(self.data)


def blocks_of(tables):
    """Yield the blocks of all tables, numbered from 0; the numbers are the same on every reading of the file."""
    number = 0
    for table in tables:
        for first_row, rows in table.sheet.blocks(BLOCK_ROWS):
            yield Block(number, table, first_row, rows)
            number += 1


def write_block(feed, block, first_row_no, schemes, run):
    """Write one block, its rows and its sealed cells, in one transaction; return how many rows are data."""
    from django.db import transaction

    lines, amount = copy_lines(feed, block, first_row_no, schemes)
    sealed = seal(zlib.compress(raw_text(block.all_rows).encode(), level=1))
    with transaction.atomic(), connection.cursor() as cursor:
        if lines:
            cursor.copy_expert(
                f"copy contributions_feedrow ({ROW_COLUMNS}) from stdin", io.StringIO(lines)
            )
        # The fence stands in the same statement: a worker that lost the job writes no block.
        cursor.execute(
            "insert into contributions_feedblock"
            " (feed_id, number, sheet_number, first_sheet_row, rows, noise_rows, amount, sealed_cells)"
            " select %s, %s, %s, %s, %s, %s, %s, %s from pension_portal_job"
            " where id = %s and fence = %s and not is_cancel_asked for update",
            [
                feed.pk,
                block.number,
                block.table.sheet.number,
                block.first_row,
                len(block.data),
                block.noise_rows,
                amount,
                sealed,
                run.job.pk,
                run.fence,
            ],
        )
        if not cursor.rowcount:
            run.stop_if_cancelled()
            raise JobTakenOver
    return len(block.data)


def raw_text(rows):
    """Return all cells of some rows as one text, a control character after each cell and each row."""
    columns = [
        column if cells.kinds_of(column) == {str} else list(map(cells.cell_text, column))
        for column in zip(*rows, strict=True)
    ]
    text = ROW_END.join(map(CELL_END.join, zip(*columns, strict=True)))
    if (
        text.count(CELL_END) != len(rows) * (len(columns) - 1)
        or text.count(ROW_END) != len(rows) - 1
    ):
        clean = str.maketrans("", "", CELL_END + ROW_END)
        columns = [[cell.translate(clean) for cell in column] for column in columns]
        text = ROW_END.join(map(CELL_END.join, zip(*columns, strict=True)))
    return text


# --- Columns -----------------------------------------------------------------------------------


def copy_lines(feed, block, first_row_no, schemes):
    """Return (lines for COPY, sum of the amounts) of a block's data rows."""
    rows = block.data
    if not rows:
        return "", 0
    height = len(rows)
    columns = list(zip(*rows, strict=True))

    def of(field):
        return block.table.column(columns, field, height)

    ids, marks = cells.id_texts(of("id_number"))
    id_faults = faults(ids, today(), marks)
    ids = [upgrade(text) if len(text) == 15 else text for text in ids]
    indexes = blind_indexes(ids)
    names = cells.names(of("name"))
    charges, items = cells.texts(of("charge")), cells.texts(of("item"))
    scheme_ids = schemes([charge + item for charge, item in zip(charges, items, strict=True)])
    first_years, last_years = years_of(of("year"), of("period_from"), of("period_to"))
    amounts = [amount for amount in cells.amounts(of("amount"))[0]]
    receipts, _marks = cells.id_texts(of("receipt"))
    determinations, _marks = cells.id_texts(of("determination_no"))
    keys = natural_keys(
        feed,
        receipts,
        indexes,
        scheme_ids,
        first_years,
        amounts,
        range(first_row_no, first_row_no + height),
    )
    written = [
        [feed.county_code] * height,
        [str(feed.year)] * height,
        [str(feed.pk)] * height,
        map(str, range(first_row_no, first_row_no + height)),
        [str(block.table.sheet.number)] * height,
        map(str, block.sheet_rows),
        ["\\N" if index is None else "\\\\x" + index.hex() for index in indexes],
        escaped([text[-4:] for text in ids], 4),
        [fault or "" for fault in id_faults],
        escaped(names, 80),
        escaped(cells.name_keys(names), 80),
        values(scheme_ids),
        values(first_years),
        values(last_years),
        values(amounts),
        payment_types(cells.texts(of("payment_type"))),
        states(cells.texts(of("tax_state"))),
        values(cells.days(of("paid_on"))),
        values(cells.days(of("treasury_on"))),
        escaped(receipts, 40),
        escaped(determinations, 40),
        escaped(cells.texts(of("channel")), 40),
        escaped(cells.texts(of("town")), 120),
        keys,
    ]
    lines = "\n".join(map("\t".join, zip(*written, strict=True))) + "\n"
    return lines, sum(amount for amount in amounts if amount is not None)


def values(column):
    """Return a column of numbers, dates or None as COPY writes them."""
    return ["\\N" if value is None else str(value) for value in column]


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
    """Return (first years, last years): the year column speaks first, else the period; last only where it spans several."""
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


def natural_keys(feed, receipts, indexes, scheme_ids, years, amounts, row_nos):
    """Return the natural key of each row as 32 hexadecimal digits."""
    sha256 = feed.file.sha256
    return [
        natural_key(receipt, index, scheme_id, year, amount, row_no, sha256).hex
        for receipt, index, scheme_id, year, amount, row_no in zip(
            receipts, indexes, scheme_ids, years, amounts, row_nos, strict=True
        )
    ]


def natural_key(receipt, index, scheme_id, year, amount, row_no, sha256):
    """Return the UUID that names one payment: by receipt, person, scheme, year and sum, or by its place in the file."""
    if receipt:
        named = f"{receipt}|{scheme_id}|{year}|{amount}|".encode() + (index or b"")
    else:
        named = f"{sha256}|{row_no}".encode()
    return UUID(bytes=md5(named, usedforsecurity=False).digest())


# --- Rows as they were -------------------------------------------------------------------------


def rows_read(feed):
    """Return how many rows of a feed stand in the database by now."""
    return feed.rows or feed.blocks.aggregate(rows=Sum("rows"))["rows"] or 0


def row_as_it_was(feed, row):
    """Return [(heading, text, is secret)] for the cells of a row as they stood in the file."""
    block = (
        FeedBlock.objects.filter(
            feed=feed, sheet_number=row.sheet_number, first_sheet_row__lte=row.sheet_row
        )
        .order_by("-first_sheet_row")
        .first()
    )
    texts = open_block(block)[row.sheet_row - block.first_sheet_row]
    sheet = next(sheet for sheet in feed.sheets if sheet["number"] == row.sheet_number)
    secret = {sheet["places"].get(field) for field in SECRET_FIELDS}
    return [
        (heading, text, place in secret)
        for place, (heading, text) in enumerate(zip(sheet["headings"], texts, strict=False))
    ]


def open_block(block):
    """Return the rows of a block as lists of texts, noise rows too."""
    text = zlib.decompress(unseal(block.sealed_cells)).decode()
    return [row.split(CELL_END) for row in text.split(ROW_END)]
