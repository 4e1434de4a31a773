-- One entitlement for each payment of a feed that has none yet, by the policy in force for its scheme and year.
-- What the policy has not decided (X08) is noted as zero and not decided; what it gives nothing for is zero.
insert into subsidies_entitlement (
    county_code, year, transfer_id, scheme_id, village_code, paid_amount, amount, rule_id, is_decided
)
select t.county_code, t.year, t.id, t.scheme_id, t.village_code, t.amount,
       coalesce(s.subsidy_amount, 0), s.subsidy_rule_id, coalesce(s.decided, true)
from contributions_transfer t
left join policies_in_force v
    on v.county_code = t.county_code and v.scheme_id = t.scheme_id and v.year = t.year
left join policies_tier_subsidy s
    on s.policy_id = v.policy_id and s.amount = coalesce(t.tier_amount, t.amount)
    and s.kind = t.kind and s.source = t.source
where t.county_code = %(county_code)s
  and t.feed_id = %(feed_id)s
  and t.kind in ('normal', 'back')
on conflict do nothing;
