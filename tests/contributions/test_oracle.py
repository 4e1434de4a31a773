"""Two programs written apart agree on every row: the portal's SQL, and the demo's oracle."""

import pytest
from django.db import transaction

from demo.__main__ import VARIANTS
from demo.county import make_county
from demo.payments import NEXT_PLAN, SHARES
from pension_portal.jobs import run_job
from pension_portal.models import Job
from tests import county as people
from tests import demo_county
from tests.tangled_rows import Tangle, determine_for_the_unfit

SCALE, VILLAGES = 0.007, 40
PAYERS_OF_A_VARIANT = 100
TANGLES, TANGLED_ROWS = 2, 1_500


class Portal:
    """The demo county loaded, and every export of it taken in beside the oracle's judgement."""

    def __init__(self, folder):
        self.county = make_county(scale=SCALE, villages=VILLAGES)
        determine_for_the_unfit(self.county)
        demo_county.put_in_place(self.county, folder)
        self.clerk = people.staff("梅雨", "data_admin", self.county.code)
        self.exports = demo_county.Exports(self.county, folder)
        self.taken = [(export, self.take_in(export)) for export in self.exports.all()]
        self.few_rows = self._rows_for_variants()

    def take_in(self, export):
        """Upload an export and do a worker's work on it; return the feed as it then stands."""
        feed = export.upload(by=self.clerk)
        assert run_job(feed.job_id) == Job.State.DONE
        feed.refresh_from_db()
        return feed

    def _rows_for_variants(self):
        """Return one small set of payments with every fault in it."""
        campaign = self.exports.campaign
        counts = [min(len(queue), 4) for queue in campaign.queues]
        rows = campaign.export(NEXT_PLAN, counts, PAYERS_OF_A_VARIANT)
        return sorted(rows, key=lambda row: (row.village, row.order))


@pytest.fixture(scope="module")
def portal(django_db_setup, django_db_blocker, tmp_path_factory):
    """Everything below is read from one county; it goes with the transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Portal(tmp_path_factory.mktemp("exports"))
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


@pytest.mark.requirement("A41", "Y28")
@pytest.mark.parametrize("years_ago", [0, 1, 2, 3])
def test_each_village_has_the_payers_the_oracle_counts(portal, years_ago):
    year = portal.county.year - years_ago

    paid = demo_county.people_paid(portal.county.code, year)

    assert paid == portal.exports.books.people(year)
    assert sum(paid.values()) > 900


@pytest.mark.requirement("A42")
@pytest.mark.parametrize("years_ago", [0, 1, 2, 3])
def test_each_village_has_the_money_the_oracle_counts_by_source(portal, years_ago):
    year = portal.county.year - years_ago

    paid = demo_county.amounts_paid(portal.county.code, year)

    assert paid == demo_county.amounts_expected(portal.exports.books, year)


@pytest.mark.requirement("A18", "A20", "Y24", "Y25", "Y26")
def test_the_state_owes_the_subsidies_the_oracle_works_out(portal):
    year, books = portal.county.year, portal.exports.books

    due = demo_county.subsidies_due(portal.county.code, year)

    assert due == demo_county.subsidies_expected(books, year, portal.exports.policies)


def test_the_counters_are_what_the_ledger_adds_up_to(portal):
    counters, ledger = demo_county.counters_beside_ledger(portal.county.code)

    assert counters == ledger
    assert people.balance(portal.county.code) == 0


@pytest.mark.parametrize(("layout", "form"), VARIANTS, ids=map("-".join, VARIANTS))
def test_the_same_payments_are_judged_alike_in_every_layout_and_format(
    portal, undone, layout, form
):
    exports = portal.exports.aside()
    year = portal.county.year
    export = exports.write(portal.few_rows, layout, form, f"{layout}-{form}", year)

    feed = portal.take_in(export)

    assert demo_county.disagreements(feed, export) == {}
    assert demo_county.totals_of(feed) == export.totals()
    assert demo_county.people_paid(portal.county.code, year) == exports.books.people(year)


@pytest.mark.parametrize("seed", range(TANGLES))
@pytest.mark.parametrize("layout", ["plain", "national"])
def test_rows_with_several_faults_at_once_get_the_verdict_of_the_oracle(
    portal, undone, layout, seed
):
    exports = portal.exports.aside()
    year = portal.county.year
    rows = Tangle(portal.county, seed).draw(TANGLED_ROWS)
    export = exports.write(rows, layout, "csv-gb", f"tangle-{layout}-{seed}", year)

    feed = portal.take_in(export)

    assert demo_county.disagreements(feed, export) == {}
    for past in range(year - 3, year + 1):
        paid = demo_county.people_paid(portal.county.code, past)
        assert paid == exports.books.people(past)
        amounts = demo_county.amounts_paid(portal.county.code, past)
        assert amounts == demo_county.amounts_expected(exports.books, past)
    counters, ledger = demo_county.counters_beside_ledger(portal.county.code)
    assert counters == ledger
