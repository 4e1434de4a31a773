-- The way back of every payment that a list takes back: all of another list, or some lines of it.
insert into contributions_transfer (
    county_code, year, scheme_id, resident_id, village_code, kind, source, from_account, to_account,
    amount, people, tier_amount, paid_on, treasury_on, channel, receipt, feed_id, row_no, natural_key,
    occurrence, posted_at, reverses_id
)
select t.county_code, t.year, t.scheme_id, t.resident_id, t.village_code, 'reversal', t.source,
       t.to_account, t.from_account, t.amount, 0, null, t.paid_on, t.treasury_on, t.channel, t.receipt,
       null, t.row_no, md5('reversal of aid ' || l.id)::uuid, 0, %(posted_at)s, t.id
from subsidies_aidline l
join contributions_transfer t on t.county_code = l.county_code and t.year = %(year)s
     and t.natural_key = md5('aid ' || l.id)::uuid
where l.taken_back_by_id = %(list_id)s
order by t.id
