-- Add the groups that a roster names and the area tree does not have, numbered after those there.
-- No village has a hundred groups; people of a hundredth would stay without one.
with named as (
    select distinct village_code, group_name
    from enrollment_rosterrow
    where roster_id = %(roster_id)s and group_name is not null
),
missing as (
    select n.village_code, n.group_name,
           row_number() over (partition by n.village_code order by n.group_name)
               + coalesce((
                   select max(right(g.code, 2)::int)
                   from townships_area g
                   where g.parent_id = n.village_code and g.level = 4
               ), 0) as number
    from named n
    where not exists (
        select
        from townships_area g
        where g.parent_id = n.village_code and g.level = 4 and g.name = n.group_name
    )
)
insert into townships_area (code, name, level, parent_id, position)
select village_code || lpad(number::text, 2, '0'), group_name, 4, village_code, number
from missing
where number < 100;
