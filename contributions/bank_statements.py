"""Read what the bank or the treasury says arrived (银行对账单): sums by day, or single lines.

    日期        渠道    险种          笔数   金额
    2021-03-08  微信    基本养老保险  1,204  361,200.00      a sum
    2021-03-08  ……                            300.00  流水号 20210308000417      a line

A line with a number that another statement brought before does not count again; a sum replaces
what an earlier statement said of the same day, channel and scheme. Rows that cannot be read are
kept with the reason, and never stop the others.
"""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.channels import channel_of
from contributions.layouts import item_reader
from contributions.models import BankLine, BankStatement
from contributions.statements import run_statement
from pension_portal import cells
from pension_portal.columns import Column, data_blocks, find_header
from pension_portal.files import Stored, store_table
from pension_portal.jobs import start_job
from pension_portal.models import StoredFile
from pension_portal.refusals import Refusal
from pension_portal.sheets import open_sheets
from staff.audit import record

JOB_KIND = "bank_statement"
COLUMNS = [
    Column(
        "day",
        _("到账日期"),
        (
            "到账日期",
            "交易日期",
            "入库日期",
            "记账日期",
            "日期",
            "入账日期",
            "交易时间",
            "入库时间",
        ),
        required=True,
        looks_like="day",
    ),
    Column(
        "amount",
        _("金额"),
        (
            "金额",
            "交易金额",
            "入库金额",
            "贷方金额",
            "贷方发生额",
            "收入金额",
            "到账金额",
            "实收金额",
        ),
        required=True,
        looks_like="amount",
    ),
    Column("payments", _("笔数"), ("笔数", "交易笔数", "总笔数", "件数")),
    Column("channel", _("缴费渠道"), ("渠道", "缴费渠道", "缴费方式", "支付方式", "交易渠道")),
    Column("item", _("险种"), ("险种", "征收品目", "征收项目", "品目", "科目", "预算科目", "摘要")),
    Column("reference", _("流水号"), ("流水号", "交易流水号", "凭证号", "交易序号", "银行流水号")),
]
MOST_FAULTS = 200
LONGEST_REFERENCE = 40


class StatementHasNoColumns(Refusal):
    code = "statement_has_no_columns"
    sentence = _("没有认出日期列和金额列。表头写明「日期」「金额」后重传，其他列可以没有。")


class StatementWithdrawnAlready(Refusal):
    code = "statement_withdrawn_already"
    sentence = _("这份对账单已经撤回，不用再撤。")


class WithdrawalNeedsReason(Refusal):
    code = "withdrawal_needs_reason"
    sentence = _("撤回要写明原因，写好后再点撤回。")
    status = 400


def receive_statement(upload, *, source, by):
    """Return (statement, is_new) for an uploaded file; the same bytes give the earlier one."""
    file, _is_new = store_table(upload, county_code=by.county_code, purpose=JOB_KIND, by=by)
    with transaction.atomic():
        # The file is locked, not its statements: two people who send it at once find none.
        StoredFile.objects.select_for_update().get(pk=file.pk)
        standing = BankStatement.objects.filter(county_code=by.county_code, withdrawn_at=None)
        if earlier := standing.filter(file=file).first():
            return earlier, False
        statement = BankStatement.objects.create(
            county_code=by.county_code, source=source, file=file, uploaded_by=by
        )
        statement.job = start_job(JOB_KIND, statement.pk, county_code=by.county_code, by=by)
        statement.save(update_fields=["job"])
        record("upload_statement", statement, by=by, file=file.name, sha256=file.sha256)
    return statement, True


def read_statement(statement_id, *, by, run):
    """Read every line of a statement; a job's step, safe to run twice."""
    statement = BankStatement.objects.select_related("file").get(pk=statement_id)
    if statement.read_at:
        return
    lines, faults = _read(statement)
    with run.transaction():
        statement.lines.all().delete()
        BankLine.objects.bulk_create(lines, batch_size=5_000)
        run_statement("drop_known_lines", {"statement_id": statement.pk})
        statement.faults, statement.read_at = faults[:MOST_FAULTS], timezone.now()
        statement.save(update_fields=["faults", "read_at"])


@transaction.atomic
def withdraw_statement(statement, *, by, reason):
    """Let a wrong statement count no more; what it had replaced counts again.

    Refuses WithdrawalNeedsReason and StatementWithdrawnAlready.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise WithdrawalNeedsReason()
    statement = BankStatement.objects.select_for_update(of=["self"]).get(pk=statement.pk)
    if statement.withdrawn_at:
        raise StatementWithdrawnAlready()
    statement.withdrawn_at, statement.withdrawn_by = timezone.now(), by
    statement.withdrawal_reason = reason[:200]
    statement.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    run_statement("count_lines_again", {"statement_id": statement.pk})
    record("withdraw_statement", statement, by=by, reason=reason)
    return statement


def _read(statement):
    """Return (lines, faults) of all sheets that have a day and a sum."""
    lines, faults, is_known = [], [], False
    for sheet in open_sheets(Stored(statement.file), statement.file.name):
        header = find_header(sheet.head(), COLUMNS)
        if not {"day", "amount"} <= header.mapping.keys():
            continue
        is_known = True
        for block in data_blocks(sheet, header):
            _read_block(statement, block, lines, faults)
    if not is_known:
        raise StatementHasNoColumns()
    return lines, faults


def _read_block(statement, block, lines, faults):
    absent = [""] * len(block.row_numbers)

    def of(field):
        return block.cells.get(field, absent)

    amounts, _blanks = cells.amounts(of("amount"))
    counts, _blanks = cells.amounts(of("payments"))
    schemes = item_reader(has_supplementary=True)(cells.texts(of("item")))
    columns = [block.row_numbers, cells.days(of("day")), amounts, counts, schemes]
    texts = [cells.texts(of("channel")), cells.texts(of("reference")), cells.texts(of("day"))]
    for row, day, amount, count, scheme, channel, reference, day_text in zip(
        *columns, *texts, strict=True
    ):
        if day is None or amount is None:
            fault = "no_day" if day is None else "no_amount"
            faults.append({"row": row, "fault": fault, "text": day_text[:40]})
            continue
        lines.append(
            BankLine(
                statement=statement,
                county_code=statement.county_code,
                row=row,
                day=day,
                scheme_id=scheme,
                channel=channel_of(channel),
                payments=int(count) if count else 1,
                amount=Decimal(amount),
                reference=reference[:LONGEST_REFERENCE],
            )
        )


FAULTS = {"no_day": _("日期读不出来"), "no_amount": _("金额是空的或读不出来")}
