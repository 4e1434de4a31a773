-- Keep for a second person what the roster says of the end of enrolments that have not ended.
insert into enrollment_end as o (
    county_code, village_code, roster_id, sheet_number, row_number, resident_id, kind, scheme_id,
    ended_on, end_reason, state, made_by_id, made_at, reason
)
select distinct on (r.id, e.scheme_id)
       %(county_code)s, r.village_code, %(roster_id)s, s.sheet_number, s.row_number, r.id,
       'termination', e.scheme_id, s.ended_on, coalesce(s.end_reason, ''), 'waiting', %(made_by)s,
       %(loaded_at)s, ''
from enrollment_rosterrow s
cross join lateral unnest(s.schemes) as named (scheme_id)
join enrollment_resident r on r.county_code = %(county_code)s and r.id_index = s.id_index
join enrollment_enrolment e
    on e.county_code = %(county_code)s
    and e.resident_id = r.id
    and e.scheme_id = named.scheme_id
where s.roster_id = %(roster_id)s
  and s.status = 'terminated'
  and e.status <> 'terminated'
order by r.id, e.scheme_id, s.id
on conflict (county_code, resident_id, kind, scheme_id) where state = 'waiting' do nothing;
