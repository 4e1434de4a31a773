"""Renew for the year from the person page (续保): last year's tier is chosen already, and what was
paid decides from when another one counts.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from contributions.standing import paid_in_the_year
from enrollment.electing import choose_tier, last_choice, open_choices, seen_of
from enrollment.errors import TierMayOnlyRise, TierNotOpen
from enrollment.models import Enrolment, Resident
from pension_portal.clock import today
from policies.answers import tier_table
from staff.permissions import needs


@dataclass
class Line:
    """One scheme of somebody who renews: what is registered, what was paid, what may be chosen."""

    enrolment: Enrolment
    tiers: list
    seen: str
    paid: dict | None
    paid_last_year: dict | None
    counts_from: int | None
    is_only_upward: bool
    choice: object

    @property
    def default(self):
        """Last year's tier, by what was chosen and else by what was paid; None where neither is."""
        paid = self.paid_last_year and self.paid_last_year["amount"]
        return self.enrolment.registered_tier or paid or None

    @property
    def is_lost(self):
        """Whether last year's tier is none of this year's: somebody must choose."""
        return bool(self.default and self.tiers and self.default not in self.tiers)

    @cached_property
    def is_kept_for_proxy(self):
        """Whether last year's tier is one that only the state pays for people."""
        enrolment = self.enrolment
        tiers = tier_table(enrolment.county_code, enrolment.scheme_id, self.counts_from)
        return any(tier["proxy_only"] and tier["amount"] == self.default for tier in tiers)


@needs("view_person")
@require_GET
@never_cache
def renewal(request, resident_id):
    """The tiers of the year, last year's chosen; empty for somebody who is in no scheme."""
    return _fragment(request, _resident(request, resident_id))


@needs("enrol")
@require_POST
@never_cache
def renew(request, resident_id):
    """Note the tier of each scheme; all of them or none."""
    person = _resident(request, resident_id)
    lines = _lines(person)
    try:
        with transaction.atomic():
            made = [_choose(request, line) for line in lines if _asked(request, line)]
    except (TierNotOpen, TierMayOnlyRise) as refusal:
        return _fragment(request, person, fault=str(refusal), status=422)
    fault = "" if made else _nothing_chosen()
    return _fragment(request, person, made=made, undo=_undo_of(made), fault=fault)


def _undo_of(made):
    """Return [(scheme, tier before)] of choices that changed something; what undoes them is another
    choice, so that the log keeps both.
    """
    changed = [one for one in made if one.former_amount not in (None, one.amount)]
    return [(one.scheme_id, one.former_amount) for one in changed]


def _asked(request, line):
    return request.POST.get(f"tier_{line.enrolment.scheme_id}", "")


def _choose(request, line):
    scheme = line.enrolment.scheme_id
    try:
        amount = Decimal(_asked(request, line))
    except InvalidOperation:
        amount = Decimal(-1)  # is no tier, and refused as such
    return choose_tier(
        line.enrolment,
        amount,
        by=request.user,
        paid_on=line.paid and line.paid["paid_on"],
        seen=request.POST.get(f"seen_{scheme}", ""),
    )


def _nothing_chosen():
    return _("没有选档次，选好后再点登记")


def _resident(request, resident_id):
    return get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)


def _lines(person):
    """Return a Line for each scheme that somebody is paying into."""
    year = today().year
    paid = {row["scheme_id"]: row for row in paid_in_the_year(person, year)}
    before = {row["scheme_id"]: row for row in paid_in_the_year(person, year - 1)}
    enrolments = person.enrolments.filter(status=Enrolment.Status.ACTIVE).select_related("scheme")
    lines = []
    for enrolment in enrolments.order_by("scheme_id"):
        scheme = enrolment.scheme_id
        row = paid.get(scheme)
        tiers, counts_from, is_only_upward = open_choices(enrolment, row and row["paid_on"])
        lines.append(
            Line(
                enrolment,
                tiers,
                seen_of(enrolment),
                row,
                before.get(scheme),
                counts_from,
                is_only_upward,
                last_choice(enrolment),
            )
        )
    return lines


def _fragment(request, person, *, status=200, **more):
    is_paying = person.life_status == Resident.LifeStatus.ALIVE
    context = {
        "resident": person,
        "lines": _lines(person) if is_paying else [],
        "year": today().year,
        "may_enrol": request.user.may("enrol"),
        **more,
    }
    return render(request, "contributions/_renewal.html", context, status=status)
