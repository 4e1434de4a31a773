"""Whatever dies while files are taken in: nothing is lost, nothing comes twice, no fen is wrong.

The quick ones run with every `make test`; `make faults` strikes harder and longer (`-m faults`).
"""

import itertools
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction
from django.db.models import F

from contributions import reading
from contributions.models import PaymentFeed, Transfer
from contributions.receiving import receive_feed
from demo.county import make_county
from demo.payments import Campaign, Collection, ExportPlan, earlier_year
from pension_portal.jobs import MOST_ATTEMPTS, JobRun, run_job
from pension_portal.models import Job
from subsidies.models import Entitlement
from tests import county as people
from tests import demo_county, faults, job_steps

SEED = 20210320
DAYS = date(2021, 1, 4), date(2021, 3, 10)
RESIDENTS, VILLAGES = 6_500, 30
PARTS_OF_A_YEAR = 4
CHILDREN_KILLED, GROUPS_KILLED = 7, 3
LARGE_RESIDENTS, LARGE_ROWS = 120_000, 100_000
FEW_ROWS = 2_000
SLEEPERS, OVERLAPS, FILES_AT_ONCE, BROKERS_LOST = 50, 50, 8, 20
FEWEST_STATEMENTS, FEWEST_BETWEEN, MOST_STATEMENTS = 80, 20, 1_000
WAYS_TO_WRITE = [("plain", "csv-gb"), ("plain", "xlsx"), ("national", "xlsx"), ("plain", "xls")]


class Season:
    """A county whose files come one after another, each beside the oracle's judgement."""

    def __init__(self, folder, residents=RESIDENTS):
        self.county = make_county(scale=1, residents=residents, villages=VILLAGES)
        demo_county.put_in_place(self.county, folder)
        self.clerk = people.staff("梅雨", "data_admin", self.county.code)
        self.exports = demo_county.Exports(self.county, folder)
        self.rng = Random(SEED)
        self.numbers = itertools.count()

    def files(self):
        """Yield exports of nearly all residents: one for each past year, then this year's parts."""
        year, rows = self.county.year, []
        for past in range(year - 3, year):
            rows = earlier_year(self.county, past)
            yield self.exports.write(rows, "plain", "csv-gb", f"{past}", past)
        campaign = Campaign(self.county, rows)
        for part in range(PARTS_OF_A_YEAR):
            layout = ["national", "plain"][part % 2]
            plan = ExportPlan(f"part {part}", *DAYS, layout, "xlsx", 1)
            drawn = campaign.pay_rows(plan, len(rows) * 4 // 5 // PARTS_OF_A_YEAR)
            yield self.exports.write(drawn, layout, "xlsx", plan.name, year)

    def one_file(self, rows):
        """Return one export of this year, of exactly so many rows with the usual faults."""
        plan = ExportPlan("one", *DAYS, "plain", "xlsx", 1)
        drawn = Campaign(self.county).pay_rows(plan, rows)
        return self.exports.write(drawn, "plain", "xlsx", plan.name, self.county.year)

    def right_payments(self):
        """Return one payment of everybody who may pay, with nothing wrong in any."""
        collection = Collection(self.county, self.county.year)
        rows = [collection.row(resident, DAYS[0]) for resident in self.county.payers]
        collection.share_receipts(rows)
        return rows

    def write_plainly(self, rows, layout, form):
        """Write payments with nothing wrong in them, whose verdicts depend on who comes first."""
        name = f"{next(self.numbers)}"
        return self.exports.write(rows, layout, form, name, self.county.year, odd=False)

    def part_of(self, rows):
        """Return (rows, layout, form): all of them or a tenth to nine tenths, in some order."""
        share = self.rng.choice([1, 1, *(n / 10 for n in range(1, 10))])
        start = self.rng.randrange(len(rows))
        part = [*rows[start:], *rows[:start]][: int(len(rows) * share)]
        if self.rng.random() < 0.5:
            self.rng.shuffle(part)
        return part, *self.rng.choice(WAYS_TO_WRITE)


@pytest.fixture
def season(worker, tmp_path):
    return Season(tmp_path)


# --- Killed workers -------------------------------------------------------------------------


def test_ten_workers_killed_in_the_midst_change_nothing(worker, season, record_property):
    blows = [faults.kill_child] * CHILDREN_KILLED + [faults.kill_group] * GROUPS_KILLED
    season.rng.shuffle(blows)
    resumed, seconds = [], None

    for export in season.files():
        feed = export.upload(by=season.clerk)
        if seconds is None:
            seconds = faults.wait_until_done(feed)
        else:
            resumed += faults.under_fire(worker, feed, blows, season.rng, seconds)
        demo_county.assert_judged_as_the_oracle_does(feed, export)
        if not blows:
            break

    demo_county.assert_the_books_are_right(season.exports)
    assert len(resumed) == CHILDREN_KILLED + GROUPS_KILLED
    record_property("resumed", faults.in_short(resumed))


def test_a_worker_that_slept_past_its_lease_writes_nothing(worker, season):
    export = next(season.files())
    feed = export.upload(by=season.clerk)
    faults.wait_until(lambda: faults.is_held(feed))

    faults.be_overtaken(feed)

    faults.wait_until_done(feed)
    assert faults.job_of(feed).fence > 1
    faults.wait_until(lambda: "was taken over; this worker lets go" in worker.words())
    demo_county.assert_judged_as_the_oracle_does(feed, export)
    demo_county.assert_the_books_are_right(season.exports)


@pytest.mark.faults
@pytest.mark.parametrize(
    ("blow", "times"),
    [(faults.kill_child, 80), (faults.kill_group, 20), (faults.break_connections, 40)],
)
def test_a_hundred_blows_to_a_large_file_change_nothing(
    worker, tmp_path, record_property, blow, times
):
    season = Season(tmp_path, LARGE_RESIDENTS)
    export = season.one_file(LARGE_ROWS)
    seconds = faults.wait_until_done(export.upload(by=season.clerk))
    blows, resumed = [blow] * times, []

    while blows:
        faults.forget_the_payments()
        feed = export.upload(by=season.clerk)
        resumed += faults.under_fire(worker, feed, blows, season.rng, seconds)
        demo_county.assert_judged_as_the_oracle_does(feed, export)
        demo_county.assert_the_books_are_right(season.exports)

    assert len(resumed) == times
    record_property("resumed", faults.in_short(resumed))


@pytest.mark.faults
def test_fifty_workers_that_slept_past_their_leases_write_nothing(worker, season):
    export = season.one_file(FEW_ROWS)
    overtaken = 0

    while overtaken < SLEEPERS:
        faults.forget_the_payments()
        feed = export.upload(by=season.clerk)
        faults.wait_until(lambda feed=feed: faults.is_held(feed))
        time.sleep(season.rng.uniform(0, 1))
        faults.be_overtaken(feed)
        faults.wait_until_done(feed)
        overtaken += faults.job_of(feed).fence > 1
        demo_county.assert_judged_as_the_oracle_does(feed, export)
        demo_county.assert_the_books_are_right(season.exports)


# --- Files that overlap ---------------------------------------------------------------------


def send_at_once(exports, by):
    """Upload files from as many threads at once; return each feed once."""

    def send(export):
        try:
            return export.upload(by=by)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(exports)) as threads:
        feeds = {feed.pk: feed for feed in threads.map(send, exports)}
    return list(feeds.values())


