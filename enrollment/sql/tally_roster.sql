-- Count what became of the rows, and close the import: every row is new, changed, unchanged,
-- a further row of somebody, or sent back.
update enrollment_rosterimport i
set rows_new = t.new,
    rows_changed = t.changed,
    rows_same = t.people - t.new - t.changed,
    rows_repeated = t.rows - t.people,
    rows_bad = i.rows - t.rows,
    loaded_at = %(loaded_at)s
from (
    select coalesce(sum(rows), 0) as rows,
           count(*) as people,
           count(*) filter (where is_new) as new,
           count(*) filter (where is_change and not is_new) as changed
    from (
        select count(*) as rows, bool_or(s.is_change) as is_change,
               bool_or(r.registered_at = %(loaded_at)s) as is_new
        from enrollment_rosterrow s
        join enrollment_resident r on r.county_code = %(county_code)s and r.id_index = s.id_index
        where s.roster_id = %(roster_id)s
        group by s.id_index
    ) people
) t
where i.id = %(roster_id)s;
