-- What each payer bears of the sums in `to_share` (place, profile, policy_id, item, amount).
exact_share as (
    select s.place, s.item, s.amount, r.id as rule_id, r.part as payer, r.is_rest, r.priority,
           case when r.is_rest then null
                when r.rate is not null then r.rate * greatest(
                    0, least(s.amount, coalesce(r.segment_to, s.amount)) - coalesce(r.segment_from, 0))
                else least(r.base_amount, greatest(0, s.amount - coalesce(sum(r.base_amount) filter (
                    where r.rate is null and not r.is_rest) over (
                    partition by s.place, s.item order by r.priority, r.id
                    rows between unbounded preceding and 1 preceding), 0))) end as amount_borne
    from to_share s
    join policies_rule r on r.policy_id = s.policy_id and r.subject = 'share' and r.item = s.item
    left join holds h on h.profile = s.profile and h.condition_id = r.condition_id
    left join policies_condition c on c.id = r.condition_id
    left join tier_of t on t.profile = s.profile
    where (c.id is null or h.profile is not null)
      and (c.amounts is null or t.level <@ c.amounts)
      and (c.tiers is null or t.number <@ c.tiers)
),
payer_share as (
    select place, item, amount, payer, min(rule_id) as rule_id,
           coalesce(sum(amount_borne), 0)
           + case when bool_or(is_rest)
                  then amount - sum(sum(amount_borne)) over (partition by place, item) else 0
             end as exact
    from exact_share
    group by place, item, amount, payer
),
share as (
    select place, item, payer, rule_id,
           round(floor(exact * 100) / 100
           + case when row_number() over (
                       partition by place, item order by exact * 100 - floor(exact * 100) desc, rule_id)
                       <= (amount - sum(floor(exact * 100) / 100) over (partition by place, item)) * 100
                  then 0.01 else 0 end, 2) as amount
    from payer_share
)
