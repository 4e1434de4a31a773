"""Show collective aid and donations in the made-up county: one list posted, one under way."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile

from enrollment.models import Enrolment
from pension_portal.clock import today
from pension_portal.jobs import run_job
from pension_portal.sheet_writing import TableColumn, write_table
from staff import approving
from subsidies.aid import approve_aid, begin_aid, cap_of, submit_aid
from subsidies.models import AidList

BASIC = 1
PEOPLE = 40
COLUMNS = [
    TableColumn("姓名", "text", 12),
    TableColumn("身份证号", "text", 22),
    TableColumn("补助金额", "amount", 12),
]


def show_aid(village_code, *, officer, finance, approver):
    """Let a village's collective pay for its people, and a foundation wait for its review."""
    people = Enrolment.objects.inside(village_code).filter(scheme_id=BASIC, status="active")
    people = people.select_related("resident").order_by("resident_id")
    residents = [one.resident for one in people[:PEOPLE]]
    collective = _list(village_code, "aid", "村集体经济股份合作社", "JT2021-01", officer)
    rows = [(one.name, one.id_number, 100) for one in residents]
    # One is asked for more than the cap, one under a name that is not hers.
    rows[0] = (*rows[0][:2], cap_of(collective) + 100)
    rows[1] = ("张某某", *rows[1][1:])
    collective = _read(collective, rows, officer)
    submit_aid(collective, by=officer)
    approving.review(collective, by=finance)
    approve_aid(collective, by=approver)
    foundation = _list(village_code, "gift", "颍州区慈善总会", "CS2021-03", officer)
    foundation = _read(foundation, [(*row[:2], 200) for row in rows[2:12]], officer)
    submit_aid(foundation, by=officer)


def _list(village_code, source, payer, voucher, officer):
    return AidList(
        county_code=village_code[:6],
        scheme_id=BASIC,
        year=today().year,
        source=source,
        payer_kind=AidList.PayerKind.ORGANISATION,
        payer_name=payer,
        paid_on=today(),
        voucher=voucher,
    )


def _read(aid, rows, officer):
    book = BytesIO()
    write_table(book, COLUMNS, rows, title=f"{aid.payer_name}名单")
    upload = SimpleUploadedFile(f"{aid.payer_name}.xlsx", book.getvalue())
    aid = begin_aid(aid, by=officer, upload=upload)
    run_job(aid.job_id)
    return AidList.objects.select_related("job").get(pk=aid.pk)
