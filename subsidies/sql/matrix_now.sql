-- Persons and standards of a year as the books stand: by town, tier, standard and who bears it.
with standing as materialized (
    select t.*, e.amount as standard, e.is_decided, r.policy_id
    from subsidies_entitlement e
    join contributions_effectivetransfer t
        on t.county_code = e.county_code and t.year = e.year and t.id = e.transfer_id
    left join policies_rule r on r.id = e.rule_id
    where e.county_code = %(county_code)s and e.year = %(year)s and e.scheme_id = %(scheme_id)s
      and starts_with(e.village_code, %(area_code)s)
      and (e.amount > 0 or not e.is_decided)
),
\i subsidies/sql/standing_with_shares.sql
select s.year, left(s.village_code, 9) as town, coalesce(s.tier_amount, s.amount) as tier, s.standard,
       s.is_decided, sum(1)::int as people, sum(s.standard) as amount, o.shares::text as shares
from standing s
left join share_of o on o.id = s.id
group by 1, 2, 3, 4, 5, 8
order by 1, 2, 3, 4
