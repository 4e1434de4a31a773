-- Every held row waits in the queue of the place it belongs to, beside the best match that can be named.
with namesake as (
    select j.row_no, min(p.id) as resident_id
    from judged j
    join contributions_feedrow r
        on r.county_code = %(county_code)s and r.year = %(year)s and r.feed_id = %(feed_id)s
        and r.row_no = j.row_no
    join enrollment_resident p
        on p.county_code = %(county_code)s and p.name = r.name
        and left(p.village_code, 9) = j.town_code
    where j.verdict = 'E01'
    group by j.row_no
    having count(*) = 1
)
insert into contributions_paymentexception (
    county_code, year, feed_id, row_no, code, area_code, scheme_id, name, id_last4, amount, paid_on,
    detail, resident_id, suggestion, waived, state, reason, opened_at
)
select %(county_code)s, %(year)s, %(feed_id)s, j.row_no, j.verdict,
       coalesce(j.village_code, j.town_code, %(county_code)s), j.scheme_id, r.name, r.id_last4, r.amount,
       r.paid_on, jsonb_build_object('id_fault', r.id_fault), coalesce(j.resident_id, n.resident_id),
       case when j.resident_id is not null then 'same_id'
            when n.resident_id is not null then 'name_and_town' else '' end,
       '{}', 'open', '', now()
from judged j
join contributions_feedrow r
    on r.county_code = %(county_code)s and r.year = %(year)s and r.feed_id = %(feed_id)s
    and r.row_no = j.row_no
left join namesake n on n.row_no = j.row_no
where j.verdict = any(%(held_codes)s);
