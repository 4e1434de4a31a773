"""Decide on what a roster says of deaths and ended enrolments (审批死亡和终止).

A file alone ends nothing: whoever uploaded or loaded it proposes, somebody else agrees or sends it
back. Several are decided one by one, so that one that cannot be decided stops no other.
"""

from django.db import transaction
from django.utils import timezone

from enrollment.counting import recount_payable
from enrollment.errors import EndDecidedAlready, MakerMayNotApproveEnd, RejectionNeedsReason
from enrollment.models import End, Enrolment, Resident
from pension_portal.refusals import Refusal
from staff.audit import record


def decide_ends(ends, *, agrees, by, reason=""):
    """Decide on each of some ends; return [(end, None or the Refusal that stopped this one)].

    Refuses RejectionNeedsReason before anything is decided.
    """
    if not agrees and not reason.strip():
        raise RejectionNeedsReason()
    results = []
    for end in ends:
        try:
            decided = approve_end(end, by=by) if agrees else reject_end(end, by=by, reason=reason)
            results.append((decided, None))
        except Refusal as refusal:
            results.append((end, refusal))
    if agrees:
        for county_code in {end.county_code for end, refusal in results if not refusal}:
            recount_payable(county_code)
    return results


@transaction.atomic
def approve_end(end, *, by):
    """Let a death or an end take effect; return the end as it then stands.

    Refuses MakerMayNotApproveEnd and EndDecidedAlready. Who is to pay is counted by `decide_ends`.
    """
    end = _lock(end)
    if by.is_same_person(end.made_by) or by.is_same_person(end.roster.uploaded_by):
        raise MakerMayNotApproveEnd()
    if end.kind == End.Kind.DEATH:
        Resident.objects.filter(pk=end.resident_id).update(
            life_status=Resident.LifeStatus.DEAD, changed_at=timezone.now()
        )
    else:
        Enrolment.objects.filter(
            county_code=end.county_code, resident_id=end.resident_id, scheme_id=end.scheme_id
        ).update(
            status=Enrolment.Status.TERMINATED, ended_on=end.ended_on, end_reason=end.end_reason
        )
    return _decide(end, End.State.APPROVED, by=by)


@transaction.atomic
def reject_end(end, *, by, reason):
    """Send a death or an end back; the registry stays as it is. Refuses EndDecidedAlready."""
    return _decide(_lock(end), End.State.REJECTED, by=by, reason=reason.strip())


def _lock(end):
    found = End.objects.select_related("roster__uploaded_by", "resident", "made_by", "decided_by")
    end = found.select_for_update(of=["self"]).get(pk=end.pk)
    if not end.is_waiting:
        raise EndDecidedAlready(name=end.decided_by, state=end.get_state_display())
    return end


def _decide(end, state, *, by, reason=""):
    end.state, end.decided_by, end.decided_at, end.reason = state, by, timezone.now(), reason
    end.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    record(
        "approve_end" if state == End.State.APPROVED else "reject_end",
        end.resident,
        by=by,
        reason=reason,
        area_code=end.village_code,
        kind=end.get_kind_display(),
        roster=end.roster_id,
        row=end.row_number,
    )
    return end
