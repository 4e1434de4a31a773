"""Who paid what and when: the earlier years and the campaign of the demo year.

A campaign is a row of exports. Most rows of each are ordinary payments; a stated share (see
`SHARES`) is planted so that every verdict of the portal occurs in every file, once at least.
What a row was planted as stands in its `intent`; the oracle never looks at it.
"""

from collections import deque
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from demo.county import TOWNS, is_payer, pays_age, without_collector
from demo.faults import FAULTS
from demo.names import IdentityNumbers, Names

# Shares of all rows of an export, by intent. Everything else is an ordinary own payment.
SHARES = {
    "S01": 0.01,
    "S02": 0.002,
    "S03": 0.005,
    "E01": 0.002,
    "E02": 0.002,
    "E03": 0.008,
    "E04": 0.001,
    "E05": 0.003,
    "E06": 0.003,
    "E07": 0.003,
    "E08": 0.0005,
    "E09": 0.002,
    "E10": 0.001,
    "E11": 0.003,
    "E14": 0.0005,
    "E15": 0.001,
    "E16": 0.001,
    "E17": 0.0005,
    "E18": 0.004,
    "E18 posted": 0.004,
    "refund": 0.0005,
    "back": 0.002,
    "proxy": 0.02,
    "supplementary": 0.05,
}
RESERVE_SHARE = 0.03
RESERVE_AT_LEAST = 60
PAYS_EARLIER_YEARS = 0.93
SHARED_RECEIPT = 0.1
ALIAS_SHARE = 0.06
# The week of the Spring Festival, when hardly anyone pays.
FESTIVAL = (date(2021, 2, 11), date(2021, 2, 17))


@dataclass(slots=True)
class PaymentRow:
    """One row as the tax bureau knows it, before it is written in some layout."""

    village: int
    id_number: object
    name: str
    item: str
    year: int | None
    amount: object
    paid_on: date | None
    receipt: str
    resident: object = None
    last_year: int | None = None
    payment_type: str = "10"
    tax_state: str = "04"
    treasury_on: date | None = None
    determination: str = ""
    town: str = ""
    second: int = 0
    order: float = 0
    intent: str = ""


@dataclass(frozen=True)
class ExportPlan:
    """One file to be made: its days, and how it is written."""

    name: str
    first_day: date
    last_day: date
    layout: str
    form: str
    share_of_task: float


# Shares of the yearly task by export; those up to 10 March add up to 60%.
EXPORT_PLANS = (
    ExportPlan("01-税务缴费明细-1月", date(2021, 1, 4), date(2021, 1, 31), "plain", "csv-gb", 0.16),
    ExportPlan(
        "02-税务缴费明细-2月上旬", date(2021, 2, 1), date(2021, 2, 10), "national", "xlsx", 0.13
    ),
    ExportPlan(
        "03-税务缴费明细-2月下旬", date(2021, 2, 11), date(2021, 2, 28), "national", "xlsx", 0.12
    ),
    ExportPlan(
        "04-税务缴费明细-3月1日至10日", date(2021, 3, 1), date(2021, 3, 10), "plain", "xlsx", 0.19
    ),
)
NEXT_PLAN = ExportPlan(
    "05-税务缴费明细-3月11日至20日", date(2021, 3, 11), date(2021, 3, 20), "national", "xlsx", 0.1
)


class NotEnoughPayers(ValueError):
    """More rows were asked for than the county has people who can pay."""


