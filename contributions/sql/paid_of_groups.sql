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
join (
    select code, enrollment_end_ages(
               code, %(scheme)s, extract(year from %(day)s::date)::int, %(end_age)s::int) as end_ages
    from unnest(%(counties)s::text[]) as code
    offset 0
) a on a.code = r.county_code
where r.county_code = any(%(counties)s)
  and r.village_code = any(%(villages)s)
  and r.group_code = any(%(groups)s)
  and e.status = 'active'
  and r.life_status = 'alive'
  and r.born_on + make_interval(years => %(first_age)s::int) <= %(day)s
  and coalesce(r.born_on + make_interval(years => policies_end_age(
          a.end_ages, r.sex, r.id)) > %(day)s, true)
group by r.group_code;
