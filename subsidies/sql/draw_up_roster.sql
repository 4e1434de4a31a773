-- Everybody of a scheme for whom the policy pays in the year, by an identity or a sub-area: how much, by
-- which rule, who bears it, and why it is not paid yet. One statement for one person or for all.
-- Where a person holds several identities, the policy says which answers; the line names the one.
with version as (
    select policy_id
    from policies_in_force
    where county_code = %(county_code)s and scheme_id = %(scheme_id)s and year = %(year)s
),
wanted as materialized (
    select n.*, n.years_paid or n.steps_by_years or n.years_back or n.years_subsidised
                or n.years_running or n.steps_by_running or n.capped as history
    from policies_needs n
    where n.policy_id in (select policy_id from version)
),
holding as materialized (
    select i.resident_id as person, i.identity, i.grade, i.valid_from, i.valid_to
    from enrollment_specialidentity i
    where i.county_code = %(county_code)s and i.valid_from <= make_date(%(year)s, 12, 31)
      and coalesce(i.valid_to, 'infinity') >= make_date(%(year)s, 1, 1)
      and i.valid_from <= %(as_of)s
),
holder as materialized (
    select row_number() over (order by e.village_code, e.resident_id) as place, e.resident_id,
           e.village_code, e.registered_tier, e.started_on, r.born_on, r.sex,
           case when r.hukou = 'local' then 'local' else 'other' end as hukou
    from enrollment_enrolment e
    join enrollment_resident r on r.id = e.resident_id and r.life_status = 'alive'
    cross join enrollment_end_ages(%(county_code)s, %(scheme_id)s::int, %(year)s, %(end_age)s::int) as age (ages)
    where e.county_code = %(county_code)s and e.scheme_id = %(scheme_id)s and e.status = 'active'
      and r.born_on + make_interval(years => %(first_age)s::int) <= make_date(%(year)s, 12, 31)
      and coalesce(r.born_on + make_interval(years => policies_end_age(age.ages, r.sex, r.id)) > make_date(%(year)s, 1, 1), true)
      -- Where the state pays for a whole sub-area, no identity is asked for.
      and (e.resident_id in (select person from holding)
           or exists (select from policies_rule p
                      left join policies_condition c on c.id = p.condition_id
                      where p.policy_id in (select policy_id from version) and p.subject = 'proxy'
                        and c.identities is null))
),
paid as materialized (
    select t.resident_id,
           sum(t.amount) filter (where t.source = 'own' and t.kind = 'normal') as own_amount,
           max(t.tier_amount) filter (where t.source = 'own' and t.kind = 'normal') as own_tier,
           bool_or(t.source = 'proxy') as has_proxy
    from contributions_effectivetransfer t
    where t.county_code = %(county_code)s and t.scheme_id = %(scheme_id)s and t.year = %(year)s
      and t.resident_id in (select resident_id from holder)
    group by t.resident_id
),
history as materialized (
    select b.resident_id, count(distinct b.year)::int as years_paid,
           policies_years_running(array_agg(distinct b.year::int), %(year)s) as years_running,
           (count(distinct b.year) filter (where b.kind = 'back'))::int as years_back,
           (count(distinct b.year) filter (where g.amount > 0))::int as years_subsidised,
           sum(g.amount) as subsidised
    from contributions_effectivetransfer b
    join wanted w on w.history
    left join subsidies_entitlement g
      on g.county_code = b.county_code and g.year = b.year and g.transfer_id = b.id
    where b.county_code = %(county_code)s and b.scheme_id = %(scheme_id)s and b.year < %(year)s
      and b.resident_id in (select resident_id from holder)
    group by b.resident_id
),
-- The registered tiers and villages are few; what a version makes of them is asked once for each.
picked as materialized (
    select k.registered_tier, k.area_code, t.amount
    from (select distinct registered_tier, left(village_code, 12) as area_code from holder) k
    cross join version v
    cross join lateral policies_chosen_tier(v.policy_id, k.registered_tier, k.area_code) t
),
asked as materialized (
    select h.place, h.resident_id as person, v.policy_id, 'normal' as kind, 'own' as source,
           coalesce(p.own_tier, c.amount, 0) as amount, %(as_of)s::date as paid_on, h.born_on, h.sex,
           h.village_code as area_code, h.hukou,
           extract(year from h.started_on) = %(year)s as is_first,
           0::numeric as earlier_same, 0::numeric as earlier_other,
           coalesce(y.years_paid, 0) as years_paid,
           coalesce(y.years_running, 0) as years_running, coalesce(y.years_back, 0) as years_back,
           coalesce(y.years_subsidised, 0) as years_subsidised, null::int as years_resident,
           y.subsidised, 0::numeric as subsidised_this_year, null::numeric as balance,
           null::numeric as average
    from holder h
    cross join version v
    left join paid p on p.resident_id = h.resident_id
    left join history y on y.resident_id = h.resident_id
    left join picked c on c.registered_tier is not distinct from h.registered_tier
         and c.area_code = h.village_code
),
\i policies/sql/answers.sql
,
listed as materialized (
    select * from answer where proxy_rule_id is not null and (proxy_amount is null or proxy_amount > 0)
),
to_share as materialized (
    select min(place) as place, profile, policy_id, 'proxy' as item, proxy_amount as amount
    from listed
    where proxy_amount is not null
    group by profile, policy_id, proxy_amount
),
\i policies/sql/shares_of.sql
,
share_of as materialized (
    select t.profile, t.amount, jsonb_object_agg(s.payer, s.amount) as shares
    from to_share t
    join share s on s.place = t.place
    group by t.profile, t.amount
),
named as materialized (
    select distinct on (a.place) a.place, h.identity, h.grade, h.valid_from, h.valid_to
    from listed a
    join policies_rule r on r.id = a.proxy_rule_id
    join policies_condition c on c.id = r.condition_id
    cross join unnest(c.identities::text[]) as token
    join holding h on h.person = a.person
         and split_part(token, '@', 1) in (h.identity, h.identity || h.grade)
    order by a.place, h.grade nulls last, h.valid_from
)
insert into subsidies_proxyline (
    county_code, roster_id, resident_id, village_code, identity, grade, valid_from, valid_to, rule_id,
    tier_amount, amount, own_amount, own_paid, held, left_out_because, answer, unpaid_because, shares
)
select %(county_code)s, %(roster_id)s, h.resident_id, h.village_code, coalesce(n.identity, ''), n.grade,
       n.valid_from, n.valid_to, a.proxy_rule_id, a.proxy_tier_amount, coalesce(a.proxy_amount, 0),
       coalesce(a.own_amount, 0), coalesce(p.own_amount, 0),
       case when a.proxy_amount is null then 'undecided'
            when p.has_proxy then 'paid'
            -- Their own share of the sum (M16) is no payment beside it.
            when p.own_amount > coalesce(a.own_amount, 0) and not %(own_beside_proxy)s then 'own_paid'
            when a.is_after_own and coalesce(p.own_amount, 0) < greatest(a.own_amount, 0.01)
                then 'own_first'
            else '' end,
       -- Who was left out of the roster before, or answered for with no, stays out until somebody takes them in again.
       coalesce(nullif(b.left_out_because, ''), case when b.answer = 'hold' then %(held_before)s end, ''),
       '', '', coalesce(s.shares, '{}')
from listed a
join holder h on h.place = a.place
left join named n on n.place = a.place
left join paid p on p.resident_id = h.resident_id
left join subsidies_proxyline b on b.county_code = %(county_code)s and b.roster_id = %(previous_id)s
     and b.resident_id = h.resident_id
left join share_of s on s.profile = a.profile and s.amount = a.proxy_amount
on conflict do nothing
