-- Note where every area of a county stands this evening, in each scheme that has a task or a payment in the year.
-- Run again on the same day it writes the same rows anew; days that are over are not touched.
with scheme as (
    select scheme_id from townships_taskplan where county_id = %(county_code)s and year = %(year)s
    union
    select scheme_id from contributions_paidday
    where county_code = %(county_code)s and year = %(year)s and area_code = %(county_code)s
),
area as (
    select code, level from townships_area where code like %(county_code)s || '%%' and level <= 3
),
paid as (
    select scheme_id, area_code, sum(people) as people,
           coalesce(sum(people) filter (where source = 'proxy'), 0) as proxy_people, sum(amount) as amount
    from contributions_paidday
    where county_code = %(county_code)s and year = %(year)s and day <= %(day)s
    group by scheme_id, area_code
),
open_exception as materialized (
    select scheme_id, left(area_code, place.length) as area_code, count(*) as exceptions
    from contributions_paymentexception
    cross join (values (6), (9), (12)) as place (length)
    where county_code = %(county_code)s and year = %(year)s and state = 'open'
      and length(area_code) >= place.length
    group by 1, 2
)
insert into oversight_progresssnapshot (
    county_code, year, scheme_id, area_code, day, task, people, proxy_people, amount, open_exceptions, noted_at
)
select %(county_code)s, %(year)s, scheme.scheme_id, area.code, %(day)s,
       coalesce(quota.people, case when area.level = 1 then plan.target end),
       coalesce(paid.people, 0), coalesce(paid.proxy_people, 0), coalesce(paid.amount, 0),
       -- An exception whose scheme is unclear stands in the way of every scheme.
       coalesce((select sum(e.exceptions) from open_exception e
                 where e.area_code = area.code and coalesce(e.scheme_id, scheme.scheme_id) = scheme.scheme_id), 0),
       %(noted_at)s
from scheme
cross join area
left join townships_taskplan plan
    on plan.county_id = %(county_code)s and plan.year = %(year)s and plan.scheme_id = scheme.scheme_id
left join townships_quota quota on quota.plan_id = plan.id and quota.area_id = area.code
left join paid on paid.scheme_id = scheme.scheme_id and paid.area_code = area.code
on conflict (county_code, year, scheme_id, area_code, day) do update
set task = excluded.task,
    people = excluded.people,
    proxy_people = excluded.proxy_people,
    amount = excluded.amount,
    open_exceptions = excluded.open_exceptions,
    noted_at = excluded.noted_at;
