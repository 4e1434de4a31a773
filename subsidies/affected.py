"""Say who would be affected by a draft, and by how much, before it is published (影响预览).

    300 yuan, 1,204 people, 50.00 → 55.00    the state adds 6,020.00 more
    400 yuan, 446 people                     the tier is gone: they must choose another
    the 300 yuan who have paid this year     keep what they got; nothing is worked out again

Both versions are asked by the policies' own SQL, for everybody who is enrolled, active and alive,
and what they answer is kept (`previewing.py`). Here it is read: an area's figures and its people.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from policies.models import PolicyVersion
from policies.words import PAYER_CHOICES
from subsidies.models import PreviewCount, PreviewLine
from townships.models import TOWN_CODE_LENGTH

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


def count_affected(preview, *, area_code):
    """Return the Affected of an area: one statement, whatever its size."""
    rows = (
        PreviewCount.objects.filter(answer__preview=preview, village_code__startswith=area_code)
        .values(
            "answer_id",
            town=Substr("village_code", 1, TOWN_CODE_LENGTH),
            base=F("answer__base"),
            is_paid=F("answer__is_paid"),
            how=F("answer__how"),
            before=F("answer__before"),
            after=F("answer__after"),
        )
        .annotate(people=Sum("people"))
        .order_by("town", "base", "answer__number")
    )
    found = Affected(Tally(), defaultdict(Tally), defaultdict(Tally), defaultdict(FunderTally), {})
    most = {}
    for row in rows:
        for tally in (found.whole, found.towns[row["town"]], found.tiers[row["base"]]):
            tally.add(row)
        _add_funders(found.funders, row)
        if row["people"] > most.get(row["base"], 0):
            most[row["base"]] = row["people"]
            found.answers[row["base"]] = (row["before"], row["after"])
    return found


def list_affected(preview, *, area_code, how="", tier=None):
    """Return the lines of those whom a preview answers differently in an area, by village."""
    lines = PreviewLine.objects.inside(area_code).filter(preview=preview)
    if how:
        lines = lines.filter(answer__how=how)
    if tier is not None:
        lines = lines.filter(answer__base=tier)
    return lines.order_by("village_code", "resident_id")


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
