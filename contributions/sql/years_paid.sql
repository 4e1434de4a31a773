-- The years of some in which a person has something paid in a scheme.
select distinct t.year
from contributions_effectivetransfer t
where t.county_code = %(county_code)s
  and t.resident_id = %(resident_id)s
  and t.scheme_id = %(scheme_id)s
  and t.year = any(%(years)s)
order by t.year;
