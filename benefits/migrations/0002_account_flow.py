"""What flows into a person's account and out of it, in one view: payments that count, what the state
added to them, what came from another county, what was paid out.
"""

from django.db import migrations

ACCOUNT_FLOW = """
create view benefits_accountflow as
select t.county_code, t.resident_id, t.village_code, t.scheme_id, part.source::varchar(10) as source,
       part.amount::numeric(12, 2) as amount, t.paid_on, t.treasury_on, t.posted_at
from contributions_effectivetransfer t
left join subsidies_entitlement e
    on e.county_code = t.county_code and e.year = t.year and e.transfer_id = t.id
cross join lateral (values (t.source, t.amount), ('subsidy', e.amount)) as part (source, amount)
where part.amount > 0
union all
select m.county_code, m.resident_id, m.village_code, m.scheme_id, s.source, s.amount,
       m.received_on, m.received_on, m.approved_at
from benefits_accountmove m
join benefits_movedsum s on s.move_id = m.id
where m.state = 'approved'
union all
select p.county_code, p.resident_id, p.village_code, p.scheme_id, l.source, -l.principal,
       p.settled_on, p.settled_on, p.approved_at
from benefits_settlement p
join benefits_settlementline l on l.settlement_id = p.id
where p.state = 'approved' and l.principal > 0;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("benefits", "0001_accounts"),
        ("contributions", "0003_partition_by_year"),
        ("subsidies", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(ACCOUNT_FLOW, "drop view benefits_accountflow"),
    ]
