"""Let a version's needs say whether it asks for the years paid without a gap."""

from django.db import migrations

# Newest first, distinct years keep step with a count backwards until the first gap, and never again.
RUNNING = """
CREATE FUNCTION policies_years_running(years int[], before int)
RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COUNT(*)::int
      FROM (SELECT year, ROW_NUMBER() OVER (ORDER BY year DESC) AS place
              FROM UNNEST(years) AS year) AS paid
     WHERE year = before - place
$$;
"""

# Written anew whole, whatever stood there: what a version asks for follows from its rows.
DROP_NEEDS = """
DROP TABLE policies_needs;
DROP VIEW policies_needs_of;
"""

NEEDS = """
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
                WHERE c.policy_id = policy.id) AS identity_days,
              (SELECT ARRAY_AGG(DISTINCT token::text)
                 FROM policies_condition AS c
                CROSS JOIN UNNEST(c.identities || c.not_identities) AS token
                WHERE c.policy_id = policy.id) AS tokens
       ) AS listed
 CROSS JOIN LATERAL (
       SELECT listed.born_cuts, listed.paid_cuts, listed.areas, listed.identity_days,
              listed.tokens,
              COALESCE(BOOL_OR(c.ages IS NOT NULL), false) AS age,
              COALESCE(BOOL_OR(c.sex <> ''), false) AS sex,
              COALESCE(BOOL_OR(c.hukou <> ''), false) AS hukou,
              COALESCE(BOOL_OR(c.is_first IS NOT NULL), false) AS is_first,
              COALESCE(BOOL_OR(c.years_paid IS NOT NULL), false) AS years_paid,
              COALESCE(BOOL_OR(c.years_running IS NOT NULL), false) AS years_running,
              COALESCE(BOOL_OR(c.years_back IS NOT NULL), false) AS years_back,
              COALESCE(BOOL_OR(c.years_subsidised IS NOT NULL), false) AS years_subsidised,
              COALESCE(BOOL_OR(c.years_resident IS NOT NULL), false) AS years_resident,
              COALESCE(BOOL_OR(c.average IS NOT NULL), false) AS average
         FROM policies_condition AS c WHERE c.policy_id = policy.id
       ) AS asked
 CROSS JOIN LATERAL (
       SELECT COALESCE(BOOL_OR(r.step_by IN ('years_paid', 'years_unbacked')), false)
                  AS steps_by_years,
              COALESCE(BOOL_OR(r.step_by = 'years_running'), false) AS steps_by_running,
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

GUARD = """
CREATE TRIGGER policies_needs_kept BEFORE INSERT OR UPDATE OR DELETE ON policies_needs
    FOR EACH ROW EXECUTE FUNCTION policies_keep_rows();
"""


class Migration(migrations.Migration):
    dependencies = [("policies", "0015_years_running")]

    operations = [
        migrations.RunSQL(RUNNING, "DROP FUNCTION policies_years_running"),
        migrations.RunSQL(DROP_NEEDS + NEEDS + GUARD, migrations.RunSQL.noop),
    ]
