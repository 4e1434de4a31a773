-- The parts of one person's account in a year, and what they have earned up to the end of a month.
with
\i benefits/sql/account_flow.sql
select source, opening, paid_in, already,
       case %(rounding)s when 'down' then trunc(earned, 2) else round(earned, 2) end as earned
from account
order by source
