"""Lay three figures of a day beside each other and sign what agrees (三方核对、日结关账).

    2021-03-08   tax bureau's files 361,500.00   ledger 361,200.00   bank 361,500.00
                 one row of 300.00 is an exception: matched 1,204 of 1,205, reconciled with the bank

Matched says that a row found the person who owed it; reconciled says that the sums of tax bureau
and bank agree. Neither stands for the other. A day that three people signed is frozen: what
comes late makes an adjustment batch (调整批次) of its own, and only a reason opens the day again.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.channels import channel_of
from contributions.models import BankLine, BankStatement, DayClose, Transfer
from contributions.models.ledger import PARTS_OF_THE_ACCOUNT
from contributions.posting import lock_books
from contributions.statements import fetch_statement
from contributions.working_days import working_days_back
from pension_portal.clock import today
from pension_portal.refusals import Refusal
from staff import approving
from staff.audit import record
from staff.models import Approvable

NOTHING = Decimal("0.00")
EARLIEST_YEAR = 2009
SIDES = ("tax", "ledger", "bank")
# What the three figures of a day are of: aid never comes through the tax bureau.
COLLECTED = (Transfer.Source.OWN, Transfer.Source.PROXY)
DAYS_IN_TRANSIT = 5
MOST_IN_TRANSIT = 500
STATES = {
    "empty": ("neutral", "circle-dashed", _("无到账")),
    "no_bank": ("warn", "clock", _("缺银行数")),
    "different": ("bad", "alert-triangle", _("有差额")),
    "reconciled": ("good", "check", _("已核平")),
    "closing": ("busy", "hourglass", _("关账审批中")),
    "closed": ("good", "lock", _("已关账")),
    "late": ("warn", "alert-triangle", _("关账后有变动")),
}


class NothingToClose(Refusal):
    code = "nothing_to_close"
    sentence = _("%(day)s 没有待关账的到账，不用关。")


class DayIsBeingClosed(Refusal):
    code = "day_is_being_closed"
    sentence = _("%(day)s 已有一份关账在办（%(state)s）。打开那一份办理。")


class DifferenceUnexplained(Refusal):
    code = "difference_unexplained"
    sentence = _("税务与银行相差 %(difference)s 元。写明原因和处理办法，再提交关账。")
    status = 400


class DayMovedSince(Refusal):
    code = "day_moved_since"
    sentence = _("提交以后 %(day)s 的数有变动。退回重新核对后再提交。")


class DayNotClosed(Refusal):
    code = "day_not_closed"
    sentence = _("%(day)s 还没有关账，不用重开。")


class ReopeningNeedsReason(Refusal):
    code = "reopening_needs_reason"
    sentence = _("重开要写明原因，写好后再点重开。")
    status = 400


class MakerMayNotReopen(Refusal):
    code = "maker_may_not_reopen"
    sentence = _("%(day)s 是本人关的账，须由另一人重开。")
    status = 403


@dataclass
class Sides:
    """Three figures beside each other: payments and yuan of each side."""

    payments: dict = field(default_factory=lambda: dict.fromkeys(SIDES, 0))
    amounts: dict = field(default_factory=lambda: dict.fromkeys(SIDES, NOTHING))

    def add(self, side, payments, amount):
        self.payments[side] += payments
        self.amounts[side] += amount

    @property
    def difference(self):
        """What the tax bureau says arrived less what the bank received."""
        return self.amounts["tax"] - self.amounts["bank"]

    @property
    def unmatched(self):
        """Yuan that arrived and have not found who owed them."""
        return self.amounts["tax"] - self.amounts["ledger"]

    @property
    def is_empty(self):
        return not any(self.payments.values()) and not any(self.amounts.values())

    def as_figures(self):
        """Return payments and yuan of the three sides, in their order, for what is frozen."""
        return [part for side in SIDES for part in (self.payments[side], str(self.amounts[side]))]


@dataclass
class Day:
    """One day: its figures by (scheme, channel), and what was closed of it."""

    day: date
    lines: dict = field(default_factory=lambda: defaultdict(Sides))
    closes: list = field(default_factory=list)

    @property
    def whole(self):
        whole = Sides()
        for sides in self.lines.values():
            for side in SIDES:
                whole.add(side, sides.payments[side], sides.amounts[side])
        return whole

    @property
    def closed(self):
        """The figures that standing closes have frozen, by (scheme, channel)."""
        frozen = defaultdict(Sides)
        for close in self.closes:
            if close.state == Approvable.State.APPROVED and close.reopened_at is None:
                for scheme, channel, *figures in close.figures:
                    _add_figures(frozen[scheme, channel], figures)
        return frozen

    @property
    def left(self):
        """What no standing close has frozen: everything, nothing, or what came late."""
        frozen, left = self.closed, {}
        for key in {*self.lines, *frozen}:
            sides = Sides()
            for side in SIDES:
                now, then = self.lines.get(key, Sides()), frozen.get(key, Sides())
                sides.add(
                    side,
                    now.payments[side] - then.payments[side],
                    now.amounts[side] - then.amounts[side],
                )
            if not sides.is_empty:
                left[key] = sides
        return left

    @property
    def open_close(self):
        """The close that is on its way to its approval, or None."""
        return next((close for close in self.closes if close.is_open), None)

    @property
    def state(self):
        """One of STATES."""
        if self.open_close:
            return "closing"
        if self.closed:
            return "late" if self.left else "closed"
        if self.whole.is_empty:
            return "empty"
        if not self.whole.payments["bank"]:
            return "no_bank"
        return "different" if self.whole.difference else "reconciled"


def tie_out(county_code, first, last, *, source=BankStatement.Source.BANK):
    """Return the Days from `first` to `last` that have money or a close, oldest first; []."""
    asked = {"county_code": county_code, "first": first, "last": last, "source": source}
    days = {}
    for row in fetch_statement("three_sides", asked):
        day = days.setdefault(row["day"], Day(row["day"]))
        channel = row["channel"] if row["side"] == "bank" else channel_of(row["channel"])
        sides = day.lines[row["scheme_id"], channel]
        sides.add(row["side"], int(row["payments"]), row["amount"])
    closes = DayClose.objects.filter(county_code=county_code, day__range=(first, last))
    for close in closes.exclude(state=Approvable.State.WITHDRAWN).order_by("number"):
        days.setdefault(close.day, Day(close.day)).closes.append(close)
    return [days[day] for day in sorted(days)]


def by_source(county_code, first, last):
    """Return scheme_id, source, transfers and amount of what the ledger holds of some days."""
    asked = {"county_code": county_code, "first": first, "last": last}
    return fetch_statement("ledger_by_source", asked)


def tie_out_day(county_code, day):
    """Return one Day, empty where nothing arrived."""
    return next(iter(tie_out(county_code, day, day)), Day(day))


@transaction.atomic
def close_day(county_code, day, *, explanation, by):
    """Freeze what stands open on a day and send it on its way; return the close.

    Refuses NothingToClose, DayIsBeingClosed and DifferenceUnexplained.
    """
    lock_books(county_code)
    found = tie_out_day(county_code, day)
    if found.open_close:
        raise DayIsBeingClosed(day=day, state=found.open_close.get_state_display())
    left = found.left
    if not left:
        raise NothingToClose(day=day)
    difference = sum((sides.difference for sides in left.values()), NOTHING)
    explanation = " ".join(explanation.split())[:300]
    if difference and not explanation:
        raise DifferenceUnexplained(difference=f"{difference:,.2f}")
    earlier = DayClose.objects.filter(county_code=county_code, day=day)
    close = DayClose(
        county_code=county_code,
        day=day,
        number=(earlier.aggregate(most=Max("number"))["most"] or 0) + 1,
        figures=_as_figures(left),
        difference=difference,
        explanation=explanation,
    )
    return approving.submit(approving.begin(close, by=by), by=by)


@transaction.atomic
def approve_close(close, *, by, seen=""):
    """Close a day for good; return the close. Refuses DayMovedSince."""
    lock_books(close.county_code)
    now = tie_out_day(close.county_code, close.day)
    if _as_figures(now.left) != close.figures:
        raise DayMovedSince(day=close.day)
    return approving.approve(close, by=by, seen=seen)


@transaction.atomic
def reopen_day(county_code, day, *, reason, by):
    """Open a closed day again, all its batches; return how many.

    Refuses ReopeningNeedsReason, DayNotClosed and MakerMayNotReopen.
    """
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise ReopeningNeedsReason()
    lock_books(county_code)
    closes = list(DayClose.objects.filter(county_code=county_code, day=day).standing())
    if not closes:
        raise DayNotClosed(day=day)
    if any(by.is_same_person(close.made_by) for close in closes):
        raise MakerMayNotReopen(day=day)
    for close in closes:
        close.reopened_at, close.reopened_by = timezone.now(), by
        close.reopening_reason = reason
        close.save(update_fields=["reopened_at", "reopened_by", "reopening_reason"])
        record("reopen_day", close, by=by, reason=reason, day=str(day))
    return len(closes)


def in_transit(county_code, year):
    """Return payments made and not arrived, oldest first, each with `is_overdue`: beyond five
    working days it is no transit but a discrepancy.
    """
    return fetch_statement(
        "in_transit",
        {
            "county_code": county_code,
            "year": year,
            "since": working_days_back(county_code, today(), DAYS_IN_TRANSIT),
            "most": MOST_IN_TRANSIT,
        },
    )


def transfers_of(county_code, *, first, last, scheme_id=None, source="", channel=None):
    """Return the transfers that arrived from `first` to `last`: what stands behind the ledger's
    figures of a day, a month, a source or a channel.
    """
    found = Transfer.objects.filter(
        county_code=county_code,
        year__range=(EARLIEST_YEAR, last.year + 1),
        treasury_on__range=(first, last),
    )
    if scheme_id:
        found = found.filter(scheme_id=scheme_id)
    if source:
        found = found.filter(source__in=COLLECTED if source == "collected" else [source])
    if channel is not None:
        texts = set(found.order_by().values_list("channel", flat=True).distinct())
        found = found.filter(channel__in=[text for text in texts if channel_of(text) == channel])
    return found.order_by("treasury_on", "id")


def sum_of(transfers):
    """Return (how many, yuan into the accounts less what was taken back) of transfers."""
    into = models.Q(to_account__in=PARTS_OF_THE_ACCOUNT)
    sums = transfers.order_by().aggregate(
        count=models.Count("*"),
        came=models.Sum("amount", filter=into, default=NOTHING),
        went=models.Sum("amount", filter=~into, default=NOTHING),
    )
    return sums["count"], sums["came"] - sums["went"]


def tax_rows_of(
    county_code, day, *, scheme_id=None, channel=None, is_unmatched=False, limit, offset=0
):
    """Return the file rows of a day's money: of one scheme and channel, or those alone that are not
    in the ledger, where that is asked.
    """
    asked = {"county_code": county_code, "day": day, "scheme_id": scheme_id}
    channels = None
    if channel is not None:
        sides = {"first": day, "last": day, "source": BankStatement.Source.BANK}
        found = fetch_statement("three_sides", asked | sides)
        texts = {row["channel"] for row in found if row["side"] == "tax"}
        channels = [text for text in texts if channel_of(text) == channel]
    page = {
        "channels": channels,
        "is_unmatched": is_unmatched,
        "limit": limit,
        "offset": offset,
    }
    return fetch_statement("day_rows", asked | page)


def bank_lines_of(county_code, day):
    """Return what statements that stand say of one day, with those that do not count."""
    found = BankLine.objects.filter(county_code=county_code, day=day, statement__withdrawn_at=None)
    return found.select_related("statement", "statement__file").order_by("statement_id", "row")


def month_of(day):
    """Return the first and the last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _as_figures(left):
    return [
        [scheme, channel, *sides.as_figures()] for (scheme, channel), sides in sorted(left.items())
    ]


def _add_figures(sides, figures):
    for place, side in enumerate(SIDES):
        payments, amount = figures[2 * place : 2 * place + 2]
        sides.add(side, payments, Decimal(amount))
