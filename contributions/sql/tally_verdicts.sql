-- Count rows and yuan by verdict; together they are the whole file.
insert into contributions_feedtally (feed_id, code, outcome, rows, amount)
select %(feed_id)s, verdict, coalesce(%(outcomes)s::jsonb ->> verdict, ''), count(*), coalesce(sum(amount), 0)
from judged
group by verdict;
