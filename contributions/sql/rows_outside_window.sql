-- How many rows were paid on a day on which their payer may not pay: warned of, never refused (X11).
-- A day inside a window that is everybody's needs no question. The others are asked of the policy, since a
-- window may be for returning workers, for a first enrolment, for a sub-area, or end before pension age.
-- Who came to be paid for within the year is newly poor (M42); a newborn has months of their own (M05).
with
\i contributions/sql/years_ahead.sql
,
for_everyone as (
    select w.policy_id, w.from_on, w.to_on, coalesce(w.first_day, 1) as first_day,
           coalesce(w.last_day, 31) as last_day
    from policies_window w
    where w.condition_id is null and not w.is_before_sixty
      and (w.kind = 'payable'
           or w.kind = 'concentrated'
              and not exists (select 1 from policies_window p
                              where p.policy_id = w.policy_id and p.kind = 'payable'))
),
doubtful as materialized (
    select r.row_no, r.scheme_id, v.year, r.id_index, r.amount, r.paid_on, v.policy_id,
           r.payment_type in ('31', '32', '33')
               or coalesce(r.contribution_year < r.year, false) as is_back
    from contributions_feedrow r
    left join ahead a on a.scheme_id = r.scheme_id and a.year = r.contribution_year
    join policies_in_force v
        on v.county_code = r.county_code and v.scheme_id = r.scheme_id
        and v.year = coalesce(a.year, r.year)
    where r.county_code = %(county_code)s and r.year = %(year)s and r.feed_id = %(feed_id)s
      and r.paid_on is not null
      and not exists (
          select 1 from for_everyone w
          where w.policy_id = v.policy_id and r.paid_on between w.from_on and w.to_on
            and extract(day from r.paid_on) between w.first_day and w.last_day
      )
),
asked as materialized (
    select d.row_no as place, p.id as person, d.policy_id,
           case when d.is_back then 'back' else 'normal' end as kind, 'own' as source, d.amount,
           d.paid_on, p.born_on, p.sex, coalesce(p.village_code, '') as area_code, case when p.hukou = 'local' then 'local' else 'other' end as hukou,
           extract(year from e.started_on) = d.year as is_first, null::numeric as earlier_same,
           null::numeric as earlier_other, null::int as years_paid, null::int as years_back,
           null::int as years_subsidised, null::int as years_running,
           null::int as years_resident, null::numeric as subsidised,
           null::numeric as subsidised_this_year, null::numeric as balance, null::numeric as average
    from doubtful d
    left join enrollment_resident p
        on p.county_code = %(county_code)s and p.id_index = d.id_index
    left join enrollment_enrolment e
        on e.county_code = %(county_code)s and e.resident_id = p.id and e.scheme_id = d.scheme_id
),
holding as (
    select s.resident_id as person, s.identity, s.grade, s.valid_from, s.valid_to
    from enrollment_specialidentity s
    where s.county_code = %(county_code)s and s.resident_id in (select person from asked)
    union all
    select s.resident_id, 'newly_poor', null, s.valid_from, s.valid_to
    from enrollment_specialidentity s
    join asked a on a.person = s.resident_id
    join doubtful d on d.row_no = a.place
    where s.county_code = %(county_code)s and extract(year from s.valid_from) = d.year
      and exists (select from policies_rule r
                  join policies_condition c on c.id = r.condition_id
                  where r.policy_id = d.policy_id and r.subject = 'proxy'
                    and (s.identity = any(c.identities::text[])
                         or s.identity || s.grade = any(c.identities::text[])))
),
version as (select distinct policy_id from doubtful),
\i policies/sql/answers.sql
\i policies/sql/pension_ages.sql
\i policies/sql/windows.sql
select count(*)
from doubtful d
join asked a on a.place = d.row_no
left join window_answer w on w.place = d.row_no
where not coalesce(w.is_payable, false)
  and not exists (
      select from policies_eligibilityrule e
      where e.policy_id = d.policy_id and e.kind = 'newborn_months'
        and d.paid_on between a.born_on and (a.born_on + make_interval(months => e.number::int))::date
  );
