-- Send back people who are registered in this county outside the importer's area: a town must not
-- take over another town's people by a file.
with sent_back as (
    delete from enrollment_rosterrow s
    using enrollment_resident r
    where s.roster_id = %(roster_id)s
      and r.county_code = %(county_code)s
      and r.id_index = s.id_index
      and not starts_with(r.village_code, %(area_code)s)
    returning s.sheet_number, s.row_number
)
insert into enrollment_rosterfault (
    roster_id, sheet_number, row_number, "column", code, detail, is_warning
)
select %(roster_id)s, sheet_number, row_number, 'id_number', 'registered_in_other_town', '{}', false
from sent_back;
