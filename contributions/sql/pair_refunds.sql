-- The first refund of a sum takes the first payment of that sum that still counts, the second the second, and so on; the state's
-- money only where nobody's own is left.
with refund as (
    select row_no, resident_id, scheme_id, year, abs(amount) as amount,
           row_number() over (partition by resident_id, scheme_id, year, abs(amount) order by row_no) as turn
    from judged
    where is_refund and verdict = ''
),
payment as (
    select t.id, t.resident_id, t.scheme_id, t.year, t.amount, t.tier_amount,
           row_number() over (
               partition by t.resident_id, t.scheme_id, t.year, t.amount order by t.source <> 'own', t.paid_on, t.id
           ) as turn
    from contributions_effectivetransfer t
    where t.county_code = %(county_code)s
      and (t.resident_id, t.scheme_id, t.year) in (select resident_id, scheme_id, year from refund)
)
update judged
set verdict = case when payment.id is null then 'E14' else '' end,
    reverses_id = payment.id
from refund
left join payment using (resident_id, scheme_id, year, amount, turn)
where refund.row_no = judged.row_no;
