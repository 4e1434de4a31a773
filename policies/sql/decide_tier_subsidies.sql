-- Write down, for one version, the one answer for each tier, kind and source of payment.
-- Of the rules that fit, the one with the smallest priority answers; the check of the file has
-- made sure that at each priority no two fit.
INSERT INTO policies_tier_subsidy
       (policy_id, tier_id, number, amount, proxy_only, kind, source,
        subsidy_amount, subsidy_rule_id, decided)
SELECT DISTINCT ON (tier_id, kind, source)
       policy_id, tier_id, number, amount, proxy_only, kind, source,
       COALESCE(subsidy_amount, 0), subsidy_rule_id, decided
  FROM policies_rule_on_tier
 WHERE policy_id = %(policy)s
   AND stacking = 'instead'
   AND identity = ''
 ORDER BY tier_id, kind, source, priority, subsidy_rule_id
