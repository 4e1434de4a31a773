-- The rows that make one day's money on the tax bureau's side, of one scheme and of some channels where they are named: rows of its
-- files, and lines of the bank's answers to withholding, which belong to a batch and to no file.
select *
from (
    select r.feed_id, r.row_no, null::bigint as batch_id, s.name as file_name, r.name, r.id_last4,
           coalesce(r.scheme_id, 0) as scheme_id, r.amount, r.channel, r.verdict
    from contributions_feedrow r
    join contributions_paymentfeed f
        on f.id = r.feed_id and f.county_code = r.county_code and f.posted_at is not null
        and f.reversed_at is null
    join pension_portal_storedfile s on s.id = f.file_id
    where r.county_code = %(county_code)s
      and r.year between extract(year from %(day)s::date) - 1 and extract(year from %(day)s::date) + 1
      and r.treasury_on = %(day)s
      and r.verdict not in ('E18', 'S01', 'S02', 'S03') and r.amount is not null
      and (not %(is_unmatched)s or r.verdict <> '')
    union all
    select null, l.sequence, b.id, b.year || '-' || b.number, p.name, p.id_last4, b.scheme_id,
           part.amount, '银行代扣', case l.result when 'double' then 'E06' else '' end
    from contributions_withholdingline l
    join contributions_withholdingbatch b on b.id = l.batch_id
    join enrollment_resident p on p.id = l.resident_id
    cross join lateral (values (l.paid_on, l.amount), (l.returned_on, -l.amount)) as part (day, amount)
    where l.county_code = %(county_code)s and part.day = %(day)s and l.result in ('paid', 'double')
      and (not %(is_unmatched)s or l.result = 'double')
) one
where (%(scheme_id)s::int is null or scheme_id = %(scheme_id)s)
  and (%(channels)s::text[] is null or channel = any(%(channels)s))
order by feed_id, batch_id, row_no
limit %(limit)s offset %(offset)s
