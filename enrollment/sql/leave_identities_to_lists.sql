-- Leave alone what only a department's list may set (M27): take those identities out of the rows and
-- say so where the registry holds something else.
with decided as (
    select key as identity, value as department
    from jsonb_each_text(%(identities_by_list)s::jsonb)
),
proposed as (
    select s.id, s.sheet_number, s.row_number, d.identity, d.department
    from enrollment_rosterrow s
    join decided d on d.identity = any(s.identities)
    left join enrollment_resident r on r.county_code = %(county_code)s and r.id_index = s.id_index
    where s.roster_id = %(roster_id)s
      and not exists (
          select
          from enrollment_specialidentity i
          where i.county_code = %(county_code)s
            and i.resident_id = r.id
            and i.identity = d.identity
            and coalesce(i.valid_to >= %(today)s, true)
      )
),
said as (
    insert into enrollment_rosterfault (
        roster_id, sheet_number, row_number, "column", code, detail, is_warning
    )
    select %(roster_id)s, sheet_number, row_number, 'identity', 'identity_by_department',
           jsonb_build_object('identity', (%(identity_names)s::jsonb) ->> identity,
                              'department', department),
           true
    from proposed
)
update enrollment_rosterrow s
set identities = array(
    select one from unnest(s.identities) as one
    where one not in (select identity from decided)
)
where s.roster_id = %(roster_id)s
  and s.identities && (select coalesce(array_agg(identity::varchar), '{}') from decided);
