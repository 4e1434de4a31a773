-- Count anew how many of each village are to pay in each scheme on a day: active, alive, and of the
-- age at which the scheme takes money (policies/schemes.py). `villages` narrows it to those where somebody came,
-- went or changed; none means all of the county.
with counted as (
    select e.village_code, e.scheme_id, count(*) as people
    from enrollment_enrolment e
    join enrollment_resident r on r.id = e.resident_id
    join (
        select t.*, enrollment_end_ages(
                   %(county_code)s, t.scheme_id, extract(year from %(today)s::date)::int, t.end_age
               ) as end_ages
        from unnest(%(scheme_ids)s::smallint[], %(first_ages)s::int[], %(end_ages)s::int[])
            as t (scheme_id, first_age, end_age)
        offset 0  -- the ages are looked up once for a scheme, not for each person
    ) trait on trait.scheme_id = e.scheme_id
    where e.county_code = %(county_code)s
      and (%(villages)s::text[] is null or e.village_code = any(%(villages)s))
      and e.status = 'active'
      and r.life_status = 'alive'
      and r.born_on + make_interval(years => trait.first_age) <= %(today)s
      and coalesce(r.born_on + make_interval(
              years => policies_end_age(trait.end_ages, r.sex, r.id)) > %(today)s, true)
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
