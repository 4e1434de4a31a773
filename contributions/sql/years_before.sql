-- The years before that each of `paying` (resident_id, scheme_id, year, policy_id) has paid in, where the policy asks
-- for them; whoever is not here has none. To be put behind a `with`; gives history.
history as materialized (
    select p.resident_id, p.scheme_id, p.year, count(distinct b.year)::int as years_paid,
           policies_years_running(array_agg(distinct b.year::int), p.year) as years_running,
           (count(distinct b.year) filter (where b.kind = 'back'))::int as years_back
    from (select distinct resident_id, scheme_id, year::int, policy_id from paying) p
    join policies_needs n
        on n.policy_id = p.policy_id
        and (n.years_paid or n.steps_by_years or n.years_back or n.years_running or n.steps_by_running)
    join contributions_effectivetransfer b
        on b.county_code = %(county_code)s and b.resident_id = p.resident_id
        and b.scheme_id = p.scheme_id and b.year < p.year
    group by p.resident_id, p.scheme_id, p.year
)
