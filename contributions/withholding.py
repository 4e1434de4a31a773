"""Have the bank take what people registered to pay, round by round (银行代扣).

    drawn up     everybody to pay, with an account of their own and a tier of this year: 18,204
                 left out: 312 without an account, 40 who share one, 17 whose tier is gone
    approved by three people, sent to the bank as its list
    answered     17,950 taken and posted, 254 failed, by reason; a second round asks those again

Who pays the tax bureau in between is not taken twice: the answer says 已另行缴费, and no transfer
is written. The bank's list holds full account numbers: it is made when it is asked for, kept
nowhere, and every making is in the trail.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.models import WithholdingBatch, WithholdingLine
from contributions.posting import last_transfer_id, lock_books, move_books
from contributions.statements import fetch_statement, run_statement
from pension_portal import cells
from pension_portal.clock import today
from pension_portal.columns import Column, data_blocks, find_header
from pension_portal.files import Stored, store_table
from pension_portal.jobs import start_job
from pension_portal.refusals import Refusal
from pension_portal.sheet_writing import TableColumn
from pension_portal.sheets import open_sheets
from policies.models import PolicyVersion
from policies.schemes import ages_of
from staff import approving
from staff.audit import record
from staff.models import Approvable

JOB_KIND = "withholding_answer"
Result, Reason = WithholdingLine.Result, WithholdingLine.Reason
LEFT_OUT = {
    "paid": _("已缴"),
    "asked": _("已在别的批次等银行"),
    "no_account": _("没有银行账号"),
    "shared_account": _("与他人共用账号"),
    "no_tier": _("没有登记档次"),
    "no_such_tier": _("登记档次本年没有"),
}
BANK_COLUMNS = [
    TableColumn(_("序号"), "number", 8),
    TableColumn(_("户名"), "text", 14),
    TableColumn(_("账号"), "text", 24),
    TableColumn(_("金额"), "amount", 12),
    TableColumn(_("摘要"), "text", 24),
    TableColumn(_("扣款结果"), "text", 12),
    TableColumn(_("失败原因"), "text", 20),
    TableColumn(_("扣款日期"), "text", 14),
]
ANSWER_COLUMNS = [
    Column("sequence", _("序号"), ("序号", "顺序号", "编号", "明细序号"), required=True),
    Column(
        "amount",
        _("金额"),
        ("金额", "扣款金额", "交易金额", "实扣金额"),
        required=True,
        looks_like="amount",
    ),
    Column(
        "result",
        _("扣款结果"),
        ("扣款结果", "结果", "处理结果", "状态", "成功标志", "扣款状态"),
        required=True,
    ),
    Column("reason", _("失败原因"), ("失败原因", "原因", "失败说明", "返回信息", "备注")),
    Column(
        "paid_on", _("扣款日期"), ("扣款日期", "交易日期", "扣款时间", "日期"), looks_like="day"
    ),
]
TAKEN = ("成功", "已扣", "已处理", "00", "0000", "Y", "y", "1")
REASONS = [
    (Reason.SHORT, ("余额不足", "不足", "资金不够")),
    (Reason.CLOSED, ("销户", "冻结", "止付", "注销", "挂失", "睡眠")),
    (Reason.NAME, ("户名", "姓名")),
    (Reason.NO_CONTRACT, ("签约", "协议", "授权")),
    (Reason.ACCOUNT, ("账号", "帐号", "卡号", "账户不存在", "无此账户")),
]
FAULTS = {
    "no_line": _("批次里没有这个序号"),
    "other_amount": _("金额与批次不同"),
    "answered": _("这个序号已有结果"),
    "no_day": _("成功的没有写扣款日期"),
    "future_day": _("扣款日期晚于今天"),
    "no_number": _("序号读不出"),
    "twice": _("这个序号在第 %(rows)s 行说的不一样，没有入账。问清银行，改后重传这几行"),
}
MOST_FAULTS = 200
LONGEST_NUMBER = 9


class NoPolicyToWithhold(Refusal):
    code = "no_policy_to_withhold"
    sentence = _("%(year)s 年度这个险种没有已发布的政策，不知道有哪些档次。先发布政策。")


class NobodyToWithhold(Refusal):
    code = "nobody_to_withhold"
    sentence = _("没有可以代扣的人：都已缴费、已在别的批次，或缺账号、缺档次。")


class BatchUnderWay(Refusal):
    code = "batch_under_way"
    sentence = _("第 %(number)s 轮还没有办完（%(state)s）。审批、送盘、回盘后再开下一轮。")


class BatchNotApproved(Refusal):
    code = "batch_not_approved"
    sentence = _("这一批还没有审批同意，不能送银行。")


class BatchNotSent(Refusal):
    code = "batch_not_sent"
    sentence = _("这一批还没有送银行，不能导入回盘。先下载送盘文件。")


class BatchAnswered(Refusal):
    code = "batch_answered"
    sentence = _("这一批的回盘已全部入账，不用再导。")


class NothingToReturn(Refusal):
    code = "nothing_to_return"
    sentence = _("选中的行里没有待退的重复扣款。刷新后勾选「须退」的行再登记。")


class ReturnedBeforeTaken(Refusal):
    code = "returned_before_taken"
    sentence = _("退回日期早于 %(day)s 的扣款，核对银行退回的日期。")
    status = 400


class AnswerBeingRead(Refusal):
    code = "answer_being_read"
    sentence = _("上一份回盘还在读入，读完再导下一份。")


class AnswerHasNoColumns(Refusal):
    code = "answer_has_no_columns"
    sentence = _("没有认出序号、金额、扣款结果三列。用送盘文件填好结果，或让银行写明表头。")


@transaction.atomic
def draw_up(county_code, scheme_id, year, *, by):
    """Return a new batch of everybody whom the bank can be asked for, on its way to approval.

    Refuses NoPolicyToWithhold, BatchUnderWay and NobodyToWithhold.
    """
    lock_books(county_code)
    published = PolicyVersion.objects.filter(
        county_code=county_code, scheme_id=scheme_id, year=year, status="published"
    )
    if not published.exists():
        raise NoPolicyToWithhold(year=year)
    rounds = WithholdingBatch.objects.filter(
        county_code=county_code, scheme_id=scheme_id, year=year
    )
    _refuse_while_one_is_open(rounds)
    batch = WithholdingBatch(
        county_code=county_code,
        scheme_id=scheme_id,
        year=year,
        number=(rounds.aggregate(most=Max("number"))["most"] or 0) + 1,
    )
    batch = approving.begin(batch, by=by)
    asked = {"county_code": county_code, "scheme_id": scheme_id, "year": year, "today": today()}
    asked |= ages_of(scheme_id)
    found = {
        row["left_out"]: row
        for row in fetch_statement("draw_up_withholding", asked | {"batch_id": batch.pk})
    }
    drawn = found.pop("")
    if not drawn["people"]:
        raise NobodyToWithhold()
    batch.payments, batch.amount = drawn["people"], drawn["amount"]
    batch.left_out = {code: row["people"] for code, row in found.items()}
    batch.save()
    return approving.submit(batch, by=by)


def _refuse_while_one_is_open(rounds):
    for batch in rounds.exclude(state=Approvable.State.WITHDRAWN):
        if batch.state != Approvable.State.APPROVED or not is_answered(batch):
            raise BatchUnderWay(number=batch.number, state=batch.get_state_display())


def is_answered(batch):
    """Whether the bank has said of every line what came of it."""
    return batch.answered_at is not None and not batch.lines.filter(result="").exists()


@transaction.atomic
def send_batch(batch, *, by):
    """Note that the list went to the bank, and return its rows: number, holder, account, sum.

    Refuses BatchNotApproved.
    """
    batch = WithholdingBatch.objects.select_for_update(of=["self"]).get(pk=batch.pk)
    if batch.state != Approvable.State.APPROVED:
        raise BatchNotApproved()
    if batch.sent_at is None:
        batch.sent_at = timezone.now()
        batch.save(update_fields=["sent_at"])
    record("send_withholding", batch, by=by, rows=batch.payments, amount=str(batch.amount))
    words = f"{batch.year} {_('城乡居民养老保险')}"
    lines = batch.lines.filter(result="").select_related("resident").order_by("sequence")
    return [
        (
            line.sequence,
            line.resident.name,
            line.resident.bank_account,
            line.amount,
            words,
            "",
            "",
            "",
        )
        for line in lines
    ]


def receive_answer(batch, upload, *, by):
    """Take the bank's answer in and start posting it; return the batch.

    Refuses BatchNotSent, BatchAnswered, AnswerBeingRead and what `store_table` refuses.
    """
    if batch.sent_at is None:
        raise BatchNotSent()
    if is_answered(batch):
        raise BatchAnswered()
    file, _is_new = store_table(upload, county_code=batch.county_code, purpose=JOB_KIND, by=by)
    with transaction.atomic():
        # Without the job beside it: a row that was waited for comes back new, what is joined to it
        # comes back as it was before, and whoever waited would see no job at all.
        batch = WithholdingBatch.objects.select_for_update(of=["self"]).get(pk=batch.pk)
        if is_answered(batch):
            raise BatchAnswered()
        # The job reads whatever answer stands on the batch: a second would take the first's place.
        if batch.job and not batch.job.is_finished:
            raise AnswerBeingRead()
        batch.answer, batch.answered_by = file, by
        batch.job = start_job(JOB_KIND, batch.pk, county_code=batch.county_code, by=by)
        batch.save(update_fields=["answer", "answered_by", "job"])
        record("upload_answer", batch, by=by, file=file.name, sha256=file.sha256)
    return batch


@transaction.atomic
def note_returned(batch, line_ids, *, returned_on, by):
    """Note that the bank gave back what it took of people who had paid another way; return how
    many. No transfer follows: the money never stood in the ledger.

    Refuses NothingToReturn and ReturnedBeforeTaken.
    """
    wanted = set(line_ids)
    lines = batch.lines.filter(pk__in=wanted, result=Result.DOUBLE, returned_on=None)
    lines = list(lines.select_for_update(of=["self"]))
    if not wanted or len(lines) != len(wanted):
        raise NothingToReturn()
    if (latest := max(line.paid_on for line in lines)) > returned_on:
        raise ReturnedBeforeTaken(day=latest)
    for line in lines:
        line.returned_on, line.returned_by = returned_on, by
    WithholdingLine.objects.bulk_update(lines, ["returned_on", "returned_by"])
    total = sum(line.amount for line in lines)
    record("note_returned", batch, by=by, people=len(lines), amount=str(total))
    return len(lines)


def read_answer(batch_id, *, by, run):
    """Note what the bank says of each line, and post what it took; a step, safe to run twice."""
    batch = WithholdingBatch.objects.select_related("answer").get(pk=batch_id)
    answers = _read(batch)
    with run.transaction():
        books = lock_books(batch.county_code)
        batch.faults = _note_results(batch, answers)[:MOST_FAULTS]
        batch.answered_at = timezone.now()
        batch.save(update_fields=["faults", "answered_at"])
        parameters = {
            "county_code": batch.county_code,
            "year": batch.year,
            "scheme_id": batch.scheme_id,
            "batch_id": batch.pk,
            "feed_id": None,
            "posted_at": batch.answered_at,
            "after_id": last_transfer_id(),
        }
        written = run_statement("post_withheld", parameters)
        run_statement("move_counters", parameters)
        move_books(books)
        record("post_withheld", batch, by=by, transfers=written)


def lines_of(batch, chosen):
    """Return the lines of a batch with one result and reason where they are given, by village."""
    lines = batch.lines.all()
    for name in ("result", "reason"):
        if name in chosen:
            lines = lines.filter(**{name: chosen[name]})
    return lines.order_by("village_code", "sequence")


def results_of(batch):
    """Return (result, reason) → (people, yuan) of a batch."""
    return {
        (row["result"], row["reason"]): (row["people"], row["sum"])
        for row in batch.lines.values("result", "reason").annotate(
            people=Count("pk"), sum=Sum("amount")
        )
    }


# --- the bank's words ---


def reason_of(text):
    """Return the code of a reason by the words in it."""
    return next((code for code, words in REASONS if any(w in text for w in words)), Reason.OTHER)


def was_taken(text):
    """Whether a result says that the money was taken; 不成功 and 未成功 do not."""
    text = text.strip()
    return text in TAKEN or ("成功" in text and "不成功" not in text and "未成功" not in text)


@dataclass(frozen=True)
class Said:
    """What one row of the bank's file says of one line."""

    row: int
    amount: Decimal | None
    taken: bool
    reason: str
    day: date | None

    @property
    def what(self):
        """What it comes to, wherever it stands: two rows that agree are one answer."""
        return (self.amount, self.taken, self.day if self.taken else self.reason)


