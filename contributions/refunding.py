"""Ask that a payment goes back to who paid it (申请退费), and agree to it.

a held row        never reached the ledger; its money lies with the treasury, and the tax bureau
                  sends it back. Asking sets the row aside; undoing that withdraws the request.
a posted payment  the fund pays it back. The ledger follows when the money has gone
                  (`paying_refunds.py`), never before.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contributions.errors import NothingToRefund
from contributions.models import Handling, RefundRequest, Reversal
from contributions.posting import lock_books
from contributions.settling import set_aside_exception
from contributions.taking_back import (
    ReversalUnderWay,
    number_of,
    refuse_what_is_taken_back,
    refuse_what_stands_against,
    transfer_of,
)
from pension_portal.refusals import Refusal
from staff import approving

Cause = RefundRequest.Cause
Payer = RefundRequest.Payer

# What an exception's reason says about why the money should go back.
CAUSES = {
    "E04": Cause.OTHER_COUNTY,
    "E05": Cause.WRONG_AMOUNT,
    "E06": Cause.DOUBLE,
    "E07": Cause.WRONG_YEAR,
    "E08": Cause.WRONG_YEAR,
    "E09": Cause.NOT_PAYABLE,
    "E10": Cause.OTHER_COVER,
    "E15": Cause.WRONG_SCHEME,
}


class RefundAskedAlready(Refusal):
    code = "refund_asked_already"
    sentence = _("账目 %(number)s 已申请退费（%(state)s），不用再申请。")


class ProxyNotRefunded(Refusal):
    code = "proxy_not_refunded"
    sentence = _("账目 %(number)s 是政府代缴，钱不退给个人。改用单笔冲正。")


def refund_exception(exception, *, by, reason=""):
    """Ask the treasury to pay a held row back, and set the row aside; return the exception.

    Refuses NothingToRefund and what `set_aside_exception` refuses.
    """
    cause = CAUSES.get(exception.code, Cause.OTHER)
    words = reason.strip() or str(cause.label)

    def request(locked):
        if not locked.amount or locked.amount <= 0:
            raise NothingToRefund()
        wish = RefundRequest(
            county_code=locked.county_code,
            area_code=locked.area_code,
            year=locked.year,
            scheme_id=locked.scheme_id,
            resident=locked.resident,
            name=locked.name,
            exception=locked,
            amount=locked.amount,
            payer=Payer.TREASURY,
            cause=cause,
            note=reason.strip(),
            payee_name=locked.name[:60],
        )
        approving.submit(approving.begin(wish, by=by), by=by)

    return set_aside_exception(
        exception, by=by, reason=words, deed=Handling.Deed.REFUND, and_then=request
    )


@transaction.atomic
def refund_transfer(transfer, wish, *, by):
    """Ask the fund to pay a posted payment back; return the request on its way.

    `wish` is an unsaved RefundRequest that says why and to whom. Refuses TakenBackAlready,
    ProxyNotRefunded, RefundAskedAlready and ReversalUnderWay.
    """
    lock_books(transfer.county_code)
    refuse_what_is_taken_back([transfer])
    _refuse_a_second(transfer)
    refuse_what_stands_against([transfer])
    if transfer.source != transfer.Source.OWN:
        raise ProxyNotRefunded(number=number_of(transfer))
    wish.county_code, wish.area_code = transfer.county_code, transfer.village_code
    wish.year, wish.scheme_id = transfer.year, transfer.scheme_id
    wish.resident, wish.name = transfer.resident, transfer.resident.name
    wish.transfer_id, wish.amount = transfer.id, transfer.amount
    wish.payer = Payer.FUND
    wish.payee_name = wish.payee_name or wish.name
    return approving.submit(approving.begin(wish, by=by), by=by)


@transaction.atomic
def mend_payee(request, *, said, by):
    """Change to whom a refund goes, and submit it again; return it. Three people agree anew.

    Refuses what `approving.edit` refuses.
    """
    request = approving.edit(request, by=by)
    for name in ("payee_name", "payee_bank", "payee_account", "note"):
        setattr(request, name, said[name])
    request.save()
    return approving.submit(request, by=by)


@transaction.atomic
def approve_refund(request, *, by, seen=""):
    """Agree as the last: from now on the refund waits for its payment; return it.

    Refuses TakenBackAlready where a file or a reversal has taken the payment back meanwhile.
    """
    lock_books(request.county_code)
    if request.payer == Payer.FUND:
        transfer = transfer_of(request)
        refuse_what_is_taken_back([transfer])
        refuse_what_stands_against([transfer])
    request = approving.approve(request, by=by, seen=seen)
    request.payment = RefundRequest.Payment.PENDING
    request.save(update_fields=["payment"])
    return request


def _refuse_a_second(transfer):
    same = {"county_code": transfer.county_code, "transfer_id": transfer.id}
    if known := RefundRequest.objects.standing().filter(**same).first():
        raise RefundAskedAlready(
            number=number_of(transfer),
            state=known.get_payment_display() if known.payment else known.get_state_display(),
        )
    if Reversal.objects.open().filter(**same).exists():
        raise ReversalUnderWay(number=number_of(transfer))
