-- Enrolments and identities stand where their person is registered (A08): they move with them.
with moved as (
    select r.id, r.village_code
    from enrollment_rosterrow s
    join enrollment_resident r on r.county_code = %(county_code)s and r.id_index = s.id_index
    where s.roster_id = %(roster_id)s and s.is_change
),
moved_identities as (
    update enrollment_specialidentity i
    set village_code = m.village_code
    from moved m
    where i.county_code = %(county_code)s
      and i.resident_id = m.id
      and i.village_code <> m.village_code
)
update enrollment_enrolment e
set village_code = m.village_code
from moved m
where e.county_code = %(county_code)s
  and e.resident_id = m.id
  and e.village_code <> m.village_code;
