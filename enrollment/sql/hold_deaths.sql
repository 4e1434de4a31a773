-- Keep for a second person what the roster says of the death of people who are known and alive.
-- Somebody's further rows may say it as well as the first.
insert into enrollment_end as o (
    county_code, village_code, roster_id, sheet_number, row_number, resident_id, kind, scheme_id,
    ended_on, end_reason, state, made_by_id, made_at, reason
)
select distinct on (r.id)
       %(county_code)s, r.village_code, %(roster_id)s, s.sheet_number, s.row_number, r.id, 'death',
       0, s.ended_on, coalesce(s.end_reason, ''), 'waiting', %(made_by)s, %(loaded_at)s, ''
from enrollment_rosterrow s
join enrollment_resident r on r.county_code = %(county_code)s and r.id_index = s.id_index
where s.roster_id = %(roster_id)s
  and s.life_status = 'dead'
  and r.life_status <> 'dead'
order by r.id, s.id
on conflict (county_code, resident_id, kind, scheme_id) where state = 'waiting' do nothing;
