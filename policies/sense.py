"""Ask whether a policy file makes sense as a whole: nothing missing, nothing said twice.

Conditions are boxes (`boxes.py`). Two rules of one rank whose boxes meet are ambiguous; a tier of
which some part lies in no rule's box is a gap; shares that do not make a whole are refused. A rule
that asks for an identity or a sub-area is compared among those who have it.
"""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.boxes import Box, Span, boxes_of, point, uncovered
from policies.words import SCHEMES

WINDOW_YEARS_AROUND = 1
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
        areas = condition.get("areas")
        return (
            (wanted is None or bool(self.tokens & set(wanted)))
            and (unwanted is None or not self.tokens & set(unwanted))
            and (areas is None or any(mine.startswith(a) for a in areas for mine in self.areas))
        )


def check_sense(text, rows):
    """Note a fault for everything in a policy that cannot be meant."""
    for check in (
        _check_eligibility,
        _check_windows,
        _check_tiers,
        _check_rates,
        _check_covers,
        _check_overlaps,
        _check_gaps,
        _check_extras,
        _check_proxies,
        _check_shares,
        _check_benefits,
        _check_targets,
        _check_provisions,
    ):
        check(text, rows)


def _check_eligibility(text, rows):
    ages = {row.values["kind"]: row for row in rows.eligibility}
    youngest, under = ages.get("min_age"), ages.get("under_age")
    if youngest and under and youngest.values["number"] >= under.values["number"]:
        text.add_fault((*under.path, "数值"), _("不大于最低年龄"), _("核对两个年龄"))
    for row in rows.eligibility:
        if row.values["other_scheme_id"] == SCHEMES[text.content["险种"]]:
            text.add_fault((*row.path, "险种"), _("要求先参加的就是本险种"), _("改为另一个险种"))
    columns = ("kind", "other_scheme_id", "note")
    _refuse_twins(text, rows.eligibility, columns, _("同一条件写了两次"))


def _check_windows(text, rows):
    year = rows.head["year"]
    if not any(row.values["kind"] != "extension" for row in rows.windows):
        text.add_fault(("征缴期",), _("没有缴费期"), _("写缴费期或集中征缴期"))
    for row in rows.windows:
        values = row.values
        if values["from_on"] > values["to_on"]:
            text.add_fault((*row.path, "至"), _("早于起始日"), _("核对起止日期"))
        if any(
            abs(day.year - year) > WINDOW_YEARS_AROUND
            for day in (values["from_on"], values["to_on"])
        ):
            text.add_fault((*row.path, "自"), _("与年度相差超过一年"), _("核对年度和起止日期"))
        if values["kind"] == "extension" and not row.condition:
            text.add_fault(
                (*row.path, "身份"),
                _("延长必须写对象，对所有人延长就改缴费期"),
                _("补上身份、首次参保等条件"),
            )


# --- tiers ---


def _check_tiers(text, rows):
    _check_tier_numbers(text, rows)
    for place, later in enumerate(rows.tiers):
        for earlier in rows.tiers[:place]:
            if _tiers_meet(rows, earlier, later):
                line = text.line_of(earlier.path)
                reason = _("同一金额的档次写了两次，另一处在第 %(line)d 行") % {"line": line}
                text.add_fault(later.path, reason, _("留下一处，或用条件分开"))
    for row in rows.tiers:
        if row.values["amount_from"] == 0:
            text.add_fault((*row.path, "金额"), _("是 0"), _("写明缴多少元"))
    if not rows.open_tiers():
        text.add_fault(("档次",), _("没有个人可选的档次"), _("补上档次"))
    if sum(row.values["is_default"] for row in rows.tiers) > 1:
        last = [row for row in rows.tiers if row.values["is_default"]][-1]
        text.add_fault((*last.path, "默认"), _("写了两个默认档次"), _("留下一处"))
    _check_old_tiers(text, rows)
    if rows.head["instalments"] not in ([], [1]) and not rows.head["combining"]:
        text.add_fault(
            ("档次", "缴纳方式"),
            _("可分次缴，没有写几次怎样合并"),
            _("在档次段写：多次缴费: 合并相符，或合并就低"),
        )


