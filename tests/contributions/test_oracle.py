"""Two programs written apart agree on every row: the portal's SQL, and the demo's oracle."""

import time
from dataclasses import replace

import pytest
from django.db import transaction

from demo.__main__ import VARIANTS
from demo.bench import feed_for_bench
from demo.county import make_county
from demo.payments import NEXT_PLAN, SHARES
from pension_portal.jobs import run_job
from pension_portal.models import Job
from tests import county as people
from tests import demo_county
from tests.libreoffice import FORMS, needs_libreoffice, saved_again
from tests.tangled_rows import Tangle, determine_for_the_unfit

SCALE, VILLAGES = 0.007, 40
PAYERS_OF_A_VILLAGE, PAYERS_OF_A_VARIANT = 4, 100
TANGLES, TANGLED_ROWS = 2, 1_500


class Portal:
    """A made-up county loaded into the portal, whose exports are taken in beside the oracle."""

    def __init__(self, county, folder):
        self.county = county
        demo_county.put_in_place(county, folder)
        self.clerk = people.staff("梅雨", "data_admin", county.code)
        self.exports = demo_county.Exports(county, folder)
        self.taken = []

    def take_in(self, export):
        """Upload an export and do a worker's work on it; return the feed as it then stands."""
        feed = export.upload(by=self.clerk)
        assert run_job(feed.job_id) == Job.State.DONE
        feed.refresh_from_db()
        return feed

    def few_rows(self):
        """Return one small set of payments with every fault in it."""
        campaign = self.exports.campaign
        counts = [min(len(queue), PAYERS_OF_A_VILLAGE) for queue in campaign.queues]
        rows = campaign.export(NEXT_PLAN, counts, PAYERS_OF_A_VARIANT)
        return sorted(rows, key=lambda row: (row.village, row.order))


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker, tmp_path_factory):
    """Everything below is read from one county; it goes with the transaction."""
    county = make_county(scale=SCALE, villages=VILLAGES)
    determine_for_the_unfit(county)
    with django_db_blocker.unblock(), transaction.atomic():
        portal = Portal(county, tmp_path_factory.mktemp("exports"))
        for export in portal.exports.all():
            portal.taken.append((export, portal.take_in(export)))
        portal.variant_rows = portal.few_rows()
        yield portal
        transaction.set_rollback(True)


@pytest.fixture
def undone(portal):
    """What a test changes is not there for the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_every_row_of_every_export_gets_the_verdict_of_the_oracle(portal):
    for export, feed in portal.taken:
        assert demo_county.disagreements(feed, export) == {}, export.name
    codes = {code for export, _feed in portal.taken for code in export.codes().values()}
    assert codes == {code.split()[0] for code in SHARES if code[0] in "SE"} | {""}


def test_every_control_strip_adds_up_as_the_oracle_counts_it(portal):
    for export, feed in portal.taken:
        totals = demo_county.totals_of(feed)

        assert totals == export.totals(), export.name
        assert feed.rows == sum(rows for rows, _amount in totals.values())
        assert feed.amount == sum(amount for _rows, amount in totals.values())


@pytest.mark.requirement("A41")
@pytest.mark.parametrize("years_ago", [0, 1, 2, 3])
def test_each_village_has_the_payers_the_oracle_counts(portal, years_ago):
    year = portal.county.year - years_ago

    paid = demo_county.people_paid(portal.county.code, year)

    assert paid == portal.exports.books.people(year)
    assert sum(paid.values()) > 900


@pytest.mark.parametrize("years_ago", [0, 1, 2, 3])
def test_each_village_has_the_money_the_oracle_counts_by_source(portal, years_ago):
    year = portal.county.year - years_ago

    paid = demo_county.amounts_paid(portal.county.code, year)

    assert paid == demo_county.amounts_expected(portal.exports.books, year)


@pytest.mark.requirement("A20", "Y24", "Y25")
def test_the_state_owes_the_subsidies_the_oracle_works_out(portal):
    year, books = portal.county.year, portal.exports.books

    due = demo_county.subsidies_due(portal.county.code, year)

    assert due == demo_county.subsidies_expected(books, year, portal.exports.policies)


def test_the_books_are_the_oracles_and_the_counters_add_up(portal):
    demo_county.assert_the_books_are_right(portal.exports)


@pytest.mark.parametrize(("layout", "form"), VARIANTS, ids=map("-".join, VARIANTS))
def test_the_same_payments_are_judged_alike_in_every_layout_and_format(
    portal, undone, layout, form
):
    exports = portal.exports.aside()
    year = portal.county.year
    export = exports.write(portal.variant_rows, layout, form, f"{layout}-{form}", year)

    feed = portal.take_in(export)

    demo_county.assert_judged_as_the_oracle_does(feed, export)
    demo_county.assert_the_books_are_right(exports)


@needs_libreoffice
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", ["plain", "national"])
def test_the_same_payments_are_judged_alike_when_another_program_saved_them(
    portal, undone, tmp_path, layout, form
):
    exports = portal.exports.aside()
    year = portal.county.year
    export = exports.write(portal.variant_rows, layout, "xlsx", f"{layout}-saved", year)
    again = saved_again(export.written.path, form, tmp_path / "again")
    export = replace(export, written=replace(export.written, path=str(again)))

    feed = portal.take_in(export)

    demo_county.assert_judged_as_the_oracle_does(feed, export)
    demo_county.assert_the_books_are_right(exports)


@pytest.mark.parametrize("seed", range(TANGLES))
@pytest.mark.parametrize("layout", ["plain", "national"])
def test_rows_with_several_faults_at_once_get_the_verdict_of_the_oracle(
    portal, undone, layout, seed
):
    exports = portal.exports.aside()
    rows = Tangle(portal.county, seed).draw(TANGLED_ROWS)
    export = exports.write(rows, layout, "csv-gb", f"tangle-{seed}", portal.county.year)

    feed = portal.take_in(export)

    demo_county.assert_judged_as_the_oracle_does(feed, export)
    demo_county.assert_the_books_are_right(exports)


@pytest.mark.faults
def test_a_file_of_223300_rows_is_judged_as_the_oracle_does(db, tmp_path, record_property):
    """The task of the real county in one file, on 260,000 residents, after a year and a month."""
    bench = feed_for_bench(residents=260_000, rows=223_300)
    portal = Portal(bench.county, tmp_path)
    year = bench.county.year

    for rows, paid_for, name in [
        (bench.last_year, year - 1, "last year"),
        (bench.early, year, "january"),
        (bench.rows, year, "whole"),
    ]:
        export = portal.exports.write(rows, "plain", "xlsx", name, paid_for)
        start = time.monotonic()
        feed = portal.take_in(export)
        record_property(f"seconds for {feed.rows} rows", round(time.monotonic() - start, 1))
        demo_county.assert_judged_as_the_oracle_does(feed, export)

    assert feed.rows == 223_300
    demo_county.assert_the_books_are_right(portal.exports)
