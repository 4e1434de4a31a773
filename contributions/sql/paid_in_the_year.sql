-- What stands paid for one person and year, by scheme.
select s.id as scheme_id, s.short_name as scheme, sum(t.amount) as amount, max(t.paid_on) as paid_on,
       bool_or(t.source = 'proxy') as has_proxy
from contributions_effectivetransfer t
join policies_scheme s on s.id = t.scheme_id
where t.county_code = %(county_code)s and t.year = %(year)s and t.resident_id = %(resident_id)s
group by s.id, s.short_name
order by s.id;
