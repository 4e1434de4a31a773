-- The tier table as citizens know it: 档次, 个人缴费, 政府补贴, for normal payments.
-- A tier kept for proxy payments has no own row, so its proxy row stands in. Where the subsidy depends
-- on who pays, there is none for everybody and `subsidy_amount` is empty.
SELECT tier.id AS tier_id, tier.number, tier.amount_from AS amount, tier.amount_to, tier.step_amount,
       tier.proxy_only, tier.source_article AS tier_article, condition.words AS condition_words,
       answer.subsidy_amount, COALESCE(answer.decided, true) AS decided, answer.subsidy_rule_id,
       rule.source_article AS subsidy_article
  FROM policies_tier AS tier
  LEFT JOIN policies_condition AS condition ON condition.id = tier.condition_id
  LEFT JOIN policies_tier_subsidy AS answer
    ON answer.tier_id = tier.id
   AND answer.kind = 'normal'
   AND answer.source = CASE WHEN tier.proxy_only THEN 'proxy' ELSE 'own' END
  LEFT JOIN policies_rule AS rule ON rule.id = answer.subsidy_rule_id
 WHERE tier.policy_id = %(policy)s
 ORDER BY tier.amount_from, tier.id
