"""Say in SQL from which age a scheme takes no more money from whom."""

from django.db import migrations

# For one county, scheme and year: {"m": 60, "f": 55, "<resident>": 50}, as `policies_end_age` reads it. The newest
# policy up to the year says so (未满年龄); the age for some people goes before that for all, the lowest of several.
# `otherwise` is the scheme's own age, null for life.
END_AGES = """
CREATE FUNCTION enrollment_end_ages(county text, scheme int, of_year int, otherwise int)
RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH rule AS (
        SELECT e.number AS age, COALESCE(c.sex, '') AS sex, c.identities::text[] AS identities,
               c.id IS NOT NULL AS is_for_some
          FROM policies_eligibilityrule AS e
          LEFT JOIN policies_condition AS c ON c.id = e.condition_id
         WHERE e.kind = 'under_age'
           AND e.policy_id = (SELECT v.policy_id FROM policies_in_force AS v
                               WHERE v.county_code = county AND v.scheme_id = scheme
                                 AND v.year <= of_year
                               ORDER BY v.year DESC LIMIT 1)
    ),
    by_sex AS (
        SELECT DISTINCT ON (s.sex) s.sex, r.age, COALESCE(r.is_for_some, false) AS is_for_some
          FROM UNNEST(ARRAY['m', 'f']) AS s (sex)
          LEFT JOIN rule AS r ON r.identities IS NULL AND r.sex IN ('', s.sex)
         ORDER BY s.sex, r.is_for_some DESC, r.age
    ),
    by_person AS (
        SELECT p.id, MIN(LEAST(r.age, CASE WHEN b.is_for_some THEN b.age END)) AS age
          FROM rule AS r
         CROSS JOIN UNNEST(r.identities) AS token
          JOIN enrollment_specialidentity AS i
            ON i.county_code = county AND token IN (i.identity, i.identity || i.grade)
           AND i.valid_from <= MAKE_DATE(of_year, 12, 31)
           AND COALESCE(i.valid_to, 'infinity') >= MAKE_DATE(of_year, 1, 1)
          JOIN enrollment_resident AS p ON p.id = i.resident_id AND r.sex IN ('', p.sex)
          JOIN by_sex AS b ON b.sex = p.sex
         -- Asked first: hardly any policy has such an age, and every person's page would read all identities.
         WHERE EXISTS (SELECT FROM rule WHERE identities IS NOT NULL)
         GROUP BY p.id
    )
    SELECT JSONB_OBJECT_AGG(whose, age)
      FROM (SELECT sex AS whose, COALESCE(age, otherwise) AS age FROM by_sex
             UNION ALL SELECT id::text, age FROM by_person) AS every
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("enrollment", "0016_longer_draft_names"),
        ("policies", "0017_ages_and_areas_left_out"),
    ]

    operations = [
        migrations.RunSQL(END_AGES, "DROP FUNCTION enrollment_end_ages(text, int, int, int)"),
    ]
