-- Who may not join a scheme, and why: asked (place, person, scheme_id, born_on, sex, hukou, other_cover, day and
-- schemes, all that somebody is in or would be in) against the rules of the policy in force, the
-- newest of this year or before, or of the year to come once its window is open (M19). asked names its person by id_index too: who stands on the newest
-- list of a department as insured elsewhere or in school is taken to be so, whatever was said, and
-- who stands on one as dead joins nothing (A05, A06); what was found not to be so counts no more. Where a county has published nothing for a scheme, the national
-- rules stand. To be put behind a `with` that ends in a comma; gives verdict.
newest_list as (
    select distinct on (l.department_id, l.subject) l.id, l.subject, f.name as file_name
    from enrollment_departmentlist l
    join pension_portal_storedfile f on f.id = l.file_id
    where l.county_code = %(county_code)s
      and l.subject in ('employees', 'civil_service', 'student', 'medical', 'death')
      and l.applied_at is not null
    order by l.department_id, l.subject, l.as_of desc, l.id desc
),
listed as (
    select distinct on (p.id_index, n.subject)
           p.id_index, n.subject, n.file_name, p.valid_from
    from newest_list n
    join enrollment_listedperson p
        on p.list_id = n.id and p.id_index in (select a.id_index from asked a)
    where not exists (
        select
        from enrollment_conflict c
        where c.county_code = %(county_code)s
          and c.resident_id = p.resident_id
          and c.subject = n.subject
          and c.decision = 'refuted'
          and (c.said_on, c.remark) is not distinct from (p.valid_from, p.remark)
    )
    order by p.id_index, n.subject, n.id desc
),
ruling_policy as (
    select distinct on (v.scheme_id) v.scheme_id, v.policy_id, v.year
    from policies_in_force v
    where v.county_code = %(county_code)s
      and (v.year <= extract(year from %(today)s::date)
           or exists (select from policies_window w
                      where w.policy_id = v.policy_id and w.from_on <= %(today)s::date))
    order by v.scheme_id, v.year desc
),
ruling as materialized (
    select p.scheme_id, e.kind, e.number, e.other_scheme_id, e.source_article,
           case when e.kind = 'under_age' then enrollment_end_ages(
               %(county_code)s, p.scheme_id::int, p.year, null) end as ages
    from ruling_policy p
    join policies_eligibilityrule e on e.policy_id = p.policy_id
    -- Of ages that are for some people one row stands for all: `ages` says whose is which.
    where e.kind <> 'under_age'
       or e.id = (select u.id from policies_eligibilityrule u
                  where u.policy_id = e.policy_id and u.kind = 'under_age'
                  order by u.condition_id nulls first, u.id limit 1)
    union all
    select n.scheme_id, n.kind, n.number, n.other_scheme_id, '国发〔2014〕8号', null
    from (
        values (1, 'min_age', 16, null::int),
               (1, 'under_age', 60, null),
               (1, 'not_student', null, null),
               (1, 'not_public_servant', null, null),
               (1, 'not_employees_pension', null, null),
               (1, 'local_hukou', null, null),
               (2, 'enrolled_in', null, 1)
    ) as n (scheme_id, kind, number, other_scheme_id)
    where not exists (select from ruling_policy p where p.scheme_id = n.scheme_id)
),
judged as (
    select a.place, a.id_index, a.scheme_id, a.hukou, a.other_cover, a.day, a.schemes,
           r.kind, n.number, r.other_scheme_id, r.source_article,
           -- Born on 29 February, one reaches an age on 1 March of a common year.
           (a.born_on + make_interval(years => n.number))::date
           + (to_char(a.born_on, 'MMDD') = '0229'
              and to_char(a.born_on + make_interval(years => n.number), 'MMDD') = '0228'
             )::int as reached_on
    from asked a
    join ruling r on r.scheme_id = a.scheme_id
    cross join lateral (
        select coalesce(policies_end_age(r.ages, a.sex, a.person), r.number)::int as number
    ) n
),
verdict as (
    select a.place, a.scheme_id, 'listed_' || n.subject as kind, r.number, r.other_scheme_id,
           coalesce(r.source_article, '') as source_article, null::date as holds_from,
           n.file_name as list_name, n.valid_from as listed_on
    from asked a
    join listed n on n.id_index = a.id_index
    left join ruling r
        on r.scheme_id = a.scheme_id
       and r.kind = case n.subject
               when 'employees' then 'not_employees_pension'
               when 'civil_service' then 'not_public_servant'
               when 'student' then 'not_student'
               when 'medical' then 'not_employees_medical'
           end
    where r.kind is not null or n.subject = 'death'
    union all
    select j.place, j.scheme_id, j.kind, j.number, j.other_scheme_id, j.source_article,
           case j.kind when 'min_age' then j.reached_on end, null, null
    from judged j
    where case j.kind
        when 'min_age' then j.reached_on > j.day
        when 'under_age' then j.reached_on <= j.day
        when 'not_student' then j.other_cover = 'student'
        when 'not_public_servant' then j.other_cover = 'civil_service'
        when 'not_employees_pension' then j.other_cover = 'employees'
        when 'not_employees_medical' then j.other_cover = 'medical'
        when 'enrolled_in' then not (j.other_scheme_id = any (j.schemes))
        when 'local_hukou' then
            j.hukou = 'other'
            or j.hukou = 'settled' and not exists (
                select
                from ruling w
                where w.scheme_id = j.scheme_id and w.kind = 'resident_without_hukou'
            )
        else false
    end
)
