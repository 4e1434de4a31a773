-- Take back every transfer of a feed, or of some of its rows, that is not taken back yet, each by one transfer the other way.
-- What another feed or the fund has refunded has gone back already: to take it back again would owe it twice.
-- What a file that was taken back before had paid, and a refund of this feed had sent back, must not count again with that refund
-- gone: it is taken back as well, under this feed.
-- Who then has nothing left that counts in a year ceases to count; a refund taken back lets its person count again.
with of_feed as (
    select t.*, t.feed_id as under_feed, t.row_no as under_row
    from contributions_transfer t
    where t.county_code = %(county_code)s and t.feed_id = %(feed_id)s and t.kind <> 'reversal'
      and (%(row_nos)s is null or t.row_no = any(%(row_nos)s))
      and not exists (
          select 1 from contributions_transfer v
          where v.county_code = t.county_code and v.year = t.year and v.reverses_id = t.id
            and (v.kind = 'reversal' or v.feed_id is distinct from t.feed_id and not exists (
                select 1 from contributions_transfer w
                where w.county_code = v.county_code and w.year = v.year and w.reverses_id = v.id
            ))
      )
),
taken as (
    select * from of_feed
    union all
    select t.*, r.feed_id, r.row_no
    from of_feed r
    join contributions_transfer t
        on t.county_code = r.county_code and t.year = r.year and t.id = r.reverses_id
    join contributions_paymentfeed f on f.id = t.feed_id and f.reversed_at is not null
    where r.kind = 'refund'
),
person as (
    select distinct resident_id, scheme_id, year from taken
),
standing as (
    select person.resident_id, person.scheme_id, person.year,
           (select coalesce(sum(t.people), 0) from contributions_transfer t
            where t.county_code = %(county_code)s and t.year = person.year
              and t.resident_id = person.resident_id and t.scheme_id = person.scheme_id) as counted,
           exists (
               select 1 from contributions_transfer t
               where t.county_code = %(county_code)s and t.year = person.year
                 and t.resident_id = person.resident_id and t.scheme_id = person.scheme_id
                 and t.kind in ('normal', 'back')
                 and not exists (select 1 from taken where taken.year = t.year and taken.id = t.id)
                 and not exists (
                     select 1 from contributions_transfer v
                     where v.county_code = t.county_code and v.year = t.year and v.reverses_id = t.id
                       and not exists (select 1 from taken where taken.year = v.year and taken.id = v.id)
                       and not exists (
                           select 1 from contributions_transfer w
                           where w.county_code = v.county_code and w.year = v.year and w.reverses_id = v.id
                       )
                 )
           ) as still_counts
    from person
),
first_of_person as (
    select year, min(id) as id from taken group by resident_id, scheme_id, year
)
insert into contributions_transfer (
    county_code, year, scheme_id, resident_id, village_code, kind, source, from_account, to_account,
    amount, people, tier_amount, paid_on, treasury_on, channel, receipt, feed_id, row_no, reverses_id,
    natural_key, occurrence, posted_at
)
select t.county_code, t.year, t.scheme_id, t.resident_id, t.village_code, 'reversal', t.source,
       t.to_account, t.from_account, t.amount,
       case when first_of_person.id is not null then s.still_counts::int - s.counted else 0 end,
       t.tier_amount, t.paid_on, t.treasury_on, t.channel, t.receipt, t.under_feed, t.under_row, t.id,
       md5('reversal of ' || t.id)::uuid, 0, %(posted_at)s
from taken t
join standing s using (resident_id, scheme_id, year)
left join first_of_person on first_of_person.year = t.year and first_of_person.id = t.id
order by t.id;
