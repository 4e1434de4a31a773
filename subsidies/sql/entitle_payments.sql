-- One entitlement for each payment between two ledger numbers, by the policy in force for its scheme and year.
-- What the policy has not decided (X08) is noted as zero and not decided; what it gives nothing for is zero.
with fed as materialized (
    select t.*, v.policy_id
    from contributions_transfer t
    left join policies_in_force v
        on v.county_code = t.county_code and v.scheme_id = t.scheme_id and v.year = t.year
    where t.county_code = %(county_code)s
      and t.id > %(after_id)s and t.id <= %(last_id)s
      and t.kind in ('normal', 'back')
),
\i subsidies/sql/asked_of_transfers.sql
\i policies/sql/answers.sql
insert into subsidies_entitlement (
    county_code, year, transfer_id, scheme_id, village_code, paid_amount, amount, rule_id, is_decided
)
select t.county_code, t.year, t.id, t.scheme_id, t.village_code, t.amount,
       coalesce(n.subsidy_amount, 0), n.subsidy_rule_id, coalesce(n.decided, true)
from fed t
left join answer n on n.place = t.id
on conflict do nothing;
