-- What each named person has paid for a year, by scheme, and their own tier of the year before.
select r.id as resident_id, t.scheme_id, s.short_name as scheme,
       sum(t.amount) filter (where t.year = %(year)s) as amount,
       max(t.tier_amount) filter (where t.year = %(year)s - 1 and t.source = 'own') as last_tier
from enrollment_resident r
join contributions_effectivetransfer t
    on t.county_code = r.county_code
    and t.resident_id = r.id
    and t.year in (%(year)s, %(year)s - 1)
join policies_scheme s on s.id = t.scheme_id
where r.id = any(%(residents)s)
group by r.id, t.scheme_id, s.short_name
order by r.id, t.scheme_id;
