-- Write the verdict of every row that took one; a clean row keeps the empty verdict it was read with.
-- The second part takes back what an earlier judgement said of rows that are clean now.
with held as (
    update contributions_feedrow r
    set verdict = judged.verdict
    from judged
    where judged.verdict <> ''
      and r.county_code = %(county_code)s and r.year = %(year)s and r.feed_id = %(feed_id)s
      and r.row_no = judged.row_no and r.verdict <> judged.verdict
)
update contributions_feedrow r
set verdict = ''
from judged
where judged.verdict = ''
  and r.county_code = %(county_code)s and r.year = %(year)s and r.feed_id = %(feed_id)s
  and r.verdict <> '' and r.row_no = judged.row_no;
