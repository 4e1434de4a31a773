"""Department lists for the tests: files as departments send them."""

import io
from datetime import date

import xlsxwriter

from enrollment.department_lists import agree_to_list, job_of, receive_list
from enrollment.departments import set_up_departments
from enrollment.models import Department, DepartmentList, Subject
from pension_portal.jobs import run_job
from tests.county import COUNTY, upload

AS_OF = date(2021, 12, 10)
DISABLED = ["disabled"]


def as_xlsx(rows, titles=()):
    """Return rows, the header first, as a workbook with title rows above; numbers as text."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        for place, cells in enumerate([*[[title] for title in titles], *rows]):
            sheet.write_row(place, 0, cells)
    return file.getvalue()


def department(name, county_code=COUNTY):
    """Return one of the usual departments."""
    if not Department.objects.filter(county_code=county_code).exists():
        set_up_departments(county_code, by=None)
    return Department.objects.get(county_code=county_code, name=name)


def send(by, rows, *, of="残联", identities=DISABLED, subject=Subject.IDENTITIES, **options):
    """Upload a list, let the worker read and compare it, and return it as it waits."""
    content = rows if isinstance(rows, bytes) else as_xlsx(rows)
    received, _is_new = receive_list(
        upload(content, options.pop("name", "名单.xlsx")),
        department=department(of, by.area_code[:6]),
        subject=subject,
        identities=identities,
        as_of=options.pop("as_of", AS_OF),
        by=by,
        **options,
    )
    run_job(job_of(received).pk)
    return DepartmentList.objects.get(pk=received.pk)


def apply(received, *, by):
    """Agree to a list and let the worker apply it; return it as it then stands."""
    agree_to_list(received, by=by)
    run_job(job_of(received).pk)
    return DepartmentList.objects.get(pk=received.pk)


def faults(received):
    """Return (row number, column, code) of what was wrong."""
    bad = received.faults.filter(is_warning=False)
    return list(bad.values_list("row_number", "column", "code"))


def people(received):
    """Return (name, identity, grade, verdict) of everybody listed."""
    return list(received.people.values_list("name", "identity", "grade", "verdict"))
