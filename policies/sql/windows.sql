,
-- Whether the day asked about is one on which this person may pay (`paid_on` of `asked`).
-- The payable ranges count, or the concentrated ones where no others are named; extensions are for
-- whom their condition says. 到龄前缴清: the range ends with the month before pension age. To be put
-- behind pension_ages.sql.
window_of as (
    select a.place, w.id as window_id, w.kind,
           a.paid_on between w.from_on and case when w.is_before_sixty then
               least(w.to_on, (date_trunc('month', g.reached_on) - interval '1 day')::date)
               else w.to_on end as is_inside,
           extract(day from a.paid_on) between coalesce(w.first_day, 1) and coalesce(w.last_day, 31)
               as is_on_a_day,
           bool_or(w.kind = 'payable') over (partition by a.place) as has_payable
    from answer n
    join asked a on a.place = n.place
    join policies_window w on w.policy_id = n.policy_id
    left join pension_age g on g.place = n.place
    left join holds h on h.profile = n.profile and h.condition_id = w.condition_id
    where a.paid_on is not null and (w.condition_id is null or h.profile is not null)
),
window_answer as (
    select place,
           bool_or(counts and is_inside and is_on_a_day) as is_payable,
           bool_or(counts and is_inside) as is_in_range,
           coalesce(bool_or(kind = 'concentrated' and is_inside), true)
               or not bool_or(kind = 'concentrated') as is_concentrated,
           array_agg(window_id order by window_id) filter (where counts and is_inside and is_on_a_day)
               as window_ids
    from (
        select *, kind = 'payable' or kind = 'extension' or kind = 'concentrated' and not has_payable
                   as counts
        from window_of
    ) w
    group by place
)
