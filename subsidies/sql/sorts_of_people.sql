-- The ground of two statements: what two versions of a policy answer for the people of an area.
--
--
-- People of whom nothing differs that either version asks for are alike; both versions are asked once
-- for each sort, of which there are a few hundred, so that a county takes hardly longer than a village.
-- What somebody pays: the tier paid this year, else the registered one, else last year's.
with side as materialized (
    select * from (values (0, %(before)s::bigint), (1, %(after)s::bigint)) as s (side, policy_id)
    where policy_id is not null
),
wanted as materialized (
    select bool_or(n.born_cuts is not null or n.age or n.steps_by_age) as born,
           bool_or(n.sex) as sex, bool_or(n.hukou) as hukou, bool_or(n.areas is not null) as areas,
           bool_or(n.is_first) as is_first,
           bool_or(n.years_paid or n.steps_by_years or n.years_back or n.years_subsidised
                   or n.years_running or n.steps_by_running or n.capped) as history,
           bool_or(coalesce(cardinality(n.tokens), 0) > 0) as identities,
           bool_or(strpos(coalesce(array_to_string(n.tokens, ' '), ''), '@') > 0) as identity_days
    from policies_needs n
    join side s on s.policy_id = n.policy_id
),
-- The identities of the year; their days only where a rule asks about a day.
identity_of as materialized (
    select i.resident_id,
           array_agg(distinct concat_ws('|', i.identity, coalesce(i.grade::text, ''),
                                        case when w.identity_days then i.valid_from::text else '' end,
                                        case when w.identity_days then i.valid_to::text end)) as said
    from enrollment_specialidentity i
    join wanted w on w.identities
    where i.county_code = %(county_code)s
      and i.valid_from <= make_date(%(year)s, 12, 31)
      and coalesce(i.valid_to, 'infinity') >= make_date(%(year)s, 1, 1)
    group by i.resident_id
),
paid as materialized (
    select resident_id, max(tier_amount) filter (where year = %(year)s) as this_year,
           max(tier_amount) filter (where year = %(year)s - 1) as last_year,
           bool_or(year = %(year)s) as is_paid
    from contributions_effectivetransfer
    where county_code = %(county_code)s and year in (%(year)s, %(year)s - 1)
      and scheme_id = %(scheme_id)s and kind = 'normal' and source = 'own'
    group by resident_id
),
history as materialized (
    select b.resident_id,
           count(distinct b.year)::int as years_paid,
           policies_years_running(array_agg(distinct b.year::int), %(year)s) as years_running,
           (count(distinct b.year) filter (where b.kind = 'back'))::int as years_back,
           (count(distinct b.year) filter (where g.amount > 0))::int as years_subsidised,
           sum(g.amount) as subsidised
    from contributions_effectivetransfer b
    join wanted w on w.history
    left join subsidies_entitlement g
      on g.county_code = b.county_code and g.year = b.year and g.transfer_id = b.id
    where b.county_code = %(county_code)s and b.scheme_id = %(scheme_id)s and b.year < %(year)s
    group by b.resident_id
),
facts_of as (
    select e.resident_id, e.village_code, coalesce(p.is_paid, false) as is_paid,
           coalesce(p.this_year, e.registered_tier, p.last_year, -1) as base,
           coalesce(i.said, '{}') as identities,
           case when w.born then r.born_on end as born_on,
           case when w.sex then r.sex end as sex,
           case when not w.hukou then null when r.hukou = 'local' then 'local' else 'other' end as hukou,
           case when w.areas then e.village_code else '' end as area_code,
           case when w.is_first then extract(year from e.started_on) = %(year)s end as is_first,
           case when w.history then coalesce(h.years_paid, 0) end as years_paid,
           case when w.history then coalesce(h.years_running, 0) end as years_running,
           case when w.history then coalesce(h.years_back, 0) end as years_back,
           case when w.history then coalesce(h.years_subsidised, 0) end as years_subsidised,
           case when w.history then coalesce(h.subsidised, 0) end as subsidised
    from enrollment_enrolment e
    cross join wanted w
    join enrollment_resident r on r.id = e.resident_id and r.life_status = 'alive'
    left join paid p on p.resident_id = e.resident_id
    left join identity_of i on i.resident_id = e.resident_id
    left join history h on h.resident_id = e.resident_id
    where e.county_code = %(county_code)s and starts_with(e.village_code, %(area_code)s)
      and e.scheme_id = %(scheme_id)s and e.status = 'active'
),
people as (
    select f.*, row(f.base, f.is_paid, f.identities, f.born_on, f.sex, f.hukou, f.area_code, f.is_first,
                    f.years_paid, f.years_running, f.years_back, f.years_subsidised, f.subsidised)::text as likeness
    from facts_of f
),
counted as materialized (
    select substr(village_code, 1, 9) as town, likeness, count(*) as people,
           bool_or(is_paid) as is_paid, min(base) as base, min(identities) as identities,
           min(born_on) as born_on, min(sex) as sex, min(hukou) as hukou, min(area_code) as area_code,
           bool_or(is_first) as is_first, min(years_paid) as years_paid,
           min(years_running) as years_running, min(years_back) as years_back, min(years_subsidised) as years_subsidised,
           min(subsidised) as subsidised
    from people
    group by 1, 2
),
alike as materialized (
    select row_number() over () as sort, a.*
    from (select distinct on (likeness) * from counted order by likeness) as a
),
-- What this sort of people pays: as paid, or what the version makes of the tier they stand for.
pick as materialized (
    select a.sort, s.side, s.policy_id,
           case when a.is_paid then a.base else t.amount end as amount
    from alike a
    cross join side s
    left join lateral policies_chosen_tier(s.policy_id, nullif(a.base, -1), a.area_code) t
      on not a.is_paid
),
-- What the state may pay in their place, to ask what is added to that.
proxy_sum as materialized (
    select s.side, s.policy_id, bool_or(c.identities is null) as asks_no_identity,
           coalesce(r.standard_amount,
                    coalesce(r.base_amount, 0) + coalesce(r.rate * r.of_amount, 0)
                    + coalesce(r.own_amount, 0)) as amount
    from side s
    join policies_rule r on r.policy_id = s.policy_id and r.subject = 'proxy' and r.decided
    left join policies_condition c on c.id = r.condition_id
    group by s.side, s.policy_id, amount
),
to_ask as (
    select sort, side, policy_id, 'own' as source, amount from pick
    union all
    select a.sort, x.side, x.policy_id, 'proxy', x.amount
    from alike a
    join proxy_sum x on x.asks_no_identity or cardinality(a.identities) > 0
),
asked as materialized (
    select row_number() over () as place, a.sort * 2 + q.side as person, q.policy_id,
           'normal' as kind, q.source, q.amount, %(day)s::date as paid_on, a.born_on, a.sex,
           a.area_code, a.hukou, a.is_first, 0::numeric as earlier_same,
           0::numeric as earlier_other, a.years_paid, a.years_running, a.years_back, a.years_subsidised,
           null::int as years_resident, a.subsidised, 0::numeric as subsidised_this_year,
           null::numeric as balance, null::numeric as average, a.sort, q.side
    from to_ask q
    join alike a on a.sort = q.sort
),
holding as (
    select a.sort * 2 + s.side as person, split_part(said, '|', 1) as identity,
           nullif(split_part(said, '|', 2), '')::smallint as grade,
           nullif(split_part(said, '|', 3), '')::date as valid_from,
           nullif(split_part(said, '|', 4), '')::date as valid_to
    from alike a
    cross join side s
    cross join unnest(a.identities) as said
),
version as (select policy_id from side),
