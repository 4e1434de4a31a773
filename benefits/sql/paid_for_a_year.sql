-- What counts as paid for one person, scheme and year, by the parts of an account.
select source, sum(amount) as amount
from (
    select source::text, amount
    from contributions_effectivetransfer
    where county_code = %(county_code)s and year = %(year)s and resident_id = %(resident_id)s
      and scheme_id = %(scheme_id)s
    union all
    select case source when 'aid' then 'collective' else 'donation' end, amount
    from contributions_standingaid
    where county_code = %(county_code)s and year = %(year)s and resident_id = %(resident_id)s
      and scheme_id = %(scheme_id)s
) paid
group by source
order by source
