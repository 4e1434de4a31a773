-- One transfer for each clean normal payment. It counts its person if nothing else of theirs counts in the year.
with counted as (
    select resident_id, scheme_id
    from contributions_effectivetransfer
    where county_code = %(county_code)s and year = %(year)s
      and (%(row_nos)s is null
           or resident_id in (select resident_id from judged where verdict = ''))
    group by resident_id, scheme_id
),
first_row as (
    select resident_id, scheme_id, min(row_no) as row_no
    from judged
    where verdict = '' and not is_back and not is_refund
    group by resident_id, scheme_id
    having count(*) > 1
)
insert into contributions_transfer (
    county_code, year, scheme_id, resident_id, village_code, kind, source, from_account, to_account,
    amount, people, tier_amount, paid_on, treasury_on, channel, receipt, feed_id, row_no, natural_key,
    occurrence, posted_at
)
select %(county_code)s, %(year)s, j.scheme_id, j.resident_id, j.village_code, 'normal',
       case when j.proxy_only then 'proxy' else 'own' end,
       case when j.proxy_only then 'government' else 'payer' end,
       case when j.proxy_only then 'personal_proxy' else 'personal' end,
       j.amount,
       case when counted.resident_id is null and coalesce(first_row.row_no, j.row_no) = j.row_no
            then 1 else 0 end,
       j.tier_amount, j.paid_on, j.treasury_on, j.channel, j.receipt, %(feed_id)s, j.row_no,
       j.natural_key, coalesce(before.times, 0), %(posted_at)s
from judged j
left join counted using (resident_id, scheme_id)
left join first_row using (resident_id, scheme_id)
left join times_posted before on before.year = j.year and before.natural_key = j.natural_key
where j.verdict = '' and not j.is_back and not j.is_refund
order by j.row_no;
