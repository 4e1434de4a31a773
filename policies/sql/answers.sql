-- What the policy says of everybody asked about: one row of `answer` for each row of `asked`.
--
-- This is the middle of a statement. Before it stand three relations of the caller's own,
--
--     with asked as (select … as place, … as person, …), holding as (select … as person, …),
--     version as (select … as policy_id),
--     \i policies/sql/answers.sql
--     select … from answer
--
-- (their columns: policies/README.md), so that one person's page and a file of 260,000 payments are
-- asked the same. People about whom nothing differs that the policy asks for share a profile; the
-- rules are worked out once for each profile, of which there are a few hundred, not for each person.
needs as materialized (
    select n.*,
           n.born_cuts is not null or n.paid_cuts is not null or n.age or n.steps_by_age as asks_days,
           n.sex or n.hukou or n.is_first as asks_person,
           n.years_paid or n.steps_by_years or n.years_back or n.years_subsidised
           or n.years_resident or n.years_running or n.steps_by_running as asks_years,
           n.combining <> '' or n.basis = 'together' as sums, n.policy_id || ' ' as prefix
    from policies_needs n
    where n.policy_id in (select v.policy_id from version v)
),
-- The identities that conditions ask for: disabled2 at any time of the year, disabled2@2021-07-01 on
-- that day, disabled2@day on the day of payment.
wanted_token as materialized (
    select n.policy_id, t.token, split_part(t.token, '@', 1) as word,
           case when strpos(t.token, '@') = 0 then make_date(n.year, 1, 1)
                when split_part(t.token, '@', 2) <> 'day'
                    then split_part(t.token, '@', 2)::date end as first_day,
           case when strpos(t.token, '@') = 0 then make_date(n.year, 12, 31)
                when split_part(t.token, '@', 2) <> 'day'
                    then split_part(t.token, '@', 2)::date end as last_day
    from needs n
    cross join unnest(n.tokens) as t (token)
),
held as materialized (
    select h.place, array_agg(distinct w.token order by w.token) as tokens
    from (
        select a.place, a.policy_id, a.paid_on, h.identity, h.grade, h.valid_from, h.valid_to
        from asked a
        join holding h on h.person = a.person
        offset 0  -- few hold anything; joined with the words first, everybody would stand there ten times
    ) h
    join wanted_token w
        on w.policy_id = h.policy_id and (w.word = h.identity or w.word = h.identity || h.grade)
    where coalesce(h.valid_from, '-infinity') <= coalesce(w.last_day, h.paid_on)
      and coalesce(h.valid_to, 'infinity') >= coalesce(w.first_day, h.paid_on)
    group by h.place
),
-- What is asked, with keys of everything that a condition of this policy can tell people apart by:
-- what is cheap to pack as a number, the rest, mostly empty, as words. (One key and not two: the
-- planner takes a single unknown column for a few hundred values, which is what they are.)
raw_facts as (
    select a.place, a.person, a.policy_id, n.capped, n.prefix, coalesce(a.amount, 0) as amount,
           case when n.sums then
               case when n.combining = '' then 0 else coalesce(a.earlier_same, 0) end
               + case when n.basis = 'together' then coalesce(a.earlier_other, 0) else 0 end
           end as before,
           case a.kind when 'normal' then 0 when 'back' then 1 else 2 end
           + case a.source when 'own' then 0 when 'proxy' then 4 when 'collective' then 8 else 12 end
           + case when not n.asks_days then 0 else 16 * ((
               case when n.born_cuts is null then 0
                    else coalesce(width_bucket(a.born_on, n.born_cuts) + 1, 0) end
               * 64 + case when n.paid_cuts is null then 0
                      else coalesce(width_bucket(a.paid_on, n.paid_cuts) + 1, 0) end)
               * 256 + case when not (n.age or n.steps_by_age) then 0
                       else coalesce(extract(year from age(a.paid_on, a.born_on))::int + 1, 0) end)
             end as number_key,
           case when not n.asks_person then 0 else
                   case when not n.sex then 0 when a.sex = 'm' then 1 when a.sex = 'f' then 2
                     else 3 end
               * 4 + case when not n.hukou then 0 when a.hukou = 'local' then 1
                     when a.hukou = 'other' then 2 else 3 end
               * 4 + case when not n.is_first then 0 else coalesce(a.is_first::int, 2) end
             end
           + case when not n.asks_years then 0 else 64 * ((((
                   case when not (n.years_running or n.steps_by_running) then 0
                      else least(coalesce(a.years_running, 63), 63) end::bigint
               * 64 + case when n.years_paid or n.steps_by_years
                      then least(coalesce(a.years_paid, 63), 63) else 0 end)
               * 64 + case when n.years_back or n.steps_by_years
                      then least(coalesce(a.years_back, 63), 63) else 0 end)
               * 64 + case when not n.years_subsidised then 0
                      else least(coalesce(a.years_subsidised, 63), 63) end)
               * 128 + case when not n.years_resident then 0
                       else least(coalesce(a.years_resident, 127), 127) end)
             end as more_key,
           case when held.tokens is null and n.areas is null and a.balance is null
                     and a.average is null then ''
                else ' ' || concat_ws('|', held.tokens::text, case when n.areas is not null then coalesce((
                         select max(area) from unnest(n.areas) as area
                         where starts_with(a.area_code, area)), '') end,
                     coalesce(a.balance::text, '-'), coalesce(a.average::text, '-')) end as word_key
    from asked a
    join needs n on n.policy_id = a.policy_id
    left join held on held.place = a.place
    offset 0  -- each key is worked out once, not wherever it is used
),
-- One of those who share a profile stands for all of them.
facts as materialized (
    select place, person, policy_id, capped, before,
           case when before is null then amount else amount + before end as reckoned,
           prefix || case when more_key = 0 then number_key::text
                          else number_key || '+' || more_key end || ' '
           || trim_scale(case when before is null then amount else amount + before end)
           || word_key as key,
           case when before > 0 then
               prefix || case when more_key = 0 then number_key::text
                              else number_key || '+' || more_key end || ' '
               || trim_scale(before) || word_key end as before_key
    from raw_facts
),
profile as materialized (
    select row_number() over () as profile, k.key, k.reckoned, a.policy_id,
           a.kind, a.source, coalesce(h.tokens, '{}') as tokens, a.paid_on, a.born_on, a.sex,
           a.area_code, a.hukou, a.is_first, a.years_paid, a.years_running, a.years_back, a.years_subsidised,
           a.years_resident, a.balance, a.average
    from (
        select key, min(reckoned) as reckoned, min(place) as place
        from (
            select key, reckoned, place from facts
            union all
            select before_key, before, place from facts where before_key is not null
        ) every
        group by key
    ) k
    join asked a on a.place = k.place
    left join held h on h.place = k.place
),
-- Which conditions hold for a profile, as far as they ask who pays and when.
holds as materialized (
    select p.profile, c.id as condition_id
    from profile p
    join policies_condition c on c.policy_id = p.policy_id
    where (c.kind = '' or c.kind = p.kind)
      and (c.source = '' or c.source = p.source)
      and (c.born is null or p.born_on <@ c.born)
      and (c.ages is null or extract(year from age(p.paid_on, p.born_on))::int <@ c.ages)
      and (c.sex = '' or c.sex = p.sex)
      and (c.identities is null or c.identities::text[] && p.tokens)
      and (c.also_identities is null or c.also_identities::text[] && p.tokens)
      and (c.not_identities is null or not c.not_identities::text[] && p.tokens)
      and (c.areas is null
           or exists (select from unnest(c.areas) as area where starts_with(p.area_code, area)))
      and (c.not_areas is null or not exists (
               select from unnest(c.not_areas) as area where starts_with(p.area_code, area)))
      and (c.hukou = '' or c.hukou = p.hukou)
      and (c.is_first is null or c.is_first = p.is_first)
      and (c.years_paid is null or p.years_paid <@ c.years_paid)
      and (c.years_running is null or p.years_running <@ c.years_running)
      and (c.years_back is null or p.years_back <@ c.years_back)
      and (c.years_subsidised is null or p.years_subsidised <@ c.years_subsidised)
      and (c.years_resident is null or p.years_resident <@ c.years_resident)
      and (c.average is null or p.average <@ c.average)
      and (c.paid is null or p.paid_on <@ c.paid)
),
-- The tier a sum is. Where several payments are taken together and no tier is hit, the one below.
tier_of as materialized (
    select distinct on (p.profile)
           p.profile, t.id as tier_id, least(p.reckoned, t.amount_to) as level,
           t.number + case when t.step_amount is null then 0
               else floor((least(p.reckoned, t.amount_to) - t.amount_from) / t.step_amount)::int
               end as number
    from profile p
    join policies_policyversion v on v.id = p.policy_id
    join policies_tier t on t.policy_id = p.policy_id and p.reckoned >= t.amount_from
         and (p.reckoned <= t.amount_to or v.combining = 'lower')
         and (t.step_amount is null or v.combining = 'lower'
              or mod(p.reckoned - t.amount_from, t.step_amount) = 0
              or t.is_top_payable and p.reckoned = t.amount_to)
         and (p.source = 'proxy' or not t.proxy_only)
    left join holds h on h.profile = p.profile and h.condition_id = t.condition_id
    where p.kind <> 'benefit' and (t.condition_id is null or h.profile is not null)
    order by p.profile, t.amount_from desc, t.condition_id nulls last, t.id
),
-- Every rule that fits a profile. Money that is no tier of the year (aid, an old year's back
-- payment) is taken as it is.
fitting as materialized (
    select p.profile, r.id as rule_id, r.subject, r.item, r.part, r.priority, r.stacking, r.decided, r.of,
           m.level, m.step_value,
           case when r.of in ('main', 'base_pension') then null
                else policies_rule_value(r, m.of_value, m.step_value) end as plain_value
    from profile p
    left join tier_of t on t.profile = p.profile
    join policies_rule r on r.policy_id = p.policy_id
         and (r.subject = 'benefit') = (p.kind = 'benefit') and r.subject <> 'share'
    left join policies_condition c on c.id = r.condition_id
    left join holds h on h.profile = p.profile and h.condition_id = c.id
    cross join lateral (
        select l.level,
               case r.of when 'amount' then l.level when 'level' then l.level
                   when 'constant' then r.of_amount when 'balance' then p.balance
                   when 'average' then p.average end as of_value,
               case r.step_by when 'tier' then t.number when 'amount' then l.level
                   when 'years_paid' then p.years_paid
                   when 'years_running' then p.years_running
                   when 'years_unbacked' then p.years_paid - p.years_back
                   when 'years_resident' then p.years_resident
                   when 'age' then extract(year from age(p.paid_on, p.born_on))::int
                   when 'average' then p.average end as step_value
        from (select coalesce(t.level, case when p.kind = 'back' or p.source in ('collective', 'donation')
                                            then p.reckoned end)) as l (level)
    ) as m
    where (c.id is null or h.profile is not null)
      and (r.subject <> 'subsidy' or m.level is not null)
      and (c.amounts is null or m.level <@ c.amounts)
      and (c.except_amounts is null or m.level is null or not m.level = any(c.except_amounts))
      and (c.tiers is null or t.number <@ c.tiers)
),
-- What others are a percentage of: the table's own answer, the base part of a pension.
ground as (
    select distinct on (profile, subject, item, part) profile, subject, item, part, plain_value
    from fitting
    where stacking = 'instead' and of not in ('main', 'base_pension')
    order by profile, subject, item, part, priority, plain_value desc nulls last, rule_id
),
valued as (
    select f.*,
           case f.of when 'main' then policies_rule_value(r, g.plain_value, f.step_value)
               when 'base_pension' then policies_rule_value(r, b.plain_value, f.step_value)
               else f.plain_value end as value
    from fitting f
    join policies_rule r on r.id = f.rule_id
    left join ground g on f.of = 'main' and g.profile = f.profile and g.subject = f.subject
         and g.item = f.item and g.part = f.part
    left join ground b on f.of = 'base_pension' and b.profile = f.profile
         and b.subject = 'benefit' and b.part = '基础养老金'
),
chosen as (
    select distinct on (f.profile, f.subject, f.item, f.part)
           f.profile, f.subject, f.item, f.part, f.rule_id, f.value, f.decided
    from valued f
    join profile p on p.profile = f.profile
    join needs n on n.policy_id = p.policy_id
    where f.stacking = 'instead'
    order by f.profile, f.subject, f.item, f.part,
             case when f.subject = 'proxy' and n.several_identities = 'highest' then 0
                  else f.priority end,
             f.value desc nulls last, f.priority, f.rule_id
),
highest_extra as (
    select distinct on (profile, subject, item, part) *
    from valued
    where stacking = 'add_highest'
    order by profile, subject, item, part, value desc nulls last, priority, rule_id
),
added as (
    select profile, subject, item, part, sum(value) as value,
           array_agg(rule_id order by rule_id) as rule_ids,
           bool_and(value is not null) as decided
    from (
        select profile, subject, item, part, rule_id, value from valued where stacking = 'add'
        union all
        select profile, subject, item, part, rule_id, value from highest_extra
    ) extra
    group by profile, subject, item, part
),
-- For each profile and matter: the rule that answers, those added to it, and what they come to.
ruling as materialized (
    select profile, subject, item, part, chosen.rule_id,
           coalesce(added.rule_ids, array[]::bigint[]) as added_rule_ids,
           case when chosen.rule_id is not null and chosen.value is null and added.value is null
                then null else coalesce(chosen.value, 0) + coalesce(added.value, 0) end as value,
           (chosen.rule_id is null or chosen.value is not null)
               and coalesce(added.decided, true) as decided
    from chosen
    full join added using (profile, subject, item, part)
),
-- A profile with all that was found for it, in one row.
verdict as materialized (
    select p.*, t.tier_id, t.number as tier_number, t.level as tier_level,
           s.rule_id as subsidy_rule_id, s.added_rule_ids, coalesce(s.value, 0) as subsidy,
           s.profile is not null as has_subsidy, coalesce(s.decided, true) as subsidy_decided,
           caps.in_year, caps.for_life, caps.in_years, caps.rule_ids as cap_rule_ids,
           proxy.rule_id as proxy_rule_id, proxy.value as proxy_amount,
           proxy.decided as proxy_decided, rule.is_after_own,
           case when proxy.value is null then null
                else case rule.own_rule
                    when 'fixed' then rule.own_amount
                    when 'rest' then greatest(rule.standard_amount - proxy.value, 0)
                    when 'rest_of_chosen' then
                        greatest(coalesce(t.level, p.reckoned) - proxy.value, 0)
                    else 0 end end as own_amount
    from profile p
    left join tier_of t on t.profile = p.profile
    left join ruling s on s.profile = p.profile and s.subject = 'subsidy'
    left join lateral (
        select max(value) filter (where part = 'year') as in_year,
               max(value) filter (where part = 'lifetime') as for_life,
               max(value) filter (where part = 'years') as in_years,
               array_agg(rule_id) as rule_ids
        from ruling where ruling.profile = p.profile and ruling.subject = 'cap'
    ) caps on true
    left join ruling proxy on proxy.profile = p.profile and proxy.subject = 'proxy'
    left join policies_rule rule on rule.id = proxy.rule_id
),
found as not materialized (
    select f.place, f.person, f.policy_id, f.capped, v.profile, v.tier_id,
           v.tier_number, v.tier_level, v.subsidy_rule_id, v.added_rule_ids, v.has_subsidy,
           v.subsidy - coalesce(b.subsidy, 0) as subsidy, v.subsidy_decided,
           v.in_year, v.for_life, v.in_years, v.cap_rule_ids,
           v.proxy_rule_id, v.proxy_amount, v.own_amount, v.proxy_decided, v.is_after_own
    from facts f
    join verdict v on v.key = f.key
    left join verdict b on b.key = f.before_key
),
-- What is left under the caps, in the order of payment: what was given before uses them up first.
capped as materialized (
    select place,
           greatest(0, least(total, for_life - given, in_year - given_in_year))
           - greatest(0, least(total - subsidy, for_life - given, in_year - given_in_year)) as subsidy
    from (
        select f.place, f.subsidy, f.in_year, coalesce(a.subsidised_this_year, 0) as given_in_year,
               coalesce(a.subsidised, 0) as given,
               case when coalesce(a.years_subsidised, 0) >= f.in_years
                         and coalesce(a.subsidised_this_year, 0) = 0
                    then coalesce(a.subsidised, 0) else f.for_life end as for_life,
               sum(f.subsidy) over (partition by f.person order by a.paid_on, f.place) as total
        from found f
        join asked a on a.place = f.place
        where f.capped and f.subsidy > 0
    ) f
),
answer as (
    select f.place, f.person, f.policy_id, f.profile, f.tier_id, f.tier_number,
           f.tier_level as tier_amount,
           case when not f.has_subsidy then null when f.capped then coalesce(c.subsidy, 0)
                else greatest(f.subsidy, 0) end as subsidy_amount,
           f.subsidy_rule_id, coalesce(f.added_rule_ids, array[]::bigint[]) as added_rule_ids,
           case when f.has_subsidy then f.subsidy_decided end as decided,
           case when c.subsidy < f.subsidy then f.cap_rule_ids else array[]::bigint[] end
               as cap_rule_ids,
           f.proxy_rule_id, f.proxy_amount, f.own_amount,
           f.proxy_amount + f.own_amount as proxy_tier_amount, f.proxy_decided, f.is_after_own
    from found f
    left join capped c on c.place = f.place
)
