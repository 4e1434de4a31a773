,
-- The day on which each person asked about reaches pension age (到龄): 未满年龄 of the policy, that which is
-- for such people before that which is for everybody, the lowest of several; 60 where it is silent (国发〔2014〕8号).
pension_age as (
    select distinct on (n.place) n.place,
           (a.born_on + make_interval(years => coalesce(e.number, 60)::int))::date as reached_on
    from answer n
    join asked a on a.place = n.place
    left join policies_eligibilityrule e
        on e.policy_id = n.policy_id and e.kind = 'under_age'
        and (e.condition_id is null
             or exists (select from holds h
                        where h.profile = n.profile and h.condition_id = e.condition_id))
    order by n.place, e.condition_id is null, e.number
)
