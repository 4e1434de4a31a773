"""Say who would be affected by a draft, and by how much, before it is published (影响预览).

    300 yuan, 1,204 people, 50.00 → 55.00    the state adds 6,020.00 more
    400 yuan, 446 people                     the tier is gone: they must choose another
    the 300 yuan who have paid this year     keep what they got; nothing is worked out again

Both versions are asked by the policies' own SQL, for everybody who is enrolled, active and alive.
One statement counts a county; another lists one page of people. Nothing is written.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from pension_portal.clock import today
from policies.models import PolicyVersion
from policies.words import PAYER_CHOICES
from subsidies.statements import fetch_statement

# How an answer differs; the first that holds.
HOW = {
    "gone": _("原档次没有了，须另选"),
    "less": _("政府少出"),
    "more": _("政府多出"),
    "due": _("个人应缴变了"),
    "other": _("其他变化"),
}
UNKNOWN_TIER = Decimal(-1)
PAYERS = dict(PAYER_CHOICES)


@dataclass
class Tally:
    """People and yearly money of one town, one tier, or the whole area."""

    people: int = 0
    changed: int = 0
    changed_unpaid: int = 0
    before: Decimal = Decimal(0)
    after: Decimal = Decimal(0)
    unpaid_difference: Decimal = Decimal(0)
    how: dict = field(default_factory=lambda: defaultdict(int))

    @property
    def difference(self):
        """What the state would give more (or less) if everybody were answered anew."""
        return self.after - self.before

    @property
    def changed_paid(self):
        """Whose answer differs, but who have paid: theirs is not worked out again."""
        return self.changed - self.changed_unpaid

    def add(self, row):
        """Count one line of the statement in."""
        self.people += row["people"]
        before, after = _given(row["before"]), _given(row["after"])
        self.before += before * row["people"]
        self.after += after * row["people"]
        if row["how"]:
            self.changed += row["people"]
            self.how[row["how"]] += row["people"]
        if row["how"] and not row["is_paid"]:
            self.changed_unpaid += row["people"]
            self.unpaid_difference += (after - before) * row["people"]


@dataclass
class FunderTally:
    """The yearly money of one payer under either version."""

    before: Decimal = Decimal(0)
    after: Decimal = Decimal(0)
    unpaid_difference: Decimal = Decimal(0)

    @property
    def difference(self):
        return self.after - self.before


@dataclass
class Affected:
    """What a version changes for the people of an area."""

    whole: Tally
    towns: dict
    tiers: dict
    funders: dict
    # What people who pay an amount are mostly answered: amount → (before, after).
    answers: dict


def version_to_compare(policy):
    """Return the version that this one would take the place of, or did; None for the first."""
    place = PolicyVersion.objects.filter(
        county_code=policy.county_code, scheme=policy.scheme_id, year=policy.year
    ).published()
    if policy.status != PolicyVersion.Status.DRAFT:
        place = place.filter(version__lt=policy.version)
    return place.exclude(pk=policy.pk).order_by("-version").first()


def count_affected(policy, base, *, area_code):
    """Return the Affected of an area: one statement, whatever its size."""
    rows = fetch_statement("affected_people_totals", _parameters(policy, base, area_code))
    found = Affected(Tally(), defaultdict(Tally), defaultdict(Tally), defaultdict(FunderTally), {})
    most = {}
    for row in rows:
        row["before"], row["after"] = _read(row["before"]), _read(row["after"])
        for tally in (found.whole, found.towns[row["town"]], found.tiers[row["base"]]):
            tally.add(row)
        _add_funders(found.funders, row)
        if row["people"] > most.get(row["base"], 0):
            most[row["base"]] = row["people"]
            found.answers[row["base"]] = (row["before"], row["after"])
    return found


def list_affected(policy, base, *, area_code, how="", tier=None, limit, offset=0):
    """Return whom of an area the version answers differently, by village, as dicts with

    resident_id, village_code, is_paid, base (yuan, -1 where no tier is known), how, before, after.
    """
    parameters = _parameters(policy, base, area_code)
    parameters |= {"how": how, "tier": tier, "limit": limit, "offset": offset}
    people = fetch_statement("affected_people", parameters)
    for person in people:
        person["before"], person["after"] = _read(person["before"]), _read(person["after"])
    return people


def _parameters(policy, base, area_code):
    return {
        "before": base.pk if base else None,
        "after": policy.pk,
        "county_code": policy.county_code,
        "area_code": area_code,
        "scheme_id": policy.scheme_id,
        "year": policy.year,
        "day": today(),
    }


def _read(answer):
    """Read an answer with its yuan as Decimal; None where there is no version to answer."""
    return json.loads(answer, parse_float=Decimal) if answer else None


def _given(answer):
    """Return what the state gives in a year: what it adds and what it pays in one's place."""
    return Decimal(answer["subsidy"] + answer["proxy"]) if answer else Decimal(0)


def _add_funders(funders, row):
    for side in ("before", "after"):
        for payer, amount in _parts(row[side]).items():
            tally = funders[payer]
            total = amount * row["people"]
            setattr(tally, side, getattr(tally, side) + total)
            if row["how"] and not row["is_paid"]:
                tally.unpaid_difference += total if side == "after" else -total


def _parts(answer):
    """Return payer → yuan; what no share is written for stands under an empty payer."""
    parts = defaultdict(Decimal)
    for key, amount in ((answer or {}).get("shares") or {}).items():
        parts[key.split()[1]] += Decimal(amount)
    silent = _given(answer) - sum(parts.values())
    if silent:
        parts[""] += silent
    return parts


def payer_name(code):
    """Return who a payer is, in words."""
    return PAYERS.get(code) or _("文件没有写由谁承担")
