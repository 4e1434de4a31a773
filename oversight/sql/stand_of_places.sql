-- An area and the places one level below it, each with its task, how many are to pay, and its open exceptions.
with place as (
    select code, name, level, position
    from townships_area
    where code = %(area_code)s
       or (parent_id = %(area_code)s and level <= 3
           and coalesce(valid_from, %(day)s) <= %(day)s
           and coalesce(valid_to, %(starts_on)s) >= %(starts_on)s)
),
payable as (
    select left(village_code, %(child_length)s) as code, sum(people) as people
    from enrollment_payablecounter
    where county_code = left(%(area_code)s, 6) and scheme_id = %(scheme_id)s
      and village_code like %(area_code)s || '%%'
    group by 1
),
open_exception as (
    select left(area_code, %(child_length)s) as code, count(*) as exceptions
    from contributions_paymentexception
    where county_code = left(%(area_code)s, 6) and year = %(year)s and state = 'open'
      -- An exception whose scheme is unclear stands in the way of every scheme.
      and coalesce(scheme_id, %(scheme_id)s) = %(scheme_id)s
      and area_code like %(area_code)s || '%%'
    group by 1
)
select place.code, place.name, place.level,
       -- The county's task is the plan's target, whether or not it has a quota of its own.
       coalesce(quota.people, case when place.level = 1 then plan.target end) as task,
       case when place.code = %(area_code)s then (select sum(people) from payable)
            else payable.people end as payable,
       case when place.code = %(area_code)s then (select sum(exceptions) from open_exception)
            else open_exception.exceptions end as open_exceptions
from place
left join townships_taskplan plan
    on plan.county_id = left(%(area_code)s, 6) and plan.scheme_id = %(scheme_id)s and plan.year = %(year)s
left join townships_quota quota on quota.plan_id = plan.id and quota.area_id = place.code
left join payable on payable.code = place.code
left join open_exception on open_exception.code = place.code
order by place.level, place.position, place.code;
