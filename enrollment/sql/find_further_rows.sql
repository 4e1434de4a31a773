-- Mark the rows of a person after the first: the first speaks for the person, the further ones
-- only add enrolments and identities.
with numbered as (
    select id, row_number() over (partition by id_index order by id) as number
    from enrollment_rosterrow
    where roster_id = %(roster_id)s
)
update enrollment_rosterrow s
set is_further = true
from numbered n
where s.id = n.id and n.number > 1;
