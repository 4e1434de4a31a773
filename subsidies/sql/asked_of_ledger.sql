-- What stands paid in a year, asked under each version in %(versions)s as if nothing had been worked
-- out yet: for a county, or for one resident. `place` is the payment and the version together.
with under as (
    select v.policy_id, v.turn - 1 as turn
    from unnest(%(versions)s::bigint[]) with ordinality as v (policy_id, turn)
),
paid as materialized (
    select t.*
    from contributions_effectivetransfer t
    where t.county_code = %(county_code)s and t.year = %(year)s and t.scheme_id = %(scheme_id)s
      and (%(resident_id)s::bigint is null or t.resident_id = %(resident_id)s)
),
asked as materialized (
    select t.id * 2 + u.turn as place, t.resident_id * 2 + u.turn as person, u.policy_id, t.kind,
           t.source,
           case when n.combining <> '' or n.basis = 'together' then t.amount
                else coalesce(t.tier_amount, t.amount) end as amount,
           t.paid_on, p.born_on, p.sex, t.village_code as area_code, null::text as hukou,
           extract(year from e.started_on) = t.year as is_first,
           s.earlier_same, s.earlier_other, h.years_paid::int, h.years_back::int,
           h.years_subsidised::int, null::int as years_resident, h.subsidised,
           0::numeric as subsidised_this_year, null::numeric as balance, null::numeric as average
    from paid t
    cross join under u
    join policies_needs n on n.policy_id = u.policy_id
    join enrollment_resident p on p.id = t.resident_id
    left join enrollment_enrolment e on e.county_code = t.county_code
         and e.resident_id = t.resident_id and e.scheme_id = t.scheme_id
    left join lateral (
        select sum(b.amount) filter (where b.source = t.source) as earlier_same,
               sum(b.amount) filter (where b.source <> t.source) as earlier_other
        from paid b
        where b.resident_id = t.resident_id and b.kind = t.kind and b.id < t.id
    ) s on n.combining <> '' or n.basis = 'together'
    left join lateral (
        select count(distinct b.year) as years_paid,
               count(distinct b.year) filter (where b.kind = 'back') as years_back,
               count(distinct b.year) filter (where g.amount > 0) as years_subsidised,
               sum(g.amount) as subsidised
        from contributions_effectivetransfer b
        left join subsidies_entitlement g on g.county_code = b.county_code and g.year = b.year
             and g.transfer_id = b.id
        where b.county_code = t.county_code and b.resident_id = t.resident_id
          and b.scheme_id = t.scheme_id and b.year < t.year
    ) h on n.years_paid or n.steps_by_years or n.years_back or n.years_subsidised or n.capped
),
holding as (
    select s.resident_id * 2 + u.turn as person, s.identity, s.grade, s.valid_from, s.valid_to
    from enrollment_specialidentity s
    cross join under u
    where s.county_code = %(county_code)s
      and (%(resident_id)s::bigint is null or s.resident_id = %(resident_id)s)
),
version as (select policy_id from under),
\i policies/sql/answers.sql
