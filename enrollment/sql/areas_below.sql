-- What stands in each area below another: people, households, people without a household or group,
-- and who is to pay. One look at the people's index, however large the county.
with people as (
    select left(case when %(by_group)s then r.group_code else r.village_code end, %(length)s)
               as code,
           count(*) as people
    from enrollment_resident r
    where r.county_code = %(county_code)s
      and r.village_code >= %(area_code)s and r.village_code < %(area_end)s
      and r.life_status = 'alive'
    group by 1
),
unplaced as (
    select left(case when %(by_group)s then r.group_code else r.village_code end, %(length)s)
               as code,
           count(*) as unplaced
    from enrollment_resident r
    where r.county_code = %(county_code)s
      and r.village_code >= %(area_code)s and r.village_code < %(area_end)s
      and r.life_status = 'alive'
      and (r.household_id is null or r.group_code = '')
    group by 1
),
homes as (
    select left(case when %(by_group)s then r.group_code else r.village_code end, %(length)s)
               as code,
           count(distinct r.household_id) as households
    from enrollment_resident r
    where r.county_code = %(county_code)s
      and r.village_code >= %(area_code)s and r.village_code < %(area_end)s
      and r.life_status = 'alive'
    group by 1
)
select p.code, p.people, coalesce(h.households, 0) as households,
       coalesce(u.unplaced, 0) as unplaced
from people p
left join homes h on h.code = p.code
left join unplaced u on u.code = p.code;
