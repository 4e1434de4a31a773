create temporary table counted on commit drop as
select year, village_code, scheme_id, count(*) as payments,
       sum(case when kind = 'refund' then -amount else amount end) as amount
from ledger
where row_no is not null
group by 1, 2, 3;
insert into counter as c
select year, village_code, scheme_id, payments, amount from counted
on conflict (year, village_code, scheme_id) do update
set payments = c.payments + excluded.payments, amount = c.amount + excluded.amount;
