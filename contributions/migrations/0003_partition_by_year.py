"""The two large tables, feed rows and the ledger, one partition for each year.

Django makes plain tables; they are still empty here, and are made again as PostgreSQL wants them. Years from the scheme's first
(2009) on have a partition of their own; a year nobody thought of goes to the default one.

Every key holds county code and year, so that tables can be spread by county; they stand last, behind what tells rows
apart, because each comparison inside an index of 200,000 new rows is paid for.
"""

from django.db import migrations

FIRST_YEAR, LAST_YEAR = 2009, 2045

TRANSFER = """
drop table contributions_transfer;
create sequence contributions_transfer_number;
create table contributions_transfer (
    county_code varchar(6) not null,
    year smallint not null,
    id bigint not null default nextval('contributions_transfer_number'),
    scheme_id smallint not null,
    resident_id bigint not null,
    village_code varchar(12) not null,
    kind varchar(8) not null,
    source varchar(5) not null,
    from_account varchar(16) not null,
    to_account varchar(16) not null,
    amount numeric(12, 2) not null,
    people smallint not null,
    tier_amount numeric(10, 2),
    paid_on date not null,
    treasury_on date,
    channel varchar(40) not null,
    receipt varchar(40) not null,
    feed_id bigint,
    row_no integer,
    reverses_id bigint,
    natural_key uuid not null,
    occurrence smallint not null default 0,
    posted_at timestamptz not null,
    constraint contributions_transfer_pkey primary key (id, county_code, year),
    constraint posted_once unique (natural_key, county_code, year, occurrence),
    constraint transfer_amount_positive check (amount > 0),
    constraint transfer_moves_money check (from_account <> to_account)
) partition by list (year);
create index transfer_of_resident on contributions_transfer (resident_id, year);
create index transfer_of_feed_row on contributions_transfer (feed_id, row_no, county_code);
create index transfer_taking_back on contributions_transfer (reverses_id, county_code)
    where reverses_id is not null;
"""

FEED_ROW = """
drop table contributions_feedrow;
create table contributions_feedrow (
    county_code varchar(6) not null,
    year smallint not null,
    feed_id bigint not null,
    row_no integer not null,
    sheet_number smallint not null,
    sheet_row integer not null,
    id_index bytea,
    id_last4 varchar(4) not null,
    id_fault varchar(20) not null,
    name varchar(80) not null,
    name_key varchar(80) not null,
    scheme_id smallint,
    contribution_year smallint,
    last_year smallint,
    amount numeric(12, 2),
    payment_type varchar(10) not null,
    tax_state varchar(10) not null,
    paid_on date,
    treasury_on date,
    receipt varchar(40) not null,
    determination_no varchar(40) not null,
    channel varchar(40) not null,
    town_text varchar(120) not null,
    natural_key uuid,
    verdict varchar(3) not null default '',
    constraint contributions_feedrow_pkey primary key (feed_id, row_no, county_code, year)
) partition by list (year);
create index feedrow_not_clean on contributions_feedrow (feed_id, verdict, row_no, county_code)
    where verdict <> '';
"""

# A payment counts until a refund or a reversal takes it back, and again once that refund is reversed itself.
EFFECTIVE = """
create view contributions_effectivetransfer as
select t.*
from contributions_transfer t
where t.kind in ('normal', 'back')
  and not exists (
      select 1
      from contributions_transfer back
      where back.county_code = t.county_code and back.year = t.year and back.reverses_id = t.id
        and not exists (
            select 1
            from contributions_transfer again
            where again.county_code = back.county_code and again.year = back.year
              and again.reverses_id = back.id
        )
  );
"""


def partitions(table):
    years = [
        f"create table {table}_{year} partition of {table} for values in ({year});"
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
    ]
    return "\n".join([*years, f"create table {table}_other partition of {table} default;"])


class Migration(migrations.Migration):
    dependencies = [("contributions", "0002_initial")]

    operations = [
        migrations.RunSQL(TRANSFER + partitions("contributions_transfer")),
        migrations.RunSQL(FEED_ROW + partitions("contributions_feedrow")),
        migrations.RunSQL(EFFECTIVE),
    ]
