\i subsidies/sql/asked_of_ledger.sql
-- How many people the second version would affect, and by how much, for each town and tier.
select left(t.village_code, 9) as town_code, coalesce(n.tier_amount, b.tier_amount) as tier_amount,
       count(distinct t.resident_id) as people,
       sum(coalesce(b.subsidy_amount, 0)) as amount_before,
       sum(coalesce(n.subsidy_amount, 0)) as amount_after
from paid t
left join answer b on b.place = t.id * 2
left join answer n on n.place = t.id * 2 + 1
where coalesce(b.subsidy_amount, 0) <> coalesce(n.subsidy_amount, 0)
group by 1, 2
order by 1, 2;
