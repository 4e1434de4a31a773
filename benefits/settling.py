"""Work out what somebody's account comes to, and pay it out (账户清算).

    张桂兰 died on 2021-05-20; her account stood at 1,000.00 on 1 January, 500.00 came in March
    3.00% a year, 5 months:   1,000.00 × 3% × 5 ÷ 12   12.50
                              500.00 × 3% × 2 ÷ 12      2.50
    to her son: 1,515.00

Until the year's rate is announced the last one agreed to stands in its place (预计利率), and what
was paid out so is not worked out again. The whole balance goes to the heirs. Where months were paid
in the employees' scheme as well, the person gets back own and collective money of them alone.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from benefits.accounts import accounts_of
from benefits.interest import MONTHS_OF_A_YEAR, earning_parameters, terms_of
from benefits.models import InterestLine, InterestRun, InterestTerms, Settlement, SettlementLine
from benefits.models.sources import OF_THE_PERSON, Source
from benefits.statements import fetch_statement
from contributions.models import RefundRequest
from contributions.posting import lock_books
from enrollment.models import Case, Enrolment, Resident
from pension_portal.clock import today
from pension_portal.money import FEN
from pension_portal.refusals import Refusal
from policies.words import PENSION_NAMES
from staff import approving
from staff.audit import record
from staff.models import Approvable

State = Approvable.State
Reason = Settlement.Reason
# Why an account is settled, by the case that ended the enrolment; other ends go to the employees.
REASON_OF_CASE = {Case.Kind.DEATH: Reason.DEATH, Case.Kind.MOVE_OUT: Reason.MOVED_OUT}
# Without any rate that was ever agreed to, an account earns nothing; the page says so.
NO_INTEREST = InterestTerms(
    rate=Decimal(0), date_basis="treasury", starts="next_month", rounding="half_up"
)


class NothingInTheAccount(Refusal):
    code = "nothing_in_the_account"
    sentence = _("%(name)s 的账户在 %(day)s 没有余额，不用清算。")


class EnrolmentStillOpen(Refusal):
    code = "enrolment_still_open"
    sentence = _("%(name)s 的参保还没有终止。先办终止（死亡、转出等），再清算账户。")


class AccountSettledAlready(Refusal):
    code = "account_settled_already"
    sentence = _("%(name)s 的账户已有一份清算（%(day)s，%(state)s），不能再办。打开那一份办理。")


class AccountMovedSince(Refusal):
    code = "account_moved_since"
    sentence = _("提交以后账户有变动：应付 %(now)s 元，申请的是 %(asked)s 元。退回重新计算。")


class AccountOverdrawn(Refusal):
    code = "account_overdrawn"
    sentence = _("%(name)s 的账户多付过 %(amount)s 元，没有可付的。先追回，再清算。")


class NotInTheAccount(Refusal):
    code = "not_in_the_account"
    sentence = _(
        "%(name)s 账户里的%(source)s只有 %(there)s 元，不够返还 %(asked)s 元。核对已付的清算。"
    )


class MoneyGoesBack(Refusal):
    code = "money_goes_back"
    sentence = _("%(name)s 还有退费在办（%(year)s 年 %(amount)s 元）。退完或撤回后再清算。")


class PaidOutOfTheAccount(Refusal):
    code = "paid_out_of_the_account"
    sentence = _("%(name)s 的账户已清算返还（%(day)s，%(state)s），这笔不能再退费。")


class InterestNotCredited(Refusal):
    code = "interest_not_credited"
    sentence = _("%(year)s 年的利息还没有结完，现在清算会少付。先办完年度结息，再清算。")


class PaidOutAlready(Refusal):
    code = "paid_out_already"
    sentence = _("这份清算已于 %(day)s 支付，不用再登记。")


class NotApprovedYet(Refusal):
    code = "settlement_not_approved"
    sentence = _("这份清算还没有审批同意，不能登记支付。")


@dataclass
class WorkedOut:
    """What a settlement comes to: (source, principal, interest) lines, and by which rate."""

    lines: list = field(default_factory=list)
    terms: object = None
    is_provisional: bool = False
    # What stood on the account when the year began.
    opening: Decimal = Decimal(0)

    @property
    def amount(self):
        return sum(
            (principal + interest for _source, principal, interest in self.lines), Decimal(0)
        )


def work_out(settlement):
    """Return what a settlement, saved or not, comes to by the books as they stand."""
    if settlement.closes_the_account:
        return _whole_account(settlement)
    return WorkedOut(_months_paid_twice(settlement))


def accounts_of_case(case):
    """Return what the accounts of a case's person come to on its day, one settlement for each
    scheme with money in it: the one that stands, or, not saved, one worked out now.

    Who has come back may have been paid out before: that settlement is of an end before this one.
    """
    standing = Settlement.objects.exclude(state=State.WITHDRAWN).exclude(reason=Reason.OVERLAP)
    standing = standing.filter(county_code=case.county_code, resident=case.resident).order_by("id")
    known = defaultdict(list)
    for one in standing:
        known[one.scheme_id].append(one)
    found = []
    pensions = case.resident.enrolments.filter(scheme_id__in=PENSION_NAMES)
    for scheme_id in pensions.order_by("scheme_id").values_list("scheme_id", flat=True):
        mine = (one for one in known[scheme_id] if one.is_open or one.made_at >= case.made_at)
        one = next(mine, None) or _worked_out_now(case, scheme_id)
        if not one.amount and known[scheme_id]:
            one = known[scheme_id][-1]
        if one.amount:
            found.append(one)
    return found


def _worked_out_now(case, scheme_id):
    one = Settlement(
        resident=case.resident,
        scheme_id=scheme_id,
        reason=REASON_OF_CASE.get(case.kind, Reason.EMPLOYEES),
        settled_on=case.happened_on or today(),
    )
    one.amount = work_out(one).amount
    return one


def case_of(settlement):
    """Return the case that ended the enrolment whose account is settled, or None."""
    ending = Case.objects.filter(
        resident=settlement.resident_id,
        kind__in=[*REASON_OF_CASE, Case.Kind.TERMINATION],
        made_at__lte=settlement.made_at,
    )
    return ending.exclude(state=State.WITHDRAWN).order_by("-id").first()


@transaction.atomic
def propose_settlement(settlement, *, by):
    """Work out a new settlement, save it and send it on its way; return it.

    Refuses EnrolmentStillOpen, AccountSettledAlready, AccountOverdrawn, NothingInTheAccount,
    NotInTheAccount, MoneyGoesBack and InterestNotCredited.
    """
    # Two proposals for one account at once would not see each other.
    resident = Resident.objects.select_for_update(of=["self"]).get(pk=settlement.resident_id)
    _refuse_a_second(settlement, resident)
    if settlement.closes_the_account:
        _refuse_who_still_pays(settlement, resident)
    found = work_out(settlement)
    if found.amount < 0:
        raise AccountOverdrawn(name=resident.name, amount=f"{-found.amount:,.2f}")
    if not found.lines or not found.amount:
        raise NothingInTheAccount(name=resident.name, day=settlement.settled_on)
    _refuse_what_is_not_there(settlement, found)
    _refuse_while_money_goes_back(settlement)
    _refuse_before_interest_is_credited(settlement, found)
    settlement.county_code, settlement.village_code = resident.county_code, resident.village_code
    settlement.amount, settlement.terms = found.amount, found.terms
    settlement.is_provisional = found.is_provisional
    approving.begin(settlement, by=by)
    SettlementLine.objects.bulk_create(
        SettlementLine(settlement=settlement, source=source, principal=principal, interest=interest)
        for source, principal, interest in found.lines
    )
    return approving.submit(settlement, by=by)


@transaction.atomic
def approve_settlement(settlement, *, by, seen=""):
    """Let a settlement take effect: its money leaves the account; return it.

    Refuses AccountMovedSince where the books no longer say what was asked for, MoneyGoesBack and
    InterestNotCredited.
    """
    # Neither a payment nor a run of interest may come in between.
    lock_books(settlement.county_code)
    Resident.objects.select_for_update(of=["self"]).get(pk=settlement.resident_id)
    found = work_out(settlement)
    if sorted(found.lines) != _lines_of(settlement):
        raise AccountMovedSince(now=f"{found.amount:,.2f}", asked=f"{settlement.amount:,.2f}")
    _refuse_what_is_not_there(settlement, found)
    _refuse_while_money_goes_back(settlement)
    _refuse_before_interest_is_credited(settlement, found)
    return approving.approve(settlement, by=by, seen=seen)


@transaction.atomic
def note_payment(settlement, *, paid_on, by):
    """Note that the fund has paid; return the settlement.

    Refuses NotApprovedYet and PaidOutAlready.
    """
    settlement = Settlement.objects.select_for_update(of=["self"]).get(pk=settlement.pk)
    if settlement.state != State.APPROVED:
        raise NotApprovedYet()
    if settlement.paid_on:
        raise PaidOutAlready(day=settlement.paid_on)
    settlement.paid_on, settlement.paid_by = paid_on, by
    settlement.save(update_fields=["paid_on", "paid_by"])
    record(
        "pay_settlement",
        settlement,
        by=by,
        area_code=settlement.village_code,
        amount=str(settlement.amount),
    )
    return settlement


# --- what it comes to ---


def _whole_account(settlement):
    """The balance of every source with its interest up to the end of the month."""
    on, resident = settlement.settled_on, settlement.resident
    terms, is_provisional = terms_of(resident.county_code, settlement.scheme_id, on.year)
    counts = terms or NO_INTEREST
    asked = earning_parameters(counts, year=on.year, until=on.month) | {
        "county_code": resident.county_code,
        "scheme_id": settlement.scheme_id,
        "resident_id": resident.pk,
    }
    lines, opening = [], Decimal(0)
    for row in fetch_statement("account_on_a_day", asked):
        opening += row["opening"]
        if row["principal"] or row["interest"]:
            lines.append((row["source"], row["principal"], row["interest"]))
    return WorkedOut(lines, terms, is_provisional and terms is not None, opening)


def _months_paid_twice(settlement):
    """Own and collective money of one year's overlapping months; what the state added stays."""
    paid = fetch_statement(
        "paid_for_a_year",
        {
            "county_code": settlement.resident.county_code,
            "year": settlement.overlap_year,
            "resident_id": settlement.resident_id,
            "scheme_id": settlement.scheme_id,
        },
    )
    share = Decimal(settlement.overlap_months) / MONTHS_OF_A_YEAR
    return [
        (row["source"], (row["amount"] * share).quantize(FEN, ROUND_HALF_UP), Decimal(0))
        for row in paid
        if row["source"] in OF_THE_PERSON
    ]