def _read(batch):
    """Return sequence → what the rows of the bank's file say of it; None for rows without one."""
    answers = defaultdict(list)
    for sheet in open_sheets(Stored(batch.answer), batch.answer.name):
        header = find_header(sheet.head(), ANSWER_COLUMNS)
        if {"sequence", "amount", "result"} <= header.mapping.keys():
            for block in data_blocks(sheet, header):
                _read_block(block, answers)
    if not answers:
        raise AnswerHasNoColumns()
    return answers


def _read_block(block, answers):
    absent = [""] * len(block.row_numbers)

    def of(field):
        return block.cells.get(field, absent)

    amounts, _blanks = cells.amounts(of("amount"))
    for row, number, amount, result, reason, day in zip(
        block.row_numbers,
        cells.texts(of("sequence")),
        amounts,
        cells.texts(of("result")),
        cells.texts(of("reason")),
        cells.days(of("paid_on")),
        strict=True,
    ):
        said = Said(row, amount, was_taken(result), reason_of(reason or result), day)
        if _is_number(number):
            answers[int(number)].append(said)
        elif result:
            answers[None].append(said)


def _is_number(text):
    return text.isdecimal() and len(text) <= LONGEST_NUMBER


def _note_results(batch, answers):
    """Write each answer to its line; return the rows that fit none."""
    faults = [
        {"row": said.row, "sequence": None, "fault": "no_number"} for said in answers.pop(None, [])
    ]
    changed = []
    lines = {line.sequence: line for line in batch.lines.filter(sequence__in=answers)}
    for sequence, rows in sorted(answers.items()):
        line, said = lines.get(sequence), rows[0]
        if line and _says_the_same(line, rows):
            continue
        if fault := _fault_of(line, rows):
            fault = {"row": said.row, "sequence": sequence, "fault": fault}
            faults.append(fault | ({"rows": [one.row for one in rows]} if len(rows) > 1 else {}))
            continue
        line.result = Result.PAID if said.taken else Result.FAILED
        line.reason, line.paid_on = ("", said.day) if said.taken else (said.reason, None)
        changed.append(line)
    WithholdingLine.objects.bulk_update(changed, ["result", "reason", "paid_on"], batch_size=2_000)
    return faults


def _says_the_same(line, rows):
    """Whether all that the rows say of a line was noted before: a bank may send its file again."""
    paid = line.result in (Result.PAID, Result.DOUBLE)
    noted = (line.amount, paid, line.paid_on if paid else line.reason)
    return bool(line.result) and all(said.what == noted for said in rows)


def _fault_of(line, rows):
    said = rows[0]
    if line is None:
        return "no_line"
    if len({one.what for one in rows}) > 1:
        return "twice"
    if line.result:
        return "answered"
    if said.amount != line.amount:
        return "other_amount"
    if said.taken and said.day is None:
        return "no_day"
    return "future_day" if said.taken and said.day > today() else ""


def words_of(fault):
    """Return the place, the number and the words of one row that fits no line."""
    rows = "、".join(map(str, fault.get("rows", [])))
    return fault["row"], fault["sequence"], FAULTS[fault["fault"]] % {"rows": rows}