def assert_posted_is_the_union(feeds, rows):
    """Every payment of the union stands in the ledger once; every other row is told a duplicate."""
    union = {(row.receipt, row.id_number): row.amount for row in rows}
    transfers = Transfer.objects.filter(county_code=feeds[0].county_code)
    assert transfers.count() == len(union)
    posted = transfers.values_list("receipt", "resident__id_number", "amount")
    assert {(receipt, number): amount for receipt, number, amount in posted} == {
        payment: demo_county.yuan(fen) for payment, fen in union.items()
    }
    codes = sum((Counter(demo_county.codes_of(feed).values()) for feed in feeds), Counter())
    assert codes.keys() <= {"", "E18"}
    assert codes[""] == len(union)
    assert codes["E18"] == sum(feed.rows for feed in feeds) - len(union)
    counters, ledger = demo_county.counters_beside_ledger(feeds[0].county_code)
    assert counters == ledger


def test_two_overlapping_files_at_once_post_their_union(worker, season):
    rows = season.right_payments()
    a_third = len(rows) // 3
    later = rows[a_third:]
    season.rng.shuffle(later)
    exports = [
        season.write_plainly(rows[: 2 * a_third], "plain", "csv-gb"),
        season.write_plainly(later, "national", "xlsx"),
    ]

    feeds = send_at_once(exports, season.clerk)
    faults.wait_until_done(*feeds)

    assert len({faults.job_of(feed).worker for feed in feeds}) == 2
    assert_posted_is_the_union(feeds, rows)


@pytest.mark.faults
def test_eight_overlapping_files_at_once_post_their_union(worker, season, tmp_path):
    rows = season.right_payments()[:FEW_ROWS]
    crowd = faults.another_worker(tmp_path, processes=FILES_AT_ONCE)
    crowd.ensure_running()
    try:
        for _case in range(OVERLAPS):
            faults.forget_the_payments()
            parts = [season.part_of(rows) for _file in range(FILES_AT_ONCE)]
            exports = [season.write_plainly(*part) for part in parts]
            feeds = send_at_once(exports, season.clerk)
            faults.wait_until_done(*feeds)
            assert_posted_is_the_union(feeds, [row for part in parts for row in part[0]])
    finally:
        crowd.stop()


