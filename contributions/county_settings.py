"""Change how a county's files are handled (对账设置): one person proposes, another agrees.

What may post by itself decides how much money moves without anybody looking, so no one sets it
alone. Every proposal is kept: together they say what held when, and who wanted it.
"""

from decimal import Decimal

from django.db import transaction

from contributions.errors import SettingsStayTheSame, SettingsWaitAlready
from contributions.models import FeedSettings, SettingsProposal
from contributions.posting import lock_books
from enrollment.models import EnrollmentSettings
from staff import approving
from staff.audit import record

NAMES = SettingsProposal.SETTINGS


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
    """Return a proposal on its way to approval; `wanted` holds a value for each of NAMES. One that
    was sent back gives way to it.

    Refuses SettingsStayTheSame and SettingsWaitAlready.
    """
    lock_books(county_code)
    if wanted == settings_in_force(county_code):
        raise SettingsStayTheSame()
    if other := SettingsProposal.objects.filter(county_code=county_code).open().first():
        if other.is_waiting:
            raise SettingsWaitAlready(name=other.made_by)
        approving.withdraw(other, by=by)
    proposal = SettingsProposal(county_code=county_code, why=why, **wanted)
    return approving.submit(approving.begin(proposal, by=by), by=by)


@transaction.atomic
def approve_settings(proposal, *, by, seen=""):
    """Agree as the last, and put a proposal in force; return it."""
    lock_books(proposal.county_code)
    proposal = approving.approve(proposal, by=by, seen=seen)
    before = settings_in_force(proposal.county_code)
    wanted = {name: getattr(proposal, name) for name in NAMES}
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
    record("approve_settings", proposal, by=by, **_changes(before, wanted))
    return proposal


def _changes(before, wanted):
    """Return {name: [what it was, what it becomes]} of what changes, as the trail keeps it."""
    return {
        name: {"": [_plain(before[name]), _plain(wanted[name])]}
        for name in NAMES
        if before[name] != wanted[name]
    }


def _plain(value):
    return value if isinstance(value, bool) else f"{Decimal(value).normalize():f}"
