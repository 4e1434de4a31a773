"""Collective aid and donations: from a payer's list to the people's accounts (集体补助、社会资助).

    李家村集体 pays 100.00 for each of 40 villagers     37 are posted: sponsor → personal_aid
                                                      2 are not enrolled, 1 is over the cap

The cap is the highest tier of the year's policy, for both kinds of aid together (Y27). The money is
a kind of its own in the ledger: it makes nobody a payer, fulfils no task and earns no subsidy.
"""

from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.errors import BooksDoNotBalance
from contributions.posting import lock_books, move_books
from enrollment.roster_columns import AID_AMOUNT, BY_KEY
from enrollment.roster_headers import find_tables
from pension_portal import cells
from pension_portal.columns import data_blocks
from pension_portal.files import Stored, store_table
from pension_portal.jobs import continue_job, start_job
from pension_portal.masking import mask_id
from pension_portal.refusals import Refusal
from pension_portal.secrecy import blind_index
from pension_portal.sheets import open_sheets
from policies.answers import policy_in_force, tiers_of
from staff import approving
from staff.audit import record
from staff.models import Approvable
from subsidies.models import AidLine, AidList
from subsidies.statements import run_statement

JOB_KIND = "aid_list"
COLUMNS = (BY_KEY["name"], BY_KEY["id_number"], AID_AMOUNT)
MOST_LINES = 20_000


class AidHasNobody(Refusal):
    code = "aid_has_nobody"
    sentence = _("名单里没有可以入账的人，不能提交。逐行看不入账原因，改好名单再来。")


class AidStillRead(Refusal):
    code = "aid_still_read"
    sentence = _("名单还在读入，读完再改、再提交。")


class AidTooLong(Refusal):
    code = "aid_too_long"
    sentence = _("一份名单最多 %(most)s 行，拆成几份再传。")
    status = 422


class AidVoucherKnown(Refusal):
    code = "aid_voucher_known"
    sentence = _("%(payer)s 的凭证 %(voucher)s 已有一份名单，不重复登记。")


class AidNotPosted(Refusal):
    code = "aid_not_posted"
    sentence = _("这份名单没有入账，没有可以冲正的账目。")


class AidReversedAlready(Refusal):
    code = "aid_reversed_already"
    sentence = _("选中的人没有可以冲正的：没有入账，或已有冲正在办。刷新名单再选。")


class AidColumnsNotAsked(Refusal):
    code = "aid_columns_not_asked"
    sentence = _("这份名单不在等认列，刷新页面看最新进度。")


class AidLineUnreadable(Refusal):
    code = "aid_line_unreadable"
    sentence = _("没有加上这一行：姓名、证件号码、金额都要填。")
    status = 400


@transaction.atomic
def begin_aid(aid, *, by, upload=None):
    """Save a new list, whose file a worker then reads; return it.

    Refuses AidVoucherKnown, NoPolicyInForce and what `store_table` refuses.
    """
    policy_in_force(aid.county_code, aid.scheme_id, aid.year)
    books = lock_books(aid.county_code)
    same = AidList.objects.filter(county_code=books.county_code)
    known = same.filter(payer_name=aid.payer_name, voucher=aid.voucher, reverses=None)
    if known.exclude(state=Approvable.State.WITHDRAWN).exists():
        raise AidVoucherKnown(payer=aid.payer_name, voucher=aid.voucher)
    aid.number = _next_number(aid)
    if upload:
        aid.file, _is_new = store_table(
            upload, county_code=aid.county_code, purpose=JOB_KIND, by=by
        )
    aid = approving.begin(aid, by=by)
    if aid.file_id:
        aid.job = start_job(JOB_KIND, aid.pk, county_code=aid.county_code, by=by)
        aid.save(update_fields=["job"])
    return aid


@transaction.atomic
def confirm_columns(aid, mapping, *, by):
    """Go on reading with the columns a person named; they are remembered for such a header."""
    aid = AidList.objects.select_for_update(of=["self"]).get(pk=aid.pk)
    if not aid.questions or not continue_job(aid.job, skip_waiting_step=False):
        raise AidColumnsNotAsked()
    aid.confirmed[aid.questions["signature"]] = mapping
    aid.questions = {}
    aid.save(update_fields=["confirmed", "questions"])
    record("confirm_columns", aid, by=by, columns=mapping)


def read_aid(list_id, *, by, run):
    """Write the lines of a list's file and judge them; a job's step, safe to run twice."""
    aid = AidList.objects.select_related("file").get(pk=list_id)
    lines = []
    for sheet, header in find_tables(aid, open_sheets(Stored(aid.file), aid.file.name), COLUMNS):
        for block in data_blocks(sheet, header):
            lines += _lines_of(aid, block)
            if len(lines) > MOST_LINES:
                raise AidTooLong(most=f"{MOST_LINES:,}")
    with run.transaction():
        aid.lines.all().delete()
        AidLine.objects.bulk_create(lines, batch_size=2_000)
        judge_aid(aid)


