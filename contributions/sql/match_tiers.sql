-- Which tier each sum in the file is, by the policy in force: a few hundred sums, whatever the number of rows.
-- Tiers that are only for some people are asked about row by row later (ask_special_tiers).
-- A row counts for the file's year; where a scheme's window opens the year before (M19), for the year to come too.
-- Beside the tiers go those years to come, and the years for which optional schemes are switched on.
with
\i contributions/sql/years_ahead.sql
,
switched as (
    select scheme_id, year from policies_switched_on where county_code = %(county_code)s
),
matched as (
    select distinct on (s.scheme_id, s.year, s.amount)
           s.scheme_id, s.year, s.amount, t.id as tier_id, t.proxy_only
    from (
        select distinct r.scheme_id, r.amount, coalesce(a.year, r.year) as year
        from contributions_feedrow r
        left join ahead a on a.scheme_id = r.scheme_id and a.year = r.contribution_year
        where r.county_code = %(county_code)s and r.year = %(year)s and r.feed_id = %(feed_id)s
          and (%(row_nos)s is null or r.row_no = any(%(row_nos)s))
          and r.scheme_id is not null
    ) s
    join policies_in_force v
        on v.county_code = %(county_code)s and v.scheme_id = s.scheme_id and v.year = s.year
    left join policies_tier t
        on t.policy_id = v.policy_id and s.amount between t.amount_from and t.amount_to
        and t.condition_id is null
        and (t.step_amount is null or mod(s.amount - t.amount_from, t.step_amount) = 0
             or t.is_top_payable and s.amount = t.amount_to)
    order by s.scheme_id, s.year, s.amount, t.amount_from desc nulls last
)
select coalesce(array_agg(scheme_id), '{}') as tier_schemes,
       coalesce(array_agg(year), '{}') as tier_years,
       coalesce(array_agg(amount), '{}') as tier_amounts,
       coalesce(array_agg(tier_id), '{}') as tier_ids,
       coalesce(array_agg(coalesce(proxy_only, false)), '{}') as tiers_for_proxy,
       (select coalesce(array_agg(scheme_id order by scheme_id, year), '{}') from ahead) as ahead_schemes,
       (select coalesce(array_agg(year order by scheme_id, year), '{}') from ahead) as ahead_years,
       (select coalesce(array_agg(scheme_id order by scheme_id, year), '{}') from switched) as on_schemes,
       (select coalesce(array_agg(year order by scheme_id, year), '{}') from switched) as on_years
from matched;
