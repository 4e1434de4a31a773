-- Let a list take effect. History stays: another grade ends the old record the day before the list
-- and begins a new one; only a record that began no earlier is mended where it stands.
with ending as (
    update enrollment_specialidentity i
    set valid_to = case when c.kind = 'dropped' then c.valid_to else %(as_of)s::date - 1 end
    from enrollment_listchange c
    where c.list_id = %(list_id)s
      and i.id = c.held_id
      and (c.kind = 'dropped'
           or c.kind = 'changed' and c.grade is distinct from i.grade and i.valid_from < %(as_of)s)
    returning i.id
),
mending as (
    update enrollment_specialidentity i
    set grade = c.grade,
        valid_to = greatest(c.valid_to, i.valid_from),
        source_note = %(source_note)s
    from enrollment_listchange c
    where c.list_id = %(list_id)s
      and i.id = c.held_id
      and c.kind = 'changed'
      and (c.grade is not distinct from i.grade or i.valid_from >= %(as_of)s)
    returning i.id
)
insert into enrollment_specialidentity as s (
    county_code, resident_id, village_code, identity, grade, valid_from, valid_to, source_note
)
select c.county_code, c.resident_id, c.village_code, c.identity, c.grade,
       case when c.kind = 'new' then least(c.valid_from, coalesce(c.valid_to, c.valid_from))
            else %(as_of)s end,
       c.valid_to, %(source_note)s
from enrollment_listchange c
left join enrollment_specialidentity h on h.id = c.held_id
where c.list_id = %(list_id)s
  and (c.kind = 'new'
       or c.kind = 'changed' and c.grade is distinct from h.grade and h.valid_from < %(as_of)s)
on conflict (county_code, resident_id, identity, valid_from) do update
set grade = excluded.grade, valid_to = excluded.valid_to, source_note = excluded.source_note;
