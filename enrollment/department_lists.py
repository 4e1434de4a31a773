"""Take a department's list (部门名单): receive the file, read it, compare it, and apply it.

    receive_list     the file is stored sealed, and a job is queued
    read_list        every person of every row is noted, or the row's fault is
    compare_list     finds who is new, changed, dropped, or in conflict; then it waits
    agree_to_list    somebody has seen the preview and agrees
    apply_list       compares again, and applies what was agreed to if nothing else has come of it

残联, complete, as of 2021-12-10:
    张桂兰 二级      held 三级 since 2020    changed: 三级 ends 12-09, 二级 begins 12-10
    李四 一级        holds nothing           new from 12-10
    (not named)      王五 holds 一级         dropped: ends 12-09, ordinary afterwards

A list sets the identities that its department certifies and no others (M27–M30). An exclusion list
changes nobody: what it says of enrolled people becomes cases (A05, A06, Y35).
"""

import json

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrollment.errors import (
    IdentityIsCertifiedElsewhere,
    ListDoesNotWait,
    ListEndedAlready,
    ListIsRunning,
    MakerMayNotAgreeToList,
)
from enrollment.list_columns import (
    COLUMNS,
    EXCLUSION_COLUMNS,
    certificate_column,
    slots_of,
    with_people,
)
from enrollment.list_reading import ListReader
from enrollment.models import (
    CertifiedIdentity,
    DepartmentList,
    ListChange,
    ListedPerson,
    ListFault,
    Subject,
)
from enrollment.roster_headers import find_tables
from enrollment.statements import run_statement
from pension_portal.clock import today
from pension_portal.columns import data_blocks
from pension_portal.copying import copy_columns
from pension_portal.files import Stored, store_table
from pension_portal.jobs import JobCancelled, JobWaits, cancel_job, continue_job, start_job
from pension_portal.models import Job
from pension_portal.sheets import open_sheets
from pension_portal.statements import analyze
from policies.schemes import schemes_closed_to
from staff.audit import record

JOB_KIND = "department_list"
PURPOSE = "department_list"
ENDED_BADLY = {Job.State.CANCELLED, Job.State.REFUSED, Job.State.FAILED}
# These end somebody's pension too; the others only bar from paying.
BARS_PENSION = {Subject.DEATH, Subject.IMPRISONMENT}
LISTED = "enrollment_listedperson"
STEPS_BEFORE_APPLYING = 2


# --- Receiving ------------------------------------------------------------------------------------


def receive_list(
    upload, *, department, subject, identities, as_of, by, is_complete=True, document_no=""
):
    """Return (list, is_new) for an uploaded file; the same bytes for the same day return the first.

    Refuses IdentityIsCertifiedElsewhere and what `store_table` refuses.
    """
    identities = sorted(identities) if subject == Subject.IDENTITIES else []
    _refuse_others_identities(department, identities)
    county_code = department.county_code
    file, _is_new = store_table(upload, county_code=county_code, purpose=PURPOSE, by=by)
    with transaction.atomic():
        received, is_new = DepartmentList.objects.get_or_create(
            file=file,
            department=department,
            subject=subject,
            identities=identities,
            as_of=as_of,
            defaults={
                "county_code": county_code,
                "is_complete": is_complete,
                "document_no": document_no,
                "uploaded_by": by,
            },
        )
        if is_new:
            record("upload_department_list", received, by=by, area_code=county_code, file=file.name)
        if is_new or job_of(received).state in ENDED_BADLY:
            start_job(JOB_KIND, received.pk, county_code=county_code, by=by)
    return received, is_new


def _refuse_others_identities(department, identities):
    """Only the department that certifies an identity may set it."""
    own = CertifiedIdentity.objects.filter(department=department, identity__in=identities)
    missing = set(identities) - set(own.values_list("identity", flat=True))
    if missing:
        raise IdentityIsCertifiedElsewhere(department=department.name)


