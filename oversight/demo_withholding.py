"""Show the bank's withholding in the made-up county: one round, sent, and answered in part."""

from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile

from contributions import withholding
from pension_portal.clock import today
from pension_portal.jobs import run_job
from pension_portal.sheet_writing import write_table
from staff import approving

SUPPLEMENTARY = 2
ANSWERED, TAKEN = 60, 45
FAILURES = ["账户余额不足", "账户余额不足", "账户已销户", "户名不符", "未签约"]


def show_withholding(county_code, *, finance, reviewer, approver):
    """Draw up a round of the supplementary scheme, send it, and take the first answers in."""
    batch = withholding.draw_up(county_code, SUPPLEMENTARY, today().year, by=finance)
    approving.review(batch, by=reviewer)
    approving.approve(batch, by=approver)
    rows = withholding.send_batch(batch, by=finance)
    batch.refresh_from_db()
    book = BytesIO()
    answers = [_answer(row, place) for place, row in enumerate(rows[:ANSWERED])]
    write_table(book, withholding.BANK_COLUMNS, answers, title="代扣回盘")
    file = SimpleUploadedFile("农商行代扣回盘.xlsx", book.getvalue())
    run_job(withholding.receive_answer(batch, file, by=finance).job_id)


def _answer(row, place):
    yesterday = (today() - timedelta(days=1)).isoformat()
    if place < TAKEN:
        return [*row[:5], "成功", "", yesterday]
    return [*row[:5], "失败", FAILURES[place % len(FAILURES)], ""]
