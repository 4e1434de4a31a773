-- One transfer for each line that the bank took and nobody else has brought: whoever paid another way meanwhile is to get
-- the money back, and is told so. Who has moved since the list was drawn up counts in the village they live in now.
with taken as (
    select l.*
    from contributions_withholdingline l
    where l.batch_id = %(batch_id)s and l.result = 'paid'
      and not exists (
          select 1 from contributions_transfer t
          where t.natural_key = md5('withheld|' || l.id)::uuid and t.county_code = l.county_code
            and t.year = %(year)s
      )
),
paid as (
    select t.resident_id, bool_or(t.source = 'own' and t.kind = 'normal') as has_own
    from contributions_effectivetransfer t
    where t.county_code = %(county_code)s and t.year = %(year)s and t.scheme_id = %(scheme_id)s
      and t.resident_id in (select resident_id from taken)
    group by t.resident_id
),
double as (
    update contributions_withholdingline l
    set result = 'double'
    from paid
    where l.batch_id = %(batch_id)s and l.result = 'paid' and paid.resident_id = l.resident_id
      and paid.has_own and l.id in (select id from taken)
)
insert into contributions_transfer (
    county_code, year, scheme_id, resident_id, village_code, kind, source, from_account, to_account,
    amount, people, tier_amount, paid_on, treasury_on, channel, receipt, feed_id, row_no, natural_key,
    occurrence, posted_at
)
select %(county_code)s, %(year)s, %(scheme_id)s, k.resident_id, coalesce(e.village_code, k.village_code), 'normal', 'own', 'payer',
       'personal', k.amount, case when paid.resident_id is null then 1 else 0 end, k.amount,
       k.paid_on, k.paid_on, '银行代扣', '', null, k.sequence, md5('withheld|' || k.id)::uuid, 0, %(posted_at)s
from taken k
left join paid on paid.resident_id = k.resident_id
left join enrollment_enrolment e on e.county_code = k.county_code and e.resident_id = k.resident_id
     and e.scheme_id = %(scheme_id)s
where paid.has_own is not true
