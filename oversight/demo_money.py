"""Show the money of the made-up county beside the ledger: the bank's statement, closed days, last
year's interest. Everything goes through the deeds, in the hands of those who can sign in.
"""

from datetime import date
from decimal import Decimal
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile

from benefits import interest
from benefits.models import InterestRun, InterestTerms
from contributions import tying_out
from contributions.bank_statements import receive_statement
from contributions.channels import channel_name
from contributions.working_days import fill_year
from pension_portal.clock import today
from pension_portal.jobs import run_job
from pension_portal.sheet_writing import TableColumn, write_table
from policies.models import Scheme
from staff import approving
from staff.models import Staff

# The bank's figures come some days after the tax bureau's.
DAYS_WITHOUT_BANK = 3
DAYS_CLOSED = 4
SHORT_BY = Decimal(500)
RATE = Decimal("3.59")
COLUMNS = [
    TableColumn("交易日期", "day", 12),
    TableColumn("渠道", "text", 12),
    TableColumn("险种", "text", 24),
    TableColumn("笔数", "number", 8),
    TableColumn("金额", "amount", 14),
]


def show_money(county_code):
    """Bring the bank's statement, close the year's first days, and credit last year's interest."""
    people = {
        name: Staff.objects.get(username=name) for name in ("shuju", "caiwu", "chuna", "shenpi")
    }
    fill_year(county_code, today().year, by=people["caiwu"])
    days = tying_out.tie_out(county_code, date(today().year, 1, 1), today())
    _bring_a_statement(days[:-DAYS_WITHOUT_BANK], by=people["caiwu"])
    for day in days[:DAYS_CLOSED]:
        _close(county_code, day.day, people)
    _credit_last_year(county_code, people)


def _bring_a_statement(days, *, by):
    """Upload what the bank would say: the sums of the tax bureau, one payment short."""
    names = dict(Scheme.objects.values_list("id", "name"))
    rows = [
        [day.day, str(channel_name(channel)), names[scheme], sides.payments["tax"], amount]
        for day in days
        for (scheme, channel), sides in sorted(day.lines.items())
        if scheme and (amount := sides.amounts["tax"]) > 0
    ]
    rows[-1][-1] -= SHORT_BY
    book = BytesIO()
    write_table(book, COLUMNS, rows, title="代收到账合计")
    file = SimpleUploadedFile("农商行代收到账合计.xlsx", book.getvalue())
    statement, _is_new = receive_statement(file, source="bank", by=by)
    run_job(statement.job_id)


def _close(county_code, day, people):
    """Close a day if bank and tax bureau agree on it; else leave it to whoever looks."""
    if tying_out.tie_out_day(county_code, day).state != "reconciled":
        return
    close = tying_out.close_day(county_code, day, explanation="", by=people["caiwu"])
    approving.review(close, by=people["chuna"])
    tying_out.approve_close(close, by=people["shenpi"])


def _credit_last_year(county_code, people):
    terms = interest.propose_terms(
        InterestTerms(
            county_code=county_code,
            scheme_id=1,
            year=today().year - 1,
            rate=RATE,
            date_basis="treasury",
            starts="next_month",
            rounding="half_up",
            document_no="演示文号〔2021〕1号",
        ),
        by=people["shuju"],
    )
    approving.review(terms, by=people["caiwu"])
    approving.approve(terms, by=people["shenpi"])
    run = interest.start_run(terms, by=people["shuju"])
    run_job(run.job_id)
    run = InterestRun.objects.get(pk=run.pk)
    interest.submit_run(run, by=people["shuju"])
    approving.review(run, by=people["caiwu"])
    approving.approve(run, by=people["shenpi"])
