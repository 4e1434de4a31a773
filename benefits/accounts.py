"""One person's account by scheme, year and source (个人账户).

    2020  个人缴费 300.00  补贴 50.00  利息 0.00     余额   350.00
    2021  个人缴费 300.00  补贴 50.00  利息 10.50    余额   710.50

A year is that in which the money arrived (入库), not the one it was paid for. Interest is there
once its run was approved; what was paid out is taken off the balance. Only pensions have accounts:
what is paid for medical insurance is spent by its year.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from benefits.models import Settlement, Source
from benefits.statements import fetch_statement
from contributions.models import Transfer
from policies.words import PENSION_NAMES

NOTHING = Decimal("0.00")
WORDS = dict(Settlement.Reason.choices) | dict(Transfer.Kind.choices)


@dataclass
class AccountYear:
    """What moved in one year: source → yuan in, interest, what went out, what is left."""

    year: int
    paid_in: dict = field(default_factory=dict)
    interest: Decimal = NOTHING
    paid_out: Decimal = NOTHING
    balance: Decimal = NOTHING

    @property
    def total(self):
        """Everything that came in, interest too."""
        return sum(self.paid_in.values(), NOTHING) + self.interest

    def of_sources(self, sources):
        """Return the sums in the order of some sources, None where nothing came."""
        return [self.paid_in.get(source) for source in sources]


@dataclass
class Account:
    """One person's account in one scheme: its years, and balances by source."""

    scheme_id: int
    years: list = field(default_factory=list)
    balances: dict = field(default_factory=dict)
    # What was paid out or taken back, each with its day, words, source and yuan.
    taken_out: list = field(default_factory=list)

    @property
    def overdrawn(self):
        """Yuan that were paid out beyond what the account held; to be claimed back."""
        return max(-self.balance, NOTHING)

    @property
    def balance(self):
        return sum(self.balances.values(), NOTHING)

    @property
    def sources(self):
        """The sources that ever moved, in the order of the paper."""
        return [source for source in Source.values if source in self.balances]

    @property
    def source_names(self):
        return [Source(source).label for source in self.sources]

    @property
    def parts(self):
        """(name of a source, its balance), in the same order."""
        return [(Source(source).label, self.balances[source]) for source in self.sources]

    @property
    def lines(self):
        """(year, its sums by source) as a page shows them."""
        return [(year, year.of_sources(self.sources)) for year in self.years]


def accounts_of(resident):
    """Return the resident's accounts by scheme, oldest year first; [] where nothing ever moved."""
    asked = {
        "county_code": resident.county_code,
        "resident_id": resident.pk,
        "scheme_ids": list(PENSION_NAMES),
    }
    accounts = {}
    for row in fetch_statement("account_by_year", asked):
        account = accounts.setdefault(row["scheme_id"], Account(row["scheme_id"]))
        _add(account, row)
    for row in fetch_statement("account_taken_out", asked):
        if account := accounts.get(row["scheme_id"]):
            row["what"], row["source"] = WORDS[row["what"]], Source(row["source"]).label
            account.taken_out.append(row)
    return list(accounts.values())


def _add(account, row):
    if not account.years or account.years[-1].year != row["year"]:
        account.years.append(AccountYear(row["year"], balance=account.balance))
    year, source = account.years[-1], row["source"]
    if row["paid_in"]:
        year.paid_in[source] = year.paid_in.get(source, NOTHING) + row["paid_in"]
    year.interest += row["interest"]
    year.paid_out += row["paid_out"]
    change = row["paid_in"] + row["interest"] - row["paid_out"]
    account.balances[source] = account.balances.get(source, NOTHING) + change
    year.balance += change
