-- What counts as paid for one person, scheme and year, by source.
select source, sum(amount) as amount
from contributions_effectivetransfer
where county_code = %(county_code)s and year = %(year)s and resident_id = %(resident_id)s
  and scheme_id = %(scheme_id)s
group by source
order by source
