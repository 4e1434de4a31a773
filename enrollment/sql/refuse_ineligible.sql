-- Judge the enrolments that a roster would add by the rules of joining, those that a page asks too.
-- A roster lists people who joined long ago, so that most rules only warn; in a list of new
-- enrolments (新增参保登记) each sends its row back. The age is that of the day of joining, or of
-- today where the row gives none. What a second row adds counts for the first.
with joining as (
    select s.id, s.sheet_number, s.row_number, s.id_index, s.schemes, s.born_on, s.sex, s.hukou,
           s.other_cover, s.status, s.started_on, r.id as resident_id, r.hukou as known_hukou,
           coalesce(s.life_status, 'alive') = 'alive' as is_alive
    from enrollment_rosterrow s
    left join enrollment_resident r
        on r.county_code = %(county_code)s and r.id_index = s.id_index
    where s.roster_id = %(roster_id)s and cardinality(s.schemes) > 0
),
standing as (
    select e.resident_id, array_agg(e.scheme_id::int) as schemes
    from enrollment_enrolment e
    where e.county_code = %(county_code)s
      and e.status <> 'terminated'
      and e.resident_id in (select resident_id from joining)
    group by e.resident_id
),
said as (
    select j.id_index, array_agg(named.scheme_id::int) as schemes
    from joining j
    cross join lateral unnest(j.schemes) as named (scheme_id)
    where j.status is distinct from 'terminated'
    group by j.id_index
),
asked as (
    select j.id as place, j.id_index, named.scheme_id::int as scheme_id, j.born_on,
           j.sex, j.resident_id as person,
           coalesce(j.hukou, j.known_hukou, 'local') as hukou,
           coalesce(j.other_cover, '') as other_cover,
           coalesce(j.started_on, %(today)s::date) as day,
           coalesce(w.schemes, '{}') || coalesce(t.schemes, '{}') as schemes
    from joining j
    cross join lateral unnest(j.schemes) as named (scheme_id)
    left join said w on w.id_index = j.id_index
    left join standing t on t.resident_id = j.resident_id
    where not (named.scheme_id::int = any (coalesce(t.schemes, '{}')))
),
\i enrollment/sql/eligibility.sql
,
found as (
    select distinct on (j.id, v.kind)
           j.id, j.sheet_number, j.row_number, v.kind, v.number, v.holds_from,
           (v.kind in ('min_age', 'enrolled_in') or %(is_enrolling)s) as refuses,
           v.list_name, v.listed_on,
           s.short_name as scheme, o.short_name as other
    from verdict v
    join joining j on j.id = v.place
    join policies_scheme s on s.id = v.scheme_id
    left join policies_scheme o on o.id = v.other_scheme_id
    -- Of somebody who draws, died or left, only what they could never have joined is of interest;
    -- and of another cover the reading warned already.
    where %(is_enrolling)s
       or v.kind in ('min_age', 'enrolled_in')
       or ((v.kind in ('under_age', 'local_hukou') or v.list_name is not null)
           and coalesce(j.status, 'active') = 'active' and j.is_alive and j.resident_id is null)
    order by j.id, v.kind, v.scheme_id
),
sent_back as (
    delete from enrollment_rosterrow s
    where s.id in (select id from found where refuses)
    returning s.id
)
insert into enrollment_rosterfault (
    roster_id, sheet_number, row_number, "column", code, detail, is_warning
)
select %(roster_id)s, f.sheet_number, f.row_number,
       case f.kind
           when 'min_age' then 'born_on'
           when 'under_age' then 'born_on'
           when 'enrolled_in' then 'scheme'
           when 'local_hukou' then 'hukou'
           when 'listed_death' then 'life_status'
           else 'other_cover'
       end,
       'rule_' || f.kind,
       jsonb_strip_nulls(jsonb_build_object(
           'number', f.number, 'day', to_char(f.holds_from, 'YYYY-MM-DD'),
           'scheme', f.scheme, 'other', f.other,
           'list', f.list_name, 'listed_on', to_char(f.listed_on, 'YYYY-MM-DD')
       )),
       not f.refuses
from found f;
