-- A readable row is known if its payment already counts in the ledger, or stands earlier in this file.
with known as (
    select j.row_no
    from judged j
    join contributions_effectivetransfer t
        on t.county_code = %(county_code)s and t.year = j.year and t.natural_key = j.natural_key
    where j.is_readable
    union
    select j.row_no
    from judged j
    join (
        select natural_key, min(row_no) as first_row_no
        from judged
        where is_readable
        group by natural_key
        having count(*) > 1
    ) twice on twice.natural_key = j.natural_key
    where j.is_readable and j.row_no > twice.first_row_no
)
update judged set verdict = 'E18' from known where known.row_no = judged.row_no;
