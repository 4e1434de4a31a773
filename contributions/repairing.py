"""Take back the file of held rows that a clerk repaired, and ask those rows again (错误文件回传).

    out     the clerk's own file, 行号 / 原因 / 改法 beside each held row
    back    the same file; row 42 has another name, row 57 another number, the rest as it was
        →   42 posted, 57 held for its next reason, the others 没有改动

Both files are read by the rules that read the export, and compared as what they say, not as what
they look like: a program that saves 300 as 300.00 has repaired nothing. Only rows that were
repaired are asked again, all at once. What the bureau says of the money is not ours to repair, and
a sum that needs a second person waits for one. The same file given back again changes nothing.
"""

import io
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from contributions.errors import FeedWaitsForPosting, NotAnErrorFile
from contributions.judging import ask_questions
from contributions.models import (
    FeedRepair,
    FeedRow,
    FeedSettings,
    Handling,
    PaymentException,
    SettlementProposal,
)
from contributions.originals import rows_as_they_were
from contributions.posting import lock_books, move_books, move_tally, post_judged_rows
from contributions.reading import ROW_COLUMNS, copy_lines, scheme_reader
from contributions.settling import state_of
from contributions.statements import fetch_statement, run_statement
from contributions.verdicts import POSTED, VERDICTS, Outcome
from pension_portal.cells import cell_text
from pension_portal.columns import DataBlock
from pension_portal.files import Stored, store_table
from pension_portal.jobs import start_job
from pension_portal.models import StoredFile
from pension_portal.secrecy import sealer
from pension_portal.sheet_writing import mark_labels
from pension_portal.sheets import open_sheets
from staff.audit import record

JOB_KIND = "feed_repair"
HEADER_SEARCH_ROWS = 15
LANGUAGES = ("zh-hans", "en")  # the marks may have been written for either

OUTCOMES = {
    "posted": _("已入账"),
    "known": _("已入账过"),
    "held": _("还有原因"),
    "large": _("等审批"),
    "unchanged": _("没有改动"),
    "money": _("金额不能改"),
    "busy": _("别人在处理"),
    "settled": _("已处理过"),
    "unknown": _("不是异常行"),
}


def give_back_repair(feed, upload, *, by):
    """Keep a repaired file and start asking its rows again; return (repair, whether it is new).

    Refuses FeedWaitsForPosting and what `store_table` refuses.
    """
    if not feed.posted_at or feed.reversed_at:
        raise FeedWaitsForPosting(file_name=feed)
    file, _is_new = store_table(upload, county_code=feed.county_code, purpose=JOB_KIND, by=by)
    with transaction.atomic():
        StoredFile.objects.select_for_update().get(pk=file.pk)
        repair, is_new = FeedRepair.objects.get_or_create(
            feed=feed,
            file=file,
            area_code=by.area_code,
            defaults={"county_code": feed.county_code, "given_by": by},
        )
        if is_new:
            repair.job = start_job(JOB_KIND, repair.pk, county_code=feed.county_code, by=by)
            repair.save(update_fields=["job"])
            record("give_back_repair", feed, by=by, file=file.name, sha256=file.sha256)
    return repair, is_new


def apply_repair(repair_id, *, by, run):
    """Ask the repaired rows of a file again and note what became of every row; a repair already
    applied is left alone. Refuses NotAnErrorFile.
    """
    repair = FeedRepair.objects.select_related("feed__file", "file", "given_by").get(pk=repair_id)
    if repair.applied_at:
        return
    given = rows_given_back(repair)
    with run.transaction():
        books = lock_books(repair.county_code)
        lines = _lines_of(repair, given)
        repaired = {line.row_no: line for line in lines if line.outcome == "repaired"}
        if repaired:
            _ask_repaired_rows(repair, repaired, books)
        unknown = [_unknown(row) for row in given if row.row_no is None]
        repair.lines = [line.kept() for line in [*lines, *unknown]]
        repair.applied_at = timezone.now()
        repair.save(update_fields=["lines", "applied_at"])


# --- What came back ----------------------------------------------------------------------------


@dataclass
class GivenRow:
    """One row of the file that came back: where it says it stood, and its cells by field."""

    sheet_number: int
    sheet_row: int
    cells: dict
    row_no: int | None = None


@dataclass
class Line:
    """What became of one row that came back."""

    row_no: int | None
    sheet_row: int
    name: str
    outcome: str
    exception_id: int | None = None
    code: str = ""
    amount: object = 0
    words: str = ""

    def kept(self):
        """Return the line as the repair keeps it."""
        return {
            "row": self.row_no,
            "sheet_row": self.sheet_row,
            "name": self.name,
            "outcome": self.outcome,
            "exception": self.exception_id,
            "words": self.words,
        }


def rows_given_back(repair):
    """Return the GivenRows of a repaired file that carry a row number; refuse NotAnErrorFile."""
    feed = repair.feed
    sheets = open_sheets(Stored(repair.file), repair.file.name)
    numbers = _sheet_numbers(feed)
    given = []
    for sheet in sheets:
        if found := _marks_of(sheet):
            header_row, place, labels = found
            known = _known_sheet(feed, numbers.get(sheet.name, sheet.number), labels, place)
            given += _rows_of(sheet, header_row, place, known)
    if not given:
        raise NotAnErrorFile()
    _find_their_rows(feed, given)
    return given


