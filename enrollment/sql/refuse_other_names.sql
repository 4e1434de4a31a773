-- Send back rows whose person is registered under another name: a name is changed by a reviewed
-- change of information, never by a file.
with sent_back as (
    delete from enrollment_rosterrow s
    using enrollment_resident r
    where s.roster_id = %(roster_id)s
      and r.county_code = %(county_code)s
      and r.id_index = s.id_index
      and r.name_key <> s.name_key
    returning s.sheet_number, s.row_number
)
insert into enrollment_rosterfault (
    roster_id, sheet_number, row_number, "column", code, detail, is_warning
)
select %(roster_id)s, sheet_number, row_number, 'name', 'registered_under_other_name', '{}', false
from sent_back;
