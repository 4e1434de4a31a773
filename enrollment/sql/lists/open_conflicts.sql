-- Open a case for each conflict of the list; one that is open already notes that this list still
-- names the person.
insert into enrollment_conflict as c (
    county_code, village_code, resident_id, subject, first_list_id, last_list_id, row_number,
    said_on, remark, listed_name, found_at, state, decision, reason, effect
)
select distinct on (p.resident_id)
       %(county_code)s, p.village_code, p.resident_id, %(subject)s, %(list_id)s, %(list_id)s,
       p.row_number, p.valid_from, p.remark, p.name, %(now)s, 'untouched', '', '', '[]'
from enrollment_listedperson p
where p.list_id = %(list_id)s and p.verdict = 'conflict'
order by p.resident_id, p.id
on conflict (county_code, resident_id, subject) where state <> 'done' do update
set last_list_id = excluded.last_list_id;
