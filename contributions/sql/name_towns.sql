-- Which town each way of writing means: its name, or an alias of it or of a place in it. What means two towns means none.
select coalesce(array_agg(text), '{}') as town_texts, coalesce(array_agg(code), '{}') as town_codes
from (
    select text, min(code) as code
    from (
        select distinct name as text, code
        from townships_area
        where level = 2 and code like %(county_code)s || '%%'
        union
        select a.text, left(a.area_id, 9)
        from townships_areaalias a
        where a.county_code = %(county_code)s and a.source = 'tax' and length(a.area_id) >= 9
    ) named
    group by text
    having count(distinct code) = 1
) town;
