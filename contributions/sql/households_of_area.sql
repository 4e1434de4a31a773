-- Households of an area that are wholly, partly or not paid for in a scheme and year: how many count with
-- each and should join, how many of them have joined and paid, and who of them has not paid. Who joined
-- another household counts there only (M10); exempt people and those whose cover bars them count nowhere
-- (M11, M13). `standing` narrows it to households that are partly paid, or not at all.
with counted as (
    select coalesce(j.household_id, r.household_id) as household_id, r.id, r.county_code, r.name
    from enrollment_resident r
    left join enrollment_joinedhousehold j on j.resident_id = r.id
    cross join enrollment_end_ages(
        %(county_code)s, %(scheme_id)s::int, extract(year from %(day)s::date)::int, %(end_age)s::int
    ) as age (ages)
    where r.county_code = %(county_code)s
      and r.life_status = 'alive'
      and (r.village_code like %(area_code)s || '%%' or j.id is not null)
      and not r.other_cover = any(%(barred)s)
      and r.born_on + make_interval(years => %(first_age)s::int) <= %(day)s
      and coalesce(r.born_on + make_interval(years => policies_end_age(age.ages, r.sex, r.id)) > %(day)s, true)
      and not (%(lets_exempt)s and exists (
          select from enrollment_householdexemption x where x.resident_id = r.id and x.ended_on is null
      ))
),
stood as (
    select c.household_id, c.id, c.name,
           coalesce(e.status in ('active', 'suspended'), false) as has_joined,
           exists (
               select from contributions_effectivetransfer t
               where t.county_code = c.county_code and t.resident_id = c.id
                 and t.scheme_id = %(scheme_id)s and t.year = %(year)s
           ) as has_paid
    from counted c
    left join enrollment_enrolment e
        on e.county_code = c.county_code and e.resident_id = c.id and e.scheme_id = %(scheme_id)s
    where e.status is distinct from 'drawing'
)
select h.id, h.number, h.head_name, h.village_code, count(*) as should,
       count(*) filter (where s.has_joined) as joined, count(*) filter (where s.has_paid) as paid,
       array_agg(s.name order by s.id) filter (where not s.has_paid) as unpaid_names
from stood s
join enrollment_household h on h.id = s.household_id
where h.county_code = %(county_code)s and h.village_code like %(area_code)s || '%%'
group by h.id, h.number, h.head_name, h.village_code
having case %(standing)s
    when 'partly' then count(*) filter (where s.has_paid) between 1 and count(*) - 1
    when 'not' then count(*) filter (where s.has_paid) = 0
    else true end
order by h.village_code, h.number, h.id
limit %(limit)s offset %(offset)s;