def _sheet_numbers(feed):
    """Return {sheet name: number} of the first file; needed only where it has several sheets."""
    if len(feed.sheets) < 2:
        return {}
    return {
        sheet.name[:31]: sheet.number for sheet in open_sheets(Stored(feed.file), feed.file.name)
    }


def _marks_of(sheet):
    """Return (header row, place of its 行号 column, its labels), or None for a sheet without."""
    words = set()
    for language in LANGUAGES:
        with override(language):
            words.add(str(mark_labels()[0]))
    for number, row in enumerate(sheet.head(HEADER_SEARCH_ROWS), start=1):
        texts = [cell_text(cell).strip() for cell in row]
        places = [place for place, text in enumerate(texts) if text in words]
        if places:
            return number, places[-1], texts
    return None


def _known_sheet(feed, number, labels, place):
    """Return (sheet number, field → place) of a sheet that came back.

    Columns stand where they stood unless somebody moved them; then each is found by its label.
    """
    known = next((sheet for sheet in feed.sheets if sheet["number"] == number), feed.sheets[0])
    if place >= len(known["labels"]):
        return known["number"], known["places"]
    places = {
        field: labels.index(known["labels"][was])
        for field, was in known["places"].items()
        if known["labels"][was] in labels
    }
    if set(places) != set(known["places"]):
        raise NotAnErrorFile()
    return known["number"], places


def _rows_of(sheet, header_row, place, known):
    number, places = known
    for first, rows in sheet.blocks():
        for at, row in enumerate(rows, start=first):
            said = cell_text(row[place]).strip() if at > header_row and place < len(row) else ""
            if said.isdigit():
                cells = {
                    field: row[column] if column < len(row) else ""
                    for field, column in places.items()
                }
                yield GivenRow(number, int(said), cells)


def _find_their_rows(feed, given):
    """Give each row that came back the number it has among the file's rows, where it has one."""
    places = {(row.sheet_number, row.sheet_row) for row in given}
    known = FeedRow.objects.filter(
        county_code=feed.county_code,
        year=feed.year,
        feed_id=feed.pk,
        sheet_row__in={row for _sheet, row in places},
    ).values_list("sheet_number", "sheet_row", "row_no")
    row_nos = {(sheet, row): row_no for sheet, row, row_no in known}
    for row in given:
        # The same row twice in a file is one row; the first speaks.
        row.row_no = row_nos.pop((row.sheet_number, row.sheet_row), None)


def _unknown(row):
    name = cell_text(row.cells.get("name", "")).strip()
    return Line(None, row.sheet_row, name, "unknown", words=str(OUTCOMES["unknown"]))


# --- Compared with what first came -------------------------------------------------------------


def _lines_of(repair, given):
    """Return a Line for each row that is known, told as repaired, unchanged or not ours to take."""
    feed = repair.feed
    given = [row for row in given if row.row_no is not None]
    originals = rows_as_they_were(feed, [row.row_no for row in given])
    _fill_table("given", feed, given)
    _fill_table("original", feed, [_as_it_was(feed, row, originals[row.row_no]) for row in given])
    found = fetch_statement("compare_repairs", {})
    ours = _exceptions_to_take(repair, [row["exception_id"] for row in found])
    lines = [_line(row, ours) for row in found]
    missing = {row.row_no: row for row in given}
    for line in lines:
        missing.pop(line.row_no, None)
    return lines + [_unknown(row) for row in missing.values()]


def _as_it_was(feed, row, texts):
    places = next(s["places"] for s in feed.sheets if s["number"] == row.sheet_number)
    cells = {field: texts[place] if place < len(texts) else "" for field, place in places.items()}
    return GivenRow(row.sheet_number, row.sheet_row, cells, row.row_no)


def _fill_table(name, feed, rows):
    """Put rows into a temporary table, read by the very rules that read the file."""
    by_sheet = defaultdict(list)
    for row in rows:
        by_sheet[row.sheet_number].append(row)
    with connection.cursor() as cursor, sealer() as process:
        cursor.execute(f"drop table if exists pg_temp.{name}")
        cursor.execute(f"create temporary table {name} (like contributions_feedrow) on commit drop")
        cursor.execute(f"alter table pg_temp.{name} alter verdict drop not null")
        for number, of_sheet in by_sheet.items():
            block = DataBlock(
                [row.sheet_row for row in of_sheet],
                {field: [row.cells[field] for row in of_sheet] for field in of_sheet[0].cells},
                [],
                [],
            )
            row_nos = [row.row_no for row in of_sheet]
            lines, _amount = copy_lines(feed, number, block, row_nos, scheme_reader(feed), process)
            cursor.copy_expert(
                f"copy pg_temp.{name} ({ROW_COLUMNS}) from stdin", io.BytesIO(lines.encode())
            )


