-- One person's account: what came in, what it earned and what was paid out, by scheme, year and source.
select scheme_id, year, source, sum(paid_in) as paid_in, sum(interest) as interest, sum(paid_out) as paid_out
from (
    select f.scheme_id,
           extract(year from coalesce(f.treasury_on, f.paid_on))::int as year, f.source,
           case when f.is_payout then 0 else f.amount end as paid_in,
           0 as interest,
           case when f.is_payout then -f.amount else 0 end as paid_out
    from benefits_accountflow f
    where f.county_code = %(county_code)s and f.resident_id = %(resident_id)s
      and f.scheme_id = any(%(scheme_ids)s)
    union all
    select l.scheme_id, l.year, l.source, 0, l.amount, 0
    from benefits_interestline l
    join benefits_interestrun r on r.id = l.run_id and r.state = 'approved'
    where l.county_code = %(county_code)s and l.resident_id = %(resident_id)s
) as movement
group by scheme_id, year, source
order by scheme_id, year, source
