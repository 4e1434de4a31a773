"""Rows planted on purpose: one maker per verdict, each with several variants taken in turn.

A maker is called with the campaign, the plan of the export and the number of the row among its
kind; it returns the rows to add, mostly one. What it makes must meet exactly its own verdict,
so each starts from a person who would otherwise pay in order.
"""

from dataclasses import replace
from datetime import date, timedelta

from demo.county import STRANGER_PREFIX, TOWNS
from demo.names import CHECK_CHARACTERS, check_character

MEDICAL_YUAN = 280
# In-file copies come up to an hour later in the file than what they repeat.
LATER = 3_600


def held(campaign, intent, resident=None, **changes):
    """Return an ordinary payment of someone who never pays rightly, spoilt by the changes."""
    resident = resident or campaign.next_reserve()
    return campaign.row(resident, campaign.next_day(), intent=intent, **changes)


def medical(campaign, plan, variant):
    """S01: medical insurance, bought through the same tax code (A61)."""
    resident = campaign.next_reserve()
    amount = MEDICAL_YUAN * 100 if variant % 9 else 32_000
    return [held(campaign, "S01", resident, item="medical", amount=amount)]


def not_paid(campaign, plan, variant):
    """S02: declared or not, but not paid; or no such household."""
    state = ("01", "02", "09")[variant % 3]
    return [held(campaign, "S02", tax_state=state, receipt="", treasury_on=None)]


def in_transit(campaign, plan, variant):
    """S03: paid but not yet in the treasury; the next export brings the same receipt as arrived."""
    queues = [queue for queue in campaign.queues if queue]
    queue = campaign.rng.choice(queues) if queues else []
    resident = queue.pop() if queue else campaign.next_reserve()
    row = held(campaign, "S03", resident, tax_state="03", treasury_on=None)
    if queue:
        campaign.in_transit.append(row)
    return [row]


def bad_number(campaign, plan, variant):
    """E01: an identity number that is missing, mistyped or ruined by a spreadsheet."""
    row = held(campaign, "E01")
    row.id_number = spoil(row.id_number, variant)
    return [row]


def spoil(number, variant):
    """Return the number in one of seven bad ways; the result never passes the check by luck."""
    kind = variant % 7
    if kind == 0:
        return None
    if kind == 1:
        place = CHECK_CHARACTERS.index(number[17])
        return number[:17] + CHECK_CHARACTERS[(place + 1 + variant % 9) % 11]
    if kind == 2:
        return number[:16]
    if kind == 3:
        body = number[:10] + "13" + number[12:17]
        return body + check_character(body)
    if kind == 4:
        return float(number.replace("X", "0"))
    if kind == 5:
        # One body in eleven asks for a 0 at the end: take a fifteenth digit that does not.
        bodies = (f"{number[:14]}{digit}00" for digit in number[14] + "0123456789")
        return next(body + "0" for body in bodies if check_character(body) != "0")
    return number + f"4{1 + variant % 4}"


def other_name(campaign, plan, variant):
    """E02: the number is right, the name is another's."""
    row = held(campaign, "E02")
    name = row.name
    if variant % 3 == 0:
        row.name = ("钱" if name[0] == "孔" else "孔") + name[1:]
    elif variant % 3 == 1:
        row.name = name + "儿"
    else:
        row.name = ""
    return [row]


def stranger(campaign, plan, variant):
    """E03: in no registry, or not enrolled in the scheme paid for."""
    if variant % 8 == 1:
        resident = next_without_supplementary(campaign)
        return [held(campaign, "E03", resident, item="supplementary", amount=50_000)]
    rng = campaign.rng
    sex = "m" if rng.random() < 0.5 else "f"
    born = date(campaign.year - 50, 1, 1).toordinal() + rng.randrange(9_000)
    number, _ = campaign.stranger_numbers.next(STRANGER_PREFIX, born, sex)
    return [held(campaign, "E03", id_number=number, name=campaign.names.full(sex))]