class Collection:
    """Payments of one year, drawn from the county's people without anyone paying by accident."""

    def __init__(self, county, year, label="campaign"):
        self.county = county
        self.year = year
        self.rng = Random(f"{county.seed}/{label}/{year}")
        self.receipts = 0
        self.days_seen = {}
        names = {town.code: town.name for town in county.towns}
        self.town_names = [county.towns[index].name for index in county.village_towns]
        self.alias_texts = {}
        for alias in county.aliases:
            if alias.source == "tax":
                self.alias_texts.setdefault(names[alias.area_code], []).append(alias.text)

    def day_facts(self, day):
        """Return a day's place in order, its receipt prefix and its two next days, made once."""
        facts = self.days_seen.get(day)
        if facts is None:
            prefix = f"3{day.year}{day.month:02d}{day.day:02d}"
            following = day + timedelta(days=1), day + timedelta(days=2)
            facts = self.days_seen[day] = (day.toordinal() * 86_400, prefix, following)
        return facts

    def town_text(self, village):
        """Return the town as the tax bureau writes it, now and then by an alias."""
        town = self.town_names[village]
        if self.rng.random() < ALIAS_SHARE:
            return self.rng.choice(self.alias_texts[town])
        return town

    def row(self, resident, day, **changes):
        """Return an ordinary own payment of the registered basic tier, changed as asked.

        Its 18-digit e-tax receipt number looks much like an identity number.
        """
        second = 28_800 + int(self.rng.random() * 36_000)
        start, receipt_prefix, following = self.day_facts(day)
        self.receipts += 1
        tier = resident.basic_tier
        row = PaymentRow(
            resident.village,
            resident.id_number,
            resident.name,
            "basic",
            self.year,
            tier * 100 if tier > 100 else 20_000,
            day,
            f"{receipt_prefix}{self.receipts:09d}",
            resident,
            None,
            "10",
            "04",
            following[second & 1],
            "",
            self.town_text(resident.village),
            second,
            start + second,
        )
        for field, value in changes.items():
            setattr(row, field, value)
        return row

    def share_receipts(self, rows):
        """Let village agents pay for several people in one session: one receipt, many payers.

        Rows must still be in order of villages.
        """
        random = self.rng.random
        session = None
        left = 0
        for row in rows:
            if left and session.village == row.village:
                row.receipt, row.paid_on = session.receipt, session.paid_on
                row.treasury_on, row.order = session.treasury_on, session.order
                row.second = session.second
                left -= 1
            elif random() < SHARED_RECEIPT / 4:
                session, left = row, 1 + int(random() * 6)
            else:
                left = 0


@without_collector()
def earlier_year(county, year):
    """Return the rows of an earlier year's export: every payer of that year, nothing wrong.

    Only people who may still pay today are in it: the portal judges an old file by the registry
    as it stands, and would hold rows of those who have died or retired since.
    """
    collection = Collection(county, year, "earlier")
    rng = collection.rng
    missing = {(d.resident.number, gap) for d in county.determinations for gap in d.years}
    days = earlier_days(year)
    rows = []
    random = rng.random
    first_day, born_before = date(year, 1, 1), date(year - 16, 1, 1)
    for resident in county.payers:
        if resident.started_on >= first_day or resident.born_on >= born_before:
            continue
        if random() >= PAYS_EARLIER_YEARS or (resident.number, year) in missing:
            continue
        row = collection.row(resident, days[int(random() * len(days))])
        if resident.basic_tier == 100 and has_proxy_identity(resident, first_day):
            row.amount = 10_000
        rows.append(row)
    collection.share_receipts(rows)
    rows.sort(key=lambda row: row.order)
    return rows


def earlier_days(year):
    """Return the days of a campaign long past, those of the first quarter three times."""
    spring = days_between(date(year, 1, 4), date(year, 3, 31))
    return spring * 3 + days_between(date(year, 4, 1), date(year, 12, 20))


