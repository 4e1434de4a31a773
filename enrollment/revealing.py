"""Show one hidden number of one person in full, for a stated reason and on record (查看全号)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrollment.errors import NothingToReveal, TooManyReveals
from staff.audit import record
from staff.models import AuditEntry, Staff

ACTION = "reveal_person"
MOST_AN_HOUR = 20
HOUR = timedelta(hours=1)
SHOWN_SECONDS = 30

SECRETS = {
    "id_number": _("证件号码"),
    "phone": _("联系电话"),
    "bank_account": _("银行账号"),
}
REASONS = {
    "change": _("办理参保变更"),
    "payment": _("核对缴费"),
    "visit": _("群众来访查询"),
    "call": _("电话联系本人"),
    "audit": _("稽核检查"),
}


def reveal(resident, what, *, reason, by, address=None):
    """Return a secret of a resident in full, once the trail says who asked and why.

    Refuses TooManyReveals beyond twenty in an hour, which the trail keeps too, and
    NothingToReveal where nothing is registered.
    """
    assert what in SECRETS
    assert reason in REASONS
    text = getattr(resident, what)
    if not text:
        raise NothingToReveal(what=SECRETS[what])
    return reveal_text(
        resident,
        text,
        what=what,
        reason=REASONS[reason],
        area_code=resident.village_code,
        by=by,
        address=address,
    )


def reveal_text(subject, text, *, what, reason, area_code, by, address=None):
    """Return a secret text of a subject, once the trail says who asked; refuses TooManyReveals."""
    with transaction.atomic():
        # Two clicks at once must not both be the twentieth.
        Staff.objects.select_for_update(of=["self"]).get(pk=by.pk)
        since = timezone.now() - HOUR
        is_too_many = (
            AuditEntry.objects.filter(staff=by, action=ACTION, at__gte=since).count()
            >= MOST_AN_HOUR
        )
        record(
            "reveal_refused" if is_too_many else ACTION,
            subject,
            by=by,
            reason=str(reason),
            area_code=area_code,
            address=address,
            what=what,
        )
    if is_too_many:
        raise TooManyReveals(most=MOST_AN_HOUR)
    return text
