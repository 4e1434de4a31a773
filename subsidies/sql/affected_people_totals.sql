-- How many people of an area each version answers in which way: one row for a town, what is paid, and
-- both answers.
\i subsidies/sql/sorts_of_people.sql
\i policies/sql/answers.sql
\i policies/sql/shares.sql
,
\i subsidies/sql/answers_side_by_side.sql
select n.town, n.people, c.base, c.is_paid, c.how, c.before::text as before, c.after::text as after
from counted n
join alike a on a.likeness = n.likeness
join change c on c.sort = a.sort
order by n.town, c.base, c.how
