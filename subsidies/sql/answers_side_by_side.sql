-- What each sort of people is answered under either version, and how the two differ.
own_answer as materialized (
    select q.sort, q.side, q.amount, n.*
    from asked q
    join answer n on n.place = q.place
    where q.source = 'own'
),
-- Where the state pays in somebody's place, what is added is what that payment earns.
said as materialized (
    select o.sort, o.side, o.tier_id is not null as is_tier, o.tier_number as number,
           o.amount as tier, coalesce(o.proxy_amount, 0) as proxy,
           coalesce(case when o.proxy_amount is null then o.subsidy_amount
                         else x.subsidy_amount end, 0) as subsidy,
           coalesce(case when o.proxy_amount is null then o.decided else x.decided end, true)
               and (o.proxy_rule_id is null or o.proxy_decided) as decided,
           case when o.proxy_amount is not null then o.own_amount
                when o.tier_id is not null then o.amount end as due,
           (select jsonb_object_agg(item || ' ' || payer, amount)
            from share
            where share.place = case when share.item = 'proxy' or o.proxy_amount is null
                                     then o.place else x.place end) as shares
    from own_answer o
    left join lateral (
        select q.place, n.subsidy_amount, n.decided
        from asked q
        join answer n on n.place = q.place
        where o.proxy_amount is not null and q.sort = o.sort and q.side = o.side
          and q.source = 'proxy' and q.amount = o.proxy_tier_amount
        limit 1
    ) x on true
),
change as materialized (
    select a.sort, l.base, l.is_paid, to_jsonb(b) - '{sort,side}'::text[] as before,
           to_jsonb(a) - '{sort,side}'::text[] as after,
           case when (b.is_tier, b.tier, b.due, b.subsidy, b.proxy, b.decided)
                     is not distinct from (a.is_tier, a.tier, a.due, a.subsidy, a.proxy, a.decided)
                    then ''
                when b.due is not null and a.due is null then 'gone'
                when a.subsidy + a.proxy < coalesce(b.subsidy + b.proxy, 0) then 'less'
                when a.subsidy + a.proxy > coalesce(b.subsidy + b.proxy, 0) then 'more'
                when a.due is distinct from b.due then 'due'
                else 'other' end as how
    from said a
    join alike l on l.sort = a.sort
    left join said b on b.sort = a.sort and b.side = 0
    where a.side = 1
)