@transaction.atomic
def add_line(aid, *, name, number, amount, by):
    """Enter one person of a list that is still open, and judge the list again; return the list.

    Refuses AidLineUnreadable and AidStillRead.
    """
    if not (name.strip() and number.strip() and amount):
        raise AidLineUnreadable()
    aid = _open_lines(aid, by=by)
    last = aid.lines.aggregate(last=Max("row_number"))["last"] or 0
    _line(aid, last + 1, name.strip(), cells.id_text(number)[0], amount).save()
    judge_aid(aid)
    return aid


@transaction.atomic
def drop_line(aid, line_id, *, by):
    """Take one line off a list that is still open; return the list."""
    aid = _open_lines(aid, by=by)
    aid.lines.filter(pk=line_id).delete()
    judge_aid(aid)
    return aid


def _open_lines(aid, *, by):
    """Return a list whose lines its maker may change; what is read yet would take them away."""
    _refuse_while_it_is_read(aid)
    return approving.edit(aid, by=by)


@transaction.atomic
def submit_aid(aid, *, by):
    """Send a list to review; return it. Refuses AidStillRead and AidHasNobody."""
    _refuse_while_it_is_read(aid)
    if not aid.own_lines.to_pay().exists():
        raise AidHasNobody()
    return approving.submit(aid, by=by)


@transaction.atomic
def approve_aid(aid, *, by, seen=""):
    """Agree as the last, and post the list or its way back; return it.

    The lines are judged again first: what has changed since is another list, which nobody agreed
    to (ContentChanged).
    """
    books = lock_books(aid.county_code)
    aid = AidList.objects.select_for_update(of=["self"]).get(pk=aid.pk)
    if not aid.reverses_id:
        judge_aid(aid)
    aid = approving.approve(aid, by=by, seen=seen)
    aid.posted_at = timezone.now()
    written = run_statement(
        "reverse_aid" if aid.reverses_id else "post_aid",
        {"list_id": aid.pk, "year": aid.year, "posted_at": aid.posted_at},
    )
    sums = aid.own_lines.to_pay().aggregate(people=Count("pk"), amount=Sum("amount"))
    if written != sums["people"]:
        raise BooksDoNotBalance(f"aid {aid.pk}: {written} transfers for {sums['people']} lines")
    aid.people, aid.amount = sums["people"], sums["amount"]
    aid.save(update_fields=["posted_at", "people", "amount"])
    move_books(books)
    record("post_aid", aid, by=by, people=aid.people, amount=str(aid.amount))
    return aid


@transaction.atomic
def reverse_aid(aid, *, reason, by, line_ids=None):
    """Ask that a posted list is taken back, or some lines of it; return the list of the way back,
    on its way.

    Refuses AidNotPosted and AidReversedAlready.
    """
    lock_books(aid.county_code)
    if aid.posted_at is None or aid.reverses_id:
        raise AidNotPosted()
    lines = aid.lines.standing()
    if line_ids is not None:
        lines = lines.filter(pk__in=line_ids)
    chosen = list(lines.values_list("pk", flat=True))
    if not chosen or (line_ids is not None and len(chosen) < len(set(line_ids))):
        raise AidReversedAlready()
    names = ("county_code", "scheme_id", "year", "source", "payer_kind", "payer_name")
    way_back = AidList(
        **{name: getattr(aid, name) for name in (*names, "paid_on", "voucher")},
        reverses=aid,
        reason=" ".join(reason.split())[:200],
    )
    way_back.number = _next_number(way_back)
    way_back = approving.begin(way_back, by=by)
    AidLine.objects.filter(pk__in=chosen).update(taken_back_by=way_back)
    return approving.submit(way_back, by=by)


@transaction.atomic
def withdraw_aid(aid, *, by):
    """Give a list up; the lines that it was to take back stand as before. Return it."""
    aid = approving.withdraw(aid, by=by)
    aid.taken_back.update(taken_back_by=None)
    return aid


def cap_of(aid):
    """Return the most that both kinds of aid may add for one person in the year, in yuan."""
    policy = policy_in_force(aid.county_code, aid.scheme_id, aid.year)
    sums = [tier["amount"] for tier in tiers_of(policy) if not tier["proxy_only"]]
    return max(sums, default=Decimal(0))


def judge_aid(aid):
    """Say of each line of a list what stands against it: one statement."""
    names = ("county_code", "scheme_id", "year")
    asked = {name: getattr(aid, name) for name in names}
    run_statement("judge_aid", asked | {"list_id": aid.pk, "cap": cap_of(aid)})


def _refuse_while_it_is_read(aid):
    if aid.job and not aid.job.is_finished:
        raise AidStillRead()


def _next_number(aid):
    same = AidList.objects.filter(county_code=aid.county_code, year=aid.year)
    return (same.aggregate(last=Max("number"))["last"] or 0) + 1


def _lines_of(aid, block):
    numbers, _damage = cells.id_texts(block.cells["id_number"])
    amounts, _blanks = cells.amounts(block.cells["amount"])
    names = cells.names(block.cells["name"])
    rows = zip(block.row_numbers, names, numbers, amounts, strict=True)
    return [_line(aid, row, name, number, amount) for row, name, number, amount in rows]


def _line(aid, row, name, number, amount):
    return AidLine(
        list=aid,
        county_code=aid.county_code,
        row_number=row,
        name=name[:80],
        name_key=cells.name_key(name)[:80],
        id_shown=mask_id(number)[:20],
        id_index=blind_index(number),
        amount=amount,
    )