def next_without_supplementary(campaign):
    while True:
        resident = campaign.next_reserve()
        if not resident.supplementary_tier:
            return resident


def neighbour(campaign, plan, variant):
    """E04: registered in another county."""
    people = campaign.county.neighbours
    other = people[variant % len(people)]
    return [held(campaign, "E04", id_number=other.id_number, name=other.name)]


def odd_amount(campaign, plan, variant):
    """E05: no amount, an unreadable one, nothing, or no tier of the year."""
    enrolled = campaign.pools["supplementary"]
    if variant % 9 == 8 and enrolled:
        resident = enrolled[variant % len(enrolled)]
        return [held(campaign, "E05", resident, item="supplementary", amount=30_000)]
    choices = (35_000, None, "—", 0, 5_000, 25_050, "见备注", 120_000)
    return [held(campaign, "E05", amount=choices[variant % len(choices)])]


def paid_twice(campaign, plan, variant):
    """E06: a second payment of the year through another channel."""
    if variant % 2:
        earlier = campaign.next_settled()
        if earlier and earlier.year == campaign.year and earlier.item == "basic":
            return [held(campaign, "E06", earlier.resident, town=earlier.town)]
    first = campaign.fresh.pop()
    again = campaign.row(
        first.resident, first.paid_on, intent="E06", town=first.town, treasury_on=first.treasury_on
    )
    again.order = first.order + LATER
    return [again]


def wrong_year(campaign, plan, variant):
    """E07: a year that is missing, past without a determination, or still to come."""
    last = campaign.year - 1
    kind = variant % 6
    if kind == 0:
        return [held(campaign, "E07", year=None)]
    if kind == 1:
        return [held(campaign, "E07", year=last)]
    if kind == 2:
        return [held(campaign, "E07", payment_type="31")]
    if kind == 3:
        return [held(campaign, "E07", year=campaign.year + 1)]
    if kind == 4 and campaign.unapproved:
        return [back_row(campaign, campaign.unapproved[variant % len(campaign.unapproved)], "E07")]
    unknown = f"{campaign.county.code}{campaign.year}9{variant:06d}"
    return [held(campaign, "E07", year=last, payment_type="31", determination=unknown)]


def back_row(campaign, determination, intent):
    """Return the payment that a determination asks for."""
    years = determination.years
    return held(
        campaign,
        intent,
        determination.resident,
        year=years[0],
        last_year=years[-1],
        amount=determination.amount_fen,
        payment_type=determination.payment_type,
        determination=determination.number,
    )


def contradicts(campaign, plan, variant):
    """E08: a back payment whose amount or years are not those determined."""
    determination = campaign.contradicted[variant % len(campaign.contradicted)]
    row = back_row(campaign, determination, "E08")
    if plan.layout != "national" and len(determination.years) > 1:
        row.last_year = row.year
    elif variant % 2:
        row.year, row.last_year = row.year - 1, row.last_year - 1
    else:
        row.amount += 10_000
    return [row]


def unfit(campaign, plan, variant):
    """E09: dead, moved, drawing, terminated, already 60 or not yet 16."""
    young = campaign.pools.get("young")
    if variant % 10 == 7 and young:
        resident = young[variant % len(young)]
        day = min(plan.last_day, birthday(resident, 16) - timedelta(days=1))
        if plan.first_day <= day:
            return [campaign.row(resident, day, intent="E09")]
    return [held(campaign, "E09", campaign.from_pool("unfit", variant))]


def birthday(resident, age):
    born = resident.born_on
    if (born.month, born.day) == (2, 29):
        return date(born.year + age, 3, 1)
    return born.replace(year=born.year + age)


def covered(campaign, plan, variant):
    """E10: covered by the employees' scheme or the civil service."""
    return [held(campaign, "E10", campaign.from_pool("covered", variant))]


