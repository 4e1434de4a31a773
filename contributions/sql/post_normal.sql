-- One transfer for each clean normal payment.
insert into contributions_transfer (
    county_code, year, scheme_id, resident_id, village_code, kind, source, from_account, to_account,
    amount, people, tier_amount, paid_on, treasury_on, channel, receipt, feed_id, row_no, natural_key,
    occurrence, posted_at
)
select %(county_code)s, year, scheme_id, resident_id, village_code, 'normal',
       case when proxy_only then 'proxy' else 'own' end,
       case when proxy_only then 'government' else 'payer' end,
       case when proxy_only then 'personal_proxy' else 'personal' end,
       amount, people, tier_amount, paid_on, treasury_on, channel, receipt, %(feed_id)s, row_no, natural_key,
       occurrence, %(posted_at)s
from judged
where verdict = '' and not is_back and not is_refund;
