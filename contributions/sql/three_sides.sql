-- By day, scheme and channel: what the tax bureau's files and the bank's answers to withholding say arrived, what of it is in the
-- ledger, what the bank received. What the bank took twice arrived, and went out again on the day it was given back.
-- Rows known before, of other schemes or not arrived yet are no money of the day.
with feed as (
    select id, year
    from contributions_paymentfeed
    where county_code = %(county_code)s and posted_at is not null and reversed_at is null
      and year between extract(year from %(first)s::date) - 1 and extract(year from %(last)s::date) + 1
),
tax as (
    select r.treasury_on as day, coalesce(r.scheme_id, 0) as scheme_id, r.channel,
           count(*) as tax_rows, sum(r.amount) as tax_amount
    from contributions_feedrow r
    -- As arrays the feeds are looked for in one pass, and only the years they are of are opened.
    where r.feed_id = any(array(select id from feed)) and r.year = any(array(select year from feed))
      and r.county_code = %(county_code)s
      and r.treasury_on between %(first)s and %(last)s
      and r.verdict not in ('E18', 'S01', 'S02', 'S03')
      and r.amount is not null
    group by 1, 2, 3
),
withheld as (
    select part.day, b.scheme_id, '银行代扣' as channel, sum(part.lines) as tax_rows, sum(part.amount) as tax_amount
    from contributions_withholdingline l
    join contributions_withholdingbatch b on b.id = l.batch_id
    cross join lateral (values (l.paid_on, 1, l.amount), (l.returned_on, -1, -l.amount)) as part (day, lines, amount)
    where l.county_code = %(county_code)s and l.result in ('paid', 'double')
      and part.day between %(first)s and %(last)s
    group by 1, 2
),
-- A row that pays for several years is several transfers, written at one moment, and one payment.
payment as (
    select t.treasury_on as day, t.scheme_id, t.channel,
           case when t.kind = 'reversal' then -1 else 1 end as ledger_rows,
           sum(case when t.to_account in ('personal', 'personal_proxy') then t.amount else -t.amount end)
               as ledger_amount
    from contributions_transfer t
    where t.county_code = %(county_code)s
      and t.year between 2009 and extract(year from %(last)s::date) + 1
      and t.treasury_on between %(first)s and %(last)s
      and t.source in ('own', 'proxy')
    group by 1, 2, 3, 4, t.posted_at, t.feed_id, t.row_no, case when t.feed_id is null then t.id end
),
ledger as (
    select day, scheme_id, channel, sum(ledger_rows) as ledger_rows, sum(ledger_amount) as ledger_amount
    from payment
    group by 1, 2, 3
),
bank as (
    select l.day, coalesce(l.scheme_id, 0) as scheme_id, l.channel,
           sum(l.payments) as bank_payments, sum(l.amount) as bank_amount
    from contributions_bankline l
    join contributions_bankstatement s on s.id = l.statement_id and s.withdrawn_at is null
    where l.county_code = %(county_code)s and l.day between %(first)s and %(last)s and l.counts
      and s.source = %(source)s
    group by 1, 2, 3
)
select day, scheme_id, channel, 'tax' as side, tax_rows as payments, tax_amount as amount from tax
union all
select day, scheme_id, channel, 'tax', tax_rows, tax_amount from withheld
union all
select day, scheme_id, channel, 'ledger', ledger_rows, ledger_amount from ledger
union all
select day, scheme_id, channel, 'bank', bank_payments, bank_amount from bank
order by day, scheme_id, channel, side
