"""Run a month of a county as its offices would, beside the oracle: `python -m bench.month`.

Twenty exports of the tax bureau and twenty statements of the bank, each day signed by three people;
then those the state pays for, and the claim for its subsidies. What must come out is worked out in
plain Python, from the cells as written: every row's verdict, every day's money, every person of the
roster, and the claim, to the fen. A total that differs stops the run.
"""

import argparse
import os
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

from bench import databases
from bench.ground import EARLIER_ROWS_A_FILE, Ground
from bench.runs import RUN

FILES = 20
FIRST_DAY = date(2021, 4, 1)
BASIC = 1
NOT_ARRIVED = {"E18", "S01", "S02", "S03"}


def main():
    options = _options()
    databases.start_servers()
    ground = Ground(options.residents, options.rows)
    ground.lay_out()
    databases.copy(ground.database, RUN)
    os.environ.update(databases.environment(RUN))
    import django

    django.setup()
    watch = run_the_month(ground)
    print(f"\n  {options.residents:,} residents, {options.rows:,} rows in {FILES} files\n")
    for what, seconds in watch.items():
        print(f"  {what:45} {seconds:8.1f} s")
    print(f"  {'the month':45} {sum(watch.values()):8.1f} s")


def run_the_month(ground):
    """Do the month on the database in use; return {what: seconds}, the comparisons left out."""
    month = Month(ground)
    watch = defaultdict(float)
    for export, day in zip(month.exports, working_days(), strict=True):
        with timed(watch, "exports, upload to dashboard"):
            feed = month.post(export)
        month.compare_feed(feed, export)
        with timed(watch, "statements of the bank"):
            month.bring_statement(day)
    with timed(watch, "statements of the bank"):
        for day in sorted(month.bank.keys() - set(working_days())):
            month.bring_statement(day)
    with timed(watch, "days tied out and signed"):
        closed = month.close_days()
    month.compare_days(closed)
    with timed(watch, "roster of those the state pays for"):
        roster = month.pay_for_people()
    month.compare_roster(roster)
    with timed(watch, "claim for the subsidies"):
        claim = month.claim()
    month.compare_claim(claim)
    month.compare_books()
    return watch


@contextmanager
def timed(watch, what):
    begun = time.perf_counter()
    yield
    watch[what] += time.perf_counter() - begun


def working_days():
    """Return the days on which a file comes: the month's first twenty from Monday to Friday."""
    days = (FIRST_DAY + timedelta(days=n) for n in range(FILES * 2))
    return [day for day in days if day.weekday() < 5][:FILES]


