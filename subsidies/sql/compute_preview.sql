-- Everything a preview keeps, in one statement: the different answers, how many people of each village
-- have which, and one line for each person whose answer differs.
\i subsidies/sql/sorts_of_people.sql
\i policies/sql/answers.sql
\i policies/sql/shares.sql
,
\i subsidies/sql/answers_side_by_side.sql
,
numbered as materialized (
    select c.*, dense_rank() over (order by c.base, c.is_paid, c.how, c.before, c.after) as number
    from change c
),
standing as materialized (
    select p.resident_id, p.village_code, n.number, n.how
    from people p
    join alike a on a.likeness = p.likeness
    join numbered n on n.sort = a.sort
),
kept_answer as (
    insert into subsidies_previewanswer (preview_id, number, base, is_paid, how, before, after)
    select distinct on (number) %(preview_id)s, number, base, is_paid, how, before, after
    from numbered
    order by number
    returning id, number
),
kept_count as (
    insert into subsidies_previewcount (answer_id, village_code, people)
    select a.id, s.village_code, count(*)
    from standing s
    join kept_answer a on a.number = s.number
    group by a.id, s.village_code
)
insert into subsidies_previewline (preview_id, county_code, village_code, resident_id, answer_id)
select %(preview_id)s, %(county_code)s, s.village_code, s.resident_id, a.id
from standing s
join kept_answer a on a.number = s.number
where s.how <> ''
