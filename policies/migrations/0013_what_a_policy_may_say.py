"""Thirds, rates that grow with the years, benefits paid once, shares of benefits by their names."""

from django.db import migrations, models

# Rates are kept to eighteen places: a third of a sum is the third of it once nine are looked at.
VALUE = """
CREATE OR REPLACE FUNCTION policies_rule_value(
    rule policies_rule, of_value numeric, step_value numeric)
RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN rule.decided AND plain.value IS NOT NULL THEN policies_rounded(
        LEAST(rule.cap_amount, GREATEST(rule.floor_amount, ROUND(plain.value, 9))),
        rule.rounding, rule.rounding_unit) END
      FROM (SELECT CASE WHEN rule.step_by = '' THEN 0
                        ELSE GREATEST(0, LEAST(rule.step_most,
                                FLOOR((step_value - rule.step_from) / rule.step_size)))
                             + 0 * step_value END) AS step (count)
     CROSS JOIN LATERAL (SELECT
            COALESCE(rule.base_amount, 0)
            + CASE WHEN rule.rate IS NULL THEN 0
                   WHEN rule.months IS NULL
                       THEN (rule.rate + COALESCE(rule.step_rate * step.count, 0))
                            * of_value / COALESCE(rule.divisor, 1)
                   ELSE rule.months * policies_rounded(
                            ROUND(rule.rate * of_value / COALESCE(rule.divisor, 1), 9),
                            rule.rounding, rule.rounding_unit) END
            + COALESCE(rule.step_amount, 0) * step.count
           ) AS plain (value)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0012_second_person_and_reason"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="window",
            name="category",
        ),
        migrations.AddField(
            model_name="rule",
            name="is_once",
            field=models.BooleanField(db_default=False, default=False, verbose_name="一次性"),
        ),
        migrations.AddField(
            model_name="rule",
            name="step_rate",
            field=models.DecimalField(
                blank=True, decimal_places=18, max_digits=22, null=True, verbose_name="增加比例"
            ),
        ),
        migrations.AlterField(
            model_name="rule",
            name="item",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AlterField(
            model_name="rule",
            name="rate",
            field=models.DecimalField(
                blank=True, decimal_places=18, max_digits=22, null=True, verbose_name="比例"
            ),
        ),
        migrations.RunSQL(VALUE, migrations.RunSQL.noop),
    ]
