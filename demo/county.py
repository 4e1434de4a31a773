"""The demo county: its places, its tasks and its people.

One call builds everything from a seed:

    county = make_county(scale=0.1)
    len(county.residents)        # 26,000 people
    county.quotas["341202100"]   # 2,700, the task of 王店镇 times the scale

Towns and tasks are those of annex 1 of the 2021 plan of 颍州区; the people are made up. The
share of people of 60 and over is kept low on purpose: 260,000 residents must be able to yield
the 223,300 payers of the task.
"""

import gc
from bisect import bisect
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from random import Random

from demo.names import FIRST_PREFIX, PREFIXES, IdentityNumbers, Names

BASIC, SUPPLEMENTARY, MEDICAL = 1, 2, 3
COUNTY_CODE, COUNTY_NAME = "341202", "颍州区"
NEIGHBOUR_CODE, NEIGHBOUR_NAME = "990200", "邻样县"
NEIGHBOUR_RESIDENTS = 60
# The neighbours' numbers stand on a prefix of their own, so that no one is in both counties.
NEIGHBOUR_PREFIX = 990199
STRANGER_PREFIX = 990198

# Annex 1 in its own order: town, task in persons, share of the task reached by 10 March.
TOWNS = (
    ("王店镇", 27000, 0.72),
    ("三十里铺镇", 15200, 0.58),
    ("三合镇", 15000, 0.66),
    ("九龙镇", 15600, 0.48),
    ("马寨乡", 17000, 0.61),
    ("程集镇", 17000, 0.55),
    ("三塔集镇", 27500, 0.52),
    ("西湖镇", 12600, 0.70),
    ("鼓楼街道", 5100, 0.43),
    ("清河街道", 12700, 0.63),
    ("西湖景区街道", 4600, 0.80),
    ("文峰街道", 6600, 0.46),
    ("颍西街道", 15900, 0.57),
    ("京九路街道", 14000, 0.62),
    ("袁集镇", 17500, 0.67),
)
FIRST_TOWN_NUMBER = {"街道": 1, "镇": 100, "乡": 200}
FIRST_COMMUNITY, FIRST_VILLAGE = 1, 200
VILLAGE_HEADS = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭肖田董潘袁蔡蒋余杜"
VILLAGE_TAILS = (
    "庄",
    "寨",
    "楼",
    "营",
    "桥",
    "湾",
    "庙",
    "店",
    "郢",
    "小庄",
    "大庄",
    "老家",
    "新村",
)
COMMUNITY_NAMES = (
    *("东城", "西苑", "南园", "北关", "文昌", "清颍", "双清", "向阳", "解放"),
    *("人民", "建设", "新华", "和平", "幸福", "团结", "胜利", "金种子", "莲花"),
    *("白鹭", "会鹿", "西湖", "颍河", "泉河", "七里铺", "三里桥", "万达", "瑶海"),
    *("凤凰", "朝阳", "育才", "工农", "民生", "阳光", "锦绣", "安康", "祥和"),
)
GROUP_NUMERALS = "一二三四五六七八九十"

# Cumulative shares per thousand of the ages of heads of households.
HEAD_AGES = ((18, 24, 60), (25, 34, 220), (35, 44, 260), (45, 54, 270), (55, 59, 80), (60, 92, 110))
HOUSEHOLD_SIZES = (1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6)
SCHEME_STARTED_ON = date(2011, 7, 1)
SUPPLEMENTARY_STARTED_ON = date(2021, 1, 5)

# Registered tiers in yuan with their weights.
BASIC_TIERS = (
    "200 560 300 90 400 20 500 110 600 20 700 10 800 15 900 5 1000 90 1500 15 2000 35 3000 12 "
    "4000 3 5000 5 6000 10"
)
SUPPLEMENTARY_TIERS = "200 50 500 25 1000 15 2000 7 5000 3"
SUPPLEMENTARY_SHARE = 0.085

FORMER_NAMES = {"程集镇": "程集乡", "西湖镇": "茨河铺乡", "袁集镇": "袁集乡"}


@dataclass(frozen=True, slots=True)
class Area:
    """A place: county (1), town (2), village (3) or group (4)."""

    code: str
    name: str
    level: int
    parent_code: str
    position: int


