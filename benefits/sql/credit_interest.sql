-- One line for each part of an account whose interest of the year differs from what was credited, and the sums of all.
-- An account that was closed keeps the interest that it was closed with, unless its owner has come back.
with
\i benefits/sql/account_flow.sql
,
open_account as materialized (
    select a.*,
           case %(rounding)s when 'down' then trunc(a.earned, 2) else round(a.earned, 2) end
               - a.already - a.settled as amount
    from account a
    where not exists (
        select 1
        from benefits_settlement s
        where s.county_code = %(county_code)s and s.resident_id = a.resident_id
          and s.scheme_id = %(scheme_id)s and s.state = 'approved' and s.reason <> 'overlap'
    ) or exists (
        select 1
        from enrollment_enrolment e
        join enrollment_resident r on r.id = e.resident_id and r.life_status = 'alive'
        where e.county_code = %(county_code)s and e.resident_id = a.resident_id
          and e.scheme_id = %(scheme_id)s and e.status <> 'terminated'
    )
),
credited_now as (
    insert into benefits_interestline (
        county_code, run_id, resident_id, source, scheme_id, year, village_code, opening, paid_in, amount
    )
    select %(county_code)s, %(run_id)s, resident_id, source, %(scheme_id)s, %(year)s, village_code,
           opening, paid_in, amount
    from open_account
    where amount <> 0
    on conflict do nothing
    returning amount
)
select (select count(distinct resident_id) from open_account) as people,
       (select coalesce(sum(opening), 0) from open_account) as opening,
       (select coalesce(sum(paid_in), 0) from open_account) as paid_in,
       (select count(*) from credited_now) as lines,
       (select coalesce(sum(amount), 0) from credited_now) as amount
