-- The persons behind the matrix of a year, by village: one page of them, and how many there are.
select t.resident_id, t.village_code, t.id as transfer_id, t.year, coalesce(t.tier_amount, t.amount) as tier,
       1 as people, e.amount, e.is_decided, count(*) over () as total
from subsidies_entitlement e
join contributions_effectivetransfer t
    on t.county_code = e.county_code and t.year = e.year and t.id = e.transfer_id
where e.county_code = %(county_code)s and e.year = %(year)s and e.scheme_id = %(scheme_id)s
  and starts_with(e.village_code, %(area_code)s)
  and (e.amount > 0 or not e.is_decided)
  and (%(tier)s::numeric is null or coalesce(t.tier_amount, t.amount) = %(tier)s::numeric)
order by t.village_code, t.id
limit %(limit)s offset %(offset)s
