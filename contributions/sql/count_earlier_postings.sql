-- How often each payment was posted and taken back before: a payment that was reversed may be posted again.
create temporary table times_posted as
select t.year, t.natural_key, count(*)::smallint as times
from contributions_transfer t
join judged j on j.year = t.year and j.natural_key = t.natural_key and j.verdict = ''
where t.county_code = %(county_code)s
group by t.year, t.natural_key;
