-- How many people of each named area have paid in a scheme for a year, from the counters.
select a.code, coalesce(sum(c.people), 0) as paid
from unnest(%(areas)s) as a (code)
left join contributions_paidday c
    on c.county_code = left(a.code, 6)
    and c.area_code = a.code
    and c.scheme_id = %(scheme)s
    and c.year = %(year)s
group by a.code;