def _check_tier_numbers(text, rows):
    """Numbers run on from 1 and amounts rise, in each table of tiers apart."""
    tables = {}
    for row in rows.open_tiers():
        key = tuple(row.condition.get("areas") or ())
        tables.setdefault(key, []).append(row)
    for table in tables.values():
        expected, amount_before = 1, None
        for row in table:
            values = row.values
            if values["number"] != expected:
                text.add_fault(
                    (*row.path, "档次"),
                    _("编号不连续"),
                    _("这里应是第 %(n)d 档") % {"n": expected},
                )
            if amount_before is not None and values["amount_from"] < amount_before:
                text.add_fault((*row.path, "金额"), _("比上一档少"), _("从低到高写"))
            amount_before = values["amount_from"]
            expected = values["number"] + _numbers_taken(values)


def _numbers_taken(values):
    if not values["step_amount"]:
        return 1
    return int((values["amount_to"] - values["amount_from"]) // values["step_amount"]) + 1


def _tiers_meet(rows, one, other):
    low, high = one.values, other.values
    spans = [Span(values["amount_from"], values["amount_to"]) for values in (low, high)]
    if spans[0].meet(spans[1]) is None:
        return False
    # A sum between the steps of a range may well be a tier of its own.
    for stepped, single in ((low, high), (high, low)):
        step = stepped["step_amount"]
        if step and single["amount"] and (single["amount"] - stepped["amount_from"]) % step:
            return False
    return _conditions_meet(rows, one.condition, other.condition)


def _check_old_tiers(text, rows):
    seen = {}
    for row in rows.tiers:
        for amount in row.values["old_amounts"] or ():
            if amount in seen:
                reason = _("旧档次 %(amount)s 对应了两个新档次") % {"amount": amount}
                text.add_fault((*row.path, "旧档次"), reason, _("留下一处"))
            seen[amount] = row


# --- subsidies ---


def _check_rates(text, rows):
    for row in rows.rules:
        rate, of = row.values.get("rate"), row.values.get("of")
        if rate is not None and rate > 1 and of in ("amount", "level", "whole"):
            text.add_fault((*row.path, "比例"), _("超过100%"), _("核对比例"))
        if of == "main" and row.values["stacking"] == "instead":
            text.add_fault(
                (*row.path, "基数"), _("已定补贴的百分比只能加在上面"), _("写：方式: 叠加")
            )


def _check_covers(text, rows):
    """Every rule must be for something: a tier that exists."""
    for row in _entered(rows):
        if row.condition.get("source") in ("collective", "donation"):
            continue
        if row.condition.get("kind") == "back" or rows.head["basis"] == "together":
            continue
        if not any(covers_tier(row.condition, tier.values) for tier in rows.tiers):
            text.add_fault(row.path, _("没有这样的档次"), _("核对档次和补贴的金额"))


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
    last = first + _numbers_taken(tier) - 1
    return not tier["proxy_only"] and numbers.meet(Span(first, last)) is not None


def _entered(rows):
    """Return the subsidy rules written in the section itself, without the one for back payment."""
    return [row for row in rows.subsidies if row.path[0] == "补贴"]


def _check_overlaps(text, rows):
    """Two rules of one rank may not both answer for a payment; 次序 says which goes first."""
    entered = [row for row in _entered(rows) if row.values["stacking"] == "instead"]
    for row, other in _rivals(entered):
        if _conditions_meet(rows, row.condition, other.condition, rows.tiers):
            line = text.line_of(row.path)
            reason = _("与第 %(line)d 行的补贴重叠") % {"line": line}
            text.add_fault(other.path, reason, _("改区间，或用次序写明先后"))
    for group in (rows.caps, rows.terms, rows.aids):
        for row, other in _rivals(group):
            if row.values["part"] == other.values["part"] and _conditions_meet(
                rows, row.condition, other.condition
            ):
                text.add_fault(other.path, _("同一规定写了两次"), _("留下一处，或用条件分开"))


def _rivals(group):
    for place, later in enumerate(group):
        for earlier in group[:place]:
            if earlier.values["priority"] == later.values["priority"]:
                yield earlier, later


def _conditions_meet(rows, one, other, tiers=None):
    """Whether somebody could meet both conditions."""
    together = [
        box for mine in boxes_of(one) for yours in boxes_of(other) if (box := mine.meet(yours))
    ]
    if not together or not _holders_meet(one, other):
        return False
    # A band in yuan and a band in tier numbers meet where a tier lies in both.
    if tiers is not None and ("tiers" in one or "tiers" in other):
        return any(covers_tier(one, t.values) and covers_tier(other, t.values) for t in tiers)
    return True


def _holders_meet(one, other):
    for mine, yours in ((one, other), (other, one)):
        wanted, unwanted = mine.get("identities"), yours.get("not_identities")
        if wanted and unwanted and set(wanted) <= set(unwanted):
            return False
    areas, others = one.get("areas"), other.get("areas")
    if not areas or not others:
        return True
    return any(a.startswith(b) or b.startswith(a) for a in areas for b in others)


def _check_gaps(text, rows):
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
        last = values["number"] + _numbers_taken(values) - 1
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
    count = _numbers_taken(values)
    amounts = [values["amount_from"] + values["step_amount"] * n for n in range(count)]
    return [
        Box({**box.sides, "amounts": point(amount), "tiers": point(values["number"] + n)})
        for n, amount in enumerate(amounts)
    ]


def _is_numbered(rule):
    return "tiers" in rule.condition


def _holders_of(rows, rules, condition):
    """Return those to ask about: plain people of each sub-area, and each identity of the tier."""
    codes = {area for rule in rules for area in rule.condition.get("areas") or ()}
    mine = condition.get("areas")
    areas = [frozenset({code}) for code in (mine or sorted(codes))]
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


def _check_extras(text, rows):
    """An addition written twice for the same people would be given twice."""
    extras = [row for row in _entered(rows) if row.values["stacking"] == "add"]
    seen = {}
    for row in extras:
        key = repr((sorted(row.condition.items(), key=str), sorted(row.values.items(), key=str)))
        if key in seen:
            text.add_fault(row.path, _("同一条叠加写了两次"), _("留下一处"))
        seen[key] = row


# --- proxy payments, shares ---


def _check_proxies(text, rows):
    for row in rows.proxies:
        whole = row.values.get("standard_amount")
        if whole is not None and not any(_is_tier(whole, tier.values) for tier in rows.tiers):
            text.add_fault(
                row.path,
                _("代缴加个人缴费共 %(whole)s 元，不是档次") % {"whole": whole},
                _("核对金额，或补一个档次"),
            )
        base, rate = row.values.get("base_amount"), row.values.get("rate")
        if base == 0 and not rate and not row.values.get("step_by") and row.values["decided"]:
            text.add_fault((*row.path, "代缴"), _("是 0"), _("写明代缴多少元"))
        if whole is not None and base is not None and base > whole:
            text.add_fault((*row.path, "代缴"), _("比标准还高"), _("核对代缴和标准"))
    seen = {}
    for row in rows.proxies:
        key = repr(sorted(row.condition.items(), key=str))
        if key in seen and seen[key].values["stacking"] == row.values["stacking"]:
            text.add_fault(row.path, _("同一身份写了两次"), _("留下一处"))
        seen[key] = row
    if rows.head["several_identities"] == "priority":
        for row, other in _rivals(rows.proxies):
            if row.path != other.path and _conditions_meet(rows, row.condition, other.condition):
                text.add_fault(other.path, _("次序与另一条相同"), _("各写一个次序"))


def _is_tier(amount, tier):
    if not tier["amount_from"] <= amount <= tier["amount_to"]:
        return False
    step = tier["step_amount"]
    return not step or not (amount - tier["amount_from"]) % step or amount == tier["amount_to"]


def _check_shares(text, rows):
    """For each matter, for everyone, each part of the sum must be borne in full."""
    for item in dict.fromkeys(row.values["item"] for row in rows.shares):
        parts = [row for row in rows.shares if row.values["item"] == item]
        keys = [repr(sorted(row.condition.items(), key=str)) for row in parts]
        # Rules of the same conditions make one sharing; others must not meet it.
        for key in dict.fromkeys(keys):
            group = [row for row, mine in zip(parts, keys, strict=True) if mine == key]
            _check_sharing(text, group)
        for place, row in enumerate(parts):
            for other in parts[:place]:
                if keys[parts.index(other)] != keys[place] and _conditions_meet(
                    rows, row.condition, other.condition
                ):
                    line = text.line_of(other.path)
                    reason = _("与第 %(line)d 行的分担重叠") % {"line": line}
                    text.add_fault(row.path, reason, _("把条件写全，使每笔只归一组"))
                    break


def _check_sharing(text, group):
    seen = set()
    for row in group:
        values = row.values
        key = (values["part"], values["segment_from"], values["segment_to"])
        if key in seen:
            text.add_fault(row.path, _("同一承担方写了两次"), _("留下一处"))
        seen.add(key)
        if values.get("rate") == 0:
            text.add_fault((*row.path, "比例"), _("是 0%"), _("删去这一条"))
    rests = [row for row in group if row.values.get("is_rest")]
    if len(rests) > 1:
        text.add_fault((*rests[1].path, "其余"), _("有两方承担其余"), _("留下一方"))
    if rests:
        _check_not_over(text, group)
        return
    fixed = [row for row in group if row.values.get("rate") is None]
    if fixed:
        text.add_fault((*fixed[-1].path, "金额"), _("定额之外没有人承担"), _("另写一条：其余: 是"))
        return
    for low, high in _segments(group):
        whole = sum(row.values["rate"] for row in group if _bears(row.values, low, high))
        if whole != 1:
            said = {"whole": f"{(whole * 100).normalize():f}"}
            reason = _("各级比例合计 %(whole)s%%，不是 100%%") % said
            text.add_fault((*group[-1].path, "比例"), reason, _("核对各级比例"))


def _check_not_over(text, group):
    for low, high in _segments(group):
        bearing = [row for row in group if _bears(row.values, low, high)]
        whole = sum(row.values.get("rate") or 0 for row in bearing)
        if whole > 1:
            reason = _("各级比例合计超过 100%")
            text.add_fault((*bearing[-1].path, "比例"), reason, _("核对各级比例"))


def _segments(group):
    """Return the parts of the sum between all bounds that anybody names."""
    cuts = {row.values["segment_from"] or 0 for row in group} | {0}
    cuts |= {row.values["segment_to"] for row in group if row.values["segment_to"] is not None}
    ordered = sorted(cuts)
    return list(zip(ordered, [*ordered[1:], None], strict=True))


def _bears(values, low, high):
    bound = values["segment_to"]
    return (values["segment_from"] or 0) <= low and (
        bound is None or (high is not None and bound >= high)
    )


# --- benefits, targets, provisions ---


def _check_benefits(text, rows):
    instead = [row for row in rows.benefits if row.values["stacking"] == "instead"]
    for row, other in _rivals(instead):
        if row.values["part"] == other.values["part"] and _conditions_meet(
            rows, row.condition, other.condition
        ):
            line = text.line_of(row.path)
            reason = _("与第 %(line)d 行的待遇重叠") % {"line": line}
            text.add_fault(other.path, reason, _("改条件，或写次序，或写：方式: 叠加"))


def _check_targets(text, rows):
    progress = [row for row in rows.targets if row.values["kind"] == "progress"]
    before = None
    for row in sorted(progress, key=lambda row: row.values["due_on"]):
        if before is not None and row.values["rate"] < before:
            text.add_fault(
                (*row.path, "完成比例"), _("比前一阶段低"), _("写累计比例，一阶段比一阶段高")
            )
        before = row.values["rate"]


def _check_provisions(text, rows):
    _refuse_twins(text, rows.provisions, ("name",), _("同一规定写了两次"))


def _refuse_twins(text, rows, columns, reason):
    """Note a fault at every row whose columns repeat those of an earlier one."""
    seen = set()
    for row in rows:
        key = tuple(row.values.get(column) for column in columns)
        if key in seen:
            text.add_fault(row.path, reason, _("留下一处"))
        seen.add(key)
