-- For every payment asked about, the policy in force, the tier, the subsidy and its rule.
-- One payment or 400,000: the same statement. `payments` is a JSON list; `identities` of a
-- payment is a list of {"identity", "grade"} held at any time in the contribution year.
WITH asked AS (
    SELECT item.place, payment.*
      FROM jsonb_array_elements(%(payments)s::jsonb) WITH ORDINALITY AS item (body, place)
     CROSS JOIN LATERAL jsonb_to_record(item.body) AS payment (
           county_code text, scheme_id smallint, year smallint,
           kind text, source text, amount numeric, identities jsonb)
)
SELECT asked.place, in_force.policy_id, answer.tier_id,
       answer.subsidy_amount + COALESCE(addition.amount, 0) AS subsidy_amount,
       answer.subsidy_rule_id,
       COALESCE(addition.rule_ids, ARRAY[]::bigint[]) AS added_rule_ids,
       answer.decided AND COALESCE(addition.decided, true) AS decided
  FROM asked
  LEFT JOIN policies_in_force AS in_force
    ON in_force.county_code = asked.county_code
   AND in_force.scheme_id = asked.scheme_id
   AND in_force.year = asked.year
  LEFT JOIN policies_tier_subsidy AS answer
    ON answer.policy_id = in_force.policy_id
   AND answer.amount = asked.amount
   AND answer.kind = asked.kind
   AND answer.source = asked.source
  LEFT JOIN LATERAL (
        SELECT SUM(extra.subsidy_amount) AS amount,
               ARRAY_AGG(extra.subsidy_rule_id ORDER BY extra.subsidy_rule_id) AS rule_ids,
               BOOL_AND(extra.decided) AS decided
          FROM policies_identity_subsidy AS extra
         WHERE extra.tier_id = answer.tier_id
           AND extra.kind = asked.kind
           AND extra.source = asked.source
           AND EXISTS (
               SELECT
                 FROM jsonb_to_recordset(asked.identities) AS held (identity text, grade smallint)
                WHERE held.identity = extra.identity
                  AND (extra.grade_max IS NULL OR held.grade <= extra.grade_max))
       ) AS addition ON answer.tier_id IS NOT NULL
 ORDER BY asked.place
