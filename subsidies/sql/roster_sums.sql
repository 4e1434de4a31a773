-- A roster's sums by town, identity, what holds people back, and who bears the money of one.
select left(village_code, 9) as town, identity, held, left_out_because <> '' as is_left_out,
       amount as standard, count(*)::int as people, sum(amount) as amount, sum(own_amount) as own_amount,
       (count(*) filter (where own_paid > 0))::int as paid_themselves, shares::text as shares
from subsidies_proxyline
where county_code = %(county_code)s and roster_id = %(roster_id)s
  and starts_with(village_code, %(area_code)s)
group by 1, 2, 3, 4, 5, shares
order by 1, 2, 5, 3
