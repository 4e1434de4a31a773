-- The same of a claim's frozen list; who is given back counts the other way.
select year, left(village_code, 9) as town, tier_amount as tier, standard, is_decided,
       sum(people)::int as people, sum(amount) as amount, shares::text as shares
from subsidies_claimline
where county_code = %(county_code)s and claim_id = %(claim_id)s
  and starts_with(village_code, %(area_code)s)
group by 1, 2, 3, 4, 5, shares
order by 1, 2, 3, 4