@dataclass(frozen=True, slots=True)
class Contact:
    """The person in charge of collection in a town, with the hotline printed on notices."""

    town_code: str
    name: str
    phone: str
    hotline: str


@dataclass(frozen=True, slots=True)
class Alias:
    """How another office writes the name of an area."""

    source: str
    text: str
    area_code: str


@dataclass(frozen=True, slots=True)
class SpecialIdentity:
    """A special identity with its grade (0: none) and validity."""

    identity: str
    grade: int
    valid_from: date
    valid_to: date | None


@dataclass(slots=True)
class Resident:
    """A resident with both enrolments; kept in one object so that a million fit in memory."""

    number: int
    id_number: str
    name: str
    sex: str
    born_on: date
    village: int
    group: int
    household: int
    head: str
    life_status: str = "alive"
    other_cover: str = ""
    basic_status: str = "active"
    basic_tier: int = 200
    supplementary_tier: int = 0
    started_on: date = SCHEME_STARTED_ON
    end_reason: str = ""
    identities: tuple = ()

    @property
    def phone(self):
        """An 11-digit number of the unassigned range 154; a household shares some."""
        owner = self.household if self.number % 5 == 0 else self.number
        return f"154{owner * 7919 % 100_000_000:08d}"

    @property
    def bank_account(self):
        return f"6299{self.number * 104729 % 10**15:015d}"

    @property
    def supplementary_status(self):
        return self.basic_status if self.supplementary_tier else ""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One person in one scheme."""

    resident: Resident
    scheme: int
    status: str
    tier: int
    started_on: date


@dataclass(frozen=True, slots=True)
class Determination:
    """An approved (or still unapproved) decision on paying for past years."""

    number: str
    resident: Resident
    scheme: int
    payment_type: str
    years: tuple
    amount_fen: int
    approved: bool


@dataclass
class County:
    """Everything the exports are drawn from."""

    code: str
    name: str
    year: int
    seed: int
    scale: float
    towns: list = field(default_factory=list)
    villages: list = field(default_factory=list)
    groups: list = field(default_factory=list)
    village_towns: list = field(default_factory=list)
    quotas: dict = field(default_factory=dict)
    contacts: list = field(default_factory=list)
    aliases: list = field(default_factory=list)
    residents: list = field(default_factory=list)
    determinations: list = field(default_factory=list)
    neighbours: list = field(default_factory=list)
    numbers: IdentityNumbers = None

    @property
    def areas(self):
        """The county, its towns, villages and groups, parents first."""
        yield Area(self.code, self.name, 1, "", 1)
        yield from self.towns
        yield from self.villages
        yield from self.groups

    def town_of(self, resident):
        return self.towns[self.village_towns[resident.village]]

    @cached_property
    def payers(self):
        """Those whose own payment in the first half of the year is in order."""
        return [resident for resident in self.residents if is_payer(self, resident)]

    def enrolments(self):
        for resident in self.residents:
            yield Enrolment(
                resident, BASIC, resident.basic_status, resident.basic_tier, resident.started_on
            )
            if resident.supplementary_tier:
                yield Enrolment(
                    resident,
                    SUPPLEMENTARY,
                    resident.supplementary_status,
                    resident.supplementary_tier,
                    max(resident.started_on, SUPPLEMENTARY_STARTED_ON),
                )

    def special_identities(self):
        for resident in self.residents:
            for identity in resident.identities:
                yield resident, identity


def make_county(scale=0.1, seed=2021, residents=260_000, villages=220, year=2021):
    """Return the county of this seed: `residents` × `scale` people in about `villages` villages."""
    county = County(COUNTY_CODE, COUNTY_NAME, year, seed, scale)
    county.numbers = IdentityNumbers()
    people = round(residents * scale)
    with without_collector():
        fill(county, people, villages)
    return county


@contextmanager
def without_collector():
    """Rest the garbage collector: nothing here forms cycles, and its walks cost half the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def fill(county, people, villages):
    """Lay out the places and settle the people, each part from a generator of its own."""
    seed = county.seed
    lay_out_towns(county)
    lay_out_villages(county, villages, Random(f"{seed}/villages"))
    shares = share_out(people, [county.quotas[village.code] + 1 for village in county.villages])
    settle(county, shares, Random(f"{seed}/people"))
    share_quotas_by_residents(county, shares)
    make_sure_of_everyone(county, Random(f"{seed}/needed"))
    name_contacts(county, Random(f"{seed}/contacts"))
    list_aliases(county)
    determine_back_payments(county, Random(f"{seed}/determinations"))
    county.neighbours = make_neighbours(county, Random(f"{seed}/neighbours"))


