-- What a list shows of some households: who counts with each (M10), who of them should join a
-- scheme, and who has.
with counted as (
    select coalesce(j.household_id, r.household_id) as household_id, r.id, r.sex, r.born_on,
           r.other_cover
    from enrollment_resident r
    left join enrollment_joinedhousehold j on j.resident_id = r.id
    where r.county_code = %(county_code)s
      and r.life_status = 'alive'
      and (r.household_id = any(%(households)s) and j.id is null
           or j.household_id = any(%(households)s))
)
select c.household_id, count(*) as people,
       count(*) filter (where c.should) as to_join,
       count(*) filter (where c.should and c.has_joined) as joined
from (
    select c.household_id,
           %(is_owed)s and c.born_on + make_interval(years => %(first_age)s) <= %(day)s
           and coalesce(c.born_on + make_interval(years => policies_end_age(age.ages, c.sex, c.id)) > %(day)s, true)
           and not c.other_cover = any(%(barred)s)
           and not exists (
               select from enrollment_householdexemption x
               where x.resident_id = c.id and x.ended_on is null and %(lets_exempt)s
           )
           and not exists (
               select from enrollment_enrolment d
               where d.resident_id = c.id and d.scheme_id = %(scheme)s and d.status = 'drawing'
           ) as should,
           exists (
               select from enrollment_enrolment e
               where e.resident_id = c.id
                 and e.scheme_id = %(scheme)s
                 and e.status in ('active', 'suspended')
           ) as has_joined
    from counted c
    cross join enrollment_end_ages(
        %(county_code)s, %(scheme)s, extract(year from %(day)s::date)::int, %(end_age)s::int
    ) as age (ages)
) c
group by c.household_id;
