"""Take something from its maker to its approval (审批): submit, review, approve, return, withdraw.

    09:00  Zhao submits a change                     submitted, round 1
    10:00  Qian reviews it                           reviewed
    11:00  He approves it, and it takes effect       approved
    or     He returns it: the account is missing     returned; Zhao mends it and submits round 2

Each step locks the row, so of two people at once the second is told. Nobody has two parts in one
thing, over all its rounds: whoever made or edited it may never review or approve it, with another
account of the same phone neither. What an approval brings about is the caller's, in the same
transaction:

    @transaction.atomic
    def approve_case(case, *, by, seen=""):
        case = approving.approve(case, by=by, seen=seen)
        _take_effect(case)
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pension_portal.doors import refuse_unless_allowed
from pension_portal.refusals import Refusal
from staff.audit import record, subject_key
from staff.models import Approvable, ApprovalStep

State, Step, Part = Approvable.State, ApprovalStep.Step, ApprovalStep.Part

# Which step left a thing in a state: whoever takes it again is told who was first.
TAKEN = {
    Step.SUBMIT: (State.SUBMITTED, "made_by", "submitted_at"),
    Step.REVIEW: (State.REVIEWED, "reviewed_by", "reviewed_at"),
    Step.APPROVE: (State.APPROVED, "approved_by", "approved_at"),
    Step.RETURN: (State.RETURNED, "returned_by", "returned_at"),
}
ACTIONS = {
    Part.MAKER: "make_action",
    Part.REVIEWER: "review_action",
    Part.APPROVER: "approve_action",
}


class StepTakenAlready(Refusal):
    code = "step_taken_already"
    sentence = _("%(name)s 已于 %(at)s %(step)s，不用再办。")


class StepOutOfTurn(Refusal):
    code = "step_out_of_turn"
    sentence = _("这一件现在是「%(state)s」，不能%(step)s。刷新页面看最新进度。")


class SamePerson(Refusal):
    code = "same_person"
    sentence = _("本人在这一件里已经是%(had)s，%(wanted)s须由另一人办理。")
    status = 403


class ContentChanged(Refusal):
    code = "content_changed"
    sentence = _("内容在提交后改过，这次%(step)s没有算数。刷新核对；与提交时不符的，退回重新提交。")


class ApprovalExpired(Refusal):
    code = "approval_expired"
    sentence = _("交来已超过 %(days)d 天，过期了。由经办人核对后重新提交。")


class ReturnNeedsReason(Refusal):
    code = "return_needs_reason"
    sentence = _("退回要写明缺什么、怎么补，写好后再点退回。")
    status = 400


@transaction.atomic
def begin(thing, *, by):
    """Save a new thing as the draft of its maker, and return it."""
    refuse_unless_allowed(by, thing.make_action)
    thing.made_by = by
    thing.save(force_insert=True)
    _note(Step.EDIT, Part.MAKER, thing, by)
    return thing


@transaction.atomic
def edit(thing, *, by):
    """Return the thing, locked and open for its maker's changes; a review it had is void.

    The caller changes and saves it. Refuses StepOutOfTurn and SamePerson.
    """
    thing = _locked(thing)
    _refuse_unless(thing.is_open, thing, Step.EDIT)
    _refuse_the_wrong_person(thing, Part.MAKER, by)
    if thing.state != State.RETURNED:
        thing.state = State.DRAFT
    thing.made_by = by
    _void_review(thing)
    thing.save()
    _note(Step.EDIT, Part.MAKER, thing, by)
    return thing


@transaction.atomic
def submit(thing, *, by):
    """Send a draft, something returned, or something expired on its way; return it.

    Refuses StepTakenAlready, StepOutOfTurn and SamePerson.
    """
    thing = _locked(thing)
    ready = thing.state in (State.DRAFT, State.RETURNED) or thing.is_expired
    _refuse_unless(ready, thing, Step.SUBMIT)
    _refuse_the_wrong_person(thing, Part.MAKER, by)
    thing.state, thing.made_by, thing.submitted_at = State.SUBMITTED, by, timezone.now()
    thing.round += 1
    thing.content_hash = thing.content_hash_now()
    _void_review(thing)
    thing.save()
    _note(Step.SUBMIT, Part.MAKER, thing, by)
    return thing


@transaction.atomic
def review(thing, *, by, seen=""):
    """Agree as the second of three; return the thing. `seen` is the hash of what the page showed.

    Refuses StepTakenAlready, StepOutOfTurn, ApprovalExpired, ContentChanged and SamePerson.
    """
    thing = _locked(thing)
    _refuse_unless(thing.waits_for_review, thing, Step.REVIEW)
    _refuse_what_is_not_as_submitted(thing, Step.REVIEW, seen)
    _refuse_the_wrong_person(thing, Part.REVIEWER, by)
    thing.state, thing.reviewed_by, thing.reviewed_at = State.REVIEWED, by, timezone.now()
    thing.save()
    _note(Step.REVIEW, Part.REVIEWER, thing, by)
    return thing


@transaction.atomic
def approve(thing, *, by, seen=""):
    """Agree as the last; return the thing. What follows from it is the caller's, in the same
    transaction. Refuses what `review` refuses.
    """
    thing = _locked(thing)
    _refuse_unless(thing.waits_for_approval, thing, Step.APPROVE)
    _refuse_what_is_not_as_submitted(thing, Step.APPROVE, seen)
    _refuse_the_wrong_person(thing, Part.APPROVER, by)
    thing.state, thing.approved_by, thing.approved_at = State.APPROVED, by, timezone.now()
    thing.save()
    _note(Step.APPROVE, Part.APPROVER, thing, by)
    return thing


@transaction.atomic
def return_to_maker(thing, *, by, reason, code=""):
    """Send the thing back to its maker with what is missing; return it.

    Refuses ReturnNeedsReason, StepTakenAlready, StepOutOfTurn and SamePerson.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise ReturnNeedsReason()
    thing = _locked(thing)
    _refuse_unless(thing.is_waiting, thing, Step.RETURN)
    part = Part.REVIEWER if thing.waits_for_review else Part.APPROVER
    _refuse_the_wrong_person(thing, part, by)
    thing.state, thing.returned_by, thing.returned_at = State.RETURNED, by, timezone.now()
    thing.return_code, thing.return_reason = code, reason[:200]
    _void_review(thing)
    thing.save()
    _note(Step.RETURN, part, thing, by, thing.return_reason)
    return thing


