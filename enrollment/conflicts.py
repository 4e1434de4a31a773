"""Settle conflicts of enrolment (参保冲突): take one, look into it, decide with a reason.

    张桂兰 pays as a resident and stands on the employees' list since 2020-11-01
    Zhao of the town takes it, telephones, and finds it so:
        the register says 职工养老保险 (no payment is taken any more, A06), and her enrolment is to
        be ended as every enrolment is, by the people who may
    or finds it not so, with the reason: the same list of next month does not ask again

A list alone changes nobody (A05, A06), and whoever settles a conflict ends nobody alone.
"""

from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.errors import (
    ConflictIsSettled,
    ConflictNeedsReason,
    ConflictTakenBySomebody,
)
from enrollment.households import exempt_member
from enrollment.models import (
    Conflict,
    DepartmentList,
    HouseholdExemption,
    ListedPerson,
    Resident,
    Subject,
)
from staff.audit import record


class Effect(NamedTuple):
    """What follows when a conflict of one kind is confirmed: cover, exemption, what to do next."""

    kind: str
    cover: str = ""
    exemption: int = 0


CASE_WORDS = {
    "termination": gettext_lazy("终止参保"),
    "suspension": gettext_lazy("暂停参保"),
    "death": gettext_lazy("死亡注销"),
    "move_out": gettext_lazy("跨县转出"),
}
EFFECTS = {
    Subject.EMPLOYEES: Effect("termination", cover="employees"),
    Subject.CIVIL_SERVICE: Effect("termination", cover="civil_service"),
    Subject.STUDENT: Effect("suspension", cover="student"),
    Subject.MILITARY: Effect("suspension", exemption=HouseholdExemption.Code.MILITARY),
    Subject.DEATH: Effect("death"),
    Subject.IMPRISONMENT: Effect("suspension", exemption=HouseholdExemption.Code.IMPRISONED),
    Subject.MOVED: Effect("move_out"),
}


@transaction.atomic
def take_conflict(conflict, *, by):
    """Note who looks into a conflict; refuses ConflictIsSettled and ConflictTakenBySomebody."""
    conflict = _lock(conflict)
    if conflict.handler_id not in (None, by.pk):
        raise ConflictTakenBySomebody(name=conflict.handler)
    if conflict.state == Conflict.State.UNTOUCHED:
        conflict.state, conflict.handler = Conflict.State.HANDLED, by
        conflict.taken_at = timezone.now()
        conflict.save(update_fields=["state", "handler", "taken_at"])
        record("take_conflict", conflict, by=by, area_code=conflict.village_code)
    return conflict


@transaction.atomic
def give_back_conflict(conflict, *, by):
    """Let somebody else look into a conflict; refuses ConflictIsSettled."""
    conflict = _lock(conflict)
    conflict.state, conflict.handler = Conflict.State.UNTOUCHED, None
    conflict.save(update_fields=["state", "handler"])
    record("give_back_conflict", conflict, by=by, area_code=conflict.village_code)
    return conflict


@transaction.atomic
def refute_conflict(conflict, *, reason, by):
    """Settle that the list is wrong about somebody; nothing else changes.

    Refuses ConflictNeedsReason, ConflictIsSettled and ConflictTakenBySomebody.
    """
    conflict = _lock_for(conflict, reason, by)
    return _settle(conflict, Conflict.Decision.REFUTED, reason, [], by=by)


@transaction.atomic
def confirm_conflict(conflict, *, reason, by):
    """Settle that the list is right: cover or exemption are noted, and what is to be done next.

    Returns the conflict; its `effect` lists, as [code, detail], what was done. Refuses what
    `refute_conflict` refuses.
    """
    conflict = _lock_for(conflict, reason, by)
    effect = EFFECTS[conflict.subject]
    done = []
    if effect.cover and conflict.resident.other_cover != effect.cover:
        Resident.objects.filter(pk=conflict.resident_id).update(
            other_cover=effect.cover, changed_at=timezone.now()
        )
        done.append(["cover", effect.cover])
    if effect.exemption and not conflict.resident.exemptions.filter(ended_on=None).exists():
        exempt_member(
            conflict.resident,
            effect.exemption,
            evidence=f"{conflict.last_list.department} {conflict.last_list.file.name}"[:120],
            evidence_on=conflict.said_on or conflict.last_list.as_of,
            by=by,
        )
        done.append(["exemption", effect.exemption])
    done.append(["case_needed", effect.kind])
    return _settle(conflict, Conflict.Decision.CONFIRMED, reason, done, by=by)


def _lock_for(conflict, reason, by):
    if not reason.strip():
        raise ConflictNeedsReason()
    return take_conflict(conflict, by=by)


def _lock(conflict):
    found = Conflict.objects.select_related("resident", "handler", "last_list__department")
    conflict = found.select_for_update(of=["self"]).get(pk=conflict.pk)
    if conflict.is_done:
        raise ConflictIsSettled(name=conflict.handler, decision=conflict.get_decision_display())
    return conflict


def _settle(conflict, decision, reason, effect, *, by):
    conflict.state, conflict.decision, conflict.reason = (
        Conflict.State.DONE,
        decision,
        reason.strip(),
    )
    conflict.effect, conflict.handler, conflict.decided_at = effect, by, timezone.now()
    conflict.save(update_fields=["state", "decision", "reason", "effect", "handler", "decided_at"])
    record(
        "settle_conflict",
        conflict,
        by=by,
        reason=reason,
        area_code=conflict.village_code,
        decision=decision,
    )
    return conflict


# --- For whoever registers somebody ---------------------------------------------------------------

BARS_REGISTRATION = (Subject.EMPLOYEES, Subject.CIVIL_SERVICE, Subject.STUDENT, Subject.DEATH)


def exclusions_named(county_code, id_index):
    """Return [(subject, list, day said)] of the newest exclusion lists that name a number, also one
    that the county has not registered: a new registration waits until it is settled (A06).
    """
    newest = {}
    lists = DepartmentList.objects.filter(
        county_code=county_code, subject__in=BARS_REGISTRATION, applied_at__isnull=False
    )
    for received in lists.order_by("as_of", "pk"):
        newest[received.department_id, received.subject] = received
    named = ListedPerson.objects.filter(
        id_index=id_index, list__in=[one.pk for one in newest.values()]
    ).select_related("list__department")
    return [(Subject(one.list.subject), one.list, one.valid_from) for one in named]


def words_of_effect(conflict):
    """Return what followed from a confirmed conflict, as (sentence, id of a case or None)."""
    sentences = []
    for code, detail in conflict.effect:
        if code == "cover":
            label = Resident.OtherCover(detail).label
            sentences.append((_("登记其他参保情况：%(cover)s") % {"cover": label}, None))
        elif code == "exemption":
            label = HouseholdExemption.Code(detail).label
            sentences.append((_("登记可不随户参保：%(code)s") % {"code": label}, None))
        else:
            sentences.append((_("须办理：%(kind)s") % {"kind": CASE_WORDS[detail]}, None))
    return sentences
