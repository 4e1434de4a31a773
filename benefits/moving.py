"""Take over an account that comes from another county with its owner (转移接续转入).

    asked for → our letter → their answer → the money here → reviewed and approved: in the account

Until the money is here the person is unpaid but not lost. What arrives keeps its sources, and earns
from the day it arrived.
"""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from benefits.models import AccountMove, MovedSum
from enrollment.models import Resident
from pension_portal.refusals import Refusal
from staff import approving
from staff.models import Approvable


class MoveUnderWay(Refusal):
    code = "move_under_way"
    sentence = _("%(name)s 已有一份从%(place)s转入的申请（%(state)s）。打开那一份继续办。")


class MoneyNotHere(Refusal):
    code = "money_not_here"
    sentence = _("转入的资金还没有登记到账日期和金额。登记后再提交。")


@transaction.atomic
def ask_for_account(move, *, by):
    """Save a new move as its maker's draft and return it; refuses MoveUnderWay."""
    resident = Resident.objects.select_for_update(of=["self"]).get(pk=move.resident_id)
    under_way = AccountMove.objects.open().filter(resident=resident, scheme_id=move.scheme_id)
    if known := under_way.first():
        raise MoveUnderWay(
            name=resident.name, place=known.from_place, state=known.get_state_display()
        )
    move.county_code, move.village_code = resident.county_code, resident.village_code
    return approving.begin(move, by=by)


@transaction.atomic
def note_progress_of(move, *, days, years_paid, sums, by):
    """Note how far a move has come: `days` is field → day, `sums` source → yuan; return it."""
    move = approving.edit(move, by=by)
    for name, day in days.items():
        setattr(move, name, day)
    move.years_paid = years_paid
    move.amount = sum(sums.values(), Decimal(0))
    move.save()
    move.sums.all().delete()
    MovedSum.objects.bulk_create(
        MovedSum(move=move, source=source, amount=amount)
        for source, amount in sums.items()
        if amount
    )
    return move


@transaction.atomic
def submit_move(move, *, by):
    """Send a move whose money is here to review; return it. Refuses MoneyNotHere."""
    move = AccountMove.objects.select_for_update(of=["self"]).get(pk=move.pk)
    if move.received_on is None or not move.amount:
        raise MoneyNotHere()
    return approving.submit(move, by=by)


def stage_of(move):
    """Return the words for how far a move has come (申请、已发函、已转出、资金到账、已办结)."""
    if move.state == Approvable.State.APPROVED:
        return _("已办结")
    if move.received_on:
        return _("资金到账")
    if move.answered_on:
        return _("已转出")
    return _("已发函") if move.letter_on else _("申请")
