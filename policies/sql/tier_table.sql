-- The tier table as citizens know it: 档次, 个人缴费, 政府补贴, for normal payments.
-- A tier kept for proxy payments has no own row, so its proxy row stands in.
SELECT tier.id AS tier_id, tier.number, tier.amount, tier.proxy_only,
       tier.source_article AS tier_article,
       answer.subsidy_amount, answer.decided, answer.subsidy_rule_id,
       rule.source_article AS subsidy_article
  FROM policies_tier AS tier
  JOIN policies_tier_subsidy AS answer
    ON answer.tier_id = tier.id
   AND answer.kind = 'normal'
   AND answer.source = CASE WHEN tier.proxy_only THEN 'proxy' ELSE 'own' END
  JOIN policies_subsidyrule AS rule ON rule.id = answer.subsidy_rule_id
 WHERE tier.policy_id = %(policy)s
 ORDER BY tier.amount
