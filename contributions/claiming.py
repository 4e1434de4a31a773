"""Take exceptions into one's hands, so that two clerks do not look into the same one (领取).

A claim lapses by itself after some hours. Whoever needs one that a colleague holds takes it over
with one click, and the trail knows both.
"""

from django.db import transaction
from django.utils import timezone

from contributions.errors import ExceptionInOtherHands
from contributions.models import PaymentException
from staff.audit import record


@transaction.atomic
def claim_exceptions(exceptions, *, by):
    """Take those of some open exceptions that nobody else holds; return how many."""
    free = list(
        exceptions.open()
        .free_for(by)
        .select_for_update(of=["self"], skip_locked=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if free:
        _hold(PaymentException.objects.filter(pk__in=free), by)
        record("claim_exceptions", by=by, exceptions=len(free))
    return len(free)


@transaction.atomic
def take_over_exception(exception, *, by):
    """Take an exception whoever holds it; return it."""
    found = PaymentException.objects.select_for_update(of=["self"]).get(pk=exception.pk)
    held_by = found.claimed_by if found.is_claimed else None
    _hold(PaymentException.objects.filter(pk=found.pk), by)
    record(
        "claim_exceptions",
        found,
        by=by,
        area_code=found.area_code,
        taken_from=held_by.pk if held_by and held_by != by else None,
    )
    found.refresh_from_db()
    return found


def go_on_with(exception, *, by):
    """Note that somebody looks at the next exception of their queue, if nobody else does."""
    _hold(PaymentException.objects.filter(pk=exception.pk).open().free_for(by), by)


def release_exception(exception, *, by):
    """Let go of an exception that one holds; return whether one did."""
    mine = PaymentException.objects.filter(pk=exception.pk, claimed_by=by)
    return bool(mine.update(claimed_by=None, claimed_at=None))


def refuse_in_other_hands(exception, by):
    """Refuse ExceptionInOtherHands where somebody else is working on it now."""
    if exception.is_claimed and exception.claimed_by_id != by.pk:
        raise ExceptionInOtherHands(
            name=exception.claimed_by,
            at=timezone.localtime(exception.claimed_at).strftime("%H:%M"),
        )


def _hold(exceptions, by):
    exceptions.update(claimed_by=by, claimed_at=timezone.now())
