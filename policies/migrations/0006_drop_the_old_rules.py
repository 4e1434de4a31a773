"""Drop the tables that the rule table replaced; guard the new ones; let SQL ask them."""

import django.db.models.deletion
from django.db import migrations, models

# A value on its way to the fen, to jiao, to yuan.
FUNCTIONS = """
CREATE FUNCTION policies_rounded(value numeric, how text, unit numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE how WHEN 'up' THEN CEIL(value / unit)
                    WHEN 'down' THEN FLOOR(value / unit)
                    ELSE ROUND(value / unit) END * unit
$$;

-- What a rule comes to: base + rate of something + steps, within its bounds, rounded; NULL while
-- nobody has decided it. `months` rounds the monthly sum first. The one place that does this sum.
CREATE FUNCTION policies_rule_value(rule policies_rule, of_value numeric, step_value numeric)
RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN rule.decided THEN policies_rounded(
        LEAST(rule.cap_amount, GREATEST(rule.floor_amount,
            COALESCE(rule.base_amount, 0)
            + CASE WHEN rule.rate IS NULL THEN 0
                   WHEN rule.months IS NULL THEN rule.rate * of_value / COALESCE(rule.divisor, 1)
                   ELSE rule.months * policies_rounded(
                            rule.rate * of_value / COALESCE(rule.divisor, 1),
                            rule.rounding, rule.rounding_unit) END
            + CASE WHEN rule.step_amount IS NULL THEN 0
                   ELSE rule.step_amount * GREATEST(0, LEAST(rule.step_most,
                            FLOOR((step_value - rule.step_from) / rule.step_size))) END
        )), rule.rounding, rule.rounding_unit) END
$$;
"""

# Which tier somebody stands for who has not paid yet: the one registered if it still exists, what
# became of it, the default of the table, or none.
CHOSEN_TIER = """
CREATE FUNCTION policies_chosen_tier(policy bigint, registered numeric, area text)
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
           AND (registered BETWEEN t.amount_from AND t.amount_to
                OR registered = ANY (t.old_amounts) OR t.is_default)
      ) AS found
     ORDER BY ARRAY_POSITION(ARRAY['registered', 'mapped', 'default'], found.how)
     LIMIT 1
$$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION policies_rule_value(policies_rule, numeric, numeric);
DROP FUNCTION policies_rounded(numeric, text, numeric);
"""

# What a version's conditions ask of people, so that nothing else is looked up for them. The view
# finds it out; the table keeps it for each version, because every question begins with it.
VIEWS = """
CREATE VIEW policies_needs_of AS
SELECT policy.id AS policy_id, policy.county_code, policy.scheme_id, policy.year,
       policy.several_identities, policy.combining, policy.basis,
       asked.*, ruled.*
  FROM policies_policyversion AS policy
 CROSS JOIN LATERAL (
       SELECT (SELECT ARRAY_AGG(DISTINCT cut ORDER BY cut)
                 FROM policies_condition AS c
                CROSS JOIN LATERAL (VALUES (LOWER(c.born)), (UPPER(c.born))) AS v (cut)
                WHERE c.policy_id = policy.id AND cut IS NOT NULL) AS born_cuts,
              (SELECT ARRAY_AGG(DISTINCT cut ORDER BY cut)
                 FROM policies_condition AS c
                CROSS JOIN LATERAL (VALUES (LOWER(c.paid)), (UPPER(c.paid))) AS v (cut)
                WHERE c.policy_id = policy.id AND cut IS NOT NULL) AS paid_cuts,
              (SELECT ARRAY_AGG(DISTINCT area)
                 FROM policies_condition AS c CROSS JOIN UNNEST(c.areas) AS area
                WHERE c.policy_id = policy.id) AS areas,
              -- '' for held at any time of the year, '@day' for the day of payment, or '@2021-07-01'.
              (SELECT ARRAY_AGG(DISTINCT CASE WHEN token LIKE '%@%'
                                              THEN '@' || SPLIT_PART(token, '@', 2) ELSE '' END)
                 FROM policies_condition AS c
                CROSS JOIN UNNEST(c.identities || c.not_identities) AS token
                WHERE c.policy_id = policy.id) AS identity_days
       ) AS listed
 CROSS JOIN LATERAL (
       SELECT listed.born_cuts, listed.paid_cuts, listed.areas, listed.identity_days,
              COALESCE(BOOL_OR(c.ages IS NOT NULL), false) AS age,
              COALESCE(BOOL_OR(c.sex <> ''), false) AS sex,
              COALESCE(BOOL_OR(c.hukou <> ''), false) AS hukou,
              COALESCE(BOOL_OR(c.is_first IS NOT NULL), false) AS is_first,
              COALESCE(BOOL_OR(c.years_paid IS NOT NULL), false) AS years_paid,
              COALESCE(BOOL_OR(c.years_back IS NOT NULL), false) AS years_back,
              COALESCE(BOOL_OR(c.years_subsidised IS NOT NULL), false) AS years_subsidised,
              COALESCE(BOOL_OR(c.years_resident IS NOT NULL), false) AS years_resident,
              COALESCE(BOOL_OR(c.average IS NOT NULL), false) AS average
         FROM policies_condition AS c WHERE c.policy_id = policy.id
       ) AS asked
 CROSS JOIN LATERAL (
       SELECT COALESCE(BOOL_OR(r.step_by IN ('years_paid', 'years_unbacked')), false)
                  AS steps_by_years,
              COALESCE(BOOL_OR(r.step_by = 'age'), false) AS steps_by_age,
              COALESCE(BOOL_OR(r.subject = 'cap'), false) AS capped,
              COALESCE(BOOL_OR(r.subject = 'cap' AND r.part = 'years'), false) AS capped_in_years,
              COALESCE(BOOL_OR(r.subject = 'cap' AND r.part = 'lifetime'), false)
                  AS capped_for_life,
              COALESCE(BOOL_OR(r.subject = 'cap' AND r.part = 'year'), false) AS capped_in_year
         FROM policies_rule AS r WHERE r.policy_id = policy.id
       ) AS ruled;

CREATE TABLE policies_needs AS SELECT * FROM policies_needs_of;
ALTER TABLE policies_needs ADD PRIMARY KEY (policy_id);
ALTER TABLE policies_needs ADD FOREIGN KEY (policy_id)
    REFERENCES policies_policyversion (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""

DROP_OLD_VIEWS = """
DROP VIEW policies_identity_subsidy;
DROP VIEW policies_rule_on_tier;
"""

GUARDED = ["policies_condition", "policies_rule", "policies_target", "policies_localidentity"]


def guard(table):
    """Return the SQL that puts a guard on one table, and the SQL that takes it off."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_kept BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION policies_keep_rows();",
        f"DROP TRIGGER {table}_kept ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("policies", "0005_fill_the_rule_table")]

    operations = [
        migrations.RunSQL(DROP_OLD_VIEWS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="tiersubsidy",
            name="subsidy_rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="policies.rule"
            ),
        ),
        migrations.DeleteModel(
            name="FundingShare",
        ),
        migrations.DeleteModel(
            name="ProxyRule",
        ),
        migrations.DeleteModel(
            name="SubsidyRule",
        ),
        *[guard(table) for table in GUARDED],
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(
            CHOSEN_TIER, "DROP FUNCTION policies_chosen_tier(bigint, numeric, text);"
        ),
        migrations.RunSQL(VIEWS, "DROP TABLE policies_needs; DROP VIEW policies_needs_of;"),
        guard("policies_needs"),
    ]
