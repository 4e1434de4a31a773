-- What the ledger holds of some days by scheme and where the money came from: payments, and yuan less what was taken back.
select t.scheme_id, t.source, count(*) as transfers,
       sum(case when t.to_account in ('personal', 'personal_proxy', 'personal_aid') then t.amount else -t.amount end)
           as amount
from contributions_transfer t
where t.county_code = %(county_code)s
  and t.year between 2009 and extract(year from %(last)s::date) + 1
  and t.treasury_on between %(first)s and %(last)s
group by 1, 2
order by 1, array_position(array['own', 'proxy', 'aid', 'gift'], t.source::text)