def share_out(total, weights):
    """Return whole parts of `total` in proportion to the weights; they add up to it exactly."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def town_code(name, counts):
    """Return the next free 9-digit code for a name's kind (GB/T 10114 ranges)."""
    kind = next(kind for kind in FIRST_TOWN_NUMBER if name.endswith(kind))
    counts[kind] = counts.get(kind, -1) + 1
    return f"{COUNTY_CODE}{FIRST_TOWN_NUMBER[kind] + counts[kind]:03d}"


def lay_out_towns(county):
    tasks = [task for _, task, _ in TOWNS]
    quotas = share_out(round(sum(tasks) * county.scale), tasks)
    counts = {}
    for position, ((name, _, _), quota) in enumerate(zip(TOWNS, quotas, strict=True), start=1):
        code = town_code(name, counts)
        county.towns.append(Area(code, name, 2, county.code, position))
        county.quotas[code] = quota
    county.quotas[county.code] = sum(quotas)


def lay_out_villages(county, count, rng):
    """Give every town its villages (at least one) and each village three to eight groups."""
    spare = max(count - len(county.towns), 0)
    extra = share_out(spare, [task for _, task, _ in TOWNS])
    for town_index, town in enumerate(county.towns):
        names = village_names(town.name.endswith("街道"), 1 + extra[town_index], rng)
        numbers = {"社区": FIRST_COMMUNITY, "村": FIRST_VILLAGE}
        weights = [rng.randint(60, 140) for _ in names]
        quotas = share_out(county.quotas[town.code], weights)
        for position, (name, quota) in enumerate(zip(names, quotas, strict=True), start=1):
            kind = "社区" if name.endswith("社区") else "村"
            code = f"{town.code}{numbers[kind]:03d}"
            numbers[kind] += 1
            village = Area(code, name, 3, town.code, position)
            county.villages.append(village)
            county.village_towns.append(town_index)
            county.quotas[code] = quota
            county.groups.extend(groups_of(village, rng.randint(3, 8)))


def village_names(in_the_city, count, rng):
    """Return different names within one town; other towns may have the same ones, as in life."""
    names = []
    while len(names) < count:
        if rng.random() < (0.85 if in_the_city else 0.12):
            name = rng.choice(COMMUNITY_NAMES) + "社区"
        else:
            name = rng.choice(VILLAGE_HEADS) + rng.choice(VILLAGE_TAILS) + "村"
        if name not in names:
            names.append(name)
        elif len(names) >= len(COMMUNITY_NAMES):
            names.append(f"{rng.choice(VILLAGE_HEADS)}{name}")
    return names


def groups_of(village, count):
    suffix = "居民小组" if village.name.endswith("社区") else "村民组"
    return [
        Area(f"{village.code}{n:02d}", f"第{GROUP_NUMERALS[n - 1]}{suffix}", 4, village.code, n)
        for n in range(1, count + 1)
    ]


def share_quotas_by_residents(county, shares):
    """Split every town's task over its villages by their residents; children sum to the parent."""
    for town_index, town in enumerate(county.towns):
        inside = [i for i, t in enumerate(county.village_towns) if t == town_index]
        parts = share_out(county.quotas[town.code], [shares[i] + 1 for i in inside])
        for i, part in zip(inside, parts, strict=True):
            county.quotas[county.villages[i].code] = part


def settle(county, shares, rng):
    """Fill the villages with households until each has its share of residents."""
    settler = Settler(county, rng)
    groups = {}
    for group in county.groups:
        groups[group.parent_code] = groups.get(group.parent_code, 0) + 1
    for village_index, share in enumerate(shares):
        group_count = groups[county.villages[village_index].code]
        while share > 0:
            share -= settler.household(village_index, group_count, share)


