,
-- Which missed years a person may still pay, how many of them, and how much for each (补缴).
-- Years run from the scheme's first year there, or from 16, to the year before; what is paid is not
-- missed. At the missed year's tiers where the policy says so and that year's policy is known.
back_term as (
    select n.place,
           max(r.value) filter (where r.part = 'first_year')::int as first_year,
           max(r.value) filter (where r.part = 'years_cap')::int as years_cap,
           max(r.value) filter (where r.part = 'back_years_cap')::int as back_years_cap,
           max(r.value) filter (where r.part = 'lowest') as lowest,
           max(r.value) filter (where r.part = 'highest') as highest,
           max(r.value) filter (where r.part = 'may_top_up') = 1 as may_top_up,
           max(r.value) filter (where r.part = 'after_pension') = 1 as after_pension,
           max(r.value) filter (where r.part = 'at_missed_year') = 1 as at_missed_year,
           max(r.value) filter (where r.part = 'yearly_after_sixty') = 1 as yearly_after_sixty,
           max(r.value) filter (where r.part = 'lump_after_sixty') = 1 as lump_after_sixty,
           max(r.value) filter (where r.part = 'lump') as lump,
           array_remove(array_agg(r.rule_id order by r.rule_id), null) as rule_ids
    from answer n
    left join ruling r on r.profile = n.profile and r.subject = 'term'
    group by n.place
),
back_person as (
    select t.*, q.paid_years, v.year, v.county_code, v.scheme_id, n.policy_id,
           extract(year from q.born_on)::int + 16 as of_sixteen,
           g.reached_on <= q.paid_on as is_of_age,
           coalesce(q.is_drawing, false) as is_drawing, coalesce(q.years_back, 0) as years_back
    from question q
    join answer n on n.place = q.place
    join policies_policyversion v on v.id = n.policy_id
    join back_term t on t.place = q.place
    left join pension_age g on g.place = q.place
    where q.paid_years is not null and q.born_on is not null and q.paid_on is not null
),
back_year as (
    select b.place, y.year,
           coalesce(b.lowest, tiers.lowest) as lowest, least(b.highest, tiers.highest) as highest
    from back_person b
    cross join lateral generate_series(greatest(b.first_year, b.of_sixteen), b.year - 1) as y (year)
    left join policies_in_force old on b.at_missed_year and old.county_code = b.county_code
         and old.scheme_id = b.scheme_id and old.year = y.year
    left join lateral (
        select min(amount_from) as lowest, max(amount_to) as highest
        from policies_tier
        where policy_id = case when b.at_missed_year then old.policy_id else b.policy_id end
          and not proxy_only
    ) tiers on true
    where not y.year = any(b.paid_years)
),
back_due as (
    select b.place,
           case when b.is_drawing and not coalesce(b.after_pension, false) then 'none'
                when not coalesce(b.is_of_age, false) then 'gap'
                when b.yearly_after_sixty then 'yearly'
                when b.lump_after_sixty then 'lump'
                else 'none' end as way,
           greatest(0, least(
               count(y.year), b.years_cap - cardinality(b.paid_years),
               b.back_years_cap - b.years_back)) as most_years,
           coalesce(jsonb_agg(jsonb_build_object('year', y.year, 'lowest', y.lowest,
                                                 'highest', y.highest) order by y.year)
                    filter (where y.year is not null), '[]') as years,
           b.lump, coalesce(b.may_top_up, false) as may_top_up, b.rule_ids
    from back_person b
    left join back_year y on y.place = b.place
    group by b.place, b.is_drawing, b.after_pension, b.is_of_age, b.yearly_after_sixty,
             b.lump_after_sixty, b.years_cap, b.paid_years, b.back_years_cap, b.years_back, b.lump,
             b.may_top_up, b.rule_ids
)
