"""Lay out what the state owes: persons × standard = amount, by tier, town and payer (财政补贴测算).

    300 yuan, 1,204 people × 50.00 = 60,200.00    province 36,120.00   county 24,080.00
    checked twice: persons × standard against the lines' sum, and the payers' parts against both

The rows come from the books as they stand (`matrix_now`), or from a claim's frozen list
(`matrix_of_claim`): the same words, so that the two can be laid beside each other.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from pension_portal.statements import joining_as_a_whole
from policies.words import PAYER_CHOICES
from subsidies.affected import payer_name
from subsidies.statements import fetch_statement

PAYER_ORDER = {code: place for place, (code, _name) in enumerate(PAYER_CHOICES)}
NOBODY_NAMED = ""


@dataclass
class MatrixRow:
    """One line of the matrix: what some people come to, and who bears it."""

    year: int = 0
    town: str = ""
    tier: Decimal | None = None
    standard: Decimal | None = None
    is_decided: bool = True
    people: int = 0
    amount: Decimal = Decimal(0)
    reckoned: Decimal = Decimal(0)
    parts: dict = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def adds_up(self):
        """Whether people × standard, the lines' own sum and the payers' parts all agree."""
        return self.amount == self.reckoned == sum(self.parts.values(), Decimal(0))

    def add(self, row, shares):
        """Count in one row of a statement, whose `shares` are those of one person."""
        self.people += row["people"]
        self.amount += row["amount"]
        self.reckoned += row["people"] * row["standard"]
        for payer, amount in shares.items():
            self.parts[payer] += row["people"] * amount


@dataclass
class Matrix:
    """All rows, and the same by tier, by town and for the whole."""

    rows: list
    tiers: list
    towns: list
    whole: MatrixRow

    @property
    def payers(self):
        """The payers there are, in the order of a form; an empty one is nobody named."""
        return sorted(self.whole.parts, key=lambda code: PAYER_ORDER.get(code, len(PAYER_ORDER)))

    @property
    def payer_names(self):
        return [payer_name(code) for code in self.payers]

    @property
    def undecided(self):
        """How many people the policy has not decided about; they stand there with 0 (X08)."""
        return sum(row.people for row in self.rows if not row.is_decided)

    @property
    def adds_up(self):
        """Whether every line does, and lines, tiers and towns come to the same."""
        sums = [sum((row.amount for row in part), Decimal(0)) for part in (self.tiers, self.towns)]
        return all(row.adds_up for row in self.rows) and sums == [self.whole.amount] * 2

    def cells(self, row):
        """Return the payers' parts of a row in the order of the columns."""
        return [row.parts.get(payer, Decimal(0)) for payer in self.payers]


def matrix_now(county_code, scheme_id, year, *, area_code):
    """Return the Matrix of what stands in the books for a year: one statement."""
    asked = {"county_code": county_code, "scheme_id": scheme_id, "year": year}
    with joining_as_a_whole():
        return lay_out(fetch_statement("matrix_now", asked | {"area_code": area_code}))


def matrix_of_claim(claim, *, area_code):
    """Return the Matrix of a claim's frozen list: one statement."""
    asked = {"county_code": claim.county_code, "claim_id": claim.pk, "area_code": area_code}
    return lay_out(fetch_statement("matrix_of_claim", asked))


def people_of(county_code, scheme_id, year, *, area_code, tier, limit, offset=0):
    """Return the persons behind a figure as dicts, by village; each says how many there are."""
    return fetch_statement(
        "matrix_people",
        {
            "county_code": county_code,
            "scheme_id": scheme_id,
            "year": year,
            "area_code": area_code,
            "tier": tier,
            "limit": limit,
            "offset": offset,
        },
    )


def lay_out(rows):
    """Return the Matrix of the rows of a statement."""
    lines, tiers, towns, whole = {}, {}, {}, MatrixRow()
    for row in rows:
        shares = shares_of(row)
        which = {name: row[name] for name in ("year", "tier", "standard", "is_decided")}
        kind = tuple(which.values())
        line = lines.setdefault((row["town"], *kind), MatrixRow(town=row["town"], **which))
        for tally in (
            line,
            tiers.setdefault(kind, MatrixRow(**which)),
            towns.setdefault(row["town"], MatrixRow(town=row["town"])),
            whole,
        ):
            tally.add(row, shares)
    return Matrix(
        list(lines.values()),
        [tiers[kind] for kind in sorted(tiers)],
        [towns[code] for code in sorted(towns)],
        whole,
    )


def shares_of(row):
    """Return payer → yuan of one person; what no share is written for is nobody's."""
    shares = json.loads(row["shares"] or "{}", parse_float=Decimal, parse_int=Decimal)
    silent = row["standard"] - sum(shares.values(), Decimal(0))
    return shares | {NOBODY_NAMED: silent} if silent else shares
