-- A sum that is no tier for everybody may be one for this person: a tier of their identity or sub-area,
-- what is left to them beside a proxy payment, a part of a year, or what makes a tier with earlier payments.
with paying as materialized (
    select j.row_no, j.resident_id, j.village_code, j.scheme_id, j.year, j.amount, j.paid_on, v.policy_id
    from judged j
    join policies_in_force v
        on v.county_code = %(county_code)s and v.scheme_id = j.scheme_id and v.year = j.year
    join policies_policyversion policy on policy.id = v.policy_id
    where j.verdict = 'E05' and j.amount > 0 and j.resident_id is not null and not j.is_back
      and not j.is_refund
      and (policy.combining <> '' or policy.instalments <> '{}'
           or exists (select from policies_tier t
                      where t.policy_id = v.policy_id and t.condition_id is not null)
           or exists (select from policies_rule r
                      where r.policy_id = v.policy_id and r.subject = 'proxy' and r.own_rule <> ''))
),
\i contributions/sql/years_before.sql
,
asked as materialized (
    select u.row_no as place, u.resident_id as person, u.policy_id, 'normal' as kind,
           'own' as source, u.amount, u.paid_on, r.born_on, r.sex, u.village_code as area_code,
           case when r.hukou = 'local' then 'local' else 'other' end as hukou,
           extract(year from e.started_on) = u.year as is_first,
           (select sum(b.amount) from contributions_effectivetransfer b
            where b.county_code = %(county_code)s and b.year = u.year
              and b.resident_id = u.resident_id and b.scheme_id = u.scheme_id
              and b.kind = 'normal' and b.source = 'own') as earlier_same,
           null::numeric as earlier_other, coalesce(h.years_paid, 0) as years_paid,
           coalesce(h.years_back, 0) as years_back, coalesce(h.years_running, 0) as years_running,
           null::int as years_subsidised, null::int as years_resident,
           null::numeric as subsidised, null::numeric as subsidised_this_year,
           null::numeric as balance, null::numeric as average
    from paying u
    join enrollment_resident r on r.id = u.resident_id
    left join enrollment_enrolment e on e.county_code = %(county_code)s
         and e.resident_id = u.resident_id and e.scheme_id = u.scheme_id
    left join history h
        on h.resident_id = u.resident_id and h.scheme_id = u.scheme_id and h.year = u.year
),
holding as (
    select s.resident_id as person, s.identity, s.grade, s.valid_from, s.valid_to
    from enrollment_specialidentity s
    where s.county_code = %(county_code)s and s.resident_id in (select resident_id from paying)
),
version as (select distinct policy_id from paying),
\i policies/sql/answers.sql
update judged
set verdict = '', tier_amount = judged.amount
from paying u
join answer n on n.place = u.row_no
join policies_policyversion policy on policy.id = u.policy_id
where u.row_no = judged.row_no
  and (n.tier_id is not null
       or n.own_amount = u.amount
       or exists (select from policies_tier t, unnest(policy.instalments) as parts
                  where t.policy_id = u.policy_id and not t.proxy_only
                    and u.amount * parts between t.amount_from and t.amount_to));
