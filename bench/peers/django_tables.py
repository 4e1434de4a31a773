"""The county as ordinary Django models, for the peers that go through the ORM.

    python -m bench.peers.django_tables <folder>      tables as migrations would make them, filled

Plain numbers, no history, no partitions: what one writes in an afternoon.
"""

import csv
import os
import sys
from pathlib import Path

import django
import environ
import python_calamine
from django.conf import settings

from bench.peers.cells import COLUMNS, text_of

settings.configure(
    DATABASES={"default": environ.Env.db_url_config(os.environ["DATABASE_URL"])},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.db import connection, models  # noqa: E402 — models need the settings above
from django.db.models import Exists, OuterRef  # noqa: E402

COUNTING = ["normal", "back"]


class Resident(models.Model):
    id_number = models.CharField(max_length=18, unique=True)
    name_key = models.CharField(max_length=60)
    village_code = models.CharField(max_length=12, db_index=True)
    born_on = models.DateField()
    life_status = models.CharField(max_length=20)

    class Meta:
        app_label = "peers"


class Enrolment(models.Model):
    resident = models.ForeignKey(Resident, models.CASCADE)
    scheme_id = models.SmallIntegerField()
    status = models.CharField(max_length=20)

    class Meta:
        app_label = "peers"
        unique_together = [("resident", "scheme_id")]


class SpecialIdentity(models.Model):
    resident = models.ForeignKey(Resident, models.CASCADE)
    identity = models.CharField(max_length=30)
    grade = models.SmallIntegerField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        app_label = "peers"


class Determination(models.Model):
    resident = models.ForeignKey(Resident, models.CASCADE)
    scheme_id = models.SmallIntegerField()
    number = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    years = models.CharField(max_length=100)

    class Meta:
        app_label = "peers"


class TownName(models.Model):
    text = models.CharField(max_length=100, unique=True)
    town_code = models.CharField(max_length=9)

    class Meta:
        app_label = "peers"


class Tier(models.Model):
    scheme_id = models.SmallIntegerField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    proxy_only = models.BooleanField()
    subsidy = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        app_label = "peers"


class ProxyRule(models.Model):
    scheme_id = models.SmallIntegerField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    identity = models.CharField(max_length=30)
    grade_max = models.SmallIntegerField(null=True)

    class Meta:
        app_label = "peers"


class Payment(models.Model):
    year = models.SmallIntegerField()
    scheme_id = models.SmallIntegerField()
    resident = models.ForeignKey(Resident, models.CASCADE)
    village_code = models.CharField(max_length=12)
    kind = models.CharField(max_length=10)
    source = models.CharField(max_length=10)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    tier_amount = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    subsidy = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    paid_on = models.DateField(null=True)
    receipt = models.CharField(max_length=40)
    reverses = models.ForeignKey("self", models.PROTECT, null=True)
    sheet_row = models.IntegerField(null=True)

    class Meta:
        app_label = "peers"
        constraints = [
            models.UniqueConstraint(
                fields=["receipt", "resident", "scheme_id", "year", "amount"],
                condition=models.Q(kind__in=COUNTING),
                name="posted_once",
            )
        ]


class FileRow(models.Model):
    sheet_row = models.IntegerField()
    reason = models.CharField(max_length=3)
    resident = models.ForeignKey(Resident, models.SET_NULL, null=True)
    cells = models.JSONField()

    class Meta:
        app_label = "peers"


class Counter(models.Model):
    year = models.SmallIntegerField()
    village_code = models.CharField(max_length=12)
    scheme_id = models.SmallIntegerField()
    payments = models.IntegerField(default=0)
    amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)

    class Meta:
        app_label = "peers"
        unique_together = [("year", "village_code", "scheme_id")]


FILES = {
    "residents": Resident,
    "enrolments": Enrolment,
    "identities": SpecialIdentity,
    "determinations": Determination,
    "towns": TownName,
    "tiers": Tier,
    "proxies": ProxyRule,
    "ledger": Payment,
}


def standing_payments():
    """Return the payments that stood before this file came and were not taken back."""
    taken_back = Payment.objects.filter(reverses=OuterRef("pk"), sheet_row=None)
    return Payment.objects.filter(~Exists(taken_back), kind__in=COUNTING, sheet_row=None)


def sheet_rows(path):
    """Yield (row of the sheet, its cells as texts)."""
    rows = python_calamine.load_workbook(path).get_sheet_by_index(0).iter_rows()
    next(rows)
    for number, row in enumerate(rows, start=2):
        yield number, [text_of(cell) for cell in row]


def file_row(number, cells, verdict):
    return FileRow(
        sheet_row=number,
        reason=verdict.reason,
        resident_id=verdict.resident and verdict.resident.id,
        cells=dict(zip(COLUMNS, cells, strict=False)),
    )


def payment_values(number, row, verdict):
    """Return what a payment holds besides its natural key."""
    tier = verdict.tier
    return {
        "village_code": verdict.resident.village_code,
        "kind": verdict.kind,
        "source": verdict.source,
        "tier_amount": tier and tier.amount,
        "subsidy": tier and tier.subsidy,
        "paid_on": row.paid_on,
        "reverses_id": verdict.reverses_id,
        "sheet_row": number,
    }


def fill(folder):
    """Make the tables and fill them with the county."""
    with connection.schema_editor() as editor:
        for model in (*FILES.values(), FileRow, Counter):
            editor.create_model(model)
    with connection.cursor() as cursor:
        for name, model in FILES.items():
            path = folder / f"{name}.csv"
            with open(path, encoding="utf-8", newline="") as file:
                columns = ", ".join(next(csv.reader(file)))
            with open(path, "rb") as file:
                table = model._meta.db_table
                cursor.copy_expert(
                    f"copy {table} ({columns}) from stdin (format csv, header)", file
                )
        cursor.execute(
            "select setval(pg_get_serial_sequence('peers_payment', 'id'), max(id))"
            " from peers_payment"
        )
        cursor.execute(
            "insert into peers_counter (year, village_code, scheme_id, payments, amount)"
            " select year, village_code, scheme_id, count(*), sum(amount) from peers_payment"
            " group by 1, 2, 3"
        )


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
