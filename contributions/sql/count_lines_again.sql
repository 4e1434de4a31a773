-- After a statement was withdrawn: of what it had made not count, the latest that stands counts again.
with gone as (
    select l.*, s.source
    from contributions_bankline l
    join contributions_bankstatement s on s.id = l.statement_id
    where l.statement_id = %(statement_id)s
),
standing as (
    select l.id, l.day, l.channel, l.scheme_id, l.reference, s.source, l.counts,
           row_number() over (
               partition by s.source, l.reference,
                            case when l.reference = '' then l.day end,
                            case when l.reference = '' then l.channel end,
                            case when l.reference = '' then coalesce(l.scheme_id, 0) end
               order by l.statement_id desc
           ) as place
    from contributions_bankline l
    join contributions_bankstatement s on s.id = l.statement_id
    where l.county_code = (select county_code from contributions_bankstatement where id = %(statement_id)s)
      and s.withdrawn_at is null
      and exists (
          select 1 from gone g
          where g.source = s.source and g.reference = l.reference
            and (g.reference <> '' or (g.day = l.day and g.channel = l.channel
                                       and g.scheme_id is not distinct from l.scheme_id))
      )
)
update contributions_bankline
set counts = true
where id in (select id from standing where place = 1 and not counts)
