"""Find payments about which a policy says nothing: part of a tier that lies in no rule's box.

A rule that asks for an identity or a sub-area is asked about among those who have it.
"""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.boxes import Box, Span, boxes_of, point, uncovered
from policies.meeting import numbers_taken, sums_of

PROXY_WORD = {"proxy": gettext_lazy("代缴")}
SOURCE_WORDS = {"own": gettext_lazy("个人缴费"), **PROXY_WORD}
SIDE_WORDS = {
    "sex": {"m": gettext_lazy("男"), "f": gettext_lazy("女")},
    "hukou": {"local": gettext_lazy("本县户籍"), "other": gettext_lazy("外地户籍")},
    "is_first": {True: gettext_lazy("首次参保"), False: gettext_lazy("续保")},
}
SPAN_WORDS = {
    "born": gettext_lazy("出生日期"),
    "ages": gettext_lazy("年龄"),
    "years_paid": gettext_lazy("缴费年数"),
    "years_running": gettext_lazy("连续缴费年数"),
    "years_back": gettext_lazy("补缴年数"),
    "years_subsidised": gettext_lazy("已补年数"),
    "years_resident": gettext_lazy("居住年数"),
    "average": gettext_lazy("平均缴费"),
    "paid": gettext_lazy("缴费日"),
}


class Holder(NamedTuple):
    """Somebody rules are compared for: what identities and in which areas."""

    tokens: frozenset = frozenset()
    areas: frozenset = frozenset()

    def meets(self, condition):
        """Whether the identities and areas a condition asks for are had."""
        wanted, unwanted = condition.get("identities"), condition.get("not_identities")
        as_well = condition.get("also_identities")
        areas, left_out = condition.get("areas"), condition.get("not_areas")
        return (
            (wanted is None or bool(self.tokens & set(wanted)))
            and (as_well is None or bool(self.tokens & set(as_well)))
            and (unwanted is None or not self.tokens & set(unwanted))
            and (areas is None or any(mine.startswith(tuple(areas)) for mine in self.areas))
            and not any(mine.startswith(tuple(left_out or ())) for mine in self.areas)
        )


def check_gaps(text, rows):
    """Every tier must have an answer, if only 未定, for own money and for proxy money.

    Asked for people without identity anywhere, and again for each identity and each sub-area
    that a tier is kept for. Back payments are answered by 补缴 for all tiers at once.
    """
    rules = [row for row in rows.subsidies if row.values["stacking"] == "instead"]
    if rows.head["basis"] == "together":
        return
    for tier in rows.tiers:
        sources = PROXY_WORD if tier.values["proxy_only"] else SOURCE_WORDS
        for source, word in sources.items():
            gap = _gap(rows, rules, tier, source)
            if gap is not None:
                said = {"word": word, "which": _say_gap(tier.values, gap)}
                text.add_fault(
                    tier.path,
                    _("%(word)s %(which)s没有写补贴") % said,
                    _("在补贴段写明金额，或写：未定"),
                )


def _gap(rows, rules, tier, source):
    """Return a box of payments of this tier and source that no rule is for, or None."""
    values = tier.values
    sides = {
        "kind": frozenset({"normal"}),
        "source": frozenset({source}),
        "amounts": Span(values["amount_from"], values["amount_to"]),
        "tiers": Span(),
    }
    if not values["proxy_only"]:
        last = values["number"] + numbers_taken(values) - 1
        sides["tiers"] = Span(values["number"], last)
    for holder in _holders_of(rows, rules, tier.condition):
        covers = [
            box
            for rule in rules
            if holder.meets(rule.condition) and not (values["proxy_only"] and _is_numbered(rule))
            for box in boxes_of(rule.condition)
        ]
        for own in boxes_of(tier.condition):
            asked = Box(sides).meet(own)
            for box in _pieces(asked, values):
                gap = uncovered(box, covers)
                if gap is not None:
                    return gap
    return None


def _pieces(box, values):
    """A stepped range is asked about at each of its sums, since nothing lies between them."""
    if box is None:
        return []
    if not values["step_amount"]:
        return [box]
    return [
        Box({**box.sides, "amounts": point(one["amount"]), "tiers": point(one["number"])})
        for one in sums_of(values)
    ]


def _is_numbered(rule):
    return "tiers" in rule.condition


def _holders_of(rows, rules, condition):
    """Return those to ask about: plain people of each sub-area, and each identity of the tier."""
    codes = {
        area
        for rule in rules
        for column in ("areas", "not_areas")
        for area in rule.condition.get(column) or ()
    }
    mine, left_out = condition.get("areas"), tuple(condition.get("not_areas") or ())
    areas = [frozenset({code}) for code in (mine or sorted(codes)) if not code.startswith(left_out)]
    if not mine:
        areas.append(frozenset())
    tokens = [frozenset({token}) for token in condition.get("identities") or ()] or [frozenset()]
    refused = {t for rule in rules for t in rule.condition.get("not_identities") or ()}
    if not condition.get("identities"):
        tokens += [frozenset({token}) for token in sorted(refused)]
    return [Holder(held, here) for held in tokens for here in areas]


def _say_gap(tier, gap):
    amounts = gap.side("amounts")
    said = [_say_amounts(amounts)]
    for name, words in SIDE_WORDS.items():
        if name in gap.sides and len(gap.sides[name]) == 1:
            said.append(str(words[next(iter(gap.sides[name]))]))
    for name, word in SPAN_WORDS.items():
        if name in gap.sides:
            said.append(f"{word}{_say_span(gap.sides[name])}")
    return "，".join(said)


def _say_amounts(span):
    if span.low == span.high and span.low is not None:
        return _("%(amount)s 元") % {"amount": f"{span.low.normalize():f}"}
    return _("%(span)s 元") % {"span": _say_span(span)}


def _say_span(span):
    low = "" if span.low is None else f"{'满' if span.low_in else '超过'}{_plain(span.low)}"
    high = "" if span.high is None else f"{'不超过' if span.high_in else '不满'}{_plain(span.high)}"
    return " ".join(filter(None, (low, high))) or _("任意")


def _plain(value):
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)
