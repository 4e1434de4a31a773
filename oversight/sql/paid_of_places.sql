-- What some places of a county had taken in by a day: sums up to it, on it, and after an earlier day.
select area_code,
       sum(people) as everyone,
       coalesce(sum(people) filter (where source = 'proxy'), 0) as proxy,
       coalesce(sum(people) filter (where day = %(day)s), 0) as new,
       coalesce(sum(people) filter (where day = %(day)s and source = 'proxy'), 0) as new_proxy,
       coalesce(sum(people) filter (where day > %(recent_after)s), 0) as recent,
       coalesce(sum(people) filter (where day > %(recent_after)s and source = 'proxy'), 0) as recent_proxy,
       sum(amount) as yuan
from contributions_paidday
where county_code = %(county_code)s and year = %(year)s and scheme_id = %(scheme_id)s
  and area_code = any(%(codes)s) and day <= %(day)s
group by area_code;
