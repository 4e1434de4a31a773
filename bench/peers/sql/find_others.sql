-- Refunds of nothing, back payments not determined, proxy tiers for those not entitled: few rows each.
create unlogged table chosen as
select j.*, null::bigint as reverses_id, null::text as years
from judged j
where j.base = '' and (j.is_refund or j.is_back or j.proxy_only)
  and not exists (select from removed where removed.row_no = j.row_no);
analyze chosen;
update chosen set reverses_id = paid.id
from (
    select c.row_no, l.id,
           row_number() over (partition by c.row_no order by l.paid_on, l.id) as payment_turn,
           dense_rank() over (
               partition by c.resident_id, c.scheme_id, c.year, abs(c.amount) order by c.row_no
           ) as refund_turn
    from chosen c
    join ledger l
        on l.resident_id = c.resident_id and l.year = c.year and l.scheme_id = c.scheme_id
        and l.amount = abs(c.amount) and l.kind in ('normal', 'back')
    where c.is_refund and not exists (
        select from ledger b
        where b.resident_id = l.resident_id and b.year = l.year and b.reverses_id = l.id
    )
) paid
where paid.row_no = chosen.row_no and paid.payment_turn = paid.refund_turn;
update chosen set years = d.years
from determination d
where chosen.is_back and d.resident_id = chosen.resident_id and d.scheme_id = chosen.scheme_id
  and d.amount = chosen.amount and d.years = chosen.year::text
  and (coalesce(chosen.determination, '') in ('', d.number));
insert into removed
select row_no, case when is_refund then 'E14' when is_back then 'E07' else 'E16' end
from chosen c
where (is_refund and reverses_id is null) or (is_back and years is null)
   or (not is_refund and not is_back and proxy_only and not exists (
       select from proxy p
       join identity i on i.identity = p.identity and (p.grade_max is null or i.grade <= p.grade_max)
       where i.resident_id = c.resident_id and p.scheme_id = c.scheme_id and p.amount = c.amount
         and (i.valid_to is null or i.valid_to >= date '2021-01-01')
   ));
