"""Take a roster into the registry (花名册导入): receive the file, read it, load its good rows.

    receive_roster   the file is stored sealed, and a job is queued
    read_roster      every row is either staged as good or noted with what is wrong with it
    load_roster      one transaction of set-based steps brings the registry up to the staged rows

Rows = new + changed + unchanged + further rows of somebody + sent back, always. What a roster does
not say stays as it is; what only a reviewed change may do (another name, another bank account,
another town's people) a roster cannot do at all.
"""

import json

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrollment.departments import identities_by_list
from enrollment.errors import RosterDoesNotWait, RosterEndedAlready, RosterStillRunning
from enrollment.models import EnrollmentSettings, Resident, RosterFault, RosterImport, RosterRow
from enrollment.roster_columns import BASIC, IDENTITIES, SUPPLEMENTARY
from enrollment.roster_headers import find_tables
from enrollment.roster_places import Places
from enrollment.roster_reading import SECRETS, RosterReader, Tiers, secrets_to_seal
from enrollment.statements import run_statement
from pension_portal.ahead import one_ahead
from pension_portal.clock import today
from pension_portal.columns import data_blocks
from pension_portal.copying import copy_columns
from pension_portal.files import Stored, store_table
from pension_portal.jobs import JobCancelled, JobWaits, cancel_job, continue_job, start_job
from pension_portal.models import Job
from pension_portal.secrecy import sealer
from pension_portal.sheets import open_sheets
from pension_portal.statements import FEW_ROWS, analyze, joining_as_a_whole
from policies.answers import local_identities, tier_table
from policies.schemes import traits_for_sql
from policies.switching import followed_schemes
from staff.audit import record

JOB_KIND = "roster_import"
PURPOSE = "roster"
FAULT_PARTS = 5  # place, column, code, detail, is_warning
# A fault keeps the Chinese word, which the page puts into the reader's language.
IDENTITY_LABELS = {identity: words[0] for identity, words in IDENTITIES.items() if identity}
ENDED_BADLY = {Job.State.CANCELLED, Job.State.REFUSED, Job.State.FAILED}

# The order is the algorithm: who is sent back; then what waits for a second person, places, people,
# enrolments, identities, and last what only the whole registry shows.
REFUSING = (
    "refuse_repeated_names",
    "refuse_other_towns",
    "refuse_other_names",
    "refuse_ineligible",
)
LOADING = (
    "find_further_rows",
    "hold_deaths",
    "hold_terminations",
    "add_groups",
    "add_households",
    "change_residents",
    "add_residents",
    "move_enrolments",
    "change_enrolments",
    "add_enrolments",
    "leave_identities_to_lists",
    "change_identities",
    "add_identities",
    "warn_other_accounts",
    "warn_shared_accounts",
    "tally_roster",
    "lock_payable",
    "recount_payable",
    "clear_rows",
)


# --- Receiving ------------------------------------------------------------------------------------


def receive_roster(upload, *, area_code, by, is_enrolling=False):
    """Return (roster, is_new) for an uploaded file; the same bytes again return the first import.

    `is_enrolling` says that all in it join now (新增参保登记): each is judged as at the desk.
    An import that was cancelled, refused or failed is started again. Refuses what `store_table`
    refuses.
    """
    file, _is_new = store_table(upload, county_code=area_code[:6], purpose=PURPOSE, by=by)
    with transaction.atomic():
        roster, is_new = RosterImport.objects.get_or_create(
            file=file,
            area_code=area_code,
            defaults={
                "county_code": area_code[:6],
                "uploaded_by": by,
                "is_enrolling": is_enrolling,
            },
        )
        if is_new:
            record("import_roster", roster, by=by, area_code=area_code, file=file.name)
        if is_new or job_of(roster).state in ENDED_BADLY:
            _start(roster, by)
    return roster, is_new


def read_again(roster, *, by):
    """Read and load a finished roster once more: an alias or a village may have been added since.

    Refuses RosterStillRunning.
    """
    with transaction.atomic():
        roster = RosterImport.objects.select_for_update().get(pk=roster.pk)
        if not job_of(roster).is_finished:
            raise RosterStillRunning(name=roster.file.name)
        record("import_roster_again", roster, by=by, area_code=roster.area_code)
        _start(roster, by)


def cancel_roster(roster, *, by):
    """Stop an import before it is loaded; refuses RosterEndedAlready."""
    with transaction.atomic():
        if not cancel_job(job_of(roster)):
            raise RosterEndedAlready(name=roster.file.name)
        record("cancel_roster", roster, by=by, area_code=roster.area_code)
        if job_of(roster).is_finished:
            _forget_rows(roster.pk)