# --- what stands in the way ---


def _refuse_a_second(settlement, resident):
    others = Settlement.objects.exclude(state=State.WITHDRAWN).filter(
        county_code=resident.county_code, resident=resident, scheme_id=settlement.scheme_id
    )
    if settlement.closes_the_account:
        # Money that came after an account was closed is settled once more; what it held is gone.
        others = others.exclude(reason=Reason.OVERLAP).exclude(state=State.APPROVED)
    else:
        others = others.filter(reason=Reason.OVERLAP, overlap_year=settlement.overlap_year)
    if known := others.first():
        raise AccountSettledAlready(
            name=resident.name, day=known.settled_on, state=known.get_state_display()
        )


def _refuse_who_still_pays(settlement, resident):
    is_open = resident.life_status == Resident.LifeStatus.ALIVE and (
        resident.enrolments.filter(scheme_id=settlement.scheme_id)
        .exclude(status=Enrolment.Status.TERMINATED)
        .exists()
    )
    if is_open:
        raise EnrolmentStillOpen(name=resident.name)


def _refuse_what_is_not_there(settlement, found):
    """Months paid twice go back out of what the account still holds: a closed one holds nothing."""
    if settlement.closes_the_account:
        return
    accounts = {account.scheme_id: account for account in accounts_of(settlement.resident)}
    account = accounts.get(settlement.scheme_id)
    for source, principal, _interest in found.lines:
        there = account.balances.get(source, Decimal(0)) if account else Decimal(0)
        if there < principal:
            raise NotInTheAccount(
                name=settlement.resident.name,
                source=Source(source).label,
                there=f"{there:,.2f}",
                asked=f"{principal:,.2f}",
            )


