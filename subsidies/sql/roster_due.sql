-- What would be paid for a roster now, and why some would be passed over; whom nobody has answered for stands apart.
with
\i subsidies/sql/proxies_due.sql
select unpaid_because, unpaid_because = 'own_since' and answer_now = '' as is_asked,
       count(*)::int as people, sum(amount) as amount
from due
group by 1, 2