def confirm_columns(received, mapping, *, by):
    """Go on reading with the columns a person named; they are remembered for such a header.

    `mapping` is column key → place from 0. Refuses ListDoesNotWait.
    """
    with transaction.atomic():
        received = DepartmentList.objects.select_for_update(of=["self"]).get(pk=received.pk)
        if not received.questions or not continue_job(job_of(received), skip_waiting_step=False):
            raise ListDoesNotWait(name=received.file.name)
        received.confirmed[received.questions["signature"]] = mapping
        received.questions = {}
        received.save(update_fields=["confirmed", "questions"])
        record("confirm_columns", received, by=by, area_code=received.area_code, columns=mapping)


def cancel_list(received, *, by):
    """Give up a list that has not been applied; refuses ListEndedAlready."""
    with transaction.atomic():
        if not cancel_job(job_of(received)):
            raise ListEndedAlready(name=received.file.name)
        record("cancel_department_list", received, by=by, area_code=received.area_code)


def compare_again(received, *, by):
    """Read and compare a list anew: people or words may have been added since.

    Refuses ListIsRunning, and ListEndedAlready for a list that has been applied.
    """
    with transaction.atomic():
        received = DepartmentList.objects.select_for_update(of=["self"]).get(pk=received.pk)
        job = job_of(received)
        if received.applied_at:
            raise ListEndedAlready(name=received.file.name)
        if job.state in (Job.State.QUEUED, Job.State.RUNNING):
            raise ListIsRunning(name=received.file.name)
        cancel_job(job)
        record("compare_department_list", received, by=by, area_code=received.area_code)
        DepartmentList.objects.filter(pk=received.pk).update(agreed_by=None, questions={})
        start_job(JOB_KIND, received.pk, county_code=received.county_code, by=received.uploaded_by)


def job_of(received):
    """Return the newest job of a list."""
    return Job.objects.filter(kind=JOB_KIND, subject_id=received.pk).latest("created_at")


# --- Reading --------------------------------------------------------------------------------------


def read_list(list_id, *, by, run):
    """Note every person of a list and the faults of its rows, from nothing each time."""
    received = DepartmentList.objects.select_related("file").get(pk=list_id)
    if received.applied_at:
        return
    columns = COLUMNS if received.is_about_identities else EXCLUSION_COLUMNS
    sheets = open_sheets(Stored(received.file), received.file.name)
    tables = find_tables(received, sheets, columns, complete=with_people)
    total = sum(sheet.survey.rows for sheet, _header in tables) or None
    with run.transaction():
        _forget(received.pk)
        run.progress(0, total)
    rows = noise = 0
    reader = ListReader(received, today())
    for sheet, header in tables:
        slots, certificates = slots_of(header), certificate_column(header)
        for block in data_blocks(sheet, header):
            with run.transaction():
                _stage(received, sheet.number, reader.read(block, slots, certificates))
                rows, noise = rows + len(block.row_numbers), noise + len(block.noise)
                run.progress(rows, total)
    with run.transaction():
        DepartmentList.objects.filter(pk=received.pk).update(
            rows=rows,
            rows_noise=noise,
            mapping=[_about(*table) for table in tables],
            notes=[note for table in tables for note in _notes(*table)],
        )
        run.progress(rows, rows)


def _forget(list_id):
    ListChange.objects.filter(list_id=list_id).delete()
    ListedPerson.objects.filter(list_id=list_id).delete()
    ListFault.objects.filter(list_id=list_id).delete()


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
    """Return what somebody should know of how a sheet was read, as sentences."""
    slots = slots_of(header)
    notes = list(sheet.warnings())
    if len(slots) > 1:
        pairs = [f"{header.labels[slot.name]}＋{header.labels[slot.number]}" for slot in slots]
        notes.append(
            _("一行有 %(count)d 个人：%(pairs)s")
            % {"count": len(slots), "pairs": _("、").join(" ".join(p.split()) for p in pairs)}
        )
    return [f"{sheet.name}：{note}" for note in notes]


