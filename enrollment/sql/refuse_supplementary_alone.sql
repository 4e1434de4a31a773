-- Send back who would join the supplementary scheme without the basic one (A07): neither this
-- file nor the registry has them in it.
with sent_back as (
    delete from enrollment_rosterrow s
    where s.roster_id = %(roster_id)s
      and s.schemes = array[%(supplementary)s]::smallint[]
      and not exists (
          select
          from enrollment_rosterrow o
          where o.roster_id = s.roster_id
            and o.id_index = s.id_index
            and o.schemes @> array[%(basic)s]::smallint[]
            and o.status is distinct from 'terminated'
      )
      and not exists (
          select
          from enrollment_resident r
          join enrollment_enrolment e on e.county_code = r.county_code and e.resident_id = r.id
          where r.county_code = %(county_code)s
            and r.id_index = s.id_index
            and e.scheme_id = %(basic)s
            and e.status <> 'terminated'
      )
    returning s.sheet_number, s.row_number
)
insert into enrollment_rosterfault (
    roster_id, sheet_number, row_number, "column", code, detail, is_warning
)
select %(roster_id)s, sheet_number, row_number, 'scheme', 'supplementary_alone', '{}', false
from sent_back;
