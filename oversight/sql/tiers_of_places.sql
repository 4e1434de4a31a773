-- How many people pay which tier themselves: in some places of a county this year, and in one of them last year.
select area_code, year, tier_amount, people
from contributions_paidtier
where county_code = %(county_code)s and scheme_id = %(scheme_id)s and source = 'own' and people <> 0
  and (year = %(year)s and area_code = any(%(codes)s) or year = %(year)s - 1 and area_code = %(area_code)s)
order by tier_amount;