def confirm_columns(roster, mapping, *, by):
    """Go on reading a roster with the columns a person named; the county remembers them for this
    kind of header.

    `mapping` is column key → place from 0. Refuses RosterDoesNotWait.
    """
    with transaction.atomic():
        roster = RosterImport.objects.select_for_update(of=["self"]).get(pk=roster.pk)
        if not roster.questions or not continue_job(job_of(roster), skip_waiting_step=False):
            raise RosterDoesNotWait(name=roster.file.name)
        roster.confirmed[roster.questions["signature"]] = mapping
        roster.questions = {}
        roster.save(update_fields=["confirmed", "questions"])
        record("confirm_columns", roster, by=by, area_code=roster.area_code, columns=mapping)


def job_of(roster):
    """Return the newest job of an import."""
    return Job.objects.filter(kind=JOB_KIND, subject_id=roster.pk).latest("created_at")


def _start(roster, by):
    roster.loaded_at, roster.allowed_by, roster.questions = None, None, {}
    roster.save(update_fields=["loaded_at", "allowed_by", "questions"])
    start_job(JOB_KIND, roster.pk, county_code=roster.county_code, by=by)


# --- Reading --------------------------------------------------------------------------------------


def read_roster(roster_id, *, by, run):
    """Stage the good rows of a roster and note the faults of the others.

    Begins from nothing each time, so a worker that died halfway leaves no half a file behind; a
    roster already loaded is left alone. Refuses RosterWithoutColumns and what `open_sheets`
    refuses.
    """
    roster = RosterImport.objects.select_related("file").get(pk=roster_id)
    if roster.loaded_at:
        return
    tables = find_tables(roster, open_sheets(Stored(roster.file), roster.file.name))
    total = sum(sheet.survey.rows for sheet, _header in tables) or None
    with run.transaction():
        _forget_rows(roster.pk)
        roster.faults.all().delete()
        run.progress(0, total)
    reader = RosterReader(
        Places(roster.area_code),
        _tiers(roster.county_code),
        today(),
        local_identities(roster.county_code),
        followed_schemes(roster.county_code),
    )
    rows = noise = 0
    try:
        for sheet, block, read in _sealed_blocks(roster, one_ahead(_read_blocks(tables, reader))):
            with run.transaction():
                _stage(roster, sheet.number, block, read)
                rows, noise = rows + len(block.row_numbers), noise + len(block.noise)
                run.progress(rows, total)
    except JobCancelled:
        _forget_rows(roster.pk)
        raise
    with run.transaction():
        RosterImport.objects.filter(pk=roster.pk).update(
            rows=rows,
            rows_noise=noise,
            mapping=[_about(*table) for table in tables],
            notes=[note for table in tables for note in _notes(*table)],
        )
        run.progress(rows, rows)


def _about(sheet, header):
    """Return what the page and the marked copy tell of a sheet."""
    return {
        "sheet": sheet.number,
        "name": sheet.name,
        "labels": list(header.labels),
        "places": header.mapping,
        "header_row": header.row + len(header.header_texts) - 1 if header.row else 0,
    }


def _notes(sheet, header):
    """Return what a clerk should know of a sheet although it could be read, as sentences."""
    return [f"{sheet.name}：{note}" for note in [*sheet.warnings(), *map(str, header.questions)]]


def _read_blocks(tables, reader):
    """Yield (sheet, block, what it says) for every block; asks the database nothing."""
    for sheet, header in tables:
        for block in data_blocks(sheet, header):
            yield sheet, block, reader.read(block.cells, len(block.row_numbers))


def _sealed_blocks(roster, blocks):
    """Yield the blocks again with their secrets sealed: one is sealed while the one before it is
    written and the one after it is read.
    """
    has_people = Resident.objects.filter(county_code=roster.county_code).exists()
    before = None
    with sealer() as process:
        for block in blocks:
            _sheet, _block, read = block
            known = _known_people(roster.county_code, read.values["id_index"]) if has_people else {}
            secrets = secrets_to_seal(read.values, known)
            if before:
                before[-1].values |= zip(SECRETS, process.receive(), strict=True)
            process.send("seal", secrets)
            if before:
                yield before
            before = block
        if before:
            before[-1].values |= zip(SECRETS, process.receive(), strict=True)
            yield before


def _stage(roster, sheet_number, block, read):
    """Write one block: its good rows by COPY, its faults beside them."""
    height = len(read.good)
    copy_columns(
        RosterRow._meta.db_table,
        {
            "roster_id": [roster.pk] * height,
            "sheet_number": [sheet_number] * height,
            "row_number": [block.row_numbers[place] for place in read.good],
            **read.values,
        },
    )
    _note_faults(roster, sheet_number, block.row_numbers, read.faults)


