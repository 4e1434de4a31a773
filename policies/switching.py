"""Begin or end following a scheme for a year (险种开办): one person proposes, another agrees.

    2021 居民医保, off        its rows of a tax file are set aside (S01)
    proposed, agreed to       its rows are judged and posted; people can be enrolled; lists name it

What was posted stays when a scheme is switched off again: the books are only added to.
"""

from django.db import connection, transaction
from django.utils import timezone

from policies.errors import (
    MakerMayNotApproveSwitch,
    SchemeHasNoPolicy,
    SwitchDecidedAlready,
    SwitchReasonMissing,
    SwitchStaysTheSame,
    SwitchWaitsAlready,
)
from policies.models import PolicyVersion, SchemeSwitch
from policies.schemes import OPTIONAL, TRAITS
from staff.audit import record


def followed_years(county_code):
    """Return [(scheme, year)] of the optional schemes that a county has switched on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select scheme_id, year from policies_switched_on where county_code = %s order by 1, 2",
            [county_code],
        )
        return cursor.fetchall()


def followed_schemes(county_code):
    """Return {number: short name} of the schemes a county follows in any year; one query."""
    on = {scheme for scheme, _year in followed_years(county_code)}
    return {
        number: traits.name
        for number, traits in TRAITS.items()
        if not traits.is_optional or number in on
    }


def campaigns(county_code, year):
    """Return {number: short name} of the schemes a county collects for in a year; one query."""
    on = {scheme for scheme, followed in followed_years(county_code) if followed == year}
    return {
        number: traits.name
        for number, traits in TRAITS.items()
        if not traits.is_optional or number in on
    }


def offer_schemes(field, county_code):
    """Let a field of a form offer the schemes that a county follows, instead of all."""
    field.choices = list(followed_schemes(county_code).items())


def switch_lines(county_code):
    """Return [{scheme, year, is_on}] of each year of an optional scheme that has a policy."""
    on = set(followed_years(county_code))
    versions = PolicyVersion.objects.in_force(county_code).filter(scheme_id__in=OPTIONAL)
    return [
        {
            "scheme": version.scheme,
            "year": version.year,
            "is_on": (version.scheme_id, version.year) in on,
        }
        for version in versions.select_related("scheme").defer("source").order_by("-year")
    ]


@transaction.atomic
def propose_switch(county_code, scheme_id, year, *, is_on, why, by):
    """Return a proposal that waits for another person.

    Refuses SwitchReasonMissing, SchemeHasNoPolicy, SwitchStaysTheSame and SwitchWaitsAlready.
    """
    if not why.strip():
        raise SwitchReasonMissing()
    published = PolicyVersion.objects.in_force(county_code, scheme_id, year).filter(
        scheme_id__in=OPTIONAL
    )
    # The version is locked, so that of two who propose at once the second is told.
    if not PolicyVersion.objects.select_for_update().filter(pk__in=published).exists():
        raise SchemeHasNoPolicy(year=year)
    if ((scheme_id, year) in followed_years(county_code)) == is_on:
        raise SwitchStaysTheSame()
    place = {"county_code": county_code, "scheme_id": scheme_id, "year": year}
    waiting = SchemeSwitch.objects.filter(**place).waiting()
    if other := waiting.select_related("made_by").first():
        raise SwitchWaitsAlready(name=other.made_by)
    switch = SchemeSwitch.objects.create(**place, is_on=is_on, why=why.strip(), made_by=by)
    record("propose_switch", switch, by=by, reason=why, year=year, is_on=is_on)
    return switch


@transaction.atomic
def approve_switch(switch, *, by):
    """Put a proposal in force; refuses SwitchDecidedAlready and MakerMayNotApproveSwitch."""
    switch = _lock(switch)
    if by.is_same_person(switch.made_by):
        raise MakerMayNotApproveSwitch()
    _decide(switch, SchemeSwitch.State.APPROVED, by=by)
    record("approve_switch", switch, by=by, year=switch.year, is_on=switch.is_on)


@transaction.atomic
def reject_switch(switch, *, by, reason):
    """Send a proposal back; refuses SwitchReasonMissing, SwitchDecidedAlready and
    MakerMayNotApproveSwitch.
    """
    if not reason.strip():
        raise SwitchReasonMissing()
    switch = _lock(switch)
    if by.is_same_person(switch.made_by):
        raise MakerMayNotApproveSwitch()
    switch.reason = reason.strip()
    _decide(switch, SchemeSwitch.State.REJECTED, by=by)
    record("reject_switch", switch, by=by, reason=reason)


def _lock(switch):
    found = SchemeSwitch.objects.select_for_update(of=["self"]).get(pk=switch.pk)
    if found.state != SchemeSwitch.State.WAITING:
        raise SwitchDecidedAlready()
    return found


def _decide(switch, state, *, by):
    switch.state, switch.decided_by, switch.decided_at = state, by, timezone.now()
    switch.save(update_fields=["state", "decided_by", "decided_at", "reason"])
