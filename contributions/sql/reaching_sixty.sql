-- Who of an area pays into a scheme, reaches pension age between two days and has fewer paid years than a pension asks for.
-- Paid years are those of the ledger; how many there are stands beside each, so that one page needs one statement.
with reaching as materialized (
    select p.id, of_age.reached_on
    from enrollment_enrolment e
    join enrollment_resident p on p.id = e.resident_id
    cross join enrollment_end_ages(
        %(county_code)s, %(scheme_id)s::int, extract(year from %(first)s::date)::int, %(end_age)s::int
    ) as age (ages)
    cross join lateral (
        select (p.born_on + make_interval(years => policies_end_age(age.ages, p.sex, p.id)))::date as reached_on
    ) of_age
    where e.county_code = %(county_code)s and e.village_code like %(area_code)s || '%%'
      and e.scheme_id = %(scheme_id)s and e.status in ('active', 'suspended')
      and p.life_status = 'alive'
      and of_age.reached_on > %(first)s::date and of_age.reached_on <= %(last)s::date
),
with_years as (
    select r.*, array(
        select distinct t.year::int
        from contributions_effectivetransfer t
        where t.resident_id = r.id and t.county_code = %(county_code)s
          and t.scheme_id = %(scheme_id)s
        order by 1
    ) as paid_years
    from reaching r
)
select w.id, w.reached_on, w.paid_years, count(*) over () as people,
       d.number as determination_number, d.id as determination_id, d.amount as determined_amount,
       d.approved_on
from with_years w
left join lateral (
    select d.number, d.id, d.amount, d.approved_on
    from contributions_determination d
    where d.county_code = %(county_code)s and d.resident_id = w.id and d.scheme_id = %(scheme_id)s
      and d.rejected_at is null
    order by d.id desc
    limit 1
) d on true
where cardinality(w.paid_years) < %(years_wanted)s
order by w.reached_on, w.id
limit %(most)s offset %(offset)s;
