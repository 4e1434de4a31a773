-- The questions about payments: `fed` holds transfers, each with the policy_id that it is asked of.
-- People, identities and earlier years are looked up only where the policy asks for them.
wanted as materialized (
    select n.*,
           n.born_cuts is not null or n.age or n.steps_by_age or n.sex or n.hukou as person,
           n.years_paid or n.steps_by_years or n.years_back or n.years_subsidised or n.is_first
           or n.years_running or n.steps_by_running or n.capped as history,
           n.combining <> '' or n.basis = 'together' as sums
    from policies_needs n
    where n.policy_id in (select policy_id from fed)
),
asked as materialized (
    select t.id as place, t.resident_id as person, t.policy_id, t.kind, t.source,
           case when w.sums then t.amount else coalesce(t.tier_amount, t.amount) end as amount,
           t.paid_on, p.born_on, p.sex, t.village_code as area_code,
           case when p.hukou = 'local' then 'local' else 'other' end as hukou,
           case when w.is_first then extract(year from e.started_on) = t.year end as is_first,
           s.earlier_same, s.earlier_other, h.years_paid::int, h.years_running, h.years_back::int,
           h.years_subsidised::int, null::int as years_resident, h.subsidised,
           h.subsidised_this_year, null::numeric as balance, null::numeric as average
    from fed t
    join wanted w on w.policy_id = t.policy_id
    left join enrollment_resident p on w.person and p.id = t.resident_id
    left join enrollment_enrolment e on w.is_first and e.county_code = t.county_code
         and e.resident_id = t.resident_id and e.scheme_id = t.scheme_id
    left join lateral (
        select sum(b.amount) filter (where b.source = t.source) as earlier_same,
               sum(b.amount) filter (where b.source <> t.source) as earlier_other
        from contributions_effectivetransfer b
        where w.sums
          and b.county_code = t.county_code and b.year = t.year and b.resident_id = t.resident_id
          and b.scheme_id = t.scheme_id and b.kind = t.kind and b.id < t.id
    ) s on true
    left join lateral (
        select count(distinct b.year) filter (where b.year < t.year) as years_paid,
               policies_years_running(
                   array_agg(distinct b.year::int) filter (where b.year < t.year), t.year
               ) as years_running,
               count(distinct b.year) filter (where b.year < t.year and b.kind = 'back') as years_back,
               count(distinct b.year) filter (where b.year < t.year and g.amount > 0)
                   as years_subsidised,
               sum(g.amount) as subsidised,
               sum(g.amount) filter (where b.year = t.year) as subsidised_this_year
        from contributions_effectivetransfer b
        left join subsidies_entitlement g on g.county_code = b.county_code and g.year = b.year
             and g.transfer_id = b.id
        where w.history
          and b.county_code = t.county_code and b.resident_id = t.resident_id
          and b.scheme_id = t.scheme_id
    ) h on true
),
holding as (
    select s.resident_id as person, s.identity, s.grade, s.valid_from, s.valid_to
    from enrollment_specialidentity s
    where s.county_code = %(county_code)s
      and exists (select from wanted where identity_days is not null)
),
version as (select policy_id from wanted),
