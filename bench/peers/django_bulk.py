"""The careful Django way: the registry in dictionaries, rows judged in Python, bulk_create.

    python -m bench.peers.django_bulk <file>

One transaction, a block of rows at a time: one query for the receipts known already, one
bulk_create for the rows and one for the payments. Counters move once, at the end.
"""

import sys
import time
from collections import defaultdict
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.db.models import F

from bench.peers.cells import THIS_YEAR
from bench.peers.django_tables import (
    COUNTING,
    Counter,
    Determination,
    Enrolment,
    FileRow,
    Payment,
    ProxyRule,
    Resident,
    SpecialIdentity,
    Tier,
    TownName,
    file_row,
    payment_values,
    sheet_rows,
    standing_payments,
)
from bench.peers.judgement import Judge, read
from bench.peers.told import TODAY, tell

BLOCK = 2000


class County:
    """Registry and rules in dictionaries; of the books, what a block of rows asks for."""

    def __init__(self):
        people = Resident.objects.values_list(
            "id_number", "id", "name_key", "village_code", "born_on", "life_status", named=True
        )
        self.residents = {person.id_number: person for person in people.iterator(20_000)}
        self.statuses = {
            (resident_id, scheme_id): status
            for resident_id, scheme_id, status in Enrolment.objects.values_list(
                "resident_id", "scheme_id", "status"
            ).iterator(20_000)
        }
        self.towns = dict(TownName.objects.values_list("text", "town_code"))
        self.tiers = {(tier.scheme_id, tier.amount): tier for tier in Tier.objects.all()}
        self.rules = defaultdict(list)
        for rule in ProxyRule.objects.all():
            self.rules[rule.scheme_id, rule.amount].append(rule)
        self.posted = set()
        self.resident, self.town_code = self.residents.get, self.towns.get

    @cached_property
    def paid(self):
        """Whoever has a payment of this year that was not given back."""
        payments = standing_payments().filter(year=THIS_YEAR, kind="normal")
        return set(payments.values_list("resident_id", "scheme_id", "source"))

    @cached_property
    def identities(self):
        held = defaultdict(list)
        for identity in SpecialIdentity.objects.iterator(20_000):
            held[identity.resident_id].append(identity)
        return held

    @cached_property
    def determinations(self):
        found = defaultdict(list)
        for d in Determination.objects.all():
            found[d.resident_id, d.scheme_id, d.years, d.amount].append(d.number)
        return found

    def look_up(self, rows):
        """Note which payments of these rows are in the books already."""
        receipts = {row.receipt for row in rows}
        payments = Payment.objects.filter(receipt__in=receipts, kind__in=COUNTING)
        self.posted = set(
            payments.values_list("receipt", "resident_id", "scheme_id", "year", "amount")
        )

    def has_posted(self, *key):
        return key in self.posted

    def has_paid(self, *payment):
        return payment in self.paid

    def status_of(self, resident_id, scheme_id):
        return self.statuses.get((resident_id, scheme_id))

    def tier(self, scheme_id, amount):
        return self.tiers.get((scheme_id, amount))

    def proxy_rules(self, scheme_id, amount):
        return self.rules[scheme_id, amount]

    def identities_of(self, resident_id):
        return self.identities[resident_id]

    def is_determined(self, resident_id, scheme_id, year, amount, number):
        numbers = self.determinations.get((resident_id, scheme_id, str(year), amount), ())
        return bool(numbers) and (not number or number in numbers)

    @staticmethod
    def payments_of(resident_id, scheme_id, year, amount):
        """Return the payments of this sum that stand, the first paid first."""
        payments = standing_payments().filter(
            resident_id=resident_id, scheme_id=scheme_id, year=year, amount=amount
        )
        return list(payments.order_by("paid_on", "id").values_list("id", flat=True))


def post(path):
    """Post the file; return the seconds of each step and the rows of the sheet posted."""
    Resident.objects.exists()
    started = time.perf_counter()
    county = County()
    loaded = time.perf_counter()
    posted = []
    with transaction.atomic():
        _post_rows(sheet_rows(path), county, posted)
    ended = time.perf_counter()
    return {"load registry": loaded - started, "rows": ended - loaded}, posted


def _post_rows(rows, county, posted):
    judge, today = Judge(county), date.fromisoformat(TODAY)
    sums = defaultdict(lambda: [0, 0])
    while block := list(islice(rows, BLOCK)):
        understood = [read(cells, today) for _number, cells in block]
        county.look_up(understood)
        file_rows, payments = [], []
        for (number, cells), row in zip(block, understood, strict=True):
            verdict = judge.judge(row)
            file_rows.append(file_row(number, cells, verdict))
            if verdict.reason:
                continue
            values = payment_values(number, row, verdict)
            payments.append(_payment(row, verdict.resident.id, values))
            place = sums[row.year, values["village_code"], row.scheme_id]
            place[0] += 1
            place[1] += -abs(row.amount) if row.is_refund else row.amount
            posted.append(number)
        FileRow.objects.bulk_create(file_rows, batch_size=BLOCK)
        Payment.objects.bulk_create(payments, batch_size=BLOCK)
    for (year, village_code, scheme_id), (count, amount) in sums.items():
        place, _is_new = Counter.objects.get_or_create(
            year=year, village_code=village_code, scheme_id=scheme_id
        )
        Counter.objects.filter(pk=place.pk).update(
            payments=F("payments") + count, amount=F("amount") + amount
        )


def _payment(row, resident_id, values):
    return Payment(
        receipt=row.receipt,
        resident_id=resident_id,
        scheme_id=row.scheme_id,
        year=row.year,
        amount=abs(row.amount),
        **values,
    )


if __name__ == "__main__":
    tell(*post(Path(sys.argv[1])))
