-- Write down what each tier is subsidised with for most people: the tier table as it is printed.
-- A range of amounts is asked about at its lower bound. What depends on who pays is left out.
with asked as (
    select row_number() over (order by t.id, w.kind, w.source) as place, t.id as tier_id,
           t.id as person, t.policy_id, w.kind, w.source, t.amount_from as amount,
           null::date as paid_on, null::date as born_on, null::text as sex,
           coalesce(c.areas[1], '') as area_code, null::text as hukou, null::boolean as is_first,
           0::numeric as earlier_same, 0::numeric as earlier_other, null::int as years_paid,
           null::int as years_back, null::int as years_running,
           null::int as years_subsidised, null::int as years_resident,
           0::numeric as subsidised, 0::numeric as subsidised_this_year,
           null::numeric as balance, null::numeric as average
    from policies_tier t
    left join policies_condition c on c.id = t.condition_id
    cross join (values ('normal', 'own'), ('normal', 'proxy'), ('back', 'own'), ('back', 'proxy'))
        as w (kind, source)
    where t.policy_id = %(policy)s and (w.source = 'proxy' or not t.proxy_only)
),
holding as (
    select t.id as person, split_part(token, '@', 1) as identity, null::smallint as grade,
           null::date as valid_from, null::date as valid_to
    from policies_tier t
    join policies_condition c on c.id = t.condition_id
    cross join unnest(c.identities) as token
    where t.policy_id = %(policy)s
),
version as (select %(policy)s::bigint as policy_id),
\i policies/sql/answers.sql
insert into policies_tier_subsidy
       (policy_id, tier_id, number, amount, proxy_only, kind, source,
        subsidy_amount, subsidy_rule_id, decided)
select t.policy_id, t.id, t.number, t.amount_from, t.proxy_only, a.kind, a.source,
       case when n.decided then n.subsidy_amount else 0 end, n.subsidy_rule_id, n.decided
from answer n
join asked a on a.place = n.place
join policies_tier t on t.id = a.tier_id
join policies_rule r on r.id = n.subsidy_rule_id
where n.decided or not r.decided
