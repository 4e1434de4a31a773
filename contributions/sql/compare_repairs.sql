-- Lay each row that came back beside the same row as it first came, both read by the same rules.
-- What the tax bureau says of the money (sum, receipt, days, state) is nobody's to repair here.
select g.row_no, g.sheet_number, g.sheet_row, g.name,
       x.id as exception_id, x.code, x.state, coalesce(x.amount, 0) as amount,
       (g.amount, g.receipt, g.paid_on, g.treasury_on, g.tax_state)
           is distinct from (o.amount, o.receipt, o.paid_on, o.treasury_on, o.tax_state) as is_money_changed,
       (g.id_index, g.id_last4, g.id_fault, g.name, g.scheme_id, g.contribution_year, g.last_year,
        g.payment_type, g.determination_no, g.town_text)
           is distinct from
       (o.id_index, o.id_last4, o.id_fault, o.name, o.scheme_id, o.contribution_year, o.last_year,
        o.payment_type, o.determination_no, o.town_text) as is_changed
from pg_temp.given g
join pg_temp.original o on o.row_no = g.row_no
join contributions_paymentexception x
    on x.county_code = g.county_code and x.feed_id = g.feed_id and x.row_no = g.row_no
order by g.row_no;