def _stage(received, sheet_number, read):
    """Write one block: its people by COPY, its faults beside them."""
    height = len(read.people)
    copy_columns(
        LISTED,
        {
            "list_id": [received.pk] * height,
            "county_code": [received.county_code] * height,
            "sheet_number": [sheet_number] * height,
            **read.values(),
        },
    )
    rows, columns, codes, details, warnings = (
        zip(*read.faults, strict=True) if read.faults else [()] * 5
    )
    copy_columns(
        ListFault._meta.db_table,
        {
            "list_id": [received.pk] * len(rows),
            "sheet_number": [sheet_number] * len(rows),
            "row_number": rows,
            "column": columns,
            "code": codes,
            "detail": [json.dumps(detail, ensure_ascii=False) for detail in details],
            "is_warning": warnings,
        },
    )


# --- Comparing and applying -----------------------------------------------------------------------


def compare_list(list_id, *, by, run):
    """Compare a list with the registry and wait for somebody who agrees; one applied is left."""
    received = DepartmentList.objects.get(pk=list_id)
    if received.applied_at:
        return
    with run.transaction():
        _compare(received)
    raise JobWaits(_("已比对，核对下面的变动后再决定。"))


def _compare(received):
    """Find out anew what a list would change."""
    parameters = _parameters(received)
    ListChange.objects.filter(list_id=received.pk).delete()
    analyze(LISTED)
    run_statement("lists/match_people", parameters)
    step = "find_changes" if received.is_about_identities else "find_conflicts"
    run_statement(f"lists/{step}", parameters)
    run_statement("lists/tally_list", parameters)


def _parameters(received):
    return {
        "list_id": received.pk,
        "county_code": received.county_code,
        "department_id": received.department_id,
        "subject": received.subject,
        "identities": received.identities,
        "as_of": received.as_of,
        "is_complete": received.is_complete,
        "today": today(),
        "now": timezone.now(),
        "barred_schemes": schemes_closed_to(received.subject),
        "bars_pension": received.subject in BARS_PENSION,
        "source_note": f"{received.department.name} {received.as_of} {received.file.name}"[:120],
    }


def agree_to_list(received, *, by):
    """Let what was previewed take effect; the worker does it.

    Refuses ListDoesNotWait, and MakerMayNotAgreeToList where identities, and so money, are set by
    whoever sent the list.
    """
    with transaction.atomic():
        received = DepartmentList.objects.select_for_update(of=["self"]).get(pk=received.pk)
        if received.is_about_identities and by.pk == received.uploaded_by_id:
            raise MakerMayNotAgreeToList()
        if received.questions or not received.compared_at or received.applied_at:
            raise ListDoesNotWait(name=received.file.name)
        received.agreed_by = by
        received.save(update_fields=["agreed_by"])
        job = job_of(received)
        # The comparison waits behind its own step; applying, where something moved, before it.
        if not continue_job(job, skip_waiting_step=job.steps_done < STEPS_BEFORE_APPLYING):
            raise ListDoesNotWait(name=received.file.name)
        record(
            "agree_to_department_list",
            received,
            by=by,
            area_code=received.area_code,
            sha256=received.file.sha256,
            counts=received.counts,
        )


def apply_list(list_id, *, by, run):
    """Apply a list as it was agreed to; raises JobWaits where the registry has changed since."""
    received = DepartmentList.objects.select_related("file", "department").get(pk=list_id)
    if received.applied_at:
        return
    agreed = received.counts
    try:
        with run.transaction():
            _wait_for_turn(received.county_code)
            _compare(received)
            received.refresh_from_db(fields=["counts"])
            has_moved = received.counts != agreed
            if has_moved:
                DepartmentList.objects.filter(pk=received.pk).update(agreed_by=None)
            else:
                _apply(received)
    except JobCancelled:
        DepartmentList.objects.filter(pk=received.pk).update(agreed_by=None)
        raise
    if has_moved:
        raise JobWaits(_("同意之后档案又有变动，已重新比对，核对后再决定一次。"))


def _apply(received):
    parameters = _parameters(received)
    if received.is_about_identities:
        run_statement("lists/apply_changes", parameters)
    else:
        run_statement("lists/open_conflicts", parameters)
        run_statement("lists/forget_strangers", parameters)
    DepartmentList.objects.filter(pk=received.pk).update(applied_at=parameters["now"])


def _wait_for_turn(county_code):
    """Let one list of a county be applied at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('department_list'), %s)", [int(county_code)]
        )
