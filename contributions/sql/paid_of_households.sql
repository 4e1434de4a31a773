-- How many people who count with each named household are to pay in a scheme for a year, and how many
-- have.
with counted as (
    select coalesce(j.household_id, r.household_id) as household_id, r.id, r.county_code, r.sex, r.born_on
    from enrollment_resident r
    left join enrollment_joinedhousehold j on j.resident_id = r.id
    where r.life_status = 'alive'
      and (r.household_id = any(%(households)s) and j.id is null
           or r.id in (
               select guest.resident_id from enrollment_joinedhousehold guest
               where guest.household_id = any(%(households)s)
           ))
)
select c.household_id, count(*) as people,
       count(*) filter (where exists (
           select from contributions_effectivetransfer t
           where t.county_code = c.county_code
             and t.resident_id = c.id
             and t.scheme_id = %(scheme)s
             and t.year = %(year)s
           offset 0
       )) as paid
from counted c
join enrollment_enrolment e
    on e.county_code = c.county_code and e.resident_id = c.id and e.scheme_id = %(scheme)s
join (
    select county_code, enrollment_end_ages(
               county_code, %(scheme)s, extract(year from %(day)s::date)::int,
               %(end_age)s::int) as end_ages
    from (select distinct county_code from counted) county
    offset 0
) a on a.county_code = c.county_code
where e.status = 'active'
  and c.born_on + make_interval(years => %(first_age)s::int) <= %(day)s
  and coalesce(c.born_on + make_interval(years => policies_end_age(
          a.end_ages, c.sex, c.id)) > %(day)s, true)
group by c.household_id;
