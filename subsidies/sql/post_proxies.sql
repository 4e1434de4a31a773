-- One transfer for each person of a roster whom the state still owes: whom it passes over stands there with the reason.
-- The natural key is one a person and year; only where the payment before was taken back, it counts on.
with
\i subsidies/sql/proxies_due.sql
,
keyed as (
    select d.*, md5('proxy ' || %(scheme_id)s || ' ' || d.resident_id)::uuid as natural_key
    from due d
    where d.unpaid_because = ''
),
posted as (
    select t.natural_key, count(*) as times
    from contributions_transfer t
    where t.county_code = %(county_code)s and t.year = %(year)s and t.feed_id is null
      and t.source = 'proxy' and t.kind = 'normal'
    group by t.natural_key
),
passed_over as (
    update subsidies_proxyline l
    set unpaid_because = d.unpaid_because
    from due d
    where l.county_code = %(county_code)s and l.roster_id = %(roster_id)s
      and l.resident_id = d.resident_id and d.unpaid_because <> ''
)
insert into contributions_transfer (
    county_code, year, scheme_id, resident_id, village_code, kind, source, from_account, to_account,
    amount, people, tier_amount, paid_on, treasury_on, channel, receipt, feed_id, row_no, natural_key,
    occurrence, posted_at
)
select %(county_code)s, %(year)s, %(scheme_id)s, k.resident_id, k.village_now, 'normal', 'proxy',
       'government', 'personal_proxy', k.amount, case when k.is_first then 1 else 0 end,
       k.tier_amount, %(paid_on)s, %(paid_on)s, %(channel)s, %(receipt)s, null, null, k.natural_key,
       coalesce(p.times, 0), %(posted_at)s
from keyed k
left join posted p on p.natural_key = k.natural_key
order by k.village_now, k.resident_id
on conflict do nothing
