-- The same question, asked of the policy's rules.
create temporary table asked_of_rules as
with asked as not materialized (
    select p.place, p.person, v.policy_id, 'normal' as kind, 'own' as source, p.amount, p.paid_on,
           p.born_on, p.sex, p.area_code, null::text as hukou, null::boolean as is_first,
           null::numeric as earlier_same, null::numeric as earlier_other, null::int as years_paid,
           null::int as years_back, null::int as years_running,
           null::int as years_subsidised, null::int as years_resident,
           null::numeric as subsidised, null::numeric as subsidised_this_year,
           null::numeric as balance, null::numeric as average
    from bench_person p
    join policies_in_force v on v.county_code = '990100' and v.scheme_id = 1 and v.year = 2021
),
holding as (select * from bench_holding),
version as (
    select policy_id from policies_in_force
    where county_code = '990100' and scheme_id = 1 and year = 2021
),
\i policies/sql/answers.sql
select place, person, tier_id, subsidy_amount, subsidy_rule_id, proxy_amount from answer;
