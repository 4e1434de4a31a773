"""Whether two rules could both be for somebody, and whether a rule is for a tier."""

import re

from policies.boxes import Span, boxes_of

# The grade in a token: disabled2, disabled2@day.
GRADE = re.compile(r"[1-4](?=@|$)")


def rivals(group):
    for place, later in enumerate(group):
        for earlier in group[:place]:
            if earlier.values["priority"] == later.values["priority"]:
                yield earlier, later


def conditions_meet(one, other, tiers=None):
    """Whether somebody could meet both conditions."""
    together = [
        box for mine in boxes_of(one) for yours in boxes_of(other) if (box := mine.meet(yours))
    ]
    if not together or not _holders_meet(one, other):
        return False
    # A band in yuan and a band in tier numbers meet where a tier lies in both.
    if tiers is not None and ("tiers" in one or "tiers" in other):
        sums = [each for tier in tiers for each in sums_of(tier.values)]
        return any(covers_tier(one, each) and covers_tier(other, each) for each in sums)
    return True


def _holders_meet(one, other):
    if _differ_by_grade(one.get("identities"), other.get("identities")):
        return False
    for mine, yours in ((one, other), (other, one)):
        wanted, unwanted = mine.get("identities"), yours.get("not_identities")
        if wanted and unwanted and set(wanted) <= set(unwanted):
            return False
        areas, left_out = mine.get("areas"), yours.get("not_areas")
        if areas and left_out and all(a.startswith(tuple(left_out)) for a in areas):
            return False
    areas, others = one.get("areas"), other.get("areas")
    if not areas or not others:
        return True
    return any(a.startswith(b) or b.startswith(a) for a in areas for b in others)


def _differ_by_grade(one, other):
    """Whether both are for grades of one identity, and no grade is in both: nobody has two."""
    tokens = {*(one or ()), *(other or ())}
    names = {GRADE.sub("", token) for token in tokens}
    is_one = len(names) == 1 and not names & tokens
    return bool(one and other and is_one and not set(one) & set(other))


def covers_tier(condition, tier):
    """Whether a condition is for this tier, by its amount or by its number."""
    span = Span(tier["amount_from"], tier["amount_to"])
    amounts = condition.get("amounts")
    if amounts is not None and amounts.meet(span) is None:
        return False
    excepted = condition.get("except_amounts") or ()
    if tier["amount"] is not None and tier["amount"] in excepted:
        return False
    numbers = condition.get("tiers")
    if numbers is None:
        return True
    # Proxy-only tiers have no number that a rule could mean.
    first = tier["number"]
    last = first + numbers_taken(tier) - 1
    return not tier["proxy_only"] and numbers.meet(Span(first, last)) is not None


def sums_of(tier):
    """Return a range in steps as a tier for each of its sums, any other tier as it is."""
    if not tier["step_amount"]:
        return [tier]
    sums = [tier["amount_from"] + tier["step_amount"] * n for n in range(numbers_taken(tier))]
    if tier["is_top_payable"] and sums[-1] != tier["amount_to"]:
        sums.append(tier["amount_to"])
    last = tier["number"] + numbers_taken(tier) - 1
    one = {"step_amount": None, "proxy_only": tier["proxy_only"]}
    return [
        {**one, "number": min(number, last), "amount": sum_, "amount_from": sum_, "amount_to": sum_}
        for number, sum_ in enumerate(sums, tier["number"])
    ]


def numbers_taken(values):
    if not values["step_amount"]:
        return 1
    return int((values["amount_to"] - values["amount_from"]) // values["step_amount"]) + 1
