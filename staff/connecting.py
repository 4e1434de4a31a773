"""Let another office's system read (系统接入): propose, agree, make a token, stop it.

    10:00  The security administrator proposes 省社保大屏, figures only, 颍州区, until 2021-12-31
    11:00  The county's approver agrees               an account nobody can sign in to, and its duty
    11:05  The security administrator makes a token   shown once; only its hash is kept
    …      A new token takes the place of the old one; stopping the access ends both

What the system may read is the duty of its account, in the area of that duty, as with people.
"""

import hashlib
import secrets

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pension_portal.doors import refuse_unless_allowed
from pension_portal.refusals import Refusal
from staff import approving
from staff.audit import record
from staff.granting import end_duty, grant_duty, refuse_a_wrong_end, refuse_a_wrong_place
from staff.models import Staff, SystemAccess

TOKEN_BYTES = 32


class AccessNotInForce(Refusal):
    code = "access_not_in_force"
    sentence = _("「%(name)s」没有生效的接入：还未同意、已到期或已停用。另提一份接入申请。")


class AccessStoppedAlready(Refusal):
    code = "access_stopped_already"
    sentence = _("「%(name)s」已于 %(day)s 停用，不用再办。")


@transaction.atomic
def propose_access(*, by, **what):
    """Send an access on its way to the approver; return the SystemAccess.

    `what` is name, department, purpose, kind, area, expires_on and calls_a_minute. Refuses what
    `grant_duty` refuses of places and days.
    """
    refuse_a_wrong_place(what["kind"], what["area"], by)
    refuse_a_wrong_end(what["expires_on"])
    access = approving.begin(SystemAccess(**what), by=by)
    return approving.submit(access, by=by)


@transaction.atomic
def approve_access(access, *, by, seen=""):
    """Agree to an access: its account and its duty are there from now on; return it."""
    access = approving.approve(access, by=by, seen=seen)
    account = Staff(
        username=f"system-{access.pk}", name=access.name[:60], home_county_code=access.area_id[:6]
    )
    account.set_unusable_password()
    account.save(force_insert=True)
    grant_duty(account, access.kind, access.area, access.expires_on, by=by)
    access.account = account
    access.save(update_fields=["account"])
    return access


@transaction.atomic
def make_token(access, *, by):
    """Return a new token, to be shown once; the one before opens nothing any more.

    Refuses NotAllowed and AccessNotInForce.
    """
    access = _locked(access)
    refuse_unless_allowed(by, access.make_action)
    if not access.is_in_force:
        raise AccessNotInForce(name=access.name)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    access.token_hash, access.token_made_at = hash_of(token), timezone.now()
    access.save(update_fields=["token_hash", "token_made_at"])
    record("make_token", access, by=by, area_code=access.area_id)
    return token


@transaction.atomic
def stop_access(access, *, by, reason=""):
    """End an access, its token and its duty at once; return it. Refuses NotAllowed,
    AccessNotInForce and AccessStoppedAlready.
    """
    access = _locked(access)
    refuse_unless_allowed(by, access.make_action)
    if access.revoked_at:
        raise AccessStoppedAlready(name=access.name, day=f"{access.revoked_at:%Y-%m-%d}")
    if access.account is None:
        raise AccessNotInForce(name=access.name)
    duty = access.account.duties.filter(ended_on=None).first()
    if duty:
        end_duty(duty, by=by, reason=reason)
    Staff.objects.filter(pk=access.account_id).update(is_active=False)
    access.token_hash, access.revoked_at, access.revoked_by = None, timezone.now(), by
    access.revoke_reason = reason
    access.save(update_fields=["token_hash", "revoked_at", "revoked_by", "revoke_reason"])
    record("stop_access", access, by=by, reason=reason, area_code=access.area_id)
    return access


def access_of(token):
    """Return the SystemAccess in force that a token belongs to, or None."""
    found = SystemAccess.objects.filter(token_hash=hash_of(token)).select_related("account")
    access = found.first()
    return access if access and access.is_in_force and access.account.is_active else None


def count_call(access):
    """Note one more call of this minute; return whether it is within the rate.

    One UPDATE, so two calls at once are two, in whichever process they are answered.
    """
    now = timezone.now()
    minute = now.replace(second=0, microsecond=0)
    same = When(minute=minute, then=F("calls") + 1)
    SystemAccess.objects.filter(pk=access.pk).update(
        calls=Case(same, default=Value(1)), minute=minute, last_used_at=now
    )
    access.refresh_from_db(fields=["calls", "minute", "last_used_at"])
    return access.calls <= access.calls_a_minute


def hash_of(token):
    """Return what is kept of a token: it is long and random, so one SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _locked(access):
    return SystemAccess.objects.select_for_update(of=["self"]).get(pk=access.pk)
