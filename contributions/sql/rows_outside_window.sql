-- How many rows were paid on a day on which their payer may not pay: warned of, never refused (X11).
-- A day inside a window that is everybody's needs no question. The others are asked of the policy, since a
-- window may be for returning workers, for a first enrolment, for a sub-area, or end before the sixtieth birthday.
with for_everyone as (
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
    select r.row_no, r.scheme_id, r.id_index, r.amount, r.paid_on, v.policy_id,
           r.payment_type in ('31', '32', '33')
               or coalesce(r.contribution_year < r.year, false) as is_back
    from contributions_feedrow r
    join policies_in_force v
        on v.county_code = r.county_code and v.scheme_id = r.scheme_id and v.year = r.year
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
           d.paid_on, p.born_on, p.sex, coalesce(p.village_code, '') as area_code, null::text as hukou,
           extract(year from e.started_on) = %(year)s as is_first, null::numeric as earlier_same,
           null::numeric as earlier_other, null::int as years_paid, null::int as years_back,
           null::int as years_subsidised, null::int as years_resident, null::numeric as subsidised,
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
),
version as (select distinct policy_id from doubtful),
\i policies/sql/answers.sql
\i policies/sql/windows.sql
select count(*)
from doubtful d
left join window_answer w on w.place = d.row_no
where not coalesce(w.is_payable, false);
