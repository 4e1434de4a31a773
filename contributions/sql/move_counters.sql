-- Add new transfers to the counters of their village, town and county.
-- The transfers are those of one feed after one ledger number: what this transaction has just written. A county's books are
-- locked meanwhile, so nobody else writes its counters, and what stands and what is new can be told apart by a join.
with written as materialized (
    select year, scheme_id, village_code, source, coalesce(tier_amount, 0) as tier_amount, paid_on as day,
           sum(people) as people,
           sum(case when to_account in ('personal', 'personal_proxy') then 1 else -1 end) as payments,
           sum(case when to_account in ('personal', 'personal_proxy') then amount else -amount end) as amount
    from contributions_transfer
    where county_code = %(county_code)s and feed_id = %(feed_id)s and id > %(after_id)s
    group by 1, 2, 3, 4, 5, 6
),
village_days as materialized (
    select year, scheme_id, village_code, source, day,
           sum(people) as people, sum(payments) as payments, sum(amount) as amount
    from written
    group by 1, 2, 3, 4, 5
),
days as (
    select year, scheme_id, place.area_code, source, day,
           sum(people) as people, sum(payments) as payments, sum(amount) as amount
    from village_days
    cross join lateral (values (left(village_code, 6)), (left(village_code, 9))) as place (area_code)
    group by 1, 2, 3, 4, 5
    union all
    select * from village_days
),
moved_days as (
    merge into contributions_paidday as c
    using days as d
    on c.county_code = %(county_code)s and c.year = d.year and c.scheme_id = d.scheme_id
        and c.area_code = d.area_code and c.source = d.source and c.day = d.day
    when matched then update
        set people = c.people + d.people, payments = c.payments + d.payments, amount = c.amount + d.amount
    when not matched then insert
        (county_code, year, scheme_id, area_code, source, day, people, payments, amount)
        values (%(county_code)s, d.year, d.scheme_id, d.area_code, d.source, d.day, d.people, d.payments, d.amount)
    returning 1
),
village_tiers as materialized (
    select year, scheme_id, village_code, source, tier_amount,
           sum(people) as people, sum(payments) as payments, sum(amount) as amount
    from written
    group by 1, 2, 3, 4, 5
),
tiers as (
    select year, scheme_id, place.area_code, source, tier_amount,
           sum(people) as people, sum(payments) as payments, sum(amount) as amount
    from village_tiers
    cross join lateral (values (left(village_code, 6)), (left(village_code, 9))) as place (area_code)
    group by 1, 2, 3, 4, 5
    union all
    select * from village_tiers
)
merge into contributions_paidtier as c
using tiers as t
on c.county_code = %(county_code)s and c.year = t.year and c.scheme_id = t.scheme_id
    and c.area_code = t.area_code and c.source = t.source and c.tier_amount = t.tier_amount
when matched then update
    set people = c.people + t.people, payments = c.payments + t.payments, amount = c.amount + t.amount
when not matched then insert
    (county_code, year, scheme_id, area_code, source, tier_amount, people, payments, amount)
    values (%(county_code)s, t.year, t.scheme_id, t.area_code, t.source, t.tier_amount, t.people, t.payments, t.amount);
