-- A back payment needs an approved determination, and must be its years and its sum exactly.
-- Whoever is of pension age may pay only what was determined: asked before cover elsewhere and years to come.
with back as (
    select row_no, resident_id, scheme_id, amount, is_of_age, determination_no,
           array(select generate_series(year::int, greatest(coalesce(last_year, year), year)::int))::int[] as years
    from judged
    where is_back and (verdict = '' or is_of_age and is_readable and verdict in ('E07', 'E10'))
),
found as (
    select distinct on (back.row_no) back.row_no, d.id, d.amount = back.amount
               and back.years = array(
                   select y.year::int from contributions_determinationyear y
                   where y.determination_id = d.id order by y.year
               ) as agrees
    from back
    join contributions_determination d
        on d.county_code = %(county_code)s and d.resident_id = back.resident_id
        and d.scheme_id = back.scheme_id and d.approved_on is not null
        and (back.determination_no = '' or d.number = back.determination_no)
    order by back.row_no, agrees desc, d.id
)
update judged
set determination_id = found.id,
    verdict = case
        when found.id is null and back.is_of_age then 'E09'
        when judged.verdict <> '' then judged.verdict
        when found.id is null then 'E07'
        when not found.agrees then 'E08'
        else ''
    end
from back
left join found using (row_no)
where back.row_no = judged.row_no;
