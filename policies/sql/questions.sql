-- Questions that come as a JSON list, each about one person and one payment or choice: the ground on
-- which one person's page, the cases beside a policy and a preview are asked.
with question as (
    select item.place, q.*
    from jsonb_array_elements(%(questions)s::jsonb) with ordinality as item (body, place)
    cross join lateral jsonb_to_record(item.body) as q (
        policy_id bigint, county_code text, scheme_id smallint, year smallint, kind text, source text,
        amount numeric, paid_on date, born_on date, sex text, area_code text, hukou text,
        is_first boolean, earlier_same numeric, earlier_other numeric, years_paid int,
        years_running int, years_back int, years_subsidised int, years_resident int, subsidised numeric,
        subsidised_this_year numeric, balance numeric, average numeric, chosen numeric,
        identities jsonb, paid_years int[], is_drawing boolean)
),
asked as materialized (
    select q.place, q.place as person, coalesce(q.policy_id, v.policy_id) as policy_id,
           coalesce(q.kind, 'normal') as kind, coalesce(q.source, 'own') as source,
           coalesce(q.amount, chosen.amount) as amount, q.paid_on, q.born_on, q.sex,
           coalesce(q.area_code, '') as area_code, q.hukou, q.is_first, q.earlier_same,
           q.earlier_other, q.years_paid, q.years_running, q.years_back, q.years_subsidised, q.years_resident,
           q.subsidised, q.subsidised_this_year, q.balance, q.average,
           chosen.amount as chosen_amount, chosen.how as chosen_how
    from question q
    left join policies_in_force v on q.policy_id is null and v.county_code = q.county_code
         and v.scheme_id = q.scheme_id and v.year = q.year
    left join lateral (
        select t.amount, t.how
        from policies_chosen_tier(coalesce(q.policy_id, v.policy_id), q.chosen,
                                  coalesce(q.area_code, '')) t
        where q.amount is null
    ) chosen on true
    where coalesce(q.policy_id, v.policy_id) is not null
),
holding as (
    select q.place as person, h.*
    from question q
    cross join lateral jsonb_to_recordset(q.identities) as h (
        identity text, grade smallint, valid_from date, valid_to date)
),
version as (select distinct policy_id from asked),
