-- One transfer for each person of a roster whom the state pays for and has not paid for in the year:
-- neither by an earlier roster nor in a file of the tax bureau. Who has died or left meanwhile waits.
-- The natural key is one a person and year; only where the payment before was taken back, it counts on.
with due as (
    select l.*, md5('proxy ' || %(scheme_id)s || ' ' || l.resident_id)::uuid as natural_key
    from subsidies_proxyline l
    join enrollment_resident r on r.id = l.resident_id and r.life_status = 'alive'
    join enrollment_enrolment e on e.resident_id = l.resident_id and e.scheme_id = %(scheme_id)s
         and e.county_code = l.county_code and e.status = 'active'
    where l.county_code = %(county_code)s and l.roster_id = %(roster_id)s
      and l.held = '' and l.left_out_because = ''
),
standing as (
    select t.resident_id, bool_or(t.source = 'proxy') as has_proxy
    from contributions_effectivetransfer t
    where t.county_code = %(county_code)s and t.scheme_id = %(scheme_id)s and t.year = %(year)s
      and t.resident_id in (select resident_id from due)
    group by t.resident_id
),
posted as (
    select t.natural_key, count(*) as times
    from contributions_transfer t
    where t.county_code = %(county_code)s and t.year = %(year)s and t.feed_id is null
      and t.source = 'proxy' and t.kind = 'normal'
    group by t.natural_key
)
insert into contributions_transfer (
    county_code, year, scheme_id, resident_id, village_code, kind, source, from_account, to_account,
    amount, people, tier_amount, paid_on, treasury_on, channel, receipt, feed_id, row_no, natural_key,
    occurrence, posted_at
)
select %(county_code)s, %(year)s, %(scheme_id)s, d.resident_id, d.village_code, 'normal', 'proxy',
       'government', 'personal_proxy', d.amount, case when s.resident_id is null then 1 else 0 end,
       d.tier_amount, %(paid_on)s, %(paid_on)s, %(channel)s, %(receipt)s, null, null, d.natural_key,
       coalesce(p.times, 0), %(posted_at)s
from due d
left join standing s on s.resident_id = d.resident_id
left join posted p on p.natural_key = d.natural_key
where s.has_proxy is not true
order by d.village_code, d.resident_id
on conflict do nothing
