-- How often one person paid in earlier years, and what the state added then, scheme by scheme.
select b.scheme_id, count(distinct b.year)::int as years_paid,
       policies_years_running(array_agg(distinct b.year::int), %(year)s) as years_running,
       (count(distinct b.year) filter (where b.kind = 'back'))::int as years_back,
       (count(distinct b.year) filter (where g.amount > 0))::int as years_subsidised,
       coalesce(sum(g.amount), 0) as subsidised
from contributions_effectivetransfer b
left join subsidies_entitlement g
  on g.county_code = b.county_code and g.year = b.year and g.transfer_id = b.id
where b.county_code = %(county_code)s and b.resident_id = %(resident_id)s and b.year < %(year)s
group by b.scheme_id
