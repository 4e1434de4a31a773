-- A person whom this county does not know may be registered in another.
update judged
set verdict = 'E04'
where verdict = 'E03'
  and resident_id is null
  and exists (
      select 1 from enrollment_resident other
      where other.county_code <> %(county_code)s and other.id_index = judged.id_index
  );
