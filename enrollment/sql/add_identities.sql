-- Note the special identities that people do not hold yet. Where a row gives no first day, it is
-- the first of this year: proxy payments ask who held an identity in the year.
with said as (
    select distinct on (s.id_index, held.identity, s.identity_from)
           s.id as row_id, r.id as resident_id, r.village_code, held.identity,
           case when held.identity = 'disabled' or not 'disabled' = any(s.identities)
                then s.grade end as grade,
           coalesce(s.identity_from, least(date_trunc('year', %(today)s::date)::date,
                                           s.identity_to)) as valid_from,
           s.identity_to
    from enrollment_rosterrow s
    cross join lateral unnest(s.identities) as held (identity)
    join enrollment_resident r on r.county_code = %(county_code)s and r.id_index = s.id_index
    where s.roster_id = %(roster_id)s
      and not exists (
          select
          from enrollment_specialidentity i
          where i.county_code = %(county_code)s
            and i.resident_id = r.id
            and i.identity = held.identity
            and (i.valid_from = s.identity_from
                 or s.identity_from is null and coalesce(i.valid_to >= %(today)s, true))
      )
    order by s.id_index, held.identity, s.identity_from, s.id
),
added as (
    insert into enrollment_specialidentity (
        county_code, resident_id, village_code, identity, grade, valid_from, valid_to, source_note
    )
    select %(county_code)s, resident_id, village_code, identity, grade, valid_from, identity_to,
           %(source_note)s
    from said
    on conflict (county_code, resident_id, identity, valid_from) do nothing
    returning resident_id
)
update enrollment_rosterrow t
set is_change = true
from said s
join enrollment_resident r on r.id = s.resident_id and r.registered_at < %(loaded_at)s
where t.id = s.row_id;
