-- The counts of one kind of people, added up for an area's places: by place and part.
select place.code, place.name, c.part, sum(c.people)::int as people, sum(c.enrolled)::int as enrolled,
       sum(c.to_pay)::int as to_pay, sum(c.unpaid)::int as unpaid, sum(c.paid)::int as paid,
       sum(c.proxy_paid)::int as proxy_paid, sum(c.amount) as amount,
       sum(c.proxy_amount) as proxy_amount, max(c.noted_at) as noted_at
from oversight_peoplecount c
join townships_area place on place.code = left(c.area_code, %(length)s)
where c.county_code = %(county_code)s and c.year = %(year)s and c.scheme_id = %(scheme_id)s
  and c.kind = %(kind)s and c.area_code like %(area_code)s || '%%'
group by place.code, place.name, place.position, c.part
order by place.position, place.code, c.part;
