-- Who is named by an exclusion list and enrolled all the same in a scheme that it bars: not ended, and not drawing where the
-- list bars from paying only. A case that was found not to be so is not opened again for the same
-- day and remark.
with enrolled as (
    select p.id
    from enrollment_listedperson p
    join enrollment_resident r on r.id = p.resident_id
    where p.list_id = %(list_id)s
      and p.verdict in ('same', 'other_name', 'conflict', 'no_conflict')
      and r.life_status = 'alive'
      and exists (
          select
          from enrollment_enrolment e
          where e.county_code = %(county_code)s
            and e.resident_id = r.id
            and e.scheme_id = any(%(barred_schemes)s)
            and (e.status in ('active', 'suspended')
                 or e.status = 'drawing' and %(bars_pension)s)
      )
      and not exists (
          select
          from enrollment_conflict done
          where done.county_code = %(county_code)s
            and done.resident_id = p.resident_id
            and done.subject = %(subject)s
            and done.state = 'done'
            and (done.decision = 'confirmed'
                 or (done.said_on, done.remark) is not distinct from (p.valid_from, p.remark))
      )
)
update enrollment_listedperson p
set verdict = case when p.id in (select id from enrolled) then 'conflict' else 'no_conflict' end
where p.list_id = %(list_id)s
  and p.resident_id is not null
  and p.verdict <> 'repeated';
