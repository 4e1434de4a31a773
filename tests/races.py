"""Many clients at the same objects, and what must be true of the history they leave.

    history = History()
    race(64, lambda client, rng: history.note("review", close, by, lambda: review(close, by=by)))
    check_approvals(history, DayClose)

Each client is a thread with a connection of its own. Every step that was answered with yes bears
the number of the row that it wrote in the same transaction, under the lock of its object, so the
history is not guessed from clocks: one step of an object after the other, in the order of commits.
"""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

from django.db import connections, transaction

from pension_portal.refusals import Refusal
from staff.approving import steps_of
from staff.audit import subject_key
from staff.models import Approvable, ApprovalStep, AuditEntry

SEED = 20210320
Step, State = ApprovalStep.Step, Approvable.State
# Where a step may begin and what it leaves, for what three people decide.
LEGAL = {
    Step.EDIT: ({None}, State.DRAFT),
    Step.SUBMIT: ({State.DRAFT, State.RETURNED}, State.SUBMITTED),
    Step.REVIEW: ({State.SUBMITTED}, State.REVIEWED),
    Step.APPROVE: ({State.REVIEWED}, State.APPROVED),
    Step.RETURN: ({State.SUBMITTED, State.REVIEWED}, State.RETURNED),
    Step.WITHDRAW: (
        {State.DRAFT, State.SUBMITTED, State.REVIEWED, State.RETURNED},
        State.WITHDRAWN,
    ),
}


@dataclass
class Call:
    """One thing that one client asked for, and how it was answered: "yes" or a refusal's code."""

    what: str
    subject: str
    staff_id: int
    began: float
    ended: float = 0.0
    answer: str = ""
    wrote: list = field(default_factory=list)


class History:
    """Every call of every client."""

    def __init__(self):
        self.calls = []

    def note(self, what, thing, by, deed, *, has_steps=True):
        """Do the deed in one transaction and note how it went; return what it gave or None.

        `thing` is what it is done to, None where the deed makes it.
        """
        call = Call(what, subject_key(thing) if thing else "", by.pk, time.monotonic())
        try:
            with transaction.atomic():
                done = deed()
                if has_steps:
                    call.subject = subject_key(done)
                    numbers = list(steps_of(done).order_by("pk").values_list("pk", flat=True))
                    call.wrote = numbers if thing is None else numbers[-1:]
            call.answer = "yes"
            return done
        except Refusal as refusal:
            call.answer = refusal.code
            return None
        finally:
            call.ended = time.monotonic()
            self.calls.append(call)

    def said_yes(self, what=None):
        return [call for call in self.calls if call.answer == "yes" and what in (None, call.what)]

    def in_short(self):
        """Return how often each call was answered how."""
        return Counter((call.what, call.answer) for call in self.calls)


def race(clients, turn, *, seed=SEED):
    """Let so many clients take their turn at the same moment; a bug in any is raised here."""
    gate = threading.Barrier(clients)

    def take_turn(client):
        try:
            gate.wait()
            return turn(client, Random(f"{seed} {client}"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(take_turn, range(clients)))


# --- What must be true ----------------------------------------------------------------------


def check_approvals(history, model):
    """Fail unless the steps in the database are those that were answered with yes, each legal
    after the one before, nobody with two parts in one thing, and every thing as they leave it.
    """
    things = {subject_key(thing): thing for thing in model.objects.all()}
    steps = ApprovalStep.objects.filter(subject__in=things).select_related("staff").order_by("pk")
    of_thing = {subject: [] for subject in things}
    for step in steps:
        of_thing[step.subject].append(step)
    calls = [call for call in history.said_yes() if call.wrote]
    _nothing_is_lost(calls, steps)
    for subject, thing in things.items():
        mine = of_thing[subject]
        _each_step_is_legal(thing, mine)
        _nobody_has_two_parts(mine)
        _order_is_that_of_the_clock([call for call in calls if call.subject == subject])
        assert sum(step.step == Step.APPROVE for step in mine) <= 1, f"{subject} approved twice"
        noted = AuditEntry.objects.filter(subject=subject, action__in=LEGAL)
        assert Counter(noted.values_list("action", flat=True)) == Counter(s.step for s in mine)


def _nothing_is_lost(calls, steps):
    """What was answered with yes is there once, and nothing else is."""
    said = Counter(number for call in calls for number in call.wrote)
    there = Counter(step.pk for step in steps)
    assert said == there, f"lost {said - there}, from nowhere {there - said}"
    by_number = {step.pk: step for step in steps}
    for call in calls:
        last = by_number[call.wrote[-1]]
        assert (last.staff_id, last.subject) == (call.staff_id, call.subject)


def _each_step_is_legal(thing, steps):
    state, rounds, people = None, 0, {}
    for step in steps:
        allowed, after = LEGAL[step.step]
        assert state in allowed, f"{step.subject}: {step.step} while {state}"
        state, rounds = after, rounds + (step.step == Step.SUBMIT)
        if step.step in (Step.EDIT, Step.SUBMIT, Step.RETURN):
            people[Step.REVIEW] = None
        people[step.step] = step.staff_id
    assert (thing.state, thing.round) == (state, rounds)
    assert thing.made_by_id == people[Step.SUBMIT]
    assert thing.reviewed_by_id == people.get(Step.REVIEW)
    assert thing.approved_by_id == people.get(Step.APPROVE)


def _nobody_has_two_parts(steps):
    """A person is known by the telephone, whatever the account."""
    parts = {}
    for step in steps:
        parts.setdefault(step.staff.phone or step.staff_id, set()).add(step.part)
    assert all(len(had) == 1 for had in parts.values()), f"two parts in {steps[0].subject}"


def _order_is_that_of_the_clock(calls):
    """What had been answered before another began stands before it."""
    calls = sorted(calls, key=lambda call: call.wrote[0])
    for place, call in enumerate(calls):
        assert all(later.ended > call.began for later in calls[place + 1 :])
