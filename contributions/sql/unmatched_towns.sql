-- Ways of writing a town that no name and no alias explains, among the exceptions that wait for one.
select r.town_text as text, count(*) as rows
from contributions_paymentexception x
join contributions_feedrow r
    on r.county_code = x.county_code and r.year = x.year and r.feed_id = x.feed_id
    and r.row_no = x.row_no
where x.county_code = %(county_code)s and x.state = 'open' and r.town_text <> ''
  and not exists (
      select 1 from townships_area a
      where a.level = 2 and a.code like %(county_code)s || '%%' and a.name = r.town_text
  )
  and not exists (
      select 1 from townships_areaalias a
      where a.county_code = %(county_code)s and a.source = 'tax' and a.text = r.town_text
  )
group by r.town_text
order by count(*) desc, r.town_text
limit 50;
