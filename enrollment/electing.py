"""Choose the tier of a year (登记档次): at renewal the last one, unless somebody says otherwise.

    paid on 3 March 2021, changed on 4 March    →  counts for 2022 (Y22)
    changed on 2 March, paid on 3 March         →  counts for 2021 (Y20)
    nothing said                                →  the tier chosen last stays (Y21)

What was chosen and what was paid are two facts (X19): a choice moves no money, and a payment
changes no choice.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enrollment.errors import (
    ChangedMeanwhile,
    TierMayNotChange,
    TierMayOnlyRise,
    TierNotOpen,
)
from enrollment.models import Enrolment, TierChoice
from enrollment.registering import open_tiers
from enrollment.statements import run_statement
from pension_portal.clock import today
from policies.answers import provision
from policies.models import PolicyVersion
from policies.rules.tier_changes import NEXT_YEAR, year_of_tier_change
from staff.audit import record
from staff.permissions import may

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def seen_of(enrolment):
    """Return what a page remembers of an enrolment, to tell whether somebody changed it since."""
    last = last_choice(enrolment)
    return f"{enrolment.registered_tier or 0:.2f}/{last.pk if last else 0}"


def last_choice(enrolment):
    """Return the newest choice of an enrolment's tier, for whatever year, or None."""
    choices = TierChoice.objects.filter(
        resident_id=enrolment.resident_id, scheme_id=enrolment.scheme_id
    )
    return choices.select_related("chosen_by").first()


def year_it_counts(county_code, scheme_id, paid_on, *, is_upward=False):
    """Return the year for which a choice made today counts, or None where it may not be made."""
    policy = PolicyVersion.objects.in_force(county_code, scheme_id, today().year).first()
    rule = (policy and provision(policy, "tier_change_after_payment")) or NEXT_YEAR
    return year_of_tier_change(today(), paid_on, today().year, rule, is_upward=is_upward)


def open_choices(enrolment, paid_on):
    """Return (the amounts somebody may choose today, the year they count for, whether only from
    the registered tier up); no amounts and no year where a payment ends all choosing.
    """
    county_code, scheme_id = enrolment.county_code, enrolment.scheme_id
    year = year_it_counts(county_code, scheme_id, paid_on)
    upward = year_it_counts(county_code, scheme_id, paid_on, is_upward=True)
    if upward is None:
        return [], None, False
    # Next year's table may not be published yet: then this year's is what can be chosen from.
    counts_from = year or upward
    tiers = open_tiers(county_code, scheme_id, counts_from) or open_tiers(county_code, scheme_id)
    if year is not None:
        return tiers, year, False
    return [tier for tier in tiers if is_no_step_down(enrolment, tier)], upward, True


def is_no_step_down(enrolment, amount):
    """Whether an amount is the registered tier or above it; without one, any amount is."""
    return amount >= (enrolment.registered_tier or 0)


@transaction.atomic
def choose_tier(enrolment, amount, *, by, paid_on=None, seen=""):
    """Note the tier that somebody chooses; return the TierChoice, whose year says when it counts.

    `paid_on` is the day this year's contribution was paid, None while it is not. Refuses
    ChangedMeanwhile where `seen` is not what stands, TierNotOpen, TierMayOnlyRise and
    TierMayNotChange.
    """
    assert may(by, "enrol")
    locked = Enrolment.objects.select_for_update(of=["self"]).select_related("scheme")
    enrolment = locked.get(pk=enrolment.pk)
    if seen and seen != seen_of(enrolment):
        _refuse_a_changed_record(enrolment, seen)
    tiers, year, is_only_upward = open_choices(enrolment, paid_on)
    if is_only_upward and not is_no_step_down(enrolment, amount):
        raise TierMayOnlyRise(amount=f"{enrolment.registered_tier:.0f}")
    if year is None:
        raise TierMayNotChange()
    if tiers and amount not in tiers:
        shown = "/".join(f"{tier:.0f}" for tier in tiers)
        raise TierNotOpen(amount=f"{amount:.0f}", year=year, tiers=shown)
    former = enrolment.registered_tier
    choice = TierChoice.objects.create(
        county_code=enrolment.county_code,
        village_code=enrolment.village_code,
        resident_id=enrolment.resident_id,
        scheme_id=enrolment.scheme_id,
        year=year,
        amount=amount,
        former_amount=former,
        occasion=TierChoice.Occasion.RENEWAL if amount == former else TierChoice.Occasion.CHANGE,
        chosen_by=by,
    )
    if year == today().year:
        enrolment.registered_tier = amount
        enrolment.save(update_fields=["registered_tier"])
    record(
        "choose_tier",
        enrolment.resident,
        by=by,
        area_code=enrolment.village_code,
        tier={str(enrolment.scheme.short_name): [f"{former or 0:.0f}", f"{amount:.0f}"]},
        year=year,
    )
    return choice


def _refuse_a_changed_record(enrolment, seen):
    last = last_choice(enrolment)
    saw = seen.partition("/")[0]
    raise ChangedMeanwhile(
        name=last.chosen_by.name if last else _("花名册导入"),
        ago=_ago(last.chosen_at if last else enrolment.resident.changed_at),
        difference=_("%(scheme)s %(saw)s → %(now)s 元")
        % {
            "scheme": _(enrolment.scheme.short_name),
            "saw": f"{float(saw):.0f}",
            "now": f"{(last.amount if last else enrolment.registered_tier) or 0:.0f}",
        },
    )


def _ago(moment):
    """Return how long ago something was, in the largest whole unit."""
    passed = timezone.now() - moment
    if passed >= DAY:
        return _("%(count)d 天") % {"count": passed // DAY}
    if passed >= HOUR:
        return _("%(count)d 小时") % {"count": passed // HOUR}
    return _("%(count)d 分钟") % {"count": max(1, passed // MINUTE)}


def begin_year():
    """Let the choices made earlier for this year count, soon after New Year's midnight; harmless on
    any other day. Return how many tiers changed.
    """
    year = today().year
    midnight = datetime(year, 1, 1, tzinfo=timezone.get_current_timezone())
    return run_statement("begin_year", {"year": year, "first_moment": midnight})