# --- A broker that forgets ------------------------------------------------------------------


def send_ten(season):
    """Upload ten small files, of which each has its own people; return the feeds and all rows."""
    rows = season.right_payments()[:FEW_ROWS]
    exports = [season.write_plainly(rows[n::10], "plain", "csv-gb") for n in range(10)]
    return [export.upload(by=season.clerk) for export in exports], rows


def test_a_broker_that_forgot_ten_jobs_loses_none(worker, season, _own_corner):
    worker.kill()
    feeds, rows = send_ten(season)
    assert faults.empty_the_broker(_own_corner) > 0

    worker.ensure_running()
    seconds = faults.wait_until_done(*feeds)

    assert seconds < 60
    assert_posted_is_the_union(feeds, rows)


@pytest.mark.faults
def test_a_broker_killed_twenty_times_loses_no_job(season, tmp_path):
    broker = faults.PrivateBroker(tmp_path)
    worker = faults.another_worker(tmp_path, broker_url=broker.url)
    broker.start()
    worker.ensure_running()
    try:
        for loss in range(BROKERS_LOST):
            faults.forget_the_payments()
            with faults.told_through(broker.url):
                if loss % 2:
                    feeds, rows = send_ten(season)
                    broker.kill()
                else:
                    broker.kill()
                    feeds, rows = send_ten(season)
            time.sleep(season.rng.uniform(0, 2))
            broker.start()
            assert faults.wait_until_done(*feeds) < 60
            assert_posted_is_the_union(feeds, rows)
    finally:
        worker.kill()
        broker.kill()


# --- A database that drops its connections ---------------------------------------------------


def test_a_file_whose_reading_breaks_off_at_every_block_is_taken_in(county, mei, monkeypatch):
    monkeypatch.setattr("pension_portal.sheets.sheet.BLOCK_ROWS", 1)
    county.policy()
    county.posts_by_itself()
    people_of_it = [county.enrolled(f"居民{n}") for n in range(MOST_ATTEMPTS + 2)]
    content = county.payment_file(*map(county.payment_row, people_of_it))
    feed, _is_new = receive_feed(county.upload(content), year=county.YEAR, by=mei)

    def break_off(*arguments):
        write(*arguments)
        raise OperationalError("server closed the connection unexpectedly")

    write = reading.write_block
    with monkeypatch.context() as patch:
        patch.setattr(reading, "write_block", break_off)
        for _block in people_of_it:
            with pytest.raises(OperationalError):
                run_job(feed.job_id)
    run_job(feed.job_id)

    assert faults.job_of(feed).state == Job.State.DONE
    assert county.transfers().count() == len(people_of_it)


# --- At every statement ---------------------------------------------------------------------


class PowerCut(BaseException):
    """Nothing after this happens, and nobody tidies up."""


def cut_the_power(feed):
    raise PowerCut


def let_another_worker_do_it(feed):
    Job.objects.filter(pk=feed.job_id).update(lease_until=None)
    run_job(feed.job_id)


def let_another_worker_take_it(feed):
    Job.objects.filter(pk=feed.job_id).update(fence=F("fence") + 1)
    feed.stood = how_far(feed)


def how_far(feed):
    """Return what a worker has committed of a feed."""
    stamps = PaymentFeed.objects.values_list("read_at", "judged_at", "posted_at").get(pk=feed.pk)
    written = [feed.blocks.count(), people.transfers().count(), Entitlement.objects.count()]
    return [*stamps, *written, faults.job_of(feed).steps_done]


@contextmanager
def struck_before(number, deed, feed, *, between_transactions=False):
    """Do something before the n-th statement of what is run inside; give [statements so far]."""
    depth, counted = len(connection.savepoint_ids), [0]

    def strike(execute, statement, *arguments):
        is_between = len(connection.savepoint_ids) == depth
        is_between &= not str(statement).startswith(("RELEASE", "ROLLBACK"))
        counted[0] += is_between or not between_transactions
        if counted[0] == number and (is_between or not between_transactions):
            # What the deed itself says to the database counts no more.
            counted[0] += MOST_STATEMENTS
            deed(feed)
        return execute(statement, *arguments)

    with connection.execute_wrapper(strike):
        yield counted


