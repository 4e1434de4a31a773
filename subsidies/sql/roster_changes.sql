-- Who came, who went and who is paid for differently, against the roster before.
select coalesce(n.resident_id, o.resident_id) as resident_id,
       coalesce(n.village_code, o.village_code) as village_code,
       case when o.resident_id is null then 'entered' when n.resident_id is null then 'left'
            else 'changed' end as how,
       o.identity as before_identity, o.grade as before_grade, o.amount as before_amount,
       o.valid_to as before_until,
       n.identity, n.grade, n.amount
from (
    select * from subsidies_proxyline
    where county_code = %(county_code)s and roster_id = %(roster_id)s
) n
full join (
    select * from subsidies_proxyline
    where county_code = %(county_code)s and roster_id = %(previous_id)s
) o on o.resident_id = n.resident_id
where (o.resident_id is null or n.resident_id is null
       or (o.identity, coalesce(o.grade, 0), o.amount)
           is distinct from (n.identity, coalesce(n.grade, 0), n.amount))
  and starts_with(coalesce(n.village_code, o.village_code), %(area_code)s)
order by 3, 2, 1
limit %(limit)s
