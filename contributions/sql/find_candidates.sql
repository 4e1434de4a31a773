-- Who may have been meant by some held rows: a handful of people for each, every branch by an index of its own.
-- Birthday and phone come from the rows' sealed cells, as parameters; numbers are compared afterwards, for these few.
with asked as materialized (
    select h.*, r.name_key, r.id_index, r.id_last4, r.scheme_id as row_scheme_id, x.code, x.area_code,
           x.year, x.resident_id as suggested_id, town.code as town_code
    from unnest(
        %(exception_ids)s::bigint[], %(born_ons)s::date[], %(phone_tails)s::text[], %(phone_indexes)s::bytea[]
    ) as h (exception_id, born_on, phone_last4, phone_index)
    join contributions_paymentexception x on x.id = h.exception_id and x.county_code = %(county_code)s
    join contributions_feedrow r
        on r.county_code = x.county_code and r.year = x.year and r.feed_id = x.feed_id
        and r.row_no = x.row_no
    left join lateral (
        select min(named.code) as code
        from (
            select a.code from townships_area a
            where a.level = 2 and a.code like %(county_code)s || '%%' and a.name = r.town_text
            union
            select left(b.area_id, 9) from townships_areaalias b
            where b.county_code = %(county_code)s and b.source = 'tax' and b.text = r.town_text
              and length(b.area_id) >= 9
        ) named
        having count(*) = 1
    ) town on true
),
same_id as (
    select a.exception_id, p.id
    from asked a
    join enrollment_resident p on p.id_index = a.id_index and p.county_code = %(county_code)s
),
same_name as (
    select a.exception_id, found.id
    from asked a
    cross join lateral (
        select p.id
        from enrollment_resident p
        where p.name_key = a.name_key and p.county_code = %(county_code)s and a.name_key <> ''
        order by p.born_on = a.born_on desc nulls last,
                 p.id_last4 = a.id_last4 desc,
                 left(p.village_code, 9) = a.town_code desc nulls last, p.id
        limit %(most)s
    ) found
),
same_tail as (
    select a.exception_id, found.id
    from asked a
    cross join lateral (
        select p.id
        from enrollment_resident p
        where p.id_last4 = a.id_last4 and p.county_code = %(county_code)s and length(a.id_last4) = 4
          and (left(p.name_key, 1) = left(a.name_key, 1) or p.born_on = a.born_on)
        order by p.born_on = a.born_on desc nulls last,
                 left(p.village_code, 9) = a.town_code desc nulls last, p.id
        limit %(most)s
    ) found
),
same_phone as (
    select a.exception_id, found.id
    from asked a
    cross join lateral (
        select p.id
        from enrollment_resident p
        where p.county_code = %(county_code)s and p.phone_last4 = a.phone_last4
          and p.phone_last4 <> '' and p.phone_index = a.phone_index
        order by p.id
        limit %(most)s
    ) found
),
-- The number is right, but its owner has paid or may not pay: perhaps it was for somebody of the same household.
same_household as (
    select a.exception_id, found.id
    from asked a
    join enrollment_resident owner
        on owner.county_code = %(county_code)s and owner.id_index = a.id_index
    cross join lateral (
        select p.id
        from enrollment_resident p
        where p.household_id = owner.household_id and p.id <> owner.id
          -- A transfer says whether it gains or loses a payer; `years` lets PostgreSQL plan for those partitions only.
          and (
              select coalesce(sum(t.people), 0) = 0 from contributions_transfer t
              where t.county_code = %(county_code)s and t.resident_id = p.id and t.year = a.year
                and t.year = any(%(years)s::smallint[]) and t.scheme_id = a.row_scheme_id
          )
        order by p.name_key = a.name_key desc, p.id
        limit %(most)s
    ) found
    where a.code = any(%(household_codes)s)
)
select a.exception_id, found.id as resident_id, a.town_code, a.name_key, bool_or(found.way = 'id') as by_id,
       bool_or(found.way = 'phone') as by_phone, bool_or(found.way = 'household') as by_household
from asked a
join (
    select exception_id, id, 'id' as way from same_id
    union all
    select exception_id, id, 'name' from same_name
    union all
    select exception_id, id, 'tail' from same_tail
    union all
    select exception_id, id, 'phone' from same_phone
    union all
    select exception_id, id, 'household' from same_household
    union all
    select exception_id, suggested_id, 'suggested' from asked where suggested_id is not null
) found using (exception_id)
group by a.exception_id, found.id, a.town_code, a.name_key;
