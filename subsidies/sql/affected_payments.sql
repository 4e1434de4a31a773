\i subsidies/sql/asked_of_ledger.sql
-- The payments whose subsidy the second version would change.
select t.id as transfer_id, t.resident_id, t.village_code, t.source, t.amount as paid_amount,
       coalesce(b.subsidy_amount, 0) as amount_before, coalesce(n.subsidy_amount, 0) as amount_after,
       b.subsidy_rule_id as rule_before, n.subsidy_rule_id as rule_after
from paid t
left join answer b on b.place = t.id * 2
left join answer n on n.place = t.id * 2 + 1
where coalesce(b.subsidy_amount, 0) <> coalesce(n.subsidy_amount, 0)
order by t.village_code, t.id
limit %(most)s offset %(start)s;