@pytest.fixture
def five_rows(county, monkeypatch):
    """A file of two blocks in which something is posted, held, known and set aside."""
    monkeypatch.setattr("pension_portal.sheets.sheet.BLOCK_ROWS", 3)
    county.policy()
    county.posts_by_itself()
    payer, other, third = (county.enrolled(f"居民{n}") for n in range(3))
    row = county.payment_row(payer)
    return county.payment_file(
        row,
        row,
        county.payment_row(other, name="别人"),
        county.payment_row(third, state="03"),
        county.payment_row(third),
    )


def struck_at_each(numbers, content, by, deed, **how):
    """Take the file in again and again, struck each time at another statement.

    Yields the feed as it was left; then it is taken in to its end, and must be right.
    """
    for number in numbers:
        with transaction.atomic():
            feed, _is_new = receive_feed(people.upload(content), year=people.YEAR, by=by)
            with struck_before(number, deed, feed, **how) as counted, suppress(PowerCut):
                run_job(feed.job_id)
            if counted[0] >= MOST_STATEMENTS:
                yield feed
            take_in_to_the_end(feed)
            transaction.set_rollback(True)
        if counted[0] < MOST_STATEMENTS:
            return
    raise AssertionError("there are more statements than anybody thought")


def take_in_to_the_end(feed):
    # What the sweep does once it sees that the holder is dead.
    Job.objects.filter(pk=feed.job_id).update(lease_until=None)
    run_job(feed.job_id)
    assert_taken_in_once(feed)


def assert_taken_in_once(feed):
    assert faults.job_of(feed).state == Job.State.DONE
    assert people.verdicts(feed) == ["", "E18", "E02", "S03", ""]
    assert list(feed.blocks.order_by("number").values_list("rows", flat=True)) == [2, 3]
    assert people.transfers().count() == Entitlement.objects.count() == 2
    counters, ledger = demo_county.counters_beside_ledger(people.COUNTY)
    assert counters == ledger
    assert ledger["990100", 1, people.YEAR, "own"] == (2, 2, Decimal("600.00"))


def test_a_power_cut_at_every_tenth_statement_changes_nothing(five_rows, mei):
    struck = struck_at_each(range(3, MOST_STATEMENTS, 10), five_rows, mei, cut_the_power)

    assert len(list(struck)) > FEWEST_STATEMENTS / 10


@pytest.mark.faults
def test_a_power_cut_at_any_statement_changes_nothing(five_rows, mei):
    struck = struck_at_each(range(1, MOST_STATEMENTS), five_rows, mei, cut_the_power)

    assert len(list(struck)) > FEWEST_STATEMENTS


@pytest.mark.parametrize("step", range(len(settings.JOB_STEPS["payment_feed"])))
def test_a_power_cut_after_a_step_and_before_its_note_changes_nothing(
    five_rows, mei, monkeypatch, step
):
    feed, _is_new = receive_feed(people.upload(five_rows), year=people.YEAR, by=mei)

    def note_step_done(run):
        if run.job.steps_done == step:
            raise PowerCut
        note(run)

    note = JobRun.note_step_done
    with monkeypatch.context() as patch, pytest.raises(PowerCut):
        patch.setattr(JobRun, "note_step_done", note_step_done)
        run_job(feed.job_id)

    take_in_to_the_end(feed)


def test_a_worker_overtaken_between_two_transactions_changes_nothing(five_rows, mei):
    struck = struck_at_each(
        *(range(1, MOST_STATEMENTS, 4), five_rows, mei, let_another_worker_do_it),
        between_transactions=True,
    )

    assert len(list(struck)) > FEWEST_BETWEEN / 4


def test_a_worker_whose_job_was_taken_commits_nothing_more(five_rows, mei):
    struck = struck_at_each(
        *(range(3, MOST_STATEMENTS, 3), five_rows, mei, let_another_worker_take_it),
        between_transactions=True,
    )

    assert all(how_far(feed) == feed.stood for feed in struck)


def test_what_another_file_posts_between_judging_and_posting_is_not_posted_again(
    county, mei, gui_lan, monkeypatch
):
    county.policy()
    county.posts_by_itself()
    read, judge, *rest = settings.JOB_STEPS["payment_feed"]
    steps = [read, judge, job_steps.NAMES[0], *rest]
    monkeypatch.setitem(settings.JOB_STEPS, "payment_feed", steps)
    row, other = county.payment_row(gui_lan), county.payment_row(county.enrolled("石大山"))

    def let_another_file_come_first(run):
        job_steps.forget()
        county.process(row, by=mei, name="先.csv")

    job_steps.on("first", let_another_file_come_first)
    feed = county.process(row, other, by=mei, name="后.csv")

    assert county.verdicts(feed) == ["E18", ""]
    assert county.transfers().count() == 2
    assert demo_county.totals_of(feed) == {
        "E18": (1, Decimal("300.00")),
        "": (1, Decimal("300.00")),
    }
