-- Payments that somebody made and the treasury has not received: no later file brought them as arrived.
select r.feed_id, r.row_no, r.paid_on, r.name, r.id_last4, r.scheme_id, r.amount, r.channel,
       r.paid_on < %(since)s as is_overdue
from contributions_feedrow r
join contributions_paymentfeed f
    on f.id = r.feed_id and f.posted_at is not null and f.reversed_at is null
where r.county_code = %(county_code)s and r.year = %(year)s and r.verdict = 'S03'
  and f.county_code = %(county_code)s and f.year = %(year)s
  and not exists (
      select 1
      from contributions_transfer t
      where t.natural_key = r.natural_key and t.county_code = r.county_code
  )
  and not exists (
      select 1
      from contributions_feedrow later
      where later.county_code = r.county_code and later.year = r.year and later.verdict = 'S03'
        and later.natural_key = r.natural_key and later.feed_id > r.feed_id
  )
order by r.paid_on, r.feed_id, r.row_no
limit %(most)s
