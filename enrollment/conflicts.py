"""Settle conflicts of enrolment (参保冲突): take one, look into it, decide with a reason.

    张桂兰 pays as a resident and stands on the employees' list since 2020-11-01
    Zhao of the town takes it, telephones, and finds it so:
        the register says 职工养老保险 (no payment is taken any more, A06), and a case to end her
        enrolment is made, for papers, a reviewer and an approver like every case
    or finds it not so, with the reason: the same list of next month does not ask again

A list alone changes nobody (A05, A06), and whoever settles a conflict ends nobody alone.
"""

from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrollment.case_kinds import CaseKind
from enrollment.cases import open_case
from enrollment.errors import (
    CaseOpenAlready,
    ConflictIsSettled,
    ConflictNeedsReason,
    ConflictTakenBySomebody,
    NothingChanges,
)
from enrollment.households import exempt_member
from enrollment.models import (
    Conflict,
    Enrolment,
    HouseholdExemption,
    Resident,
    Subject,
)
from pension_portal.clock import today
from policies.schemes import schemes_closed_to
from staff.audit import record

ENDING_DIGITS = 2
DRAWING_PREFIX, PAYING_PREFIX = "14", "64"
ACTIVE, TERMINATED = Enrolment.Status.ACTIVE, Enrolment.Status.TERMINATED


class Effect(NamedTuple):
    """What follows when a conflict of one kind is confirmed: cover, exemption, and which case."""

    kind: str
    reason_code: str = ""
    cover: str = ""
    exemption: int = 0
    life_status: str = ""


EFFECTS = {
    Subject.EMPLOYEES: Effect(CaseKind.TERMINATION, "07", cover="employees"),
    Subject.CIVIL_SERVICE: Effect(CaseKind.TERMINATION, "07", cover="civil_service"),
    Subject.STUDENT: Effect(CaseKind.SUSPENSION, "1299", cover="student"),
    Subject.MEDICAL: Effect(CaseKind.TERMINATION, "07", cover="medical"),
    Subject.MILITARY: Effect(
        CaseKind.SUSPENSION, "1299", exemption=HouseholdExemption.Code.MILITARY
    ),
    Subject.DEATH: Effect(CaseKind.DEATH, "01", life_status=Resident.LifeStatus.DEAD),
    Subject.IMPRISONMENT: Effect(
        CaseKind.SUSPENSION, "1202", exemption=HouseholdExemption.Code.IMPRISONED
    ),
    Subject.MOVED: Effect(CaseKind.MOVE_OUT, "move_out", life_status=Resident.LifeStatus.MOVED),
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
    """Settle that the list is right: cover or exemption are noted, and a case is made.

    Returns the conflict; its `effect` lists, as [code, detail], what was done. Refuses what
    `refute_conflict` refuses.
    """
    conflict = _lock_for(conflict, reason, by)
    effect = EFFECTS[conflict.subject]
    done = []
    if _takes_the_place(effect.cover, conflict.resident.other_cover):
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
    done.append(_make_case(conflict, effect, reason, by))
    return _settle(conflict, Conflict.Decision.CONFIRMED, reason, done, by=by)


def _takes_the_place(cover, former):
    """Whether a cover is noted instead of a former one: not where that bars from other schemes."""
    same = not former or schemes_closed_to(cover) == schemes_closed_to(former)
    return bool(cover) and cover != former and same


def _make_case(conflict, effect, reason, by):
    """Make the case that ends or suspends, for three people to decide; return what to note."""
    try:
        case = draft_what_follows(
            Resident.objects.get(pk=conflict.resident_id),
            Subject(conflict.subject),
            happened_on=conflict.said_on or today(),
            note=f"{conflict.get_subject_display()}：{reason}"[:200],
            by=by,
        )
    except CaseOpenAlready as refusal:
        return ["case_open", str(refusal)]
    return ["case", case.pk] if case else ["nothing", ""]


def draft_what_follows(person, subject, *, happened_on, note, by):
    """Return the draft of the case that follows where somebody is found to be what a subject says,
    a death or a move; None where nothing of theirs goes on. Refuses CaseOpenAlready.
    """
    effect = EFFECTS[subject]
    wanted = _statuses(person, effect)
    if effect.life_status:
        wanted["life_status"] = str(effect.life_status)
    try:
        with transaction.atomic():
            return open_case(
                effect.kind,
                person,
                wanted,
                by=by,
                reason_code=_reason_code(person, effect),
                happened_on=happened_on,
                note=note,
            )
    except NothingChanges:
        return None


def _reason_code(person, effect):
    """Return the code of the reason; of an end, its first digits say whether a pension is drawn."""
    if len(effect.reason_code) != ENDING_DIGITS:
        return effect.reason_code
    draws = person.enrolments.filter(status=Enrolment.Status.DRAWING).exists()
    return (DRAWING_PREFIX if draws else PAYING_PREFIX) + effect.reason_code


def _statuses(person, effect):
    """Return {item: status wanted} of the enrolments that go on and that it bars."""
    ends = effect.kind != CaseKind.SUSPENSION
    going_on = person.enrolments.exclude(status=TERMINATED).filter(
        scheme_id__in=schemes_closed_to(effect.cover)
    )
    if not ends:
        going_on = going_on.filter(status=ACTIVE)
    wanted = TERMINATED if ends else Enrolment.Status.SUSPENDED
    return {f"status_{one.scheme_id}": wanted.value for one in going_on}


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
        elif code == "case":
            sentences.append((_("已建业务事项，补材料后提交复核"), detail))
        elif code == "case_open":
            sentences.append((detail, None))
        else:
            sentences.append((_("没有仍在进行的参保，不用另建事项"), None))
    return sentences