def other_town(campaign, plan, variant):
    """E11: a town nobody knows, or not the payer's own."""
    row = held(campaign, "E11")
    own = campaign.county.village_towns[row.village]
    other = campaign.county.towns[(own + 1 + variant % (len(TOWNS) - 1)) % len(TOWNS)]
    unknown = ("开发区税务分局", "代发虚拟乡镇", "税务杨舍镇-城区居民")
    row.town = (other.name, unknown[variant % 3], f"税务{other.name}分局")[variant % 3]
    return [row]


def refund_of_nothing(campaign, plan, variant):
    """E14: money back for which nothing was paid, or not that much."""
    if variant % 3 == 2:
        earlier = campaign.next_settled()
        if earlier:
            return [held(campaign, "E14", earlier.resident, year=earlier.year, amount=-123_400)]
    if variant % 3 == 1:
        return [held(campaign, "E14", payment_type="20")]
    row = held(campaign, "E14")
    row.amount = -row.amount
    return [row]


def refund(campaign, plan, variant):
    """A refund of an earlier payment: negative, or of type 20 with a positive amount."""
    earlier = campaign.next_settled()
    if earlier is None:
        return []
    row = held(campaign, "refund", earlier.resident, year=earlier.year, item=earlier.item)
    row.amount = earlier.amount if variant % 2 else -earlier.amount
    row.payment_type = "20"
    if variant % 4 == 2:
        row.payment_type = "10"
    return [row]


def unclear_item(campaign, plan, variant):
    """E15: the item does not say which of the two schemes."""
    return [held(campaign, "E15", item=("unclear", "empty")[variant % 2])]


def not_entitled(campaign, plan, variant):
    """E16: the tier that only the state pays, by someone it never pays for."""
    never = campaign.pools.get("never_entitled")
    resident = never[variant % len(never)] if variant % 2 and never else None
    return [held(campaign, "E16", resident, amount=10_000)]


def no_longer_entitled(campaign, plan, variant):
    """E17: entitled once, but the identity ended before the year began."""
    return [held(campaign, "E17", campaign.from_pool("ended", variant), amount=10_000)]


def repeated(campaign, plan, variant):
    """E18: the same row again, further down in the same file."""
    first = campaign.fresh.pop()
    return [replace(first, intent="E18", order=first.order + LATER)]


def repeated_from_before(campaign, plan, variant):
    """E18: a row that an earlier export already brought."""
    earlier = campaign.next_settled()
    if earlier is None:
        return repeated(campaign, plan, variant)
    day = plan.first_day.toordinal() * 86_400 + earlier.second
    return [replace(earlier, intent="E18", order=day)]


def back(campaign, plan, variant):
    """A back payment exactly as determined; several years at once need period columns."""
    several = plan.layout == "national" and variant % 2 and campaign.several_years
    source = campaign.several_years if several else campaign.single_year
    if not source:
        return []
    return [back_row(campaign, source.popleft(), "back")]


def proxy(campaign, plan, variant):
    """The 100 tier, paid by the state for someone entitled."""
    entitled = campaign.pools["entitled"]
    if not entitled:
        return []
    return [held(campaign, "proxy", entitled.pop(), amount=10_000)]


def supplementary(campaign, plan, variant):
    """A payment into the supplementary scheme, beside or before the basic one."""
    people = campaign.pools["supplementary"]
    if not people:
        return []
    resident = people.pop()
    amount = resident.supplementary_tier * 100
    return [held(campaign, "supplementary", resident, item="supplementary", amount=amount)]


FAULTS = {
    "S01": medical,
    "S02": not_paid,
    "S03": in_transit,
    "E01": bad_number,
    "E02": other_name,
    "E03": stranger,
    "E04": neighbour,
    "E05": odd_amount,
    "E06": paid_twice,
    "E07": wrong_year,
    "E08": contradicts,
    "E09": unfit,
    "E10": covered,
    "E11": other_town,
    "E14": refund_of_nothing,
    "E15": unclear_item,
    "E16": not_entitled,
    "E17": no_longer_entitled,
    "E18": repeated,
    "E18 posted": repeated_from_before,
    "refund": refund,
    "back": back,
    "proxy": proxy,
    "supplementary": supplementary,
}