class Month:
    """The month's files as the oracle judges them, the bank's days, and the county's staff."""

    def __init__(self, ground):
        from demo.bench import EARLY_PLAN, EARLY_SHARE, county_for_bench
        from demo.county import without_collector
        from demo.payments import Campaign, earlier_year
        from tests import county as people
        from tests.demo_county import Exports

        folder = ground / "month"
        folder.mkdir(exist_ok=True)
        with without_collector():
            self.county = county_for_bench(ground.residents)
            self.books = Exports(self.county, folder)
            last_year = earlier_year(self.county, self.county.year - 1)
            campaign = Campaign(self.county, last_year)
            early = campaign.pay_rows(EARLY_PLAN, max(100, round(ground.rows * EARLY_SHARE)))
            self._remember(last_year, early)
            self.exports = [
                self._export(campaign, number, day, ground.rows // FILES)
                for number, day in enumerate(working_days(), 1)
            ]
        self.bank = self._bank_days()
        self.staff = {
            name: people.staff(name, duty, self.county.code)
            for name, duty in (
                ("data", "data_admin"),
                ("officer", "county_officer"),
                ("finance", "finance"),
                ("cashier", "finance"),
                ("approver", "county_approver"),
            )
        }

    def _remember(self, last_year, early):
        """Bring the oracle's books to where the ground's stand."""
        last = self.county.year - 1
        for start in range(0, len(last_year), EARLIER_ROWS_A_FILE):
            rows = last_year[start : start + EARLIER_ROWS_A_FILE]
            self.books.write(rows, "plain", "csv-gb", f"{last}-{start}", last)
        self.books.write(early, "plain", "csv-gb", "early", self.county.year)

    def _export(self, campaign, number, day, rows):
        from demo.payments import ExportPlan

        plan = ExportPlan(f"month-{number:02}", day, day, "national", "xlsx", 0)
        made = campaign.pay_rows(plan, rows)
        return self.books.write(made, "national", "xlsx", plan.name, self.county.year)

    def _bank_days(self):
        """Return {day: {(scheme, channel): [payments, fen]}} of what truly arrived."""
        from demo.oracle import Reader, read_day

        days = defaultdict(lambda: defaultdict(lambda: [0, 0]))
        for export in self.exports:
            written, rows = export.written, {}
            at, reader = written.layout.places, Reader(written.layout)
            for sheet in written.sheets:
                rows |= {(sheet.name, n): row for n, row in enumerate(sheet.rows, 1)}
            for verdict in export.verdicts:
                row = rows[verdict.sheet, verdict.row]
                reading = reader.read(row)
                day = read_day(row[at["treasury_on"]])
                if verdict.code in NOT_ARRIVED or day is None or reading.amount_fen is None:
                    continue
                line = days[day][reading.scheme, row[at["channel"]]]
                line[0] += 1
                line[1] += reading.amount_fen
        return days

    # --- What the offices do ---

    def post(self, export):
        from contributions.models import PaymentFeed

        feed = export.upload(by=self.staff["data"])
        self._work_on(feed.job_id)
        return PaymentFeed.objects.get(pk=feed.pk)

    def bring_statement(self, day):
        """Upload what the bank says of a day, a sum for each scheme and channel."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        from contributions.bank_statements import receive_statement
        from oversight.demo_money import COLUMNS
        from pension_portal.sheet_writing import write_table
        from policies.models import Scheme

        names = dict(Scheme.objects.values_list("id", "name"))
        rows = [
            [day, channel, names.get(scheme, ""), payments, _yuan(fen)]
            for (scheme, channel), (payments, fen) in self.bank[day].items()
        ]
        path = self.books.folder / f"bank-{day}.xlsx"
        write_table(path, COLUMNS, rows, title="代收到账合计")
        upload = SimpleUploadedFile(path.name, path.read_bytes())
        statement, _is_new = receive_statement(upload, source="bank", by=self.staff["finance"])
        self._work_on(statement.job_id)

    def close_days(self):
        from contributions import tying_out
        from staff import approving

        days = tying_out.tie_out(self.county.code, min(self.bank), max(self.bank))
        for found in days:
            close = tying_out.close_day(
                self.county.code, found.day, explanation="", by=self.staff["finance"]
            )
            approving.review(close, by=self.staff["cashier"])
            tying_out.approve_close(close, by=self.staff["approver"])
        return days

    def pay_for_people(self):
        from pension_portal.clock import today
        from subsidies.models import ProxyRoster
        from subsidies.paying import pay_roster
        from subsidies.rosters import begin_roster, submit_roster

        roster = ProxyRoster(
            county_code=self.county.code, scheme_id=BASIC, year=self.county.year, as_of=today()
        )
        roster = self._worked_out(begin_roster(roster, by=self.staff["officer"]))
        submit_roster(roster, by=self.staff["officer"])
        self._agree(roster)
        return self._worked_out(pay_roster(roster, paid_on=today(), by=self.staff["finance"]))

    def claim(self):
        from pension_portal.clock import today
        from subsidies.claiming import begin_claim, submit_claim
        from subsidies.models import SubsidyClaim

        claim = SubsidyClaim(
            county_code=self.county.code,
            scheme_id=BASIC,
            year=self.county.year,
            kind=SubsidyClaim.Kind.SETTLEMENT,
            until=today(),
        )
        claim = self._worked_out(begin_claim(claim, by=self.staff["data"]))
        submit_claim(claim, by=self.staff["data"])
        self._agree(claim)
        return claim

    def _agree(self, thing):
        from staff import approving

        approving.review(thing, by=self.staff["finance"])
        approving.approve(thing, by=self.staff["approver"])

    def _worked_out(self, thing):
        self._work_on(thing.job_id)
        thing.refresh_from_db()
        return thing

    @staticmethod
    def _work_on(job_id):
        from pension_portal.jobs import run_job
        from pension_portal.models import Job

        assert run_job(job_id) == Job.State.DONE

    # --- What must have come of it ---

    def compare_feed(self, feed, export):
        from tests.demo_county import assert_judged_as_the_oracle_does

        assert_judged_as_the_oracle_does(feed, export)

    def compare_days(self, days):
        """The bank's money is the tax bureau's, day by day, and is all there was."""
        for found in days:
            fen = sum(fen for _payments, fen in self.bank[found.day].values())
            assert found.state == "reconciled", (found.day, found.state, found.whole)
            assert found.whole.amounts["bank"] == _yuan(fen), (found.day, found.whole, fen)
        assert {found.day for found in days} == set(self.bank)

    def compare_roster(self, roster):
        """Everybody whom the policy pays for and nobody paid for yet; no one else."""
        from subsidies.models import ProxyLine

        expected = self._pay_in_the_oracles_books()
        lines = ProxyLine.objects.of(roster).to_pay()
        listed = Counter(lines.values_list("village_code", "amount"))
        assert listed == expected, (listed - expected, expected - listed)
        assert roster.posted_people == sum(expected.values())
        money = sum(amount * people for (_village, amount), people in expected.items())
        assert roster.posted_amount == money, (roster.posted_amount, money)

    def _pay_in_the_oracles_books(self):
        """Post the state's payments there too; return {(village code, yuan): people}."""
        from bench.peers.told import TODAY
        from demo.oracle import Entry

        today = date.fromisoformat(TODAY)
        policy, books = self.books.policies[BASIC, self.county.year], self.books.books
        villages = [village.code for village in self.county.villages]
        found = Counter()
        for resident in self.county.residents:
            person = resident.number, BASIC, self.county.year
            fen = _paid_for(resident, policy, today)
            if fen and not books.has_normal(person, "proxy"):
                village = villages[resident.village]
                books.post(person, Entry(None, "normal", "proxy", fen, village, today))
                found[village, _yuan(fen)] += 1
        return found

    def compare_claim(self, claim):
        """What the oracle says the state adds to everybody's payments of the year."""
        due = self.books.books.subsidies(self.county.year, self.books.policies)
        fen = sum(fen for (scheme, _tier), (_people, fen) in due.items() if scheme == BASIC)
        assert claim.listed == claim.requested == _yuan(fen), (claim.listed, fen)
        parts = sum((part.requested for part in claim.parts.all()), Decimal(0))
        assert parts == claim.requested, (parts, claim.requested)

    def compare_books(self):
        """People, money and subsidies of every village, scheme and year; counters and ledger."""
        from tests.demo_county import assert_the_books_are_right

        assert_the_books_are_right(self.books)


def _paid_for(resident, policy, day):
    """Return the fen that the state pays in the year for a living, enrolled resident; 0 for none.

    Who turned 60 before the year or reaches 16 after it is not asked for.
    """
    year = policy.year
    born = resident.born_on
    if resident.life_status != "alive" or resident.basic_status != "active":
        return 0
    if born.year + 16 > year or (born.year + 60, born.month, born.day) <= (year, 1, 1):
        return 0
    return max(
        (
            fen
            for held in resident.identities
            for identity, worst, fen in policy.proxies
            if held.identity == identity
            and (worst is None or held.grade <= worst)
            and held.valid_from <= day
            and (held.valid_to is None or held.valid_to >= date(year, 1, 1))
        ),
        default=0,
    )


def _yuan(fen):
    return Decimal(fen).scaleb(-2)


def _options():
    parser = argparse.ArgumentParser(prog="python -m bench.month", description=__doc__)
    parser.add_argument("residents", type=int, nargs="?", default=260_000)
    parser.add_argument("rows", type=int, nargs="?", default=223_300)
    return parser.parse_args()


if __name__ == "__main__":
    main()
