-- Send back a row that gives an ID number to another name than an earlier row of the file does.
-- The earlier row stands; the later one names it.
with compared as (
    select id, sheet_number, row_number, name_key,
           first_value(name_key) over person as first_name_key,
           first_value(row_number) over person as first_row
    from enrollment_rosterrow
    where roster_id = %(roster_id)s
    window person as (partition by id_index order by id)
),
sent_back as (
    delete from enrollment_rosterrow s
    using compared c
    where s.id = c.id and c.name_key <> c.first_name_key
    returning c.sheet_number, c.row_number, c.first_row
)
insert into enrollment_rosterfault (
    roster_id, sheet_number, row_number, "column", code, detail, is_warning
)
select %(roster_id)s, sheet_number, row_number, 'id_number', 'repeated_with_other_name',
       jsonb_build_object('row', first_row), false
from sent_back;
