"""Let a pension age be for some people, and a condition leave areas out."""

import importlib

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

before = importlib.import_module("policies.migrations.0016_needs_know_years_running")

# The age from which a scheme takes no more money from somebody: {"m": 60, "f": 55, "<resident>": 50}.
END_AGE = """
CREATE FUNCTION policies_end_age(ages jsonb, sex text, person bigint)
RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COALESCE(ages ->> person::text, ages ->> sex)::int
$$;
"""

CHOSEN_TIER = """
CREATE OR REPLACE FUNCTION policies_chosen_tier(policy bigint, registered numeric, area text)
RETURNS TABLE (amount numeric, how text) LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN found.how = 'registered' THEN registered ELSE found.amount_from END, found.how
      FROM (
        SELECT t.amount_from,
               CASE WHEN registered BETWEEN t.amount_from AND t.amount_to THEN 'registered'
                    WHEN registered = ANY (t.old_amounts) THEN 'mapped' ELSE 'default' END AS how
          FROM policies_tier AS t
          LEFT JOIN policies_condition AS c ON c.id = t.condition_id
         WHERE t.policy_id = policy AND NOT t.proxy_only
           AND (c.areas IS NULL
                OR EXISTS (SELECT FROM UNNEST(c.areas) AS a WHERE STARTS_WITH(area, a)))
           AND NOT EXISTS (SELECT FROM UNNEST(c.not_areas) AS a WHERE STARTS_WITH(area, a))
           AND (registered BETWEEN t.amount_from AND t.amount_to
                OR registered = ANY (t.old_amounts) OR t.is_default)
      ) AS found
     ORDER BY ARRAY_POSITION(ARRAY['registered', 'mapped', 'default'], found.how)
     LIMIT 1
$$;
"""

NEEDS = before.NEEDS.replace("UNNEST(c.areas)", "UNNEST(c.areas || c.not_areas)")


class Migration(migrations.Migration):
    dependencies = [("policies", "0016_needs_know_years_running")]

    operations = [
        migrations.AddField(
            model_name="condition",
            name="not_areas",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=14), blank=True, null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="eligibilityrule",
            name="condition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="policies.condition",
            ),
        ),
        migrations.AlterField(
            model_name="provision",
            name="name",
            field=models.CharField(
                choices=[
                    ("collection_modes", "征收方式"),
                    ("arrival_grace_days", "到账宽限工作日"),
                    ("advised_amount", "提倡缴费不低于"),
                    ("own_beside_proxy", "代缴后本人可另缴"),
                    ("proxy_counts_in_target", "代缴人数计入任务"),
                    ("collective_aid_cap", "集体补助上限"),
                    ("tier_change_before_payment", "缴费前变更档次"),
                    ("tier_change_after_payment", "缴费后变更档次"),
                    ("tier_unchanged", "未变更档次"),
                    ("scheme_began_on", "制度实施日"),
                    ("years_for_a_pension", "最低缴费年限"),
                ],
                max_length=30,
                verbose_name="规定",
            ),
        ),
        migrations.RunSQL(END_AGE, "DROP FUNCTION policies_end_age(jsonb, text, bigint)"),
        migrations.RunSQL(CHOSEN_TIER, migrations.RunSQL.noop),
        migrations.RunSQL(before.DROP_NEEDS + NEEDS + before.GUARD, migrations.RunSQL.noop),
    ]