class Settler:
    """Makes households: a head, mostly a wife or husband, then children, twins or parents."""

    def __init__(self, county, rng):
        self.county = county
        self.rng = rng
        self.names = Names(rng)
        self.today = date(county.year, 3, 20).toordinal()
        self.first_day = date(county.year, 1, 1)
        self.households = 0
        self.age_bounds = []
        passed = 0
        for _, _, weight in HEAD_AGES:
            passed += weight
            self.age_bounds.append(passed / 1000)
        self.basic_tiers = tier_table(BASIC_TIERS)
        self.supplementary_tiers = tier_table(SUPPLEMENTARY_TIERS)
        self.sixtieth_bounds = sixtieth_birthdays(county.year)

    def household(self, village, group_count, room):
        """Add one household of at most `room` people; return how many it has."""
        random = self.rng.random
        self.households += 1
        group = 1 + int(random() * group_count)
        size = min(HOUSEHOLD_SIZES[int(random() * len(HOUSEHOLD_SIZES))], room)
        low, high, _ = HEAD_AGES[min(bisect(self.age_bounds, random()), len(HEAD_AGES) - 1)]
        age = low + int(random() * (high - low + 1))
        sex = "m" if random() < 0.8 else "f"
        surname = self.names.surname()
        head = self.names.full(sex, surname)
        place = (village, group, self.households, head)
        prefix = FIRST_PREFIX + (village + int(random() * 3)) % (PREFIXES - 2)
        self.add(place, prefix, age, sex, head)
        if size > 1:
            other = "f" if sex == "m" else "m"
            self.add(place, prefix, age - 3 + int(random() * 6), other, self.names.full(other))
        left = size - 2
        while left > 0:
            left -= self.relatives(place, prefix, age, surname, left)
        return size

    def relatives(self, place, prefix, age, surname, room):
        """Add a child, a parent, a sibling or twins; return how many."""
        random = self.rng.random
        sex = "m" if random() < 0.52 else "f"
        if age >= 40:
            child_age = max(16, age - 22 - int(random() * 9))
            if room > 1 and random() < 0.03:
                self.add_twins(place, prefix, child_age, surname)
                return 2
            self.add(place, prefix, child_age, sex, self.names.full(sex, surname))
        elif random() < 0.2:
            self.add(
                place, prefix, age + 23 + int(random() * 8), sex, self.names.full(sex, surname)
            )
        else:
            years = age - 6 + int(random() * 12)
            self.add(place, prefix, years, sex, self.names.full(sex, surname))
        return 1

    def birth_ordinal(self, age):
        age = min(max(age, 16), 95)
        return self.today - int((age + self.rng.random()) * 365.2425) - 1

    def add(self, place, prefix, age, sex, name):
        number, born_on = self.county.numbers.next(prefix, self.birth_ordinal(age), sex)
        self.settle_one(place, number, born_on, sex, name)

    def add_twins(self, place, prefix, age, surname):
        boy, girl = self.county.numbers.twins(prefix, self.birth_ordinal(age))
        self.settle_one(place, *boy, "m", self.names.full("m", surname))
        self.settle_one(place, *girl, "f", self.names.full("f", surname))

    def settle_one(self, place, number, born_on, sex, name):
        residents = self.county.residents
        village, group, household, head = place
        # About two in a thousand bear the name of the neighbour settled just before.
        if self.rng.random() < 0.002 and residents and residents[-1].sex == sex:
            name = residents[-1].name
        resident = Resident(
            len(residents) + 1, number, name, sex, born_on, village, group, household, head
        )
        self.enrol(resident)
        residents.append(resident)

    def enrol(self, resident):
        """Set what the registry says: status, tiers, cover, identities, the day of joining."""
        random = self.rng.random
        resident.basic_tier = self.basic_tiers[int(random() * 1000)]
        resident.started_on = self.joined_on(resident.born_on)
        luck = random()
        if resident.born_on < self.sixtieth_bounds[0]:
            grow_old(resident, luck)
            return
        if luck < 0.032:
            leave_the_ordinary(resident, luck)
        elif resident.born_on > self.sixtieth_bounds[1] and luck > 0.958:
            resident.identities = self.identities_of(resident, (luck - 0.958) / 0.042)
        if resident.basic_status == "active" and random() < SUPPLEMENTARY_SHARE:
            resident.supplementary_tier = self.supplementary_tiers[int(random() * 1000)]

    def joined_on(self, born_on):
        """Return a day from the scheme's start on, not before the 16th birthday."""
        earliest = max(SCHEME_STARTED_ON.toordinal(), born_on.toordinal() + 5844)
        first_day = self.first_day.toordinal()
        early = self.rng.random()
        if early > 0.985:
            return date.fromordinal(max(earliest, first_day + int((1 - early) * 4_000)))
        latest = max(earliest, first_day - 1)
        return date.fromordinal(min(earliest + int((latest - earliest) * early**3), self.today))

    def identities_of(self, resident, luck):
        """Return one or two special identities; a tenth of them ended before this year."""
        random = self.rng.random
        kind, grade = pick_identity(luck, random())
        start = date(self.county.year - 7 + int(random() * 4), 1 + int(random() * 12), 1)
        if random() < 0.1:
            last = self.county.year - 1
            ended = date(last, 6, 30) if random() < 0.7 else date(last - 1, 12, 31)
            return (SpecialIdentity(kind, grade, start, ended),)
        if grade <= 2 and kind in ("low_income", "destitute", "disabled"):
            resident.basic_tier = 100
        first = SpecialIdentity(kind, grade, start, None)
        if random() < 0.05 and kind != "registered_poor":
            poor = SpecialIdentity("registered_poor", 0, start, date(self.county.year - 1, 12, 31))
            return (first, poor)
        return (first,)


