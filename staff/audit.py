"""Keep the trail of who did what (操作日志): an entry is written in the transaction of the deed, or
the deed fails.
"""

from django.conf import settings
from psycopg2 import sql

from staff.models import ApprovalStep, AuditEntry


def record(action, subject=None, *, by, reason="", area_code="", address=None, **detail):
    """Write one entry; `subject` is a model instance or a text such as `resident:17`.

    The detail must not hold an identity number, a phone or an account: the trail is read by people
    who may not see them.
    """
    return AuditEntry.objects.create(
        staff=by,
        duty_kind=by.duty_kind if by else "",
        area_code=area_code or (by.area_code if by else ""),
        action=action,
        subject=subject_key(subject),
        reason=reason,
        detail=detail,
        address=address,
    )


def record_looks(action, people, *, by):
    """Write an entry for each of the people whom somebody saw at once; one statement for all."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            staff=by,
            duty_kind=by.duty_kind,
            area_code=person.village_code,
            action=action,
            subject=subject_key(person),
        )
        for person in people
    )


def subject_key(subject):
    """Return the stable name of a thing in the trail: `paymentfeed:12`; empty for nothing."""
    if subject is None or isinstance(subject, str):
        return subject or ""
    return f"{subject._meta.model_name}:{subject.pk}"


def protect_trail(cursor):
    """Leave the portal's role SELECT and INSERT on the trail and on the steps of approvals; the
    owner calls it.
    """
    for model in (AuditEntry, ApprovalStep):
        cursor.execute(
            sql.SQL("revoke update, delete, truncate on {} from {}").format(
                sql.Identifier(model._meta.db_table), sql.Identifier(settings.DATABASE_ROLE)
            )
        )