def _exceptions_to_take(repair, ids):
    """Return {id: exception} of those that whoever gave the file back may settle, locked."""
    visible = PaymentException.objects.visible_to(repair.given_by).open().filter(pk__in=ids)
    waiting = SettlementProposal.objects.waiting().values("exception")
    free = visible.free_for(repair.given_by).exclude(pk__in=waiting)
    return {one.pk: one for one in free.select_for_update(of=["self"]).order_by("pk")}


def _line(row, ours):
    outcome = "repaired" if row["is_changed"] else "unchanged"
    if row["state"] != PaymentException.State.OPEN:
        outcome = "settled"
    elif row["is_money_changed"]:
        outcome = "money"
    elif row["is_changed"] and row["exception_id"] not in ours:
        outcome = "busy"
    line = Line(
        row["row_no"],
        row["sheet_row"],
        row["name"],
        outcome,
        row["exception_id"],
        row["code"],
        row["amount"],
    )
    line.words = str(WORDS.get(outcome, ""))
    return line


WORDS = {
    "unchanged": "",
    "settled": "",
    "money": _("金额、税票号、日期和状态以税务为准；不符的请税务更正后重传。"),
    "busy": _("别人在处理、在等审批，或不在本人区域；没有动。"),
}


# --- Asked again -------------------------------------------------------------------------------


def _ask_repaired_rows(repair, repaired, books):
    """Take the repaired rows, ask all questions of them, post what nothing stops, and say so."""
    feed, by = repair.feed, repair.given_by
    row_nos = sorted(repaired)
    exceptions = _with_rows(feed, row_nos)
    before = {row_no: state_of(*pair) for row_no, pair in exceptions.items()}
    run_statement("take_repairs", {"row_nos": row_nos})
    ask_questions(feed, row_nos=row_nos)
    verdicts = _verdicts_but_for_large_sums(feed, repaired)
    if POSTED in verdicts.values():
        post_judged_rows(feed, timezone.now(), row_nos=row_nos)
        move_books(books)
        start_job("ledger_changed", feed.pk, county_code=feed.county_code, by=by)
    _move_tallies(feed, repaired, verdicts)
    run_statement("note_repairs", _parameters(feed) | {"staff_id": by.pk})
    Handling.objects.bulk_create(
        Handling(
            county_code=feed.county_code,
            exception=exceptions[row_no][0],
            deed=Handling.Deed.REPAIR,
            reason=repair.file.name[:200],
            before=before[row_no],
            done_by=by,
        )
        for row_no in row_nos
    )
    record("accept_exception", feed, by=by, repaired=len(row_nos))


def _with_rows(feed, row_nos):
    """Return {row number: (exception, row)} as they stand before they are repaired."""
    of_feed = {"county_code": feed.county_code, "feed_id": feed.pk, "row_no__in": row_nos}
    rows = {row.row_no: row for row in FeedRow.objects.filter(year=feed.year, **of_feed)}
    exceptions = PaymentException.objects.filter(**of_feed)
    return {exception.row_no: (exception, rows[exception.row_no]) for exception in exceptions}


def _verdicts_but_for_large_sums(feed, repaired):
    """Return {row number: verdict}; a sum for two people keeps its reason and is not posted."""
    limit = FeedSettings.of(feed.county_code).review_above
    with connection.cursor() as cursor:
        cursor.execute("select row_no, verdict from pg_temp.judged")
        verdicts = dict(cursor.fetchall())
        for row_no, verdict in verdicts.items():
            line = repaired[row_no]
            line.outcome, line.words = _outcome(verdict)
            if verdict == POSTED and line.amount > limit:
                line.outcome, line.words = "large", str(_("金额大，在工作台提出，审批后入账。"))
                verdicts[row_no] = line.code
        large = [row_no for row_no, line in repaired.items() if line.outcome == "large"]
        cursor.execute(
            "update pg_temp.judged j set verdict = l.code"
            " from unnest(%s::int[], %s::text[]) as l (row_no, code) where l.row_no = j.row_no",
            [large, [repaired[row_no].code for row_no in large]],
        )
    return verdicts


def _outcome(verdict):
    ruling = VERDICTS[verdict]
    if ruling.outcome == Outcome.HELD:
        return "held", f"{ruling.code} {ruling.name}：{ruling.remedy}"
    return ("posted" if verdict == POSTED else "known"), ""


def _move_tallies(feed, repaired, verdicts):
    """Move the control strip, once for each way a row can go."""
    rows, amounts = Counter(), Counter()
    for row_no, line in repaired.items():
        way = line.code, verdicts[row_no]
        if way[0] != way[1]:
            rows[way] += 1
            amounts[way] += line.amount
    for (from_code, to_code), count in sorted(rows.items()):
        move_tally(
            feed,
            from_code=from_code,
            to_code=to_code,
            amount=amounts[from_code, to_code],
            rows=count,
        )


def _parameters(feed):
    return {"county_code": feed.county_code, "year": feed.year, "feed_id": feed.pk}
