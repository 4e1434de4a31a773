-- A readable row is known if its payment or refund was posted and not taken back whole, or stands earlier in this file.
-- A payment that was refunded stays known: an overlapping file must not bring it in again. One that was reversed may be
-- posted again, and `occurrence` says for the how manieth time.
with posted as (
    select j.row_no, count(*)::smallint as times,
           bool_or(not exists (
               select 1 from contributions_transfer back
               where back.county_code = t.county_code and back.year = t.year and back.reverses_id = t.id
                 and back.kind = 'reversal'
           )) as stands
    from judged j
    join contributions_transfer t
        on t.county_code = %(county_code)s and t.year = j.year and t.natural_key = j.natural_key
    where j.is_readable and t.kind <> 'reversal'
    group by j.row_no
),
repeated as (
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
),
known as (
    select row_no, posted.times, posted.stands or repeated.row_no is not null as is_known
    from posted
    full join repeated using (row_no)
)
update judged
set verdict = case when known.is_known is false then judged.verdict else 'E18' end,
    occurrence = coalesce(known.times, 0)
from known
where known.row_no = judged.row_no;
