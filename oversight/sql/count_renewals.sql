-- Count for each year who paid again, who paid for the first time and who came back after a gap.
-- What happened to people in earlier years is known as far as their enrolment says when it ended.
with payer as materialized (
    select resident_id, year,
           lag(year) over one_person as before, lead(year) over one_person as after
    from (
        select distinct resident_id, year
        from contributions_effectivetransfer
        where county_code = %(county_code)s and scheme_id = %(scheme_id)s and year <= %(year)s
    ) paid
    window one_person as (partition by resident_id order by year)
),
placed as materialized (
    select p.*, r.id, r.sex, r.village_code, r.born_on, r.life_status, e.status, e.ended_on,
           -- The following year up to its end, or up to today.
           least(make_date(p.year + 1, 12, 31), %(today)s::date) as day
    from payer p
    join enrollment_resident r on r.id = p.resident_id
    left join enrollment_enrolment e
        on e.county_code = r.county_code and e.resident_id = r.id and e.scheme_id = %(scheme_id)s
),
due as (
    select year + 1 as year, village_code, count(*) as due,
           count(*) filter (where after = year + 1) as renewed
    from placed
    cross join enrollment_end_ages(%(county_code)s, %(scheme_id)s::int, %(year)s, %(end_age)s::int) as age (ages)
    where year < %(year)s
      and coalesce(born_on + make_interval(years => policies_end_age(age.ages, sex, id)) > day, true)
      and (after = year + 1
           or life_status = 'alive'
           and not (status = 'terminated' and coalesce(ended_on, day) <= day))
    group by 1, 2
),
came as (
    select year, village_code, count(*) as payers,
           count(*) filter (where before is null) as first_time,
           count(*) filter (where before < year - 1) as returned
    from placed
    group by 1, 2
)
insert into oversight_renewalcount (
    county_code, scheme_id, year, area_code, due, renewed, payers, first_time, returned, noted_at
)
select %(county_code)s, %(scheme_id)s, year, village_code, coalesce(due, 0), coalesce(renewed, 0),
       coalesce(payers, 0), coalesce(first_time, 0), coalesce(returned, 0), %(noted_at)s
from due
full join came using (year, village_code)
where year <= %(year)s;
