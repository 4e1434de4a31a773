-- A tier kept for proxy payment needs an identity that the policy pays for, still valid in the year.
-- Everybody is asked about twice: with what they hold this year, and with all they ever held.
with paying as materialized (
    select j.row_no, j.resident_id, j.village_code, j.scheme_id, j.year, j.tier_amount, j.paid_on,
           v.policy_id
    from judged j
    join policies_in_force v
        on v.county_code = %(county_code)s and v.scheme_id = j.scheme_id and v.year = j.year
    where j.proxy_only and j.verdict = '' and not j.is_back and not j.is_refund
),
\i contributions/sql/years_before.sql
,
asked as materialized (
    select p.row_no * 2 + ever.held as place, p.row_no * 2 + ever.held as person, p.policy_id,
           'normal' as kind, 'proxy' as source, p.tier_amount as amount, p.paid_on, r.born_on, r.sex,
           p.village_code as area_code, case when r.hukou = 'local' then 'local' else 'other' end as hukou,
           extract(year from e.started_on) = p.year as is_first,
           null::numeric as earlier_same, null::numeric as earlier_other,
           coalesce(h.years_paid, 0) as years_paid, coalesce(h.years_back, 0) as years_back,
           coalesce(h.years_running, 0) as years_running,
           null::int as years_subsidised, null::int as years_resident,
           null::numeric as subsidised, null::numeric as subsidised_this_year,
           null::numeric as balance, null::numeric as average
    from paying p
    join enrollment_resident r on r.id = p.resident_id
    left join enrollment_enrolment e on e.county_code = %(county_code)s
         and e.resident_id = p.resident_id and e.scheme_id = p.scheme_id
    left join history h
        on h.resident_id = p.resident_id and h.scheme_id = p.scheme_id and h.year = p.year
    cross join (values (0::bigint), (1)) as ever (held)
),
holding as (
    select p.row_no * 2 + ever.held as person, s.identity, s.grade,
           null::date as valid_from, case when ever.held = 0 then s.valid_to end as valid_to
    from paying p
    join enrollment_specialidentity s
        on s.county_code = %(county_code)s and s.resident_id = p.resident_id
    cross join (values (0::bigint), (1)) as ever (held)
),
version as (select distinct policy_id from paying),
\i policies/sql/answers.sql
,
paid_for as (
    select p.row_no, n.place %% 2 = 0 as is_valid
    from paying p
    join answer n on n.place / 2 = p.row_no
    where exists (
        select from valued rule
        where rule.profile = n.profile and rule.subject = 'proxy' and rule.value = p.tier_amount
    )
),
finding as (
    select p.row_no, count(f.row_no) > 0 as was_held, coalesce(bool_or(f.is_valid), false) as is_held
    from paying p
    left join paid_for f on f.row_no = p.row_no
    group by p.row_no
)
update judged
set verdict = case when f.was_held then 'E17' else 'E16' end
from finding f
where f.row_no = judged.row_no and not f.is_held;
