"""The plain Django way: for each row of the file, get or create what it speaks of.

    python -m bench.peers.orm_loop <file> <rows>

Every question is a query and every row commits by itself, as Django does by default. Only the
first rows of the file are taken, or all of them where `rows` is 0: what a row costs does not
depend on how many there are, so the rest can be worked out.
"""

import sys
import time
from datetime import date
from itertools import islice
from pathlib import Path

from django.db.models import F

from bench.peers.cells import THIS_YEAR
from bench.peers.django_tables import (
    COUNTING,
    Counter,
    Determination,
    Enrolment,
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


class County:
    """Answers every question with a query."""

    @staticmethod
    def resident(id_number):
        return Resident.objects.filter(id_number=id_number).first()

    @staticmethod
    def has_posted(receipt, resident_id, scheme_id, year, amount):
        payments = Payment.objects.filter(
            receipt=receipt, resident_id=resident_id, scheme_id=scheme_id, year=year, amount=amount
        )
        return payments.filter(kind__in=COUNTING, sheet_row=None).exists()

    @staticmethod
    def has_paid(resident_id, scheme_id, source):
        payments = standing_payments().filter(resident_id=resident_id, scheme_id=scheme_id)
        return payments.filter(year=THIS_YEAR, kind="normal", source=source).exists()

    @staticmethod
    def status_of(resident_id, scheme_id):
        enrolment = Enrolment.objects.filter(resident_id=resident_id, scheme_id=scheme_id).first()
        return enrolment and enrolment.status

    @staticmethod
    def town_code(text):
        town = TownName.objects.filter(text=text).first()
        return town and town.town_code

    @staticmethod
    def tier(scheme_id, amount):
        return Tier.objects.filter(scheme_id=scheme_id, amount=amount).first()

    @staticmethod
    def proxy_rules(scheme_id, amount):
        return ProxyRule.objects.filter(scheme_id=scheme_id, amount=amount)

    @staticmethod
    def identities_of(resident_id):
        return SpecialIdentity.objects.filter(resident_id=resident_id)

    @staticmethod
    def is_determined(resident_id, scheme_id, year, amount, number):
        found = Determination.objects.filter(
            resident_id=resident_id, scheme_id=scheme_id, years=str(year), amount=amount
        )
        return (found.filter(number=number) if number else found).exists()

    @staticmethod
    def payments_of(resident_id, scheme_id, year, amount):
        """Return the payments of this sum, the first paid first."""
        payments = standing_payments().filter(
            resident_id=resident_id, scheme_id=scheme_id, year=year, amount=amount
        )
        return list(payments.order_by("paid_on", "id").values_list("id", flat=True))


def post(path, most):
    """Post the file's first rows; return seconds, the rows of the sheet posted, and how many."""
    judge, today = Judge(County()), date.fromisoformat(TODAY)
    rows = sheet_rows(path)
    posted, taken = [], 0
    Resident.objects.exists()
    started = time.perf_counter()
    for number, cells in islice(rows, most or None):
        row = read(cells, today)
        verdict = judge.judge(row)
        file_row(number, cells, verdict).save()
        if not verdict.reason:
            _post_row(number, row, verdict)
            posted.append(number)
        taken += 1
    return {"loop": time.perf_counter() - started}, posted, taken


def _post_row(number, row, verdict):
    values = payment_values(number, row, verdict)
    Payment.objects.get_or_create(
        receipt=row.receipt,
        resident_id=verdict.resident.id,
        scheme_id=row.scheme_id,
        year=row.year,
        amount=abs(row.amount),
        kind=values.pop("kind"),
        defaults=values,
    )
    place, _is_new = Counter.objects.get_or_create(
        year=row.year, village_code=values["village_code"], scheme_id=row.scheme_id
    )
    amount = -abs(row.amount) if row.is_refund else row.amount
    Counter.objects.filter(pk=place.pk).update(
        payments=F("payments") + 1, amount=F("amount") + amount
    )


if __name__ == "__main__":
    seconds, posted, taken = post(Path(sys.argv[1]), int(sys.argv[2]))
    tell(seconds, posted, rows=taken)
