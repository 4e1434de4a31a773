-- How many people of each named group are to pay in a scheme for a year, and how many have.
select r.group_code as code, count(*) as people,
       count(*) filter (where exists (
           select from contributions_effectivetransfer t
           where t.county_code = r.county_code
             and t.resident_id = r.id
             and t.scheme_id = %(scheme)s
             and t.year = %(year)s
           offset 0
       )) as paid
from enrollment_resident r
join enrollment_enrolment e
    on e.county_code = r.county_code and e.resident_id = r.id and e.scheme_id = %(scheme)s
where r.county_code = any(%(counties)s)
  and r.village_code = any(%(villages)s)
  and r.group_code = any(%(groups)s)
  and e.status = 'active'
  and r.life_status = 'alive'
  and r.born_on + make_interval(years => %(first_age)s::int) <= %(day)s
  and coalesce(r.born_on + make_interval(years => %(end_age)s::int) > %(day)s, true)
group by r.group_code;
