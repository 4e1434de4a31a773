-- Write what became of the repaired rows: their verdict, and the exception settled or under its next objection.
with ruled as (
    select j.row_no, j.verdict, j.resident_id, j.village_code,
           case when j.verdict = '' then 'posted' when j.verdict = 'E18' then 'known' else 'open' end as state
    from pg_temp.judged j
),
rows_noted as (
    update contributions_feedrow r
    set verdict = ruled.verdict
    from ruled
    where r.county_code = %(county_code)s and r.year = %(year)s and r.feed_id = %(feed_id)s
      and r.row_no = ruled.row_no
)
update contributions_paymentexception x
set state = ruled.state,
    code = case when ruled.state = 'open' then ruled.verdict else x.code end,
    resident_id = ruled.resident_id,
    area_code = coalesce(ruled.village_code, x.area_code),
    suggestion = case when ruled.resident_id is not null then 'same_id' else '' end,
    settled_by_id = case when ruled.state <> 'open' then %(staff_id)s end,
    settled_at = case when ruled.state <> 'open' then now() end
from ruled
where x.county_code = %(county_code)s and x.feed_id = %(feed_id)s and x.row_no = ruled.row_no;
