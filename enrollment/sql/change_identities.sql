-- Bring identities that people hold up to what the roster says of them. An identity is the same
-- record if it began on the same day, or if the roster names no day and it still lasts.
with said as (
    select distinct on (s.id_index, held.identity, s.identity_from)
           s.id as row_id, r.id as resident_id, held.identity, s.identity_from, s.identity_to,
           case when held.identity = 'disabled' or not 'disabled' = any(s.identities)
                then s.grade end as grade
    from enrollment_rosterrow s
    cross join lateral unnest(s.identities) as held (identity)
    join enrollment_resident r on r.county_code = %(county_code)s and r.id_index = s.id_index
    where s.roster_id = %(roster_id)s
    order by s.id_index, held.identity, s.identity_from, s.id
),
changed as (
    update enrollment_specialidentity i
    set grade = coalesce(s.grade, i.grade),
        valid_to = coalesce(s.identity_to, i.valid_to)
    from said s
    where i.county_code = %(county_code)s
      and i.resident_id = s.resident_id
      and i.identity = s.identity
      and (i.valid_from = s.identity_from
           or s.identity_from is null and coalesce(i.valid_to >= %(today)s, true))
      and coalesce(s.identity_to, i.valid_to, i.valid_from) >= i.valid_from
      and (i.grade, i.valid_to)
          is distinct from (coalesce(s.grade, i.grade), coalesce(s.identity_to, i.valid_to))
    returning s.row_id
)
update enrollment_rosterrow t
set is_change = true
from changed c
where t.id = c.row_id;
