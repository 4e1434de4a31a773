-- The rows have done their work: what they said stands in the registry now.
delete from enrollment_rosterrow
where roster_id = %(roster_id)s;
