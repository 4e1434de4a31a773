-- The rows of the tax bureau's files that make one day's money, of one scheme and of some channels where they are named.
select r.feed_id, r.row_no, f.id as feed, s.name as file_name, r.name, r.id_last4, r.scheme_id, r.amount,
       r.channel, r.verdict, r.paid_on
from contributions_feedrow r
join contributions_paymentfeed f
    on f.id = r.feed_id and f.county_code = r.county_code and f.posted_at is not null
    and f.reversed_at is null
join pension_portal_storedfile s on s.id = f.file_id
where r.county_code = %(county_code)s
  and r.year between extract(year from %(day)s::date) - 1 and extract(year from %(day)s::date) + 1
  and r.treasury_on = %(day)s
  and r.verdict not in ('E18', 'S01', 'S02', 'S03') and r.amount is not null
  and (%(scheme_id)s::int is null or coalesce(r.scheme_id, 0) = %(scheme_id)s)
  and (not %(is_unmatched)s or r.verdict <> '')
  and (%(channels)s::text[] is null or r.channel = any(%(channels)s))
order by r.feed_id, r.row_no
limit %(limit)s offset %(offset)s
