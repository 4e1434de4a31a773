-- A line whose number another statement of the same source brought before does not count again; a sum replaces the
-- earlier sum of the same day, channel and scheme.
with fresh as (
    select l.*, s.source
    from contributions_bankline l
    join contributions_bankstatement s on s.id = l.statement_id
    where l.statement_id = %(statement_id)s
),
earlier as (
    select l.*, s.source
    from contributions_bankline l
    join contributions_bankstatement s on s.id = l.statement_id
    where l.county_code = (select county_code from contributions_bankstatement where id = %(statement_id)s)
      and l.statement_id < %(statement_id)s and s.withdrawn_at is null and l.counts
),
known as (
    select f.id
    from fresh f
    where f.reference <> ''
      and exists (select 1 from earlier e where e.source = f.source and e.reference = f.reference)
    union
    select f.id
    from (select id, row_number() over (partition by reference order by row) as place
          from fresh where reference <> '') f
    where f.place > 1
),
replaced as (
    select e.id
    from earlier e
    where e.reference = ''
      and exists (
          select 1 from fresh f
          where f.reference = '' and f.source = e.source and f.day = e.day
            and f.channel = e.channel and f.scheme_id is not distinct from e.scheme_id
      )
)
update contributions_bankline
set counts = false
where id in (select id from known union all select id from replaced)
