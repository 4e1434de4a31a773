"""Ask that a payment goes back to who paid it (申请退费).

A row that is held never reached the ledger: its money lies with the treasury, and the tax bureau
sends it back. Asking sets the row aside; undoing that withdraws the request.
"""

from contributions.errors import NothingToRefund
from contributions.models import Handling, RefundRequest
from contributions.settling import set_aside_exception

Cause = RefundRequest.Cause

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


def refund_exception(exception, *, by, reason=""):
    """Ask the treasury to pay a held row back, and set the row aside; return the exception.

    Refuses NothingToRefund and what `set_aside_exception` refuses.
    """
    cause = CAUSES.get(exception.code, Cause.OTHER)
    words = reason.strip() or str(cause.label)

    def request(locked):
        if not locked.amount or locked.amount <= 0:
            raise NothingToRefund()
        RefundRequest.objects.create(
            county_code=locked.county_code,
            area_code=locked.area_code,
            year=locked.year,
            scheme_id=locked.scheme_id,
            resident=locked.resident,
            name=locked.name,
            exception=locked,
            amount=locked.amount,
            payer=RefundRequest.Payer.TREASURY,
            cause=cause,
            note=reason.strip(),
            requested_by=by,
        )

    return set_aside_exception(
        exception, by=by, reason=words, deed=Handling.Deed.REFUND, and_then=request
    )
