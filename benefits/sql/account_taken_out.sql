-- What left one person's accounts, or was taken back out of them, oldest first: settlements, refunds, reversals.
select p.scheme_id, p.settled_on as day, p.reason as what, p.overlap_year as year, l.source,
       l.principal as amount, l.interest, p.id as settlement_id, null::bigint as transfer_id
from benefits_settlement p
join benefits_settlementline l on l.settlement_id = p.id
where p.county_code = %(county_code)s and p.resident_id = %(resident_id)s and p.state = 'approved'
union all
select t.scheme_id, t.paid_on, t.kind, t.year,
       case t.source when 'aid' then 'collective' when 'gift' then 'donation' else t.source end,
       case when t.to_account in ('payer', 'government', 'sponsor') then t.amount else -t.amount end, 0, null, t.id
from contributions_transfer t
where t.county_code = %(county_code)s and t.resident_id = %(resident_id)s
  and t.kind in ('refund', 'reversal') and t.scheme_id = any(%(scheme_ids)s)
order by scheme_id, day, settlement_id, transfer_id
