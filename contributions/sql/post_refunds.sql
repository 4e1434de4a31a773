-- A refund sends the money of one earlier payment back the way it came.
-- A person ceases to count with the last of their payments that is refunded.
with refund as (
    select t.*, j.row_no as refund_row_no,
           row_number() over (
               partition by t.resident_id, t.scheme_id, t.year order by j.row_no desc
           ) = 1 as is_last,
           count(*) over (partition by t.resident_id, t.scheme_id, t.year) as refunds,
           (select count(*) from contributions_effectivetransfer e
            where e.county_code = t.county_code and e.year = t.year
              and e.resident_id = t.resident_id and e.scheme_id = t.scheme_id) as payments,
           j.paid_on as refunded_on, j.treasury_on as refund_treasury_on, j.channel as refund_channel,
           j.receipt as refund_receipt, j.natural_key as refund_key, j.occurrence as refund_occurrence
    from judged j
    join contributions_transfer t
        on t.county_code = %(county_code)s and t.year = j.year and t.id = j.reverses_id
    where j.verdict = '' and j.is_refund
)
insert into contributions_transfer (
    county_code, year, scheme_id, resident_id, village_code, kind, source, from_account, to_account,
    amount, people, tier_amount, paid_on, treasury_on, channel, receipt, feed_id, row_no, reverses_id,
    natural_key, occurrence, posted_at
)
select %(county_code)s, r.year, r.scheme_id, r.resident_id, r.village_code, 'refund', r.source,
       r.to_account, r.from_account, r.amount,
       case when r.is_last and r.refunds = r.payments then -1 else 0 end,
       r.tier_amount, r.refunded_on, r.refund_treasury_on, r.refund_channel, r.refund_receipt,
       %(feed_id)s, r.refund_row_no, r.id, r.refund_key, r.refund_occurrence, %(posted_at)s
from refund r
order by r.refund_row_no;
