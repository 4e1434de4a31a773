"""What villages took, handed in and owe (代收、上解、下欠), by place, by collector and by age.

    李家村   代收 12,600.00   上解 9,000.00   下欠 3,600.00, of it 1,200.00 for more than five days

下欠 = 代收 − 上解. Voided receipts count nowhere; a remittance counts once it is confirmed.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Case, Count, F, Min, Q, Sum, Value, When
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from contributions.models import CashLine, CashReceipt, CashSettings
from contributions.models.cash import days_ago
from pension_portal.clock import today
from staff.models import Approvable

# Days since the money was taken: from, until (None: without end), and how a column says it.
BANDS = [
    (0, 3, _("3 天内")),
    (4, 7, _("4–7 天")),
    (8, 15, _("8–15 天")),
    (16, 30, _("16–30 天")),
    (31, None, _("30 天以上")),
]


@dataclass
class Cash:
    """Receipts and yuan of a place or a collector: taken, handed in, on its way, owed by age."""

    receipts: int = 0
    taken: Decimal = Decimal(0)
    remitted: Decimal = Decimal(0)
    on_the_way: Decimal = Decimal(0)
    overdue: Decimal = Decimal(0)
    overdue_receipts: int = 0
    oldest: int | None = None
    bands: list = field(default_factory=lambda: [Decimal(0)] * len(BANDS))

    @property
    def owed(self):
        return self.taken - self.remitted

    @property
    def by_age(self):
        """Give (words, yuan) of each band."""
        return [(band[2], owed) for band, owed in zip(BANDS, self.bands, strict=True)]

    def add(self, other):
        for name in (
            *("receipts", "taken", "remitted", "on_the_way"),
            *("overdue", "overdue_receipts"),
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.bands = [one + two for one, two in zip(self.bands, other.bands, strict=True)]
        ages = [age for age in (self.oldest, other.oldest) if age is not None]
        self.oldest = max(ages, default=None)


def cash_of_places(receipts, length, *, overdue_days):
    """Return area code of so many digits → Cash; one statement, however many receipts."""
    return _cash_by(receipts.annotate(place=Substr("village_code", 1, length)), overdue_days)


def cash_of_collectors(receipts, *, overdue_days):
    """Return collector's id → Cash; one statement."""
    return _cash_by(receipts.annotate(place=F("collector_id")), overdue_days)


def total_of(rows):
    """Return the Cash of several together."""
    total = Cash()
    for row in rows:
        total.add(row)
    return total


def _cash_by(receipts, overdue_days):
    handed_in = Q(remittance__state=Approvable.State.APPROVED)
    owed = Q(remittance=None) | ~handed_in
    overdue = owed & Q(received_on__lt=days_ago(overdue_days))
    sums = {
        f"band{place}": Sum("amount", filter=owed & _aged(first, last))
        for place, (first, last, _words) in enumerate(BANDS)
    }
    found = (
        receipts.standing()
        .order_by()
        .values("place")
        .annotate(
            receipts=Count("pk"),
            taken=Sum("amount"),
            remitted=Sum("amount", filter=handed_in),
            on_the_way=Sum("amount", filter=owed & Q(remittance__isnull=False)),
            overdue=Sum("amount", filter=overdue),
            overdue_receipts=Count("pk", filter=overdue),
            first_day=Min("received_on", filter=owed),
            **sums,
        )
    )
    return {row["place"]: _cash(row) for row in found}


def _aged(first, last):
    """The condition that money was taken so many days ago."""
    aged = Q(received_on__lte=days_ago(first)) if first else Q()
    return aged if last is None else aged & Q(received_on__gte=days_ago(last))


def _cash(row):
    zero = Decimal(0)
    return Cash(
        receipts=row["receipts"],
        taken=row["taken"],
        remitted=row["remitted"] or zero,
        on_the_way=row["on_the_way"] or zero,
        overdue=row["overdue"] or zero,
        overdue_receipts=row["overdue_receipts"],
        oldest=(today() - row["first_day"]).days if row["first_day"] else None,
        bands=[row[f"band{place}"] or zero for place in range(len(BANDS))],
    )


@dataclass
class Arrivals:
    """People and yuan of receipts that stand, by how far their money has come."""

    not_remitted: tuple
    not_arrived: tuple
    arrived: tuple


def arrivals_of(area_code, *, year):
    """Return the Arrivals of an area's receipts of a year."""
    lines = CashLine.objects.inside(area_code).standing().filter(year=year).with_arrival()
    handed_in = Q(receipt__remittance__state=Approvable.State.APPROVED)
    sums = defaultdict(lambda: (0, Decimal(0)))
    for row in (
        lines.order_by()
        .annotate(is_remitted=Case(When(handed_in, then=True), default=Value(False)))
        .values("is_remitted", "has_arrived")
        .annotate(people=Count("resident", distinct=True), sum=Sum("amount"))
    ):
        sums[row["is_remitted"], row["has_arrived"]] = (row["people"], row["sum"])
    both = [sums[False, False], sums[False, True]]
    return Arrivals(
        not_remitted=tuple(sum(values) for values in zip(*both, strict=True)),
        not_arrived=sums[True, False],
        arrived=tuple(
            sum(values) for values in zip(sums[False, True], sums[True, True], strict=True)
        ),
    )


# How far a receipt's money has come: what a list of receipts can be narrowed to.
STANDINGS = [
    ("", _("全部")),
    ("owed", _("下欠（已收未上解）")),
    ("overdue", _("超期下欠")),
    ("on_the_way", _("上解待确认")),
    ("remitted", _("已上解")),
    ("not_arrived", _("已上解未到账")),
    ("voided", _("已作废")),
]


def receipts_of(area_code, staff, *, standing="", year=None, collector=None):
    """Return the receipts of an area that a person may look at, narrowed; the oldest first."""
    found = CashReceipt.objects.visible_to(staff).inside(area_code)
    if year:
        found = found.filter(year=year)
    if collector:
        found = found.filter(collector=collector)
    missing = CashLine.objects.standing().with_arrival().filter(has_arrived=False)
    narrowing = {
        "owed": lambda: found.owed(),
        "overdue": lambda: found.overdue(CashSettings.days_of(area_code[:6])),
        "on_the_way": lambda: found.owed().exclude(remittance=None),
        "remitted": lambda: found.remitted(),
        "not_arrived": lambda: found.remitted().filter(
            pk__in=missing.inside(area_code).values("receipt_id")
        ),
        "voided": lambda: found.exclude(voided_at=None),
    }
    found = narrowing[standing]() if standing in narrowing else found
    return found.order_by("received_on", "pk")
