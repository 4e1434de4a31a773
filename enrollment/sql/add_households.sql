-- Add the households of a roster, and note a head of household that has changed.
insert into enrollment_household as h (county_code, village_code, number, head_name)
select distinct on (village_code, household_number)
       %(county_code)s, village_code, household_number, coalesce(head_name, '')
from enrollment_rosterrow
where roster_id = %(roster_id)s and household_number is not null and not is_further
order by village_code, household_number, head_name is null, id
on conflict (county_code, village_code, number) do update
set head_name = excluded.head_name
where excluded.head_name <> '' and h.head_name <> excluded.head_name;
