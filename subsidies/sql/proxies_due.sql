-- `due`: everybody whom a roster says the state pays for, as the books and the registry stand now, and why a line is passed over:
-- died or left meanwhile, paid for by something else meanwhile, or paid themselves meanwhile, beyond their own share of the sum,
-- and nobody has said of just that much that the state pays all the same. The village is where they are enrolled now.
paid_now as materialized (
    select t.resident_id, bool_or(t.source = 'proxy') as has_proxy,
           sum(t.amount) filter (where t.source = 'own' and t.kind = 'normal') as own_amount
    from contributions_effectivetransfer t
    where t.county_code = %(county_code)s and t.scheme_id = %(scheme_id)s and t.year = %(year)s
      and t.resident_id in (
          select resident_id from subsidies_proxyline
          where county_code = %(county_code)s and roster_id = %(roster_id)s
      )
    group by t.resident_id
),
line as materialized (
    select l.*, e.village_code as village_now, p.resident_id is null as is_first, p.has_proxy,
           case when p.own_amount > greatest(l.own_paid, l.own_amount) then p.own_amount end as own_since,
           case when l.answered_about = p.own_amount then l.answer else '' end as answer_now
    from subsidies_proxyline l
    left join enrollment_enrolment e on e.resident_id = l.resident_id and e.scheme_id = %(scheme_id)s
         and e.county_code = l.county_code and e.status = 'active'
         and exists (select from enrollment_resident r where r.id = e.resident_id and r.life_status = 'alive')
    left join paid_now p on p.resident_id = l.resident_id
    where l.county_code = %(county_code)s and l.roster_id = %(roster_id)s
      and l.held = '' and l.left_out_because = ''
),
due as materialized (
    select l.resident_id, l.village_code, coalesce(l.village_now, l.village_code) as village_now, l.amount,
           l.tier_amount, l.is_first, l.own_since, l.answer_now,
           case when l.village_now is null then 'gone'
                when l.has_proxy then 'paid'
                when l.own_since is not null and (l.answer_now <> 'pay' or not %(own_beside_proxy)s) then 'own_since'
                else '' end as unpaid_because
    from line l
)