def tier_table(pairs):
    """Return a thousand tiers in yuan, each as often as its weight asks."""
    words = list(map(int, pairs.split()))
    weights = words[1::2]
    counts = share_out(1000, weights)
    return [tier for tier, count in zip(words[::2], counts, strict=True) for _ in range(count)]


def sixtieth_birthdays(year):
    """Return the last birth dates of those 60 before 1 January, and before the demo's spring ends.

    Between the two stand people who turn 60 during the campaign.
    """
    return date(year - 60, 1, 1), date(year - 60, 6, 30)


def grow_old(resident, luck):
    """Give someone of 60 or more a state; a few are past 60 and not yet drawing."""
    if luck < 0.86:
        resident.basic_status = "drawing"
    elif luck < 0.91:
        resident.basic_status, resident.life_status = "terminated", "dead"
        resident.end_reason = "死亡"
    elif luck < 0.92:
        resident.life_status = "dead"
        resident.basic_status = "drawing"
    elif luck < 0.95:
        resident.basic_status, resident.life_status = "terminated", "moved"
        resident.end_reason = "户籍跨县转出"


def leave_the_ordinary(resident, luck):
    """Give someone of paying age one of the rarer states."""
    if luck < 0.003:
        resident.basic_status, resident.life_status = "terminated", "dead"
        resident.end_reason = "死亡"
    elif luck < 0.006:
        resident.basic_status, resident.life_status = "terminated", "moved"
        resident.end_reason = "户籍跨县转出"
    elif luck < 0.009:
        resident.basic_status, resident.other_cover = "terminated", "employees"
        resident.end_reason = "参保其他社会保险"
    elif luck < 0.017:
        resident.other_cover = "employees"
    elif luck < 0.019:
        resident.other_cover = "civil_service"
    elif luck < 0.026:
        resident.other_cover = "student" if resident.born_on.year > 1995 else ""
    else:
        resident.basic_status = "suspended"


def pick_identity(luck, grade_luck):
    """Return (identity, grade); grade 1 is the worst, 0 means that the identity has none."""
    grade = 1 + int(grade_luck * 4)
    if luck < 0.52:
        return "low_income", 0
    if luck < 0.64:
        return "destitute", 0
    if luck < 0.85:
        return "disabled", grade
    if luck < 0.97:
        return "registered_poor", 0
    return ("bereaved_parent" if luck < 0.985 else "procedure_injury"), min(grade, 3)


NEEDED_OF_EACH = 6


