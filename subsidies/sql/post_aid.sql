-- One transfer for each line of a list that nothing stands against. Nobody counts as a payer by it: people is 0.
insert into contributions_transfer (
    county_code, year, scheme_id, resident_id, village_code, kind, source, from_account, to_account,
    amount, people, tier_amount, paid_on, treasury_on, channel, receipt, feed_id, row_no, natural_key,
    occurrence, posted_at
)
select a.county_code, a.year, a.scheme_id, l.resident_id, l.village_code, 'aid', a.source, 'sponsor',
       'personal_aid', l.amount, 0, null, a.paid_on, a.paid_on, left(a.payer_name, 40), a.voucher, null,
       l.row_number, md5('aid ' || l.id)::uuid, 0, %(posted_at)s
from subsidies_aidline l
join subsidies_aidlist a on a.id = l.list_id
where a.id = %(list_id)s and l.held = ''
order by l.row_number, l.id
