-- Everybody of a list to one collector; who was never chased gets a row for it.
insert into contributions_chase
    (county_code, village_code, scheme_id, year, resident_id, outcome, contacts, needs_visit,
     collector_id, assigned_at, assigned_by_id)
select r.county_code, r.village_code, %(scheme_id)s, %(year)s, r.id, '', 0, false,
       %(collector)s, %(at)s, %(by)s
from enrollment_resident r
where r.id = any(%(residents)s)
order by r.id
on conflict (resident_id, scheme_id, year) do update
set collector_id = excluded.collector_id,
    assigned_at = excluded.assigned_at,
    assigned_by_id = excluded.assigned_by_id
