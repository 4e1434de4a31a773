-- The villages of an area that are furthest behind: by the share of the people to pay who have not.
select c.area_code as code, parent.name || ' ' || place.name as name,
       sum(c.to_pay)::int as to_pay, sum(c.unpaid)::int as unpaid
from oversight_peoplecount c
join townships_area place on place.code = c.area_code
join townships_area parent on parent.code = place.parent_id
where c.county_code = %(county_code)s and c.year = %(year)s and c.scheme_id = %(scheme_id)s
  and c.kind = 'age' and c.area_code like %(area_code)s || '%%'
group by c.area_code, parent.name, place.name
having sum(c.to_pay) >= %(fewest)s
order by sum(c.unpaid)::numeric / sum(c.to_pay) desc, c.area_code
limit %(most)s;