def days_between(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def has_proxy_identity(resident, day):
    """Whether the 100 tier is paid for this resident on the day (Y15)."""
    return any(
        opens_the_lowest_tier(held)
        and held.valid_from <= day
        and (held.valid_to is None or held.valid_to >= day)
        for held in resident.identities
    )


def opens_the_lowest_tier(held):
    if held.identity == "disabled":
        return held.grade <= 2
    return held.identity in ("low_income", "destitute")


class Campaign(Collection):
    """The demo year's exports, in order; each may draw on what earlier ones posted."""

    def __init__(self, county, earlier=()):
        """`earlier` are last year's rows, posted before the campaign begins."""
        super().__init__(county, county.year)
        self.settled = [row for row in earlier if row.resident and row.amount > 10_000]
        self.rng.shuffle(self.settled)
        del self.settled[20_000:]
        self.in_transit = []
        self.planted = dict.fromkeys(SHARES, 0)
        self.names = Names(self.rng)
        self.stranger_numbers = IdentityNumbers()
        self.sort_people()

    def sort_people(self):
        """Put every resident where he may be drawn from: ordinary payers or a special pool."""
        county = self.county
        holders = {d.resident.number for d in county.determinations}
        new_year = date(county.year, 1, 1)
        ordinary = []
        pools = self.pools = {}
        for resident in county.residents:
            pool = special_pool(county, resident, holders, new_year)
            if pool:
                pools.setdefault(pool, []).append(resident)
            if pool in (None, "supplementary"):
                ordinary.append(resident)
        for pool in pools.values():
            self.rng.shuffle(pool)
        self.sort_determinations()
        kept = max(RESERVE_AT_LEAST, round(len(ordinary) * RESERVE_SHARE))
        reserved = set(self.rng.sample(range(len(ordinary)), min(kept, len(ordinary) // 2)))
        self.reserve = [ordinary[i] for i in sorted(reserved)]
        self.rng.shuffle(self.reserve)
        self.reserve_at = 0
        set_apart = {resident.number for resident in self.reserve}
        pools["supplementary"] = [
            r for r in pools.get("supplementary", ()) if r.number not in set_apart
        ]
        self.queues = [[] for _ in county.villages]
        for i, resident in enumerate(ordinary):
            if i not in reserved:
                self.queues[resident.village].append(resident)
        for queue in self.queues:
            self.rng.shuffle(queue)

    def sort_determinations(self):
        """Keep some approved determinations for rows that will contradict them."""
        approved = [d for d in self.county.determinations if d.approved]
        self.unapproved = [d for d in self.county.determinations if not d.approved]
        payers = [d for d in approved if is_payer(self.county, d.resident)]
        self.contradicted = payers[::5]
        kept_back = {d.number for d in self.contradicted}
        good = [d for d in approved if d.number not in kept_back]
        self.single_year = deque(d for d in good if len(d.years) == 1)
        self.several_years = deque(d for d in good if len(d.years) > 1)

    def next_reserve(self):
        """Return the next of those who never pay rightly; held rows leave no trace behind."""
        resident = self.reserve[self.reserve_at % len(self.reserve)]
        self.reserve_at += 1
        return resident

    def pay_by_task(self, plan):
        """Return one export's rows: each town pays its own share of its task, some far ahead."""
        whole = sum(quota * reached for (_, quota, reached) in TOWNS)
        even = whole / sum(quota for _, quota, _ in TOWNS)
        wanted = []
        for town, (_, _, reached) in zip(self.county.towns, TOWNS, strict=True):
            quota = self.county.quotas[town.code]
            pace = plan.share_of_task * reached / even * (0.85 + 0.3 * self.rng.random())
            wanted.append(round(quota * min(pace, 0.95)))
        return self.export(plan, self.split_over_villages(wanted))

    def split_over_villages(self, wanted):
        """Return how many ordinary payers each village sends, unevenly within every town."""
        counts = [0] * len(self.queues)
        eager = Random(f"{self.county.seed}/eager")
        eagerness = [0.7 + 0.6 * eager.random() for _ in self.queues]
        for town_index, people in enumerate(wanted):
            inside = [i for i, t in enumerate(self.county.village_towns) if t == town_index]
            weights = [eagerness[i] * len(self.queues[i]) for i in inside]
            whole = sum(weights) or 1
            for i, weight in zip(inside, weights, strict=True):
                share = round(people * (1 - SHARES["proxy"]) * weight / whole)
                counts[i] = min(share, len(self.queues[i]))
        return counts

    def pay_rows(self, plan, rows):
        """Return one export of exactly `rows` rows, spread evenly over the county."""
        planted = sum(max(1, round(rows * share)) for share in SHARES.values())
        people = rows - planted - len(self.in_transit)
        whole = sum(len(queue) for queue in self.queues)
        if people > whole:
            raise NotEnoughPayers(f"{people} payers wanted, {whole} are left")
        counts = [len(queue) * people // whole for queue in self.queues]
        short = people - sum(counts)
        for i, queue in enumerate(self.queues):
            if short and counts[i] < len(queue):
                counts[i] += 1
                short -= 1
        return self.export(plan, counts, rows)

    @without_collector()
    def export(self, plan, counts, size=None):
        """Return the rows of one export in the order in which they are written."""
        self.plan_days(plan)
        rows = []
        for queue, count in zip(self.queues, counts, strict=True):
            for resident in queue[len(queue) - count :]:
                rows.append(self.row(resident, self.next_day()))
            del queue[len(queue) - count :]
        self.share_receipts(rows)
        ordinary = len(rows)
        rows.extend(replace(row, tax_state="04", intent="") for row in self.in_transit)
        if self.in_transit:
            self.bring_to_treasury(rows[ordinary:], plan)
        self.in_transit = []
        size = size or round(ordinary / (1 - sum(SHARES.values())))
        fresh = rows[:ordinary]
        self.rng.shuffle(fresh)
        self.fresh = fresh
        self.used_settled = 0
        for intent, share in SHARES.items():
            for variant in range(max(1, round(size * share))):
                rows.extend(FAULTS[intent](self, plan, variant))
        self.settled = [row for row in fresh if row.intent == ""] + self.settled[
            self.used_settled :
        ]
        by_village = plan.layout == "national"
        rows.sort(key=lambda row: (by_village and row.village, row.order))
        return rows

    @staticmethod
    def bring_to_treasury(rows, plan):
        for row in rows:
            row.treasury_on = plan.first_day

    def plan_days(self, plan):
        """Weigh the days of an export: quiet week-ends, quieter festival, a rush at month's end."""
        self.days = days_between(plan.first_day, plan.last_day)
        weights = []
        for day in self.days:
            weight = 4 if day.weekday() >= 5 else 10
            if FESTIVAL[0] <= day <= FESTIVAL[1]:
                weight = 1
            elif day.day >= 25 or day.day in (9, 10, 19, 20):
                weight += 6
            weights.append(weight)
        self.day_weights = list(accumulate(weights))
        self.day_queue = []

    def next_day(self):
        if not self.day_queue:
            self.day_queue = self.rng.choices(self.days, cum_weights=self.day_weights, k=1000)
        return self.day_queue.pop()

    def next_settled(self):
        """Return a payment posted before this export and not yet spoken of, or None."""
        if self.used_settled >= len(self.settled):
            return None
        self.used_settled += 1
        return self.settled[self.used_settled - 1]

    def from_pool(self, name, variant):
        """Return somebody of a special pool, in turn; pools are never empty in a county."""
        pool = self.pools[name]
        return pool[variant % len(pool)]


def special_pool(county, resident, holders, new_year):
    """Return the name of the pool of people who are not ordinary payers, or None for the rest."""
    status, life = resident.basic_status, resident.life_status
    if resident.number in holders:
        return "determination"
    if life != "alive" or status in ("drawing", "terminated"):
        return "unfit"
    if resident.born_on < date(county.year - 60, 1, 1):
        return "unfit"
    if not pays_age(county, resident):
        return "young" if resident.born_on.year > county.year - 17 else "turning_sixty"
    if resident.other_cover in ("employees", "civil_service"):
        return "covered"
    if resident.identities:
        pool = identity_pool(resident, new_year)
        # Most of those whom the 100 tier never touches pay like anyone else.
        return None if pool == "never_entitled" and resident.number % 4 else pool
    return "supplementary" if resident.supplementary_tier else None


def identity_pool(resident, new_year):
    """Return where a holder of special identities belongs, by what the 100 tier asks."""
    if has_proxy_identity(resident, new_year):
        return "entitled"
    if any(opens_the_lowest_tier(held) for held in resident.identities):
        return "ended"
    return "never_entitled"