def _note_faults(roster, sheet_number, row_numbers, faults):
    """Write the faults of a block; a year's new tiers may give every row of a county a warning."""
    places, columns, codes, details, warnings = (
        zip(*faults, strict=True) if faults else [()] * FAULT_PARTS
    )
    copy_columns(
        RosterFault._meta.db_table,
        {
            "roster_id": [roster.pk] * len(places),
            "sheet_number": [sheet_number] * len(places),
            "row_number": [row_numbers[place] for place in places],
            "column": columns,
            "code": codes,
            "detail": [json.dumps(detail, ensure_ascii=False) for detail in details],
            "is_warning": warnings,
        },
    )


def _tiers(county_code):
    """Return the tiers of this year's policies, with those kept for proxy payments."""
    year = today().year
    schemes = BASIC, SUPPLEMENTARY
    return Tiers(year, {scheme: tier_table(county_code, scheme, year) for scheme in schemes})


def _known_people(county_code, id_indexes):
    """Return {index: (phone index, bank index)} of those of the indexes that are registered."""
    known = Resident.objects.filter(county_code=county_code, id_index__in=id_indexes)
    columns = known.values_list("id_index", "phone_index", "bank_index")
    return {
        bytes(index): (phone and bytes(phone), bank and bytes(bank))
        for index, phone, bank in columns
    }


def _forget_rows(roster_id):
    RosterRow.objects.filter(roster_id=roster_id).delete()


# --- Loading --------------------------------------------------------------------------------------


# The planner has to know these for the steps that follow, and when the next file is judged.
WRITTEN = {
    "add_households": "enrollment_household",
    "add_residents": "enrollment_resident",
    "add_enrolments": "enrollment_enrolment",
    "add_identities": "enrollment_specialidentity",
}


def load_roster(roster_id, *, by, run):
    """Bring the registry up to the staged rows in one transaction; one loaded is left alone.

    Raises JobWaits where more rows are faulty than the county lets pass, and nobody has agreed.
    """
    roster = RosterImport.objects.select_related("file").get(pk=roster_id)
    if roster.loaded_at:
        return
    parameters = {
        "roster_id": roster.pk,
        "county_code": roster.county_code,
        "area_code": roster.area_code,
        "today": today(),
        # Whoever was registered at this moment is new; everybody else was known before.
        "loaded_at": timezone.now(),
        "basic": BASIC,
        "supplementary": SUPPLEMENTARY,
        "source_note": roster.file.name[:120],
        "made_by": by.pk,
        "villages": None,
        "identities_by_list": json.dumps(identities_by_list(roster.county_code)),
        "identity_names": json.dumps(IDENTITY_LABELS),
        "is_enrolling": roster.is_enrolling,
        **traits_for_sql(),
    }
    try:
        with run.transaction(), joining_as_a_whole(roster.rows > FEW_ROWS):
            _wait_for_turn(roster.county_code)
            analyze("enrollment_rosterrow")
            for step in REFUSING:
                run_statement(step, parameters)
            why_it_waits = _why_it_waits(roster)
            if not why_it_waits:
                for step in LOADING:
                    run_statement(step, parameters)
                    if step in WRITTEN:
                        analyze(WRITTEN[step])
    except JobCancelled:
        _forget_rows(roster.pk)
        raise
    if why_it_waits:
        raise JobWaits(why_it_waits)


def _why_it_waits(roster):
    """Return the sentence for a roster with more faulty rows than its county lets pass; else ""."""
    bad = roster.faults.filter(is_warning=False).values("sheet_number", "row_number")
    roster.rows_bad = bad.distinct().order_by().count()
    limit = EnrollmentSettings.of(roster.county_code).bad_share_limit
    if roster.allowed_by_id or roster.rows_bad * 100 <= limit * roster.rows:
        return ""
    roster.save(update_fields=["rows_bad"])
    return _("退回 %(bad)d 行，占 %(share).1f%%，超过 %(limit)s%%。核对是否传错文件，再决定。") % {
        "bad": roster.rows_bad,
        "share": 100 * roster.rows_bad / roster.rows,
        "limit": f"{limit.normalize():f}",
    }


def load_all_the_same(roster, *, by):
    """Let a roster with many faulty rows load its good ones; refuses RosterDoesNotWait."""
    with transaction.atomic():
        waiting = RosterImport.objects.filter(pk=roster.pk, questions={}, loaded_at=None)
        if not waiting.update(allowed_by=by) or not continue_job(
            job_of(roster), skip_waiting_step=False
        ):
            raise RosterDoesNotWait(name=roster.file.name)
        record(
            "load_all_the_same", roster, by=by, area_code=roster.area_code, rows=roster.good_rows
        )


def _wait_for_turn(county_code):
    """Let one roster of a county load at a time: two that name the same people would collide."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('roster_import'), %s)", [int(county_code)]
        )
