"""What happened to one person, from every app in one list (经过), the newest first.

    2021-03-18  联系    已承诺 2021-03-25                  郑好
    2021-03-05  缴费    居民养老 2021 年 300.00 元 个人缴费
    2020-01-01  参保    居民养老

An app names one function in `settings.TIMELINE`; it is called with the person and with whoever
looks, and gives back any number of Happening, none that the latter may not see.
"""

from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.models import Case, Conflict, End
from pension_portal.money import yuan
from policies.schemes import SHORT_NAMES


class Happening(NamedTuple):
    """One line of a person's timeline: when, which kind of thing, what, by whom, where it opens."""

    at: date | datetime
    kind: str
    words: str
    who: str = ""
    url: str = ""

    @property
    def day(self):
        return timezone.localdate(self.at) if isinstance(self.at, datetime) else self.at

    @property
    def order(self):
        """Days without a time come after the moments of the same day."""
        moment = timezone.localtime(self.at).time() if isinstance(self.at, datetime) else None
        return self.day, moment is not None, moment


def timeline_of(resident, staff):
    """Return everything that happened to a person and that somebody may see, the newest first."""
    found = [one for name in settings.TIMELINE for one in import_string(name)(resident, staff)]
    return sorted(found, key=lambda one: one.order, reverse=True)


ENROLMENT, TIER, IDENTITY = gettext_lazy("参保"), gettext_lazy("档次"), gettext_lazy("特殊身份")
CASE, CONFLICT = gettext_lazy("业务办理"), gettext_lazy("参保冲突")
ROSTER = gettext_lazy("花名册")


def happenings(resident, staff):
    """Give what the registry knows: enrolments, tiers, identities, cases, conflicts."""
    yield Happening(resident.registered_at, ENROLMENT, _("建立档案"))
    yield from _enrolments(resident)
    for choice in resident.tier_choices.select_related("chosen_by"):
        words = _("%(scheme)s %(year)d 年 %(amount)s 元档（%(occasion)s）") % {
            "scheme": SHORT_NAMES[choice.scheme_id],
            "year": choice.year,
            "amount": yuan(choice.amount),
            "occasion": choice.get_occasion_display(),
        }
        yield Happening(choice.chosen_at, TIER, words, choice.chosen_by.name)
    for held in resident.identities.all():
        name = held.get_identity_display()
        yield Happening(held.valid_from, IDENTITY, _("%(name)s，起") % {"name": name})
        if held.valid_to:
            yield Happening(held.valid_to, IDENTITY, _("%(name)s，止") % {"name": name})
    for case in Case.objects.visible_to(staff).filter(resident=resident).select_related("made_by"):
        words = f"{case.get_kind_display()} {case.get_state_display()}"
        who = case.made_by.name if case.made_by else ""
        yield Happening(case.made_on, CASE, words, who, reverse("enrollment:case", args=[case.pk]))
    conflicts = Conflict.objects.visible_to(staff).filter(resident=resident)
    for one in conflicts.select_related("handler"):
        words = (
            f"{one.get_subject_display()} {one.get_decision_display() or one.get_state_display()}"
        )
        url = reverse("enrollment:conflict", args=[one.pk])
        yield Happening(one.found_at, CONFLICT, words, one.handler.name if one.handler else "", url)
    for end in End.objects.visible_to(staff).filter(resident=resident).select_related("made_by"):
        words = f"{end.get_kind_display()} {end.get_state_display()} {end.reason}".strip()
        yield Happening(end.made_at, ROSTER, words, end.made_by.name)


def _enrolments(resident):
    for one in resident.enrolments.all():
        scheme = SHORT_NAMES[one.scheme_id]
        if one.started_on:
            yield Happening(one.started_on, ENROLMENT, str(scheme))
        if one.ended_on:
            words = _("%(scheme)s终止 %(reason)s") % {"scheme": scheme, "reason": one.end_reason}
            yield Happening(one.ended_on, ENROLMENT, words.strip())
