"""Change how a county's files are handled (对账设置): one person proposes, another agrees.

What may post by itself decides how much money moves without anybody looking, so no one sets it
alone. Every proposal is kept: together they say what held when, and who wanted it.
"""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from contributions.errors import (
    MakerMayNotApproveSettings,
    RejectionReasonMissing,
    SettingsDecidedAlready,
    SettingsStayTheSame,
    SettingsWaitAlready,
)
from contributions.models import FeedSettings, SettingsProposal
from contributions.posting import lock_books
from enrollment.models import EnrollmentSettings
from staff.audit import record

NAMES = (
    "posts_by_itself",
    "bad_share_limit",
    "roster_bad_share_limit",
    "review_above",
    "registration_needs_approval",
)


def settings_in_force(county_code):
    """Return what holds in a county now, by name."""
    feeds, enrollment = FeedSettings.of(county_code), EnrollmentSettings.of(county_code)
    return {
        "posts_by_itself": feeds.posts_by_itself,
        "bad_share_limit": feeds.bad_share_limit,
        "roster_bad_share_limit": enrollment.bad_share_limit,
        "review_above": feeds.review_above,
        "registration_needs_approval": enrollment.registration_needs_approval,
    }


@transaction.atomic
def propose_settings(county_code, wanted, *, why, by):
    """Return a proposal that waits for approval; `wanted` holds a value for each of NAMES.

    Refuses SettingsStayTheSame and SettingsWaitAlready.
    """
    lock_books(county_code)
    before = settings_in_force(county_code)
    if wanted == before:
        raise SettingsStayTheSame()
    waiting = SettingsProposal.objects.filter(county_code=county_code).waiting()
    if other := waiting.select_related("made_by").first():
        raise SettingsWaitAlready(name=other.made_by)
    proposal = SettingsProposal.objects.create(
        county_code=county_code, why=why, made_by=by, **wanted
    )
    record("propose_settings", proposal, by=by, reason=why, **_changes(before, wanted))
    return proposal


@transaction.atomic
def approve_settings(proposal, *, by):
    """Put a proposal in force; refuses SettingsDecidedAlready and MakerMayNotApproveSettings."""
    lock_books(proposal.county_code)
    proposal = _lock(proposal)
    if by.is_same_person(proposal.made_by):
        raise MakerMayNotApproveSettings()
    before = settings_in_force(proposal.county_code)
    FeedSettings.objects.update_or_create(
        county_code=proposal.county_code,
        defaults={
            "posts_by_itself": proposal.posts_by_itself,
            "bad_share_limit": proposal.bad_share_limit,
            "review_above": proposal.review_above,
        },
    )
    EnrollmentSettings.objects.update_or_create(
        county_code=proposal.county_code,
        defaults={
            "bad_share_limit": proposal.roster_bad_share_limit,
            "registration_needs_approval": proposal.registration_needs_approval,
        },
    )
    wanted = {name: getattr(proposal, name) for name in NAMES}
    _decide(proposal, SettingsProposal.State.APPROVED, by=by)
    record("approve_settings", proposal, by=by, **_changes(before, wanted))


@transaction.atomic
def reject_settings(proposal, *, by, reason):
    """Send a proposal back; refuses RejectionReasonMissing and SettingsDecidedAlready."""
    if not reason.strip():
        raise RejectionReasonMissing()
    proposal = _lock(proposal)
    proposal.reason = reason.strip()
    _decide(proposal, SettingsProposal.State.REJECTED, by=by)
    record("reject_settings", proposal, by=by, reason=reason)


def _lock(proposal):
    found = SettingsProposal.objects.select_for_update(of=["self"]).get(pk=proposal.pk)
    if found.state != SettingsProposal.State.WAITING:
        raise SettingsDecidedAlready()
    return found


def _decide(proposal, state, *, by):
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, timezone.now()
    proposal.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def _changes(before, wanted):
    """Return {name: [what it was, what it becomes]} of what changes, as the trail keeps it."""
    return {
        name: {"": [_plain(before[name]), _plain(wanted[name])]}
        for name in NAMES
        if before[name] != wanted[name]
    }


def _plain(value):
    return value if isinstance(value, bool) else f"{Decimal(value).normalize():f}"
