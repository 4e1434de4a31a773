-- Write the verdict of every row that took one; a clean row keeps the empty verdict it was read with.
update contributions_feedrow r
set verdict = judged.verdict
from judged
where r.county_code = %(county_code)s and r.year = %(year)s and r.feed_id = %(feed_id)s
  and r.row_no = judged.row_no and r.verdict <> judged.verdict;
