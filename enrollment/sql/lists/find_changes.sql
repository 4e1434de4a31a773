-- What the list would change: who newly holds an identity, whose grade or last day differs, and, if
-- the list is complete, who holds one and is not on it any more. The day of the list decides who
-- holds what.
with listed as (
    select p.id, p.resident_id, p.village_code, p.identity, p.grade,
           coalesce(p.valid_from, %(as_of)s) as valid_from, p.valid_from is not null as says_from,
           p.valid_to
    from enrollment_listedperson p
    where p.list_id = %(list_id)s and p.verdict = 'same'
),
held as (
    select distinct on (i.resident_id, i.identity) i.*
    from enrollment_specialidentity i
    where i.county_code = %(county_code)s
      and i.identity = any(%(identities)s)
      and coalesce(i.valid_to, 'infinity') >= %(as_of)s
    order by i.resident_id, i.identity, i.valid_from
),
compared as (
    select l.*, h.id as held_id, h.grade as old_grade, h.valid_to as old_valid_to,
           case when h.id is null then 'new'
                when l.grade is distinct from h.grade
                     or l.valid_to is distinct from h.valid_to
                        and (l.valid_to is not null or h.valid_to < %(today)s) then 'changed'
           end as kind
    from listed l
    left join held h on h.resident_id = l.resident_id and h.identity = l.identity
),
marked as (
    update enrollment_listedperson p
    set verdict = c.kind
    from compared c
    where p.id = c.id and c.kind is not null
),
-- Named at all, were it under another name or twice: nobody is dropped whom the list still names.
named as (
    select distinct p.resident_id, p.identity
    from enrollment_listedperson p
    where p.list_id = %(list_id)s and p.resident_id is not null
)
insert into enrollment_listchange (
    list_id, county_code, village_code, kind, resident_id, identity, held_id, old_grade, grade,
    old_valid_to, valid_from, valid_to
)
select %(list_id)s, %(county_code)s, c.village_code, c.kind, c.resident_id, c.identity, c.held_id,
       c.old_grade, c.grade, c.old_valid_to, c.valid_from, c.valid_to
from compared c
where c.kind is not null
union all
select %(list_id)s, %(county_code)s, h.village_code, 'dropped', h.resident_id, h.identity, h.id,
       h.grade, h.grade, h.valid_to, h.valid_from,
       greatest(%(as_of)s::date - 1, h.valid_from)
from held h
where %(is_complete)s
  and h.valid_from <= %(as_of)s
  and not exists (
      select from named n where n.resident_id = h.resident_id and n.identity = h.identity
  )
order by 3, 5;
