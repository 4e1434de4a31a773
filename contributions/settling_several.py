"""Settle several exceptions of one reason in one go, each for itself (一起处理)."""

from functools import partial

from contributions.errors import ReasonMissing, SeveralReasons, TooManyAtOnce
from contributions.refunding import refund_exception
from contributions.settling import accept_exception, mark_other_county, set_aside_exception
from contributions.undoing import put_back_exception
from pension_portal.refusals import Refusal

MOST_AT_ONCE = 50


def settle_several(exceptions, deed, *, by, reason=""):
    """Do one deed to each of some exceptions of one reason; return [(exception, Refusal or None)].

    `deed` is accept, set_aside, other_county, refund or put_back. Each is its own transaction: one
    that cannot be done stops no other. Refuses SeveralReasons, TooManyAtOnce and ReasonMissing
    before any is touched.
    """
    exceptions = list(exceptions)
    if len({exception.code for exception in exceptions}) > 1:
        raise SeveralReasons()
    if len(exceptions) > MOST_AT_ONCE:
        raise TooManyAtOnce(most=MOST_AT_ONCE)
    if deed == "set_aside" and not reason.strip():
        raise ReasonMissing()
    doing = {
        "accept": partial(accept_exception, reason=reason),
        "set_aside": partial(set_aside_exception, reason=reason),
        "other_county": partial(mark_other_county, reason=reason),
        "refund": partial(refund_exception, reason=reason),
        "put_back": put_back_exception,
    }[deed]
    results = []
    for exception in exceptions:
        try:
            results.append((doing(exception, by=by), None))
        except Refusal as refusal:
            results.append((exception, refusal))
    return results
