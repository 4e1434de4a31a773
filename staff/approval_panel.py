"""What a page shows of something that is to be approved: its state, its steps, and the buttons of
whoever looks at it (`staff/_approval.html`).

A button is there when the step can be taken now, the matrix gives it to this duty, this person has
no other part in the thing, and the app has an address for it: `<app>:<step>_<model>`, such as
`enrollment:approve_case`.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from staff import approving
from staff.approving import Part, State, Step
from staff.navigation import address_or_none

LOOKS = {
    State.DRAFT: ("neutral", "edit"),
    State.SUBMITTED: ("warn", "hourglass"),
    State.REVIEWED: ("busy", "hourglass"),
    State.APPROVED: ("good", "circle-check"),
    State.RETURNED: ("bad", "circle-x"),
    State.WITHDRAWN: ("neutral", "circle-dashed"),
}
WAITS_FOR = {
    "review": _("等另一人复核"),
    "approve": _("等另一人审批"),
    "expired": _("已过期，等经办人核对后重新提交"),
    "returned": _("等经办人补正后重新提交"),
}


@dataclass
class Button:
    """One step that whoever looks may take."""

    step: str
    words: str
    url: str
    icon: str
    is_primary: bool = False

    @property
    def is_link(self):
        """Editing begins with a page to fill in; every other step is one click."""
        return self.step == Step.EDIT


@dataclass
class ApprovalPanel:
    """State, steps and buttons of one thing, as one person sees them."""

    thing: object
    tone: str
    icon: str
    waits_for: str
    steps: list
    buttons: list = field(default_factory=list)
    return_url: str = ""
    withdraw_url: str = ""
    why_not: str = ""


def panel_of(thing, staff):
    """Return the ApprovalPanel of a thing for a staff member."""
    tone, icon = LOOKS[thing.state]
    panel = ApprovalPanel(thing, tone, icon, _waits_for(thing), list(approving.steps_of(thing)))
    if thing.is_open:
        _offer_steps(panel, thing, staff)
    return panel


def look_of(thing):
    """Return (tone, icon) of a thing's state, for a badge in a list."""
    return LOOKS[thing.state]


def _waits_for(thing):
    if thing.is_expired:
        return WAITS_FOR["expired"]
    if thing.state == State.RETURNED:
        return WAITS_FOR["returned"]
    if thing.is_waiting:
        return WAITS_FOR["review" if thing.waits_for_review else "approve"]
    return ""


def _offer_steps(panel, thing, staff):
    if _may(thing, Part.MAKER, staff):
        _offer_the_makers(panel, thing)
    if not thing.is_waiting:
        return
    part = Part.REVIEWER if thing.waits_for_review else Part.APPROVER
    if not staff.may(getattr(thing, approving.ACTIONS[part])):
        return
    if had := _other_part(thing, part, staff):
        panel.why_not = _("本人在这一件里是%(had)s，%(wanted)s由另一人办理。") % {
            "had": had,
            "wanted": part.label,
        }
        return
    panel.return_url = _url(thing, Step.RETURN)
    if not thing.is_expired:
        _offer_agreement(panel, thing, part)


def _offer_the_makers(panel, thing):
    panel.withdraw_url = _url(thing, Step.WITHDRAW)
    if thing.state in (State.DRAFT, State.RETURNED) or thing.is_expired:
        words = _("重新提交") if thing.round else _("提交")
        _add(panel, thing, Step.SUBMIT, words, "arrow-up", is_primary=True)
    _add(panel, thing, Step.EDIT, _("修改"), "edit")


def _offer_agreement(panel, thing, part):
    if part == Part.REVIEWER:
        _add(panel, thing, Step.REVIEW, _("复核通过"), "check", is_primary=True)
    else:
        _add(panel, thing, Step.APPROVE, _("同意"), "check", is_primary=True)


def _add(panel, thing, step, words, icon, *, is_primary=False):
    if url := _url(thing, step):
        panel.buttons.append(Button(str(step), words, url, icon, is_primary))


def _url(thing, step):
    return address_or_none(f"{thing._meta.app_label}:{step}_{thing._meta.model_name}", thing.pk)


def _may(thing, part, staff):
    return staff.may(getattr(thing, approving.ACTIONS[part])) and not _other_part(
        thing, part, staff
    )


def _other_part(thing, part, staff):
    if part != Part.MAKER and thing.made_by_id == staff.pk:
        return Part.MAKER.label
    return approving.other_part_of(thing, part, staff)
