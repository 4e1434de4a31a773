-- Take back single payments, each by one transfer the other way that points at it: a refund that the fund has paid, or a
-- reversal. A payment that no longer counts is not taken back again, so fewer rows than asked for are for the caller to refuse.
-- Who then has nothing left that counts in a year ceases to count, with the first of what was taken of them.
with asked as (
    select * from unnest(%(years)s::smallint[], %(ids)s::bigint[], %(keys)s::text[]) as one (year, id, key)
),
taken as (
    select t.*, asked.key
    from asked
    join contributions_effectivetransfer t
        on t.county_code = %(county_code)s and t.year = asked.year and t.id = asked.id
),
person as (
    select resident_id, scheme_id, year, min(id) as first_id
    from taken
    group by 1, 2, 3
),
standing as (
    select person.*,
           (select coalesce(sum(t.people), 0) from contributions_transfer t
            where t.county_code = %(county_code)s and t.year = person.year
              and t.resident_id = person.resident_id and t.scheme_id = person.scheme_id) as counted,
           exists (
               select 1 from contributions_effectivetransfer t
               where t.county_code = %(county_code)s and t.year = person.year
                 and t.resident_id = person.resident_id and t.scheme_id = person.scheme_id
                 and t.id <> all (%(ids)s::bigint[])
           ) as still_counts
    from person
)
insert into contributions_transfer (
    county_code, year, scheme_id, resident_id, village_code, kind, source, from_account, to_account,
    amount, people, tier_amount, paid_on, treasury_on, channel, receipt, feed_id, row_no, reverses_id,
    natural_key, occurrence, posted_at
)
select t.county_code, t.year, t.scheme_id, t.resident_id, t.village_code, %(kind)s, t.source,
       t.to_account, t.from_account, t.amount,
       case when s.first_id = t.id then s.still_counts::int - s.counted else 0 end,
       t.tier_amount, coalesce(%(paid_on)s::date, t.paid_on),
       case when %(kind)s = 'refund' then null else t.treasury_on end,
       case when %(kind)s = 'refund' then '' else t.channel end,
       case when %(kind)s = 'refund' then '' else t.receipt end,
       null, null, t.id, md5(t.key)::uuid, 0, %(posted_at)s
from taken t
join standing s using (resident_id, scheme_id, year)
order by t.id;