def _refuse_while_money_goes_back(settlement):
    """A refund on its way would pay out once more what a settlement pays out."""
    refunds = RefundRequest.objects.standing().filter(
        county_code=settlement.resident.county_code,
        resident=settlement.resident_id,
        scheme_id=settlement.scheme_id,
        payer=RefundRequest.Payer.FUND,
    )
    if not settlement.closes_the_account:
        refunds = refunds.filter(year=settlement.overlap_year)
    done = (RefundRequest.Payment.PAID, RefundRequest.Payment.WRITTEN_OFF)
    if known := refunds.exclude(payment__in=done).first():
        raise MoneyGoesBack(
            name=settlement.resident.name, year=known.year, amount=f"{known.amount:,.2f}"
        )


def refuse_what_was_paid_out(transfers):
    """Refuse PaidOutOfTheAccount for the first payment whose money a settlement has paid out, or is
    about to; named in `settings.BEFORE_REFUNDS`.
    """
    settled = Settlement.objects.exclude(state=State.WITHDRAWN).select_related("resident")
    found = settled.filter(
        county_code=transfers[0].county_code, resident__in=[one.resident_id for one in transfers]
    )
    for one in found:
        for transfer in transfers:
            if transfer.resident_id == one.resident_id and _pays_out(one, transfer):
                raise PaidOutOfTheAccount(
                    name=one.resident.name, day=one.settled_on, state=one.get_state_display()
                )


def _pays_out(settlement, transfer):
    if settlement.scheme_id != transfer.scheme_id:
        return False
    if not settlement.closes_the_account:
        return settlement.overlap_year == transfer.year
    # What came after an account was closed still lies in it.
    return settlement.is_open or transfer.posted_at < settlement.approved_at


def _lines_of(settlement):
    return sorted(settlement.lines.values_list("source", "principal", "interest"))


def _refuse_before_interest_is_credited(settlement, found):
    """An account is closed once: what last year still owes it could never be paid out after."""
    if not settlement.closes_the_account:
        return
    last_year = settlement.settled_on.year - 1
    runs = InterestRun.objects.filter(
        county_code=settlement.resident.county_code, scheme_id=settlement.scheme_id
    )
    is_owed = found.terms and found.opening and not runs.approved().filter(year=last_year).exists()
    on_their_way = InterestLine.objects.filter(
        county_code=settlement.resident.county_code,
        resident_id=settlement.resident_id,
        run_id__in=runs.open().values("pk"),
    )
    if is_owed or on_their_way.exists():
        raise InterestNotCredited(year=last_year)
