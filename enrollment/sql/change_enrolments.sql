-- Bring known enrolments up to what the roster says; what it leaves empty stays. Someone who pays
-- or draws again has no end any more.
with said as (
    select distinct on (s.id_index, named.scheme_id)
           s.id as row_id, r.id as resident_id, named.scheme_id, s.status, s.started_on, s.ended_on,
           s.end_reason,
           case named.scheme_id
               when %(basic)s then s.basic_tier
               when %(supplementary)s then s.supplementary_tier
           end as tier
    from enrollment_rosterrow s
    cross join lateral unnest(s.schemes) as named (scheme_id)
    join enrollment_resident r on r.county_code = %(county_code)s and r.id_index = s.id_index
    where s.roster_id = %(roster_id)s and r.registered_at < %(loaded_at)s
    order by s.id_index, named.scheme_id, s.id
),
meant as (
    select s.row_id, e.id,
           -- An end waits for a second person (hold_terminations).
           case when s.status = 'terminated' then e.status
                else coalesce(s.status, e.status) end as status,
           coalesce(s.started_on, e.started_on) as started_on,
           case when s.status <> 'terminated' then null
                when s.status = 'terminated' and e.status <> 'terminated' then e.ended_on
                else coalesce(s.ended_on, e.ended_on) end as ended_on,
           case when s.status <> 'terminated' then ''
                when s.status = 'terminated' and e.status <> 'terminated' then e.end_reason
                else coalesce(s.end_reason, e.end_reason) end as end_reason,
           coalesce(s.tier, e.registered_tier) as registered_tier
    from said s
    join enrollment_enrolment e
        on e.county_code = %(county_code)s
        and e.resident_id = s.resident_id
        and e.scheme_id = s.scheme_id
),
changed as (
    update enrollment_enrolment e
    set status = m.status,
        started_on = m.started_on,
        ended_on = m.ended_on,
        end_reason = m.end_reason,
        registered_tier = m.registered_tier
    from meant m
    where e.id = m.id
      and (e.status, e.started_on, e.ended_on, e.end_reason, e.registered_tier)
          is distinct from
          (m.status, m.started_on, m.ended_on, m.end_reason, m.registered_tier)
    returning m.row_id
)
update enrollment_rosterrow t
set is_change = true
from changed c
where t.id = c.row_id;
