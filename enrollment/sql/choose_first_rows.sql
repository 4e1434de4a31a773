-- Where the row that spoke for a person was sent back, let the next one of the person speak.
update enrollment_rosterrow s
set is_first = true
where s.roster_id = %(roster_id)s
  and not s.is_first
  and not exists (
      select
      from enrollment_rosterrow o
      where o.roster_id = s.roster_id
        and o.id_index = s.id_index
        and (o.is_first or o.id < s.id)
  );
