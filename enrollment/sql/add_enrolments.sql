-- Enrol people in the schemes that their rows name and they are not in yet. A row for each scheme
-- or one row for both: either way a person has one enrolment in a scheme.
with said as (
    select distinct on (s.id_index, named.scheme_id)
           s.id as row_id, r.id as resident_id, r.village_code, named.scheme_id, s.status, s.started_on,
           s.ended_on, s.end_reason,
           case named.scheme_id
               when %(basic)s then s.basic_tier
               when %(supplementary)s then s.supplementary_tier
           end as tier
    from enrollment_rosterrow s
    cross join lateral unnest(s.schemes) as named (scheme_id)
    join enrollment_resident r on r.county_code = %(county_code)s and r.id_index = s.id_index
    where s.roster_id = %(roster_id)s
      and not exists (
          select
          from enrollment_enrolment e
          where e.county_code = %(county_code)s
            and e.resident_id = r.id
            and e.scheme_id = named.scheme_id
      )
    order by s.id_index, named.scheme_id, s.id
),
added as (
    insert into enrollment_enrolment (
        county_code, resident_id, village_code, scheme_id, status, started_on, ended_on, end_reason,
        registered_tier
    )
    select %(county_code)s, resident_id, village_code, scheme_id, coalesce(status, 'active'),
           started_on, ended_on, coalesce(end_reason, ''), tier
    from said
    order by village_code, resident_id, scheme_id
    returning resident_id
)
update enrollment_rosterrow t
set is_change = true
from said s
join enrollment_resident r on r.id = s.resident_id and r.registered_at < %(loaded_at)s
where t.id = s.row_id;
