"""Payments that are wrong in several ways at once, drawn by chance.

The demo plants one fault in a row, so it says little about the order of the questions. Here any
resident pays any sum for any year with any number, and what the row becomes is for two judges to
agree on.
"""

from datetime import date, timedelta
from random import Random

from demo.county import BASIC, STRANGER_PREFIX, Determination
from demo.faults import spoil
from demo.names import IdentityNumbers
from demo.payments import Collection

PLAIN = 0.55  # of the choices of each cell, so that some rows come as far as the last questions
FIRST_DAY, DAYS = date(2021, 1, 4), 75
AWKWARD = 60


def determine_for_the_unfit(county):
    """Approve back payments of people who may not pay: the dead, the covered, the very young.

    Some who may make up past years at 60 become covered elsewhere.
    """
    for determination in county.determinations[::6]:
        determination.resident.other_cover = "employees"
    unfit = [resident for resident in county.residents if not may_pay(county, resident)]
    for n, resident in enumerate(Random(f"{county.seed}/unfit").sample(unfit, AWKWARD)):
        number = f"{county.code}{county.year}8{n:06d}"
        years = (county.year - 1,) if n % 2 else (county.year - 2, county.year - 1)
        county.determinations.append(
            Determination(number, resident, BASIC, "31", years, 30_000 * len(years), n % 5 > 0)
        )


def may_pay(county, resident):
    is_standing = resident.life_status == "alive" and resident.basic_status == "active"
    return is_standing and not resident.other_cover and resident.born_on.year < county.year - 17


class Tangle(Collection):
    """Draws rows for one county; the same seed draws the same."""

    def __init__(self, county, seed):
        super().__init__(county, county.year, f"tangle/{seed}")
        self.rng = Random(f"{county.seed}/tangle/{seed}")
        self.strangers = IdentityNumbers()
        self.by_number = {d.resident.number: d for d in county.determinations}
        self.holders = [resident for resident in county.residents if resident.identities]
        self.rows = []

    def draw(self, count):
        """Return that many rows in the order in which they are to be written."""
        for _row in range(count):
            self.rows.append(self.draw_one())
        return self.rows

    def draw_one(self):
        rng = self.rng
        resident = self.somebody()
        row = self.row(resident, FIRST_DAY + timedelta(days=rng.randrange(DAYS)))
        determination = self.by_number.get(resident.number)
        if determination and rng.random() < PLAIN:
            self.make_up(row, determination)
        if rng.random() < 0.3:
            row.item = rng.choice(["supplementary", "supplementary", "medical", "unclear", "empty"])
            row.amount = (resident.supplementary_tier or 200) * 100
        if rng.random() < (0.6 if resident.identities else 0.15):
            row.amount = rng.choice([10_000, 10_000, 35_000, 0, None, "—", 30_000, 600_000])
        self.confuse(row, determination)
        if row.amount.__class__ is int and rng.random() < 0.05:
            row.amount = -row.amount
        return row

    def somebody(self):
        """Return mostly anybody; often somebody special, or who has paid in this file before."""
        rng = self.rng
        luck = rng.random()
        if luck < 0.15:
            return rng.choice(self.county.determinations).resident
        if luck < 0.3:
            return rng.choice(self.holders)
        if luck < 0.45 and self.rows:
            return rng.choice(self.rows).resident
        return rng.choice(self.county.residents)

    def make_up(self, row, determination):
        """Make the row the payment that a determination asks for."""
        row.year, row.last_year = determination.years[0], determination.years[-1]
        row.amount, row.payment_type = determination.amount_fen, determination.payment_type
        row.determination = determination.number if self.rng.random() < 0.7 else ""

    def confuse(self, row, determination):
        """Change some cells, each by itself."""
        rng, year = self.rng, self.county.year
        if rng.random() < 0.15:
            row.year = rng.choice([None, year - 1, year - 1, year - 2, year + 1])
        if row.year and rng.random() < 0.06:
            row.last_year = row.year + rng.choice([1, 1, 2])
        if rng.random() < 0.12:
            row.payment_type = rng.choice(["10", "20", "20", "31", "32", "33"])
        if rng.random() < 0.08:
            row.tax_state = rng.choice(["01", "02", "03", "09"])
        if rng.random() < 0.06:
            row.determination = rng.choice(["", "34120220219999999", self.any_determination()])
        if rng.random() < 0.08:
            row.town = rng.choice(["", "开发区税务分局", rng.choice(self.town_names)])
        if rng.random() < 0.05:
            row.name = rng.choice(["孔乙己", "", row.name + "儿"])
        if rng.random() < 0.05:
            row.id_number = spoil(row.id_number, rng.randrange(70))
        elif rng.random() < 0.04:
            row.id_number = self.stranger()
        if rng.random() < 0.1 and self.rows:
            self.repeat_receipt(row)
        elif rng.random() < 0.05:
            row.receipt = ""

    def any_determination(self):
        return self.rng.choice(self.county.determinations).number

    def stranger(self):
        if self.rng.random() < 0.5:
            return self.rng.choice(self.county.neighbours).id_number
        born = date(1970, 1, 1).toordinal() + self.rng.randrange(9_000)
        return self.strangers.next(STRANGER_PREFIX, born, "f")[0]

    def repeat_receipt(self, row):
        """Give the row the receipt of an earlier one, often with all else that names a payment."""
        earlier = self.rng.choice(self.rows)
        row.receipt = earlier.receipt
        if self.rng.random() < 0.7:
            row.resident, row.village = earlier.resident, earlier.village
            row.id_number, row.name = earlier.id_number, earlier.name
            row.item, row.year, row.amount = earlier.item, earlier.year, earlier.amount
