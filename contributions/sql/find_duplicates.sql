-- A readable row is known if its payment or refund was posted and not taken back whole, or stands earlier in this file.
-- A payment that was refunded stays known: an overlapping file must not bring it in again.
with known as (
    select j.row_no
    from judged j
    join contributions_transfer t
        on t.county_code = %(county_code)s and t.year = j.year and t.natural_key = j.natural_key
    where j.is_readable
      and t.kind <> 'reversal'
      and not exists (
          select 1 from contributions_transfer back
          where back.county_code = t.county_code and back.year = t.year and back.reverses_id = t.id
            and back.kind = 'reversal'
      )
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
