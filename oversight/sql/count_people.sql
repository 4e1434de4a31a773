-- Count the people of a county in one scheme and year: by age, group, special identity and by
-- whether they have joined. One walk over the residents; everything else hangs on it.
with standing as (
    select resident_id, array_agg(scheme_id::int) as schemes,
           bool_or(scheme_id = %(scheme_id)s) as is_in
    from enrollment_enrolment
    where county_code = %(county_code)s and status <> 'terminated'
    group by resident_id
),
asked as materialized (
    select r.id as place, r.id as person, r.sex, r.id_index, %(scheme_id)s::int as scheme_id, r.born_on, r.hukou, r.other_cover,
           %(today)s::date as day, coalesce(s.schemes, '{}') as schemes
    from enrollment_resident r
    left join standing s on s.resident_id = r.id
    where r.county_code = %(county_code)s and r.life_status = 'alive' and s.is_in is not true
),
\i enrollment/sql/eligibility.sql
,
refused as materialized (
    select place, min(kind) as kind from verdict group by place
),
pay as materialized (
    select resident_id,
           coalesce(sum(amount) filter (where source = 'own'), 0) as own,
           coalesce(sum(amount) filter (where source = 'proxy'), 0) as proxy
    from contributions_effectivetransfer
    where county_code = %(county_code)s and year = %(year)s and scheme_id = %(scheme_id)s
    group by resident_id
),
person as materialized (
    select r.id, r.village_code, r.group_code, r.life_status = 'alive' as is_alive,
           extract(year from age(%(today)s::date, r.born_on))::int as age,
           coalesce(e.status in ('active', 'suspended') and r.life_status = 'alive', false) as is_enrolled,
           coalesce(e.status = 'active' and r.life_status = 'alive'
                    and r.born_on + make_interval(years => %(first_age)s::int) <= %(today)s::date
                    and coalesce(r.born_on + make_interval(years => policies_end_age(age.ages, r.sex, r.id)) > %(today)s::date,
                                 true), false) as is_to_pay,
           e.status, f.kind as refusal, p.resident_id is not null as has_paid, p.own, p.proxy
    from enrollment_resident r
    left join enrollment_enrolment e
        on e.county_code = r.county_code and e.resident_id = r.id and e.scheme_id = %(scheme_id)s
    left join pay p on p.resident_id = r.id
    left join refused f on f.place = r.id
    cross join enrollment_end_ages(
        %(county_code)s, %(scheme_id)s::int, extract(year from %(today)s::date)::int, %(end_age)s::int
    ) as age (ages)
    where r.county_code = %(county_code)s
),
held as (
    select distinct resident_id, identity
    from enrollment_specialidentity
    where county_code = %(county_code)s and valid_from <= %(today)s
      and (valid_to is null or valid_to >= %(today)s)
),
told as (
    select 'age' as kind, village_code as area_code,
           case when age < 16 then '00' when age < 25 then '16' when age < 35 then '25'
                when age < 45 then '35' when age < 55 then '45' when age < 60 then '55'
                else '60' end as part, person.*
    from person
    where is_to_pay or has_paid
    union all
    select 'group', group_code, '', person.* from person
    where group_code <> '' and (is_to_pay or has_paid)
    union all
    select 'cover', village_code,
           case when is_enrolled then 'enrolled' when status = 'drawing' then 'drawing'
                when refusal is not null then refusal
                when status = 'terminated' then 'terminated' else 'never' end, person.*
    from person
    where is_alive
    union all
    select 'identity', person.village_code, held.identity, person.*
    from person
    join held on held.resident_id = person.id
    where is_alive
)
insert into oversight_peoplecount (
    county_code, year, scheme_id, kind, area_code, part, people, enrolled, to_pay, unpaid, paid,
    proxy_paid, amount, proxy_amount, noted_at
)
select %(county_code)s, %(year)s, %(scheme_id)s, kind, area_code, part,
       count(*), count(*) filter (where is_enrolled), count(*) filter (where is_to_pay),
       count(*) filter (where is_to_pay and not has_paid), count(*) filter (where has_paid),
       count(*) filter (where proxy > 0), coalesce(sum(own), 0), coalesce(sum(proxy), 0), %(noted_at)s
from told
group by kind, area_code, part;