@transaction.atomic
def withdraw(thing, *, by, reason=""):
    """Let the maker give the thing up, for good; return it. Refuses StepOutOfTurn, SamePerson."""
    thing = _locked(thing)
    _refuse_unless(thing.is_open, thing, Step.WITHDRAW)
    _refuse_the_wrong_person(thing, Part.MAKER, by)
    thing.state = State.WITHDRAWN
    thing.save()
    _note(Step.WITHDRAW, Part.MAKER, thing, by, reason)
    return thing


def steps_of(thing):
    """Return the steps of a thing, the first one first, each with its person."""
    return ApprovalStep.objects.filter(subject=subject_key(thing)).select_related("staff")


def other_part_of(thing, part, staff):
    """Return the part that a natural person had in a thing besides `part`; empty for none."""
    same = Q(staff=staff)
    if staff.phone:
        same |= Q(staff__phone=staff.phone)
    others = steps_of(thing).filter(same).exclude(part=part)
    return next((step.get_part_display() for step in others[:1]), "")


def _locked(thing):
    return type(thing).objects.select_for_update(of=["self"]).get(pk=thing.pk)


def _void_review(thing):
    thing.reviewed_by = thing.reviewed_at = None


def _refuse_unless(holds, thing, step):
    if holds:
        return
    state, person, moment = TAKEN.get(step, ("", "", ""))
    if thing.state == state:
        raise StepTakenAlready(
            name=getattr(thing, person),
            at=timezone.localtime(getattr(thing, moment)).strftime("%m-%d %H:%M"),
            step=step.label,
        )
    raise StepOutOfTurn(state=thing.get_state_display(), step=step.label)


def _refuse_what_is_not_as_submitted(thing, step, seen):
    if thing.is_expired:
        raise ApprovalExpired(days=thing.lasts.days)
    if thing.content_hash_now() != thing.content_hash or seen not in ("", thing.content_hash):
        raise ContentChanged(step=step.label)


def _refuse_the_wrong_person(thing, part, by):
    refuse_unless_allowed(by, getattr(thing, ACTIONS[part]))
    had = other_part_of(thing, part, by)
    made_it = part != Part.MAKER and by.is_same_person(thing.made_by)
    if had or made_it:
        raise SamePerson(had=had or Part.MAKER.label, wanted=part.label)


def _note(step, part, thing, by, reason=""):
    ApprovalStep.objects.create(
        subject=subject_key(thing),
        round=thing.round,
        step=step,
        part=part,
        staff=by,
        content_hash=thing.content_hash,
        reason=reason,
    )
    record(str(step), thing, by=by, reason=reason, area_code=thing.trail_area, round=thing.round)
