"""What waits for a person, from every app in one shape and one list (待办), soonest deadline first.

    Waiting(_("补缴核定待审批"), 3, url, unit=_("份"))
    Waiting(_("名单分派"), 120, url, state=State.HANDLED, who="李村医", due_on=date(2021, 3, 25))

An app names one function in `settings.WAITING`; it is called with the person who looks and gives
back any number of Waiting, each already narrowed to what this person may see and do. Nothing here
knows what stands to the right of `staff`. A count of 0 is left out, so a function need not ask.
"""

from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from pension_portal.clock import today

SOON_DAYS = 3


class State(models.TextChoices):
    """Untouched, in somebody's hands, or done; a draft is one's own and nobody waits for it."""

    UNTOUCHED = "untouched", _("未处理")
    HANDLED = "handled", _("处理中")
    DONE = "done", _("已完成")
    DRAFT = "draft", _("草稿")


class Waiting(NamedTuple):
    """One thing on the start page: what, how many, where to do it, until when, in whose hands."""

    title: str
    count: int
    url: str
    unit: str = ""
    state: State = State.UNTOUCHED
    due_on: date | None = None
    who: str = ""
    note: str = ""

    @property
    def days_left(self):
        """Days until the deadline, negative behind it; None without one."""
        return None if self.due_on is None else (self.due_on - today()).days

    @property
    def days_late(self):
        return max(-(self.days_left or 0), 0)

    @property
    def is_soon(self):
        return self.days_left is not None and self.days_left <= SOON_DAYS


class Desk(NamedTuple):
    """A person's things, sorted: to do by deadline, done lately, drafts."""

    to_do: list
    done: list
    drafts: list


def desk_of(staff):
    """Return everything that waits for a person, from all apps that `settings.WAITING` names."""
    found = [one for name in settings.WAITING for one in import_string(name)(staff) if one.count]
    of_state = {state: [one for one in found if one.state == state] for state in State}
    to_do = of_state[State.UNTOUCHED] + of_state[State.HANDLED]
    return Desk(
        sorted(to_do, key=lambda one: (one.due_on or date.max, one.state == State.HANDLED)),
        of_state[State.DONE],
        of_state[State.DRAFT],
    )
