-- What flowed into the accounts of one scheme up to the end of a year, each with its day of record.
flow as (
    select f.resident_id, f.village_code, f.source, f.amount,
           case %(date_basis)s
               when 'treasury' then coalesce(f.treasury_on, f.paid_on)
               when 'paid' then f.paid_on
               else (f.posted_at at time zone 'Asia/Shanghai')::date
           end as day
    from benefits_accountflow f
    where f.county_code = %(county_code)s and f.scheme_id = %(scheme_id)s
      and (%(resident_id)s::bigint is null or f.resident_id = %(resident_id)s)
),
-- Interest that earlier runs have credited, of earlier years and of this one.
credited as (
    select l.resident_id, max(l.village_code) as village_code, l.source,
           sum(l.amount) filter (where l.year < %(year)s) as earlier,
           sum(l.amount) filter (where l.year = %(year)s) as already
    from benefits_interestline l
    join benefits_interestrun r on r.id = l.run_id and r.state = 'approved'
    where l.county_code = %(county_code)s and l.scheme_id = %(scheme_id)s and l.year <= %(year)s
      and (%(resident_id)s::bigint is null or l.resident_id = %(resident_id)s)
    group by l.resident_id, l.source
),
-- Interest of this year that was paid out with an account: never credited, and not owed again to whoever came back.
settled as (
    select p.resident_id, l.source, sum(l.interest) as settled
    from benefits_settlement p
    join benefits_settlementline l on l.settlement_id = p.id
    where p.county_code = %(county_code)s and p.scheme_id = %(scheme_id)s and p.state = 'approved'
      and extract(year from p.settled_on) = %(year)s
      and (%(resident_id)s::bigint is null or p.resident_id = %(resident_id)s)
    group by p.resident_id, l.source
),
-- Yuan times the months for which they earn: 9 for what came in March, at the year's end.
gathered as (
    select resident_id, max(village_code) as village_code, source,
           coalesce(sum(amount) filter (where day < make_date(%(year)s, 1, 1)), 0) as before,
           coalesce(sum(amount) filter (where day >= make_date(%(year)s, 1, 1)), 0) as paid_in,
           coalesce(sum(amount * greatest(0, %(until)s + %(first_months)s
                                             - extract(month from day)::int))
                    filter (where day >= make_date(%(year)s, 1, 1) and %(earns)s), 0) as month_yuan
    from flow
    where day < make_date(%(year)s + 1, 1, 1)
    group by resident_id, source
),
-- An account that was reversed to nothing still stands: what it was credited goes back.
account as (
    select resident_id, coalesce(g.village_code, c.village_code) as village_code, source,
           coalesce(g.paid_in, 0) as paid_in,
           coalesce(g.before, 0) + coalesce(c.earlier, 0) as opening,
           coalesce(c.already, 0) as already, coalesce(s.settled, 0) as settled,
           ((coalesce(g.before, 0) + coalesce(c.earlier, 0)) * %(until)s + coalesce(g.month_yuan, 0))
               * %(rate)s::numeric / 1200 as earned
    from gathered g
    full join credited c using (resident_id, source)
    left join settled s using (resident_id, source)
)
