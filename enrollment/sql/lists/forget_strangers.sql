-- An older list of the same kind has been overtaken: what it said of people whom the county does not
-- know is of no more use to anybody, and goes.
delete from enrollment_listedperson p
using enrollment_departmentlist old
where old.id = p.list_id
  and old.county_code = %(county_code)s
  and old.department_id = %(department_id)s
  and old.subject = %(subject)s
  and old.subject <> 'identities'
  and old.as_of < %(as_of)s
  and old.applied_at is not null
  and p.resident_id is null;
