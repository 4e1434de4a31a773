-- The parts of one person's account in a year, what they have earned up to the end of a month, and what was noted for later
-- years: money that came after, and interest that was credited before anybody knew that the account had ended.
with
\i benefits/sql/account_flow.sql
,
later as (
    select source, sum(paid_in) as later_paid_in, sum(interest) as later_interest
    from (
        select f.source, f.amount as paid_in, 0 as interest
        from flow f
        where f.day >= make_date(%(year)s + 1, 1, 1)
        union all
        select l.source, 0, l.amount
        from benefits_interestline l
        join benefits_interestrun r on r.id = l.run_id and r.state = 'approved'
        where l.county_code = %(county_code)s and l.scheme_id = %(scheme_id)s
          and l.resident_id = %(resident_id)s and l.year > %(year)s
    ) noted
    group by source
)
select source, coalesce(opening, 0) as opening,
       coalesce(opening + paid_in + already, 0) + coalesce(later_paid_in + later_interest, 0) as principal,
       coalesce(case %(rounding)s when 'down' then trunc(earned, 2) else round(earned, 2) end
                    - already - settled, 0) - coalesce(later_interest, 0) as interest
from account
full join later using (source)
order by source
