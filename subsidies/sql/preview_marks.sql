-- What a preview rests on, as short texts that differ once it has changed: the books, what the registry
-- says of those enrolled, and the day where either version asks for it. Hashes are added up, so that
-- the order of the rows does not matter.
select (select concat_ws('-', max(b.version), max(u.transfer_id))
        from (values (%(county_code)s)) as c (code)
        left join contributions_books b on b.county_code = c.code
        left join subsidies_entitledupto u on u.county_code = c.code) as books,
       (select concat_ws('-', count(*), sum(hashtextextended(concat_ws('|', e.resident_id,
                   e.village_code, e.registered_tier, e.started_on, r.born_on, r.sex), 0)))
        from enrollment_enrolment e
        join enrollment_resident r on r.id = e.resident_id and r.life_status = 'alive'
        where e.county_code = %(county_code)s and e.scheme_id = %(scheme_id)s
          and e.status = 'active')
       || ' ' ||
       (select concat_ws('-', count(*), sum(hashtextextended(concat_ws('|', i.resident_id, i.identity,
                   i.grade, i.valid_from, coalesce(i.valid_to, 'infinity')), 0)))
        from enrollment_specialidentity i
        where i.county_code = %(county_code)s) as registry,
       (select case when bool_or(n.paid_cuts is not null or n.age or n.steps_by_age
                                 or '@day' = any(n.identity_days)) then %(day)s::date::text
                    else '' end
        from policies_needs n
        where n.policy_id in (%(before)s, %(after)s)) as day
