-- Ask each row what can be asked of it alone: is it paid, readable, ours, of a known person who may pay.
-- The questions stand in their order; `town_differs`, `is_back` and `proxy_only` are answered by later steps.
-- What somebody has set aside by hand is asked nothing and stays aside.
-- What a scheme is by its nature (who pays, which cover is the same twice) comes from policies/schemes.py.
-- `policy_year` is the file's, or the year to come where the scheme's window opens before it.
-- Towns, tiers and ages come as arrays: beside a temporary table PostgreSQL would use one processor only.
create temporary table judged as
select r.row_no,
       r.natural_key,
       r.id_index,
       r.scheme_id,
       r.contribution_year as year,
       r.last_year,
       r.amount,
       r.payment_type,
       r.determination_no,
       coalesce(r.paid_on, r.treasury_on, %(uploaded_on)s) as paid_on,
       r.treasury_on,
       r.receipt,
       r.channel,
       p.id as resident_id,
       p.village_code,
       town.code as town_code,
       case when t.id is not null then r.amount end as tier_amount,
       coalesce(t.proxy_only, false) as proxy_only,
       q.is_refund,
       q.is_back and not q.is_refund as is_back,
       r.town_text <> '' and town.code is distinct from left(p.village_code, 9)
           and not 'E11' = any(coalesce(x.waived, '{}')) as town_differs,
       coalesce(x.waived, '{}') as waived,
       q.is_of_age,
       null::bigint as determination_id,
       null::bigint as reverses_id,
       1::smallint as people,
       0::smallint as occurrence,
       q.early_verdict is null as is_readable,
       coalesce(
           q.early_verdict,
           case
               when r.scheme_id is null or t.scheme_id is null then 'E15'
               when p.id is null then 'E03'
               when p.name_key <> r.name_key and not 'E02' = any(coalesce(x.waived, '{}')) then 'E02'
               when q.is_refund then ''
               when e.id is null then 'E03'
               when p.life_status <> 'alive' or e.status in ('drawing', 'terminated')
                   or p.born_on + make_interval(years => trait.first_age)
                       > coalesce(r.paid_on, r.treasury_on, %(uploaded_on)s)
                   or (not q.is_back and q.is_of_age)
                   then 'E09'
               when p.other_cover <> '' and p.other_cover = any(string_to_array(trait.doubled_by, ','))
                   and not 'E10' = any(coalesce(x.waived, '{}')) then 'E10'
               when r.contribution_year > coalesce(ahead.year, r.year) then 'E07'
               when q.is_back then ''
               when t.id is null then 'E05'
               else ''
           end
       ) as verdict
from contributions_feedrow r
left join unnest(%(ahead_schemes)s::smallint[], %(ahead_years)s::smallint[]) as ahead (scheme_id, year)
    on ahead.scheme_id = r.scheme_id and ahead.year = r.contribution_year
left join unnest(%(on_schemes)s::smallint[], %(on_years)s::smallint[]) as switched (scheme_id, year)
    on switched.scheme_id = r.scheme_id and switched.year = coalesce(r.contribution_year, r.year)
left join unnest(
    %(scheme_ids)s::smallint[], %(first_ages)s::int[], %(ages_of_schemes)s::jsonb[], %(doubled_by)s::text[]
) as trait (scheme_id, first_age, end_ages, doubled_by) on trait.scheme_id = r.scheme_id
left join contributions_paymentexception x
    on x.county_code = r.county_code and x.feed_id = r.feed_id and x.row_no = r.row_no
left join enrollment_resident p on p.county_code = r.county_code and p.id_index = r.id_index
left join enrollment_enrolment e
    on e.county_code = r.county_code and e.resident_id = p.id and e.scheme_id = r.scheme_id
left join unnest(
    %(tier_schemes)s::smallint[], %(tier_years)s::smallint[], %(tier_amounts)s::numeric[],
    %(tier_ids)s::bigint[], %(tiers_for_proxy)s::boolean[]
) as t (scheme_id, year, amount, id, proxy_only)
    on t.scheme_id = r.scheme_id and t.amount = r.amount and t.year = coalesce(ahead.year, r.year)
left join unnest(%(town_texts)s::text[], %(town_codes)s::text[]) as town (text, code)
    on town.text = r.town_text
cross join lateral (
    select coalesce(r.amount < 0, false) or r.payment_type = '20' as is_refund,
           r.payment_type in ('31', '32', '33')
               or coalesce(r.contribution_year < r.year, false)
               or coalesce(r.last_year > r.contribution_year, false) as is_back,
           p.born_on + make_interval(years => policies_end_age(trait.end_ages, p.sex, p.id))
               <= coalesce(r.paid_on, r.treasury_on, %(uploaded_on)s) as is_of_age,
           case
               when r.tax_state in ('01', '02', '09') then 'S02'
               when r.tax_state = '03' then 'S03'
               when r.scheme_id = any(%(optional_schemes)s) and switched.year is null
                    and coalesce(r.contribution_year, r.year) <= r.year + 1 then 'S01'
               -- What stands in the registry as it is written, such as a birth certificate, is somebody's; digits that a
               -- spreadsheet lost are nobody's, even where what is left is by chance a number of the registry.
               when r.id_fault <> '' and (p.id is null or r.id_fault = 'damaged') then 'E01'
               when r.amount is null or r.amount = 0 then 'E05'
               when r.contribution_year is null then 'E07'
           end as early_verdict
) q
where r.county_code = %(county_code)s
  and r.year = %(year)s
  and r.feed_id = %(feed_id)s
  and (%(row_nos)s is null or r.row_no = any(%(row_nos)s));
