-- A back payment becomes one transfer for each year that was determined.
-- The first of a person and year counts the person, unless something else of theirs counts already.
insert into contributions_transfer (
    county_code, year, scheme_id, resident_id, village_code, kind, source, from_account, to_account,
    amount, people, tier_amount, paid_on, treasury_on, channel, receipt, feed_id, row_no, natural_key,
    occurrence, posted_at
)
select %(county_code)s, d.year, j.scheme_id, j.resident_id, j.village_code, 'back', 'own', 'payer', 'personal',
       d.amount,
       case when row_number() over (
           partition by j.resident_id, j.scheme_id, d.year order by j.row_no
       ) > 1 or (
           select count(*) > 0 from contributions_effectivetransfer t
           where t.county_code = %(county_code)s and t.year = d.year
             and t.resident_id = j.resident_id and t.scheme_id = j.scheme_id
       ) then 0 else 1 end,
       null, j.paid_on, j.treasury_on, j.channel, j.receipt, %(feed_id)s, j.row_no, j.natural_key,
       j.occurrence, %(posted_at)s
from judged j
join contributions_determinationyear d on d.determination_id = j.determination_id
where j.verdict = '' and j.is_back
order by j.row_no, d.year;
