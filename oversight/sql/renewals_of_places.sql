-- Renewals and new payers of an area's places in the last years, oldest first.
select place.code, place.name, c.year, sum(c.due)::int as due, sum(c.renewed)::int as renewed,
       sum(c.payers)::int as payers, sum(c.first_time)::int as first_time,
       sum(c.returned)::int as returned, max(c.noted_at) as noted_at
from oversight_renewalcount c
join townships_area place on place.code = left(c.area_code, %(length)s)
where c.county_code = %(county_code)s and c.scheme_id = %(scheme_id)s
  and c.year between %(first_year)s and %(year)s and c.area_code like %(area_code)s || '%%'
group by place.code, place.name, place.position, c.year
order by place.position, place.code, c.year;
