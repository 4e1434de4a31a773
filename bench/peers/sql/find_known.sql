-- Rows that were posted before, or that stand earlier in this file.
create unlogged table removed as
select j.row_no, 'E18' as reason
from judged j
join ledger l using (receipt, resident_id, scheme_id, year, amount)
where j.is_readable and l.kind in ('normal', 'back')
union
select j.row_no, 'E18'
from judged j
join (
    select receipt, resident_id, scheme_id, year, amount, min(row_no) as first_row_no
    from judged
    where is_readable
    group by 1, 2, 3, 4, 5
    having count(*) > 1
) twice using (receipt, scheme_id, year, amount)
where j.is_readable and j.resident_id is not distinct from twice.resident_id
  and j.row_no > twice.first_row_no;
create unique index on removed (row_no);
analyze removed;
