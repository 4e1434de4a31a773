-- Send back every row of an ID number that the file gives to two different names: one of them is
-- wrong, and only the clerk can say which. Each row names the first other row of the same number.
with doubtful as (
    select id_index
    from enrollment_rosterrow
    where roster_id = %(roster_id)s
    group by id_index
    having count(distinct name_key) > 1
),
sent_back as (
    delete from enrollment_rosterrow s
    using doubtful d
    where s.roster_id = %(roster_id)s and s.id_index = d.id_index
    returning s.id_index, s.sheet_number, s.row_number, s.name_key
)
insert into enrollment_rosterfault (
    roster_id, sheet_number, row_number, "column", code, detail, is_warning
)
select %(roster_id)s, b.sheet_number, b.row_number, 'id_number', 'repeated_with_other_name',
       jsonb_build_object('row', (
           select min(o.row_number)
           from sent_back o
           where o.id_index = b.id_index and o.name_key <> b.name_key
       )),
       false
from sent_back b;
