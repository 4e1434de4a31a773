-- Add new transfers to the counters of their village, town and county.
-- The transfers are those after one ledger number, of one feed or of none: what this transaction has just written.
with written as materialized (
    select year, scheme_id, village_code, source, coalesce(tier_amount, 0) as tier_amount, paid_on as day,
           sum(people) as people,
           sum(case when to_account in ('personal', 'personal_proxy') then 1 else -1 end) as payments,
           sum(case when to_account in ('personal', 'personal_proxy') then amount else -amount end) as amount
    from contributions_transfer
    where county_code = %(county_code)s and feed_id is not distinct from %(feed_id)s and id > %(after_id)s
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
    insert into contributions_paidday as c (
        county_code, year, scheme_id, area_code, source, day, people, payments, amount
    )
    select %(county_code)s, year, scheme_id, area_code, source, day, people, payments, amount
    from days
    on conflict (county_code, year, scheme_id, area_code, source, day) do update
    set people = c.people + excluded.people,
        payments = c.payments + excluded.payments,
        amount = c.amount + excluded.amount
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
insert into contributions_paidtier as c (
    county_code, year, scheme_id, area_code, source, tier_amount, people, payments, amount
)
select %(county_code)s, year, scheme_id, area_code, source, tier_amount, people, payments, amount
from tiers
on conflict (county_code, year, scheme_id, area_code, source, tier_amount) do update
set people = c.people + excluded.people,
    payments = c.payments + excluded.payments,
    amount = c.amount + excluded.amount;
