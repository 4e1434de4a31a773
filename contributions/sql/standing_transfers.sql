-- Of some payments, those that still count.
select t.year, t.id
from unnest(%(years)s::smallint[], %(ids)s::bigint[]) as asked (year, id)
join contributions_effectivetransfer t
    on t.county_code = %(county_code)s and t.year = asked.year and t.id = asked.id;
