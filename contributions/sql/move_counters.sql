-- Add new transfers to the counters of their village, town and county.
-- The transfers are those of one feed after one ledger number: what this transaction has just written.
with written as (
    select year, scheme_id, village_code, source, coalesce(tier_amount, 0) as tier_amount, paid_on,
           sum(people) as people,
           sum(case when to_account in ('personal', 'personal_proxy') then 1 else -1 end) as payments,
           sum(case when to_account in ('personal', 'personal_proxy') then amount else -amount end) as amount
    from contributions_transfer
    where county_code = %(county_code)s and feed_id = %(feed_id)s and id > %(after_id)s
    group by 1, 2, 3, 4, 5, 6
),
placed as materialized (
    select written.*, place.area_code
    from written
    cross join lateral (
        values (left(village_code, 6)), (left(village_code, 9)), (village_code)
    ) as place (area_code)
),
moved_days as (
    insert into contributions_paidday as c (
        county_code, year, scheme_id, area_code, source, day, people, payments, amount
    )
    select %(county_code)s, year, scheme_id, area_code, source, paid_on,
           sum(people), sum(payments), sum(amount)
    from placed
    group by year, scheme_id, area_code, source, paid_on
    on conflict (county_code, year, scheme_id, area_code, source, day) do update
    set people = c.people + excluded.people,
        payments = c.payments + excluded.payments,
        amount = c.amount + excluded.amount
)
insert into contributions_paidtier as c (
    county_code, year, scheme_id, area_code, source, tier_amount, people, payments, amount
)
select %(county_code)s, year, scheme_id, area_code, source, tier_amount,
       sum(people), sum(payments), sum(amount)
from placed
group by year, scheme_id, area_code, source, tier_amount
on conflict (county_code, year, scheme_id, area_code, source, tier_amount) do update
set people = c.people + excluded.people,
    payments = c.payments + excluded.payments,
    amount = c.amount + excluded.amount;
