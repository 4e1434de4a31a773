-- Who of a roster has paid themselves since it was drawn up, inside an area, and what was answered.
with
\i subsidies/sql/proxies_due.sql
select resident_id, own_since, answer_now, unpaid_because
from due
where own_since is not null and starts_with(village_code, %(area_code)s)
order by village_code, resident_id
