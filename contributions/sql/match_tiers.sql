-- Which tier each sum in the file is, by the policy in force: a few hundred sums, whatever the number of rows.
-- Tiers that are only for some people are asked about row by row later (ask_special_tiers).
select coalesce(array_agg(scheme_id), '{}') as tier_schemes,
       coalesce(array_agg(amount), '{}') as tier_amounts,
       coalesce(array_agg(tier_id), '{}') as tier_ids,
       coalesce(array_agg(coalesce(proxy_only, false)), '{}') as tiers_for_proxy
from (
    select distinct on (s.scheme_id, s.amount) s.scheme_id, s.amount, t.id as tier_id, t.proxy_only
    from (
        select distinct scheme_id, amount
        from contributions_feedrow
        where county_code = %(county_code)s and year = %(year)s and feed_id = %(feed_id)s
          and (%(row_nos)s is null or row_no = any(%(row_nos)s))
          and scheme_id is not null
    ) s
    join policies_in_force v
        on v.county_code = %(county_code)s and v.scheme_id = s.scheme_id and v.year = %(year)s
    left join policies_tier t
        on t.policy_id = v.policy_id and s.amount between t.amount_from and t.amount_to
        and t.condition_id is null
        and (t.step_amount is null or mod(s.amount - t.amount_from, t.step_amount) = 0
             or t.is_top_payable and s.amount = t.amount_to)
    order by s.scheme_id, s.amount, t.amount_from desc nulls last
) matched;
