-- The yardstick: the same people joined with a flat table of tiers, and with a flat list of identities.
create temporary table flat as
select p.place, p.person, s.tier_id, s.subsidy_amount, s.subsidy_rule_id, x.amount as proxy_amount
from bench_person p
join policies_in_force v on v.county_code = '990100' and v.scheme_id = 1 and v.year = 2021
left join bench_flat s on s.amount = p.amount
left join bench_holding h on h.person = p.person
left join (values ('low_income', 100), ('destitute', 100), ('disabled', 100)) as x (identity, amount)
    on x.identity = h.identity;