def make_sure_of_everyone(county, rng):
    """Turn a few ordinary payers into the rarer kinds, so that small counties have some of each.

    A county of a few hundred people would otherwise lack, say, anyone whose low-income identity
    has ended, and with them a verdict.
    """
    if len(county.residents) > 20_000:
        return
    ordinary = [r for r in county.residents if is_payer(county, r) and not r.identities]
    start = date(county.year - 5, 1, 1)
    ended = date(county.year - 1, 6, 30)
    low_income = SpecialIdentity("low_income", 0, start, None)
    kinds = (
        {"identities": (low_income,), "basic_tier": 100},
        {"identities": (SpecialIdentity("disabled", 2, start, None),), "basic_tier": 100},
        {"identities": (SpecialIdentity("low_income", 0, start, ended),)},
        {"identities": (SpecialIdentity("disabled", 3, start, None),)},
        {"identities": (SpecialIdentity("bereaved_parent", 2, start, None),)},
        {"other_cover": "employees"},
        {"other_cover": "civil_service"},
        {"basic_status": "terminated", "life_status": "dead", "end_reason": "死亡"},
        {"basic_status": "terminated", "life_status": "moved", "end_reason": "户籍跨县转出"},
        {"supplementary_tier": 500},
        {"basic_status": "suspended"},
    )
    chosen = rng.sample(ordinary, min(NEEDED_OF_EACH * len(kinds), len(ordinary) // 3))
    for n, resident in enumerate(chosen):
        resident.supplementary_tier = 0
        for field_name, value in kinds[n % len(kinds)].items():
            setattr(resident, field_name, value)


def name_contacts(county, rng):
    names = Names(rng)
    for n, town in enumerate(county.towns, start=1):
        phone = f"154{rng.randrange(10**8):08d}"
        sex = "m" if rng.random() < 0.7 else "f"
        county.contacts.append(Contact(town.code, names.full(sex), phone, f"0558-990{n:04d}"))


def list_aliases(county):
    """Note how the tax bureau and rosters write the towns; texts are unique per source."""
    for town in county.towns:
        texts = [
            f"税务{town.name}分局",
            f"{town.name}-城区居民",
            f"颍州区{town.name}",
            f"国家税务总局阜阳市颍州区税务局{town.name}税务分局",
        ]
        former = FORMER_NAMES.get(town.name)
        if former:
            texts.append(f"（原）{former}")
        county.aliases.extend(Alias("tax", text, town.code) for text in texts)
        county.aliases.append(Alias("roster", f"颍州区{town.name}", town.code))


def pays_age(county, resident):
    """Whether the resident is of paying age through all of the year's first half."""
    born_on = resident.born_on
    return date(county.year - 60, 6, 30) < born_on < date(county.year - 16, 1, 1)


def is_payer(county, resident):
    """Whether an own payment of this resident in the first half of the year is in order."""
    return (
        resident.basic_status in ("active", "suspended")
        and resident.life_status == "alive"
        and resident.other_cover in ("", "student")
        and pays_age(county, resident)
    )


def determine_back_payments(county, rng):
    """Approve past years for some who missed them and for some past 60 who lack years."""
    wanted = max(12, round(len(county.residents) * 0.006))
    count = 0
    for resident in rng.sample(county.residents, len(county.residents)):
        if count >= wanted:
            return
        determination = determination_for(county, resident, count)
        if determination:
            county.determinations.append(determination)
            count += 1


def determination_for(county, resident, count):
    """Return a determination for someone it can be right for, or None."""
    if resident.basic_status != "active" or resident.life_status != "alive":
        return None
    if resident.other_cover or resident.identities or resident.started_on.year > 2017:
        return None
    past_sixty = resident.born_on < date(county.year - 60, 1, 1)
    if not past_sixty and not pays_age(county, resident):
        return None
    last = county.year - 1
    years = (last,) if count % 3 else (last - 2, last - 1, last)
    kind = "33" if past_sixty else ("31" if count % 2 else "32")
    number = f"{county.code}{county.year}{count + 1:07d}"
    tier = resident.basic_tier if resident.basic_tier > 100 else 200
    approved = past_sixty or count % 8 != 7
    amount = tier * 100 * len(years)
    return Determination(number, resident, BASIC, kind, years, amount, approved)


def make_neighbours(county, rng):
    """Return the few residents of 990200, who are registered there and nowhere else."""
    names = Names(rng)
    first = date(county.year - 55, 1, 1).toordinal()
    neighbours = []
    for n in range(1, NEIGHBOUR_RESIDENTS + 1):
        sex = "m" if n % 2 else "f"
        number, born_on = county.numbers.next(NEIGHBOUR_PREFIX, first + n * 200, sex)
        name = names.full(sex)
        neighbours.append(Resident(n, number, name, sex, born_on, 0, 1, n, name))
    return neighbours
