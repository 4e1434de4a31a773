-- Count anew how many of each village are to pay in each scheme on a day: active, alive, from the
-- 16th birthday to the day before the 60th. `villages` narrows it to those where somebody came,
-- went or changed; none means all of the county.
with counted as (
    select e.village_code, e.scheme_id, count(*) as people
    from enrollment_enrolment e
    join enrollment_resident r on r.id = e.resident_id
    where e.county_code = %(county_code)s
      and (%(villages)s::text[] is null or e.village_code = any(%(villages)s))
      and e.status = 'active'
      and r.life_status = 'alive'
      and r.born_on + interval '16 years' <= %(today)s
      and r.born_on + interval '60 years' > %(today)s
    group by e.village_code, e.scheme_id
),
gone as (
    delete from enrollment_payablecounter c
    where c.county_code = %(county_code)s
      and (%(villages)s::text[] is null or c.village_code = any(%(villages)s))
      and not exists (
          select
          from counted n
          where n.village_code = c.village_code and n.scheme_id = c.scheme_id
      )
)
insert into enrollment_payablecounter as c (county_code, village_code, scheme_id, people)
select %(county_code)s, village_code, scheme_id, people
from counted
on conflict (county_code, village_code, scheme_id) do update
set people = excluded.people
where c.people <> excluded.people;
