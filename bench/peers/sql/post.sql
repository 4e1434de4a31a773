insert into ledger (
    year, scheme_id, resident_id, village_code, kind, source, amount, tier_amount, subsidy, paid_on, receipt, row_no
)
select 2021, scheme_id, resident_id, village_code, 'normal', case when proxy_only then 'proxy' else 'own' end,
       amount, amount, subsidy, paid_on, coalesce(receipt, ''), row_no
from judged j
where base = '' and not is_back and not is_refund
  and not exists (select from removed where removed.row_no = j.row_no);
insert into ledger (
    year, scheme_id, resident_id, village_code, kind, source, amount, paid_on, receipt, reverses_id, row_no
)
select year, scheme_id, resident_id, village_code, case when is_refund then 'refund' else 'back' end, 'own',
       abs(amount), paid_on, coalesce(receipt, ''), reverses_id, row_no
from chosen c
where (is_back or is_refund) and not exists (select from removed where removed.row_no = c.row_no);
insert into held
select j.row_no, coalesce(r.reason, j.base), j.resident_id
from judged j
left join removed r using (row_no)
where j.base <> '' or r.row_no is not null;
