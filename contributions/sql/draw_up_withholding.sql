-- One line for everybody who is to pay by bank, at the tier they are registered for; whoever cannot be asked is counted with
-- the reason. The same statement for a village and for a county.
with policy as (
    select policy_id
    from policies_in_force
    where county_code = %(county_code)s and scheme_id = %(scheme_id)s and year = %(year)s
),
payer as (
    select e.resident_id, e.village_code, e.registered_tier as amount, r.bank_index
    from enrollment_enrolment e
    join enrollment_resident r on r.id = e.resident_id
    cross join enrollment_end_ages(
        %(county_code)s, %(scheme_id)s::int, extract(year from %(today)s::date)::int, %(end_age)s::int
    ) as age (ages)
    where e.county_code = %(county_code)s and e.scheme_id = %(scheme_id)s and e.status = 'active'
      and r.life_status = 'alive'
      and r.born_on + make_interval(years => %(first_age)s::int) <= %(today)s
      and coalesce(r.born_on + make_interval(years => policies_end_age(age.ages, r.sex, r.id)) > %(today)s, true)
),
paid as (
    select distinct t.resident_id
    from contributions_effectivetransfer t
    where t.county_code = %(county_code)s and t.year = %(year)s and t.scheme_id = %(scheme_id)s
      and t.kind = 'normal'
),
asked as (
    select l.resident_id
    from contributions_withholdingline l
    join contributions_withholdingbatch b on b.id = l.batch_id
    where b.county_code = %(county_code)s and b.scheme_id = %(scheme_id)s and b.year = %(year)s
      and b.state <> 'withdrawn' and b.id <> %(batch_id)s and l.result = ''
),
shared as (
    select bank_index
    from enrollment_resident
    where county_code = %(county_code)s and bank_index is not null
    group by bank_index
    having count(*) > 1
),
sorted as (
    select p.*,
           case when d.resident_id is not null then 'paid'
                when a.resident_id is not null then 'asked'
                when p.bank_index is null then 'no_account'
                when s.bank_index is not null then 'shared_account'
                when p.amount is null then 'no_tier'
                when t.id is null then 'no_such_tier'
           end as left_out
    from payer p
    left join paid d on d.resident_id = p.resident_id
    left join asked a on a.resident_id = p.resident_id
    left join shared s on s.bank_index = p.bank_index
    left join lateral (
        select id
        from policies_tier t
        where t.policy_id in (select policy_id from policy) and not t.proxy_only
          and p.amount between t.amount_from and t.amount_to
        limit 1
    ) t on true
),
drawn as (
    insert into contributions_withholdingline (
        batch_id, county_code, sequence, resident_id, village_code, amount, result, reason
    )
    select %(batch_id)s, %(county_code)s, row_number() over (order by village_code, resident_id),
           resident_id, village_code, amount, '', ''
    from sorted
    where left_out is null
    returning amount
)
select '' as left_out, count(*) as people, coalesce(sum(amount), 0) as amount from drawn
union all
select left_out, count(*), 0 from sorted where left_out is not null group by left_out
