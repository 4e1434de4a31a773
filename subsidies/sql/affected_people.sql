-- Whom of an area a version answers differently, by village: one page of them.
\i subsidies/sql/sorts_of_people.sql
\i policies/sql/answers.sql
\i policies/sql/shares.sql
,
\i subsidies/sql/answers_side_by_side.sql
select p.resident_id, p.village_code, p.is_paid, c.base, c.how, c.before::text as before,
       c.after::text as after
from people p
join alike a on a.likeness = p.likeness
join change c on c.sort = a.sort and c.how <> ''
where (%(how)s = '' or c.how = %(how)s)
  and (%(tier)s::numeric is null or c.base = %(tier)s::numeric)
order by p.village_code, p.resident_id
limit %(limit)s offset %(offset)s
