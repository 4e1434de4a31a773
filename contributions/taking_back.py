"""Take back single payments (退费、单笔冲正): one transfer the other way for each.

    2021-03-05  张桂兰 pays 300 yuan twice            payer → personal 300.00, twice
    2021-04-01  the fund pays one of them back        personal → payer 300.00, refund of the second
                                                      she counts still: one payment stands

Counters move in the same transaction. What no longer counts cannot be taken back again: the
statement passes over it, and the caller's transaction ends with a refusal.
"""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from contributions.errors import ReversalNeedsReason
from contributions.models import RefundRequest, Reversal, Transfer
from contributions.posting import last_transfer_id, lock_books, move_books
from contributions.statements import fetch_statement, run_statement
from pension_portal.jobs import start_job
from pension_portal.refusals import Refusal
from staff import approving
from staff.audit import record


class TakenBackAlready(Refusal):
    code = "taken_back_already"
    sentence = _("%(name)s 的账目 %(number)s 已被退费或冲正，不能再退一次。打开账目看去向。")


class ReversalUnderWay(Refusal):
    code = "reversal_under_way"
    sentence = _("账目 %(number)s 已有一份冲正在办，打开那一份办理。")


class RefundStands(Refusal):
    code = "refund_stands"
    sentence = _("账目 %(number)s 已有退费申请（%(state)s），先撤回退费再冲正。")


@transaction.atomic
def propose_reversal(transfer, *, reason, by):
    """Ask that one payment is taken out of the books; return the reversal on its way.

    Refuses ReversalNeedsReason, TakenBackAlready, RefundStands and ReversalUnderWay.
    """
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise ReversalNeedsReason()
    lock_books(transfer.county_code)
    refuse_what_is_taken_back([transfer])
    _refuse_beside_a_refund(transfer)
    if _reversals_of(transfer).exists():
        raise ReversalUnderWay(number=number_of(transfer))
    reversal = Reversal(
        county_code=transfer.county_code,
        village_code=transfer.village_code,
        resident_id=transfer.resident_id,
        year=transfer.year,
        transfer_id=transfer.id,
        amount=transfer.amount,
        reason=reason,
    )
    return approving.submit(approving.begin(reversal, by=by), by=by)


@transaction.atomic
def approve_reversal(reversal, *, by, seen=""):
    """Agree as the last, and take the payment back; return the reversal.

    Refuses TakenBackAlready and RefundStands; then nothing is approved.
    """
    books = lock_books(reversal.county_code)
    transfer = transfer_of(reversal)
    _refuse_beside_a_refund(transfer)
    reversal = approving.approve(reversal, by=by, seen=seen)
    take_back([transfer], books, kind=Transfer.Kind.REVERSAL, keys=[f"reversal of {transfer.id}"])
    tell_what_follows([transfer], by=by)
    record(
        "reverse_transfer",
        reversal,
        by=by,
        reason=reversal.reason,
        area_code=reversal.village_code,
        amount=str(reversal.amount),
    )
    return reversal


def take_back(transfers, books, *, kind, keys, paid_on=None):
    """Write the way back of payments of one county, whose books are locked, and move the counters.

    `keys` name each way back for ever, so that it stands once. Refuses TakenBackAlready.
    """
    refuse_what_is_taken_back(transfers)
    parameters = {
        "county_code": books.county_code,
        "feed_id": None,
        "years": [one.year for one in transfers],
        "ids": [one.id for one in transfers],
        "keys": keys,
        "kind": kind,
        "paid_on": paid_on,
        "posted_at": timezone.now(),
        "after_id": last_transfer_id(),
    }
    written = run_statement("take_back_transfers", parameters)
    assert written == len(transfers), f"{written} of {len(transfers)} payments were taken back"
    run_statement("move_counters", parameters)
    move_books(books)


def tell_what_follows(transfers, *, by):
    """Let what stands to the right follow: today's figures of each year that was touched."""
    feeds = {one.year: one for one in transfers if one.feed_id}
    for one in feeds.values():
        start_job("ledger_changed", one.feed_id, county_code=one.county_code, by=by)


def refuse_what_is_taken_back(transfers):
    """Refuse TakenBackAlready for the first payment that does not count any more."""
    standing = fetch_statement(
        "standing_transfers",
        {
            "county_code": transfers[0].county_code,
            "years": [one.year for one in transfers],
            "ids": [one.id for one in transfers],
        },
    )
    known = {row["id"] for row in standing}
    for one in transfers:
        if one.id not in known:
            raise TakenBackAlready(name=one.resident.name, number=number_of(one))


def refuse_what_stands_against(transfers):
    """Let what stands to the right refuse that the fund pays payments back."""
    for name in settings.BEFORE_REFUNDS:
        import_string(name)(transfers)


def transfer_of(thing):
    """Return the payment that a reversal or a fund's refund is about."""
    return Transfer.objects.select_related("resident").get(
        county_code=thing.county_code, year=thing.year, id=thing.transfer_id
    )


def posted_by(feed, row_no):
    """Return the payments that one row of a file was posted as; a back payment is several years."""
    kinds = [Transfer.Kind.NORMAL, Transfer.Kind.BACK]
    return Transfer.objects.filter(
        county_code=feed.county_code, feed_id=feed.pk, row_no=row_no, kind__in=kinds
    )


def number_of(transfer):
    return f"{transfer.year}-{transfer.id}"


def _reversals_of(transfer):
    same = Reversal.objects.filter(county_code=transfer.county_code, transfer_id=transfer.id)
    return same.exclude(state=Reversal.State.WITHDRAWN)


def _refuse_beside_a_refund(transfer):
    """A refund that is asked for would pay out what a reversal takes away."""
    refunds = RefundRequest.objects.standing().exclude(
        payment__in=[RefundRequest.Payment.WRITTEN_OFF]
    )
    refund = refunds.filter(county_code=transfer.county_code, transfer_id=transfer.id).first()
    if refund:
        raise RefundStands(
            number=number_of(transfer),
            state=refund.get_payment_display() if refund.payment else refund.get_state_display(),
        )
