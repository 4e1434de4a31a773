-- Send back new enrolments before the 16th birthday (A03): the birthday itself counts, and the
-- age is that of the day of joining, or of today where the row gives none.
with sent_back as (
    delete from enrollment_rosterrow s
    where s.roster_id = %(roster_id)s
      and cardinality(s.schemes) > 0
      and s.born_on + interval '16 years' > coalesce(s.started_on, %(today)s)
      and not exists (
          select
          from enrollment_resident r
          join enrollment_enrolment e on e.county_code = r.county_code and e.resident_id = r.id
          where r.county_code = %(county_code)s and r.id_index = s.id_index
      )
    returning s.sheet_number, s.row_number, s.born_on
)
insert into enrollment_rosterfault (
    roster_id, sheet_number, row_number, "column", code, detail, is_warning
)
select %(roster_id)s, sheet_number, row_number, 'born_on', 'under_sixteen',
       jsonb_build_object('day', to_char(born_on + interval '16 years', 'YYYY-MM-DD')), false
from sent_back;
