-- What came of each determination of a list: paid exactly, another sum, other years, or nothing yet.
-- Posted payments are looked at first; then the bureau's rows that were held because they differ.
with listed as (
    select d.id, d.county_code, d.resident_id, d.scheme_id, d.number, d.amount, p.id_index,
           array(select y.year::int from contributions_determinationyear y
                 where y.determination_id = d.id order by y.year) as years
    from contributions_determination d
    join enrollment_resident p on p.id = d.resident_id
    where d.sent_list_id = %(list_id)s
),
posted as (
    select l.id, array_agg(distinct t.year::int order by t.year::int) as years, sum(t.amount) as amount,
           max(t.paid_on) as paid_on
    from listed l
    join contributions_effectivetransfer t
        on t.county_code = l.county_code and t.resident_id = l.resident_id
        and t.scheme_id = l.scheme_id and t.kind = 'back' and t.year = any(l.years)
    group by l.id
),
held as (
    select distinct on (l.id) l.id, r.amount, r.paid_on, x.id as exception_id,
           array(select generate_series(
               r.contribution_year::int, greatest(coalesce(r.last_year, r.contribution_year), r.contribution_year)::int
           )) as years
    from listed l
    join contributions_paymentexception x
        on x.county_code = l.county_code and x.state = 'open' and x.code in ('E07', 'E08')
        and x.resident_id = l.resident_id
    join contributions_feedrow r
        on r.county_code = x.county_code and r.year = x.year and r.feed_id = x.feed_id
        and r.row_no = x.row_no and r.id_index = l.id_index
        and (r.scheme_id is null or r.scheme_id = l.scheme_id)
        and (r.determination_no = '' or r.determination_no = l.number)
    order by l.id, r.paid_on desc, x.id desc
)
select l.id,
       case when posted.years = l.years and posted.amount = l.amount then 'exact'
            when posted.id is not null and posted.years = l.years then 'other_sum'
            when posted.id is not null then 'other_years'
            when held.id is null then 'not_yet'
            when held.years = l.years then 'other_sum'
            else 'other_years' end as outcome,
       coalesce(posted.amount, held.amount) as amount,
       coalesce(posted.years, held.years) as years,
       coalesce(posted.paid_on, held.paid_on) as paid_on,
       case when posted.id is null then held.exception_id end as exception_id
from listed l
left join posted using (id)
left join held using (id)
order by l.id;
