"""Carry what earlier versions say into the rule table; subsidy rules keep their numbers."""

from django.db import migrations

FILL = """
-- One condition for each rule that has any; its number is told apart by `words` for a moment.
INSERT INTO policies_condition
       (policy_id, kind, source, amounts, tiers, identities, sex, hukou, words)
SELECT policy_id, payment_kind, payment_source,
       CASE WHEN amount_from IS NOT NULL OR amount_to IS NOT NULL THEN
           NUMRANGE(amount_from, amount_to,
                    CASE WHEN from_inclusive AND amount_from IS NOT NULL THEN '[' ELSE '(' END
                    || CASE WHEN to_inclusive AND amount_to IS NOT NULL THEN ']' ELSE ')' END)
       END,
       CASE WHEN tier_number_from IS NOT NULL OR tier_number_to IS NOT NULL THEN
           INT4RANGE(tier_number_from, tier_number_to, '[]') END,
       CASE WHEN identity <> '' AND grade_max IS NULL THEN ARRAY[identity]
            WHEN identity <> '' THEN
            ARRAY(SELECT identity || grade FROM GENERATE_SERIES(1, grade_max) AS grade) END,
       '', '', 'subsidy ' || id
  FROM policies_subsidyrule
UNION ALL
SELECT policy_id, '', '', NULL, NULL,
       CASE WHEN grade_max IS NULL THEN ARRAY[identity]
            ELSE ARRAY(SELECT identity || grade FROM GENERATE_SERIES(1, grade_max) AS grade) END,
       '', '', 'proxy ' || id
  FROM policies_proxyrule
UNION ALL
SELECT policy_id, '', '', NULL, NULL, ARRAY[category], '', '', 'window ' || id
  FROM policies_window WHERE category <> '';

INSERT INTO policies_rule
       (id, policy_id, basis_id, source_article, subject, condition_id, priority, stacking, decided,
        base_amount, rate, "of", step_by, step_from, step_size, step_amount, cap_amount)
SELECT old.id, old.policy_id, old.basis_id, old.source_article, 'subsidy', c.id, old.priority,
       old.stacking, old.decided, old.base_amount, old.rate,
       CASE WHEN old.rate IS NULL THEN '' ELSE 'amount' END,
       CASE WHEN old.per_tier_step IS NULL THEN '' ELSE 'tier' END,
       CASE WHEN old.per_tier_step IS NULL THEN NULL ELSE old.tier_number_from END,
       CASE WHEN old.per_tier_step IS NULL THEN NULL ELSE 1 END,
       old.per_tier_step, old.cap_amount
  FROM policies_subsidyrule AS old
  JOIN policies_condition AS c ON c.words = 'subsidy ' || old.id
 ORDER BY old.id;

SELECT SETVAL(PG_GET_SERIAL_SEQUENCE('policies_rule', 'id'),
              GREATEST((SELECT MAX(id) FROM policies_rule), 1));

INSERT INTO policies_rule
       (policy_id, basis_id, source_article, subject, condition_id, priority, stacking, decided,
        base_amount, "of", own_rule, own_amount, standard_amount, wife_age_from, note)
SELECT old.policy_id, old.basis_id, old.source_article, 'proxy', c.id, old.priority, 'instead',
       old.amount_rule <> 'undecided', old.amount, '',
       CASE WHEN old.own_amount > 0 THEN 'fixed' ELSE '' END, old.own_amount, old.tier_amount,
       old.wife_age_from, old.condition
  FROM policies_proxyrule AS old
  JOIN policies_condition AS c ON c.words = 'proxy ' || old.id
 ORDER BY old.id;

INSERT INTO policies_rule
       (policy_id, basis_id, source_article, subject, item, part, priority, stacking, decided,
        rate, "of")
SELECT policy_id, basis_id, source_article, 'share', subject, payer, 100, 'instead', true, rate,
       'whole'
  FROM policies_fundingshare ORDER BY id;

ALTER TABLE policies_window DISABLE TRIGGER policies_window_kept;
UPDATE policies_window AS w SET condition_id = c.id
  FROM policies_condition AS c WHERE c.words = 'window ' || w.id;
-- Windows with a category wait for their foreign keys; a table that waits cannot be altered.
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE policies_window ENABLE TRIGGER policies_window_kept;

UPDATE policies_condition SET words = '';
"""


class Migration(migrations.Migration):
    dependencies = [("policies", "0004_one_rule_table")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
