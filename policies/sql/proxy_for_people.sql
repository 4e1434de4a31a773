-- For every person asked about, the one proxy rule that wins, or nothing.
-- A person is a place in the JSON list with the identities held in the contribution year.
-- 就高 takes the highest amount and never a sum (M18, X09); 按次序 takes the smallest priority.
WITH asked AS (
    SELECT item.place, person.*
      FROM jsonb_array_elements(%(people)s::jsonb) WITH ORDINALITY AS item (body, place)
     CROSS JOIN LATERAL jsonb_to_record(item.body) AS person (
           county_code text, scheme_id smallint, year smallint, identities jsonb)
)
SELECT DISTINCT ON (asked.place)
       asked.place, in_force.policy_id, rule.id AS proxy_rule_id, rule.identity,
       rule.amount, rule.own_amount, rule.tier_amount,
       rule.amount_rule <> 'undecided' AS decided
  FROM asked
  JOIN policies_in_force AS in_force
    ON in_force.county_code = asked.county_code
   AND in_force.scheme_id = asked.scheme_id
   AND in_force.year = asked.year
  JOIN policies_policyversion AS policy ON policy.id = in_force.policy_id
 CROSS JOIN LATERAL jsonb_to_recordset(asked.identities) AS held (identity text, grade smallint)
  JOIN policies_proxyrule AS rule
    ON rule.policy_id = in_force.policy_id
   AND rule.identity = held.identity
   AND (rule.grade_max IS NULL OR held.grade <= rule.grade_max)
 ORDER BY asked.place,
          CASE WHEN policy.several_identities = 'priority' THEN rule.priority END,
          rule.amount DESC NULLS LAST, rule.priority, rule.id
