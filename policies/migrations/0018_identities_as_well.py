"""Let a condition ask for a second identity beside the first."""

import importlib

import django.contrib.postgres.fields
from django.db import migrations, models

before = importlib.import_module("policies.migrations.0016_needs_know_years_running")
last = importlib.import_module("policies.migrations.0017_ages_and_areas_left_out")

NEEDS = last.NEEDS.replace(
    "UNNEST(c.identities || c.not_identities)",
    "UNNEST(c.identities || c.also_identities || c.not_identities)",
)


class Migration(migrations.Migration):
    dependencies = [("policies", "0017_ages_and_areas_left_out")]

    operations = [
        migrations.AddField(
            model_name="condition",
            name="also_identities",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, null=True, size=None
            ),
        ),
        migrations.RunSQL(before.DROP_NEEDS + NEEDS + before.GUARD, migrations.RunSQL.noop),
    ]
