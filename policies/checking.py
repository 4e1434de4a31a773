"""Check a policy file before it is loaded: every fault with its line, field, reason and remedy.

Four questions in order: can it be read, does it use a shape not yet supported, has it the shape
of `schema.json`, and does it make sense as a whole (no gap, no overlap, shares that add up).
Each question is asked only of a file that passed the one before, so that one slip of
indentation does not bring forth fifty faults.
"""

import json
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from jsonschema import Draft202012Validator

from policies.interpreting import interpret
from policies.reading import Fault, PolicyText, read_text
from policies.shapes import refuse_unsayable
from policies.words import SCHEMES

__all__ = ["Fault", "check_file", "check_text", "understand"]

SCHEMA_FILE = Path(__file__).with_name("schema.json")
WINDOW_YEARS_AROUND = 1


def check_file(path):
    """Return the faults of a policy file by line; empty when it may be loaded."""
    return check_text(Path(path).read_bytes())


def check_text(raw):
    """Return the faults of a policy text (str or bytes), in the order of its lines."""
    text, _rows = understand(raw)
    return text.faults


def understand(raw):
    """Return the PolicyText and its PolicyRows; rows are None when there are faults."""
    text = read_text(raw)
    rows = None
    for question in (refuse_unsayable, _check_shape):
        if not text.faults:
            question(text)
    if not text.faults:
        rows = interpret(text)
    if not text.faults:
        _check_sense(text, rows)
    text.faults = sorted(dict.fromkeys(text.faults), key=lambda fault: fault.line)
    return text, None if text.faults else rows


@cache
def _validator():
    return Draft202012Validator(json.loads(SCHEMA_FILE.read_text("utf-8")))


# --- the shape ---


def _check_shape(text: PolicyText):
    for error in _validator().iter_errors(text.content):
        path = tuple(error.absolute_path)
        explain = SHAPE_FAULTS.get(error.validator, _explain_other)
        for place, reason, remedy in explain(path, error):
            text.add_fault(place, reason, remedy)


def _explain_unknown(path, error):
    known = error.schema.get("properties", {})
    for key in error.instance:
        if key not in known:
            remedy = _("可写：%(known)s") % {"known": "、".join(known)}
            yield (*path, key), _("不认识这一项"), remedy


def _explain_missing(path, error):
    for key in error.validator_value:
        if key not in error.instance:
            yield path, _("缺少「%(key)s」") % {"key": key}, _("补上这一项")


def _explain_choice(path, error):
    reason = _("写的是「%(said)s」") % {"said": error.instance}
    allowed = "、".join(str(word) for word in error.validator_value)
    yield path, reason, _("改为：%(allowed)s") % {"allowed": allowed}


def _explain_type(path, error):
    types = {
        "object": _("下面要分项写"),
        "array": _("下面要逐条写，每条以短横线开头"),
        "string": _("写成文字，数字要加引号"),
        "integer": _("只写整数"),
        "number": _("只写数字"),
    }
    reason = _("写的是「%(said)s」") % {"said": str(error.instance)[:20]}
    yield path, reason, types[error.validator_value]


def _explain_pattern(path, error):
    reason = _("写的是「%(said)s」") % {"said": str(error.instance)[:30]}
    form = error.schema.get("description") or _("照范例的写法")
    yield path, reason, _("写法：%(form)s") % {"form": form}


def _explain_range(path, error):
    reason = _("%(said)s 超出范围") % {"said": str(error.instance)[:30]}
    remedy = (_("不小于 %(bound)s") if error.validator == "minimum" else _("不大于 %(bound)s")) % {
        "bound": error.validator_value
    }
    yield path, reason, remedy


def _explain_other(path, error):
    yield path, _("内容太少或太多"), _("对照范例写齐")


SHAPE_FAULTS = {
    "additionalProperties": _explain_unknown,
    "required": _explain_missing,
    "enum": _explain_choice,
    "type": _explain_type,
    "pattern": _explain_pattern,
    "minimum": _explain_range,
    "maximum": _explain_range,
}


# --- the sense ---


PROXY_WORD = {"proxy": gettext_lazy("代缴")}
SOURCE_WORDS = {"own": gettext_lazy("个人缴费"), **PROXY_WORD}


def _check_sense(text, rows):
    for check in (
        _check_eligibility,
        _check_windows,
        _check_tiers,
        _check_subsidy_bounds,
        _check_subsidy_overlaps,
        _check_subsidy_gaps,
        _check_proxies,
        _check_shares,
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
    _refuse_twins(
        text, rows.eligibility, ("kind", "other_scheme_id", "note"), _("同一条件写了两次")
    )


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
        if (values["kind"] == "extension") != bool(values["category"]):
            text.add_fault(
                (*row.path, "对象"), _("只有延长才写对象，延长必须写对象"), _("补上或删去对象")
            )


def _check_tiers(text, rows):
    _refuse_twins(text, rows.tiers, ("amount",), _("同一金额的档次写了两次"))
    amount_before = None
    for expected, row in enumerate(rows.open_tiers(), start=1):
        values = row.values
        if values["number"] != expected:
            text.add_fault(
                (*row.path, "档次"), _("编号不连续"), _("这里应是第 %(n)d 档") % {"n": expected}
            )
        if amount_before is not None and values["amount"] < amount_before:
            text.add_fault((*row.path, "金额"), _("比上一档少"), _("从低到高写"))
        amount_before = values["amount"]
    for row in rows.tiers:
        if row.values["amount"] == 0:
            text.add_fault((*row.path, "金额"), _("是 0"), _("写明缴多少元"))
    if not rows.open_tiers():
        text.add_fault(("档次",), _("没有个人可选的档次"), _("补上档次"))


def _check_subsidy_bounds(text, rows):
    """Every rule must be for something: a tier that exists."""
    for row in _entered_subsidies(rows):
        values = row.values
        low, high = values["amount_from"], values["amount_to"]
        if low is not None and high is not None and low > high:
            text.add_fault(row.path, _("区间的上限小于下限"), _("核对上下限"))
        elif not any(rule_covers_tier(values, tier.values) for tier in rows.tiers):
            text.add_fault(row.path, _("没有这样的档次"), _("核对档次和补贴的金额"))
        if (values.get("rate") or 0) > 1:
            text.add_fault((*row.path, "比例"), _("超过100%"), _("核对比例"))


def _check_subsidy_overlaps(text, rows):
    """Two rules of one rank may not both answer for a payment; 次序 says which goes first."""
    entered = [
        (row, {tier.path for tier in rows.tiers if rule_covers_tier(row.values, tier.values)})
        for row in _entered_subsidies(rows)
    ]
    for place, (later, tiers_of_later) in enumerate(entered):
        for earlier, tiers_of_earlier in entered[:place]:
            one, other = earlier.values, later.values
            meet = tiers_of_earlier & tiers_of_later or _bands_meet(one, other)
            if meet and _are_rivals(one, other):
                line = text.line_of(earlier.path)
                reason = _("与第 %(line)d 行的补贴重叠") % {"line": line}
                text.add_fault(later.path, reason, _("改区间，或用次序写明先后"))


def _check_subsidy_gaps(text, rows):
    """Every tier must have an answer, if only 未定, for own money and for proxy money.

    Back payments need no question of their own: 补缴 answers for all tiers at once.
    """
    plain = [row.values for row in rows.subsidies if not row.values.get("identity")]
    for tier in rows.tiers:
        sources = PROXY_WORD if tier.values["proxy_only"] else SOURCE_WORDS
        for source, word in sources.items():
            if not any(_answers(rule, tier.values, "normal", source) for rule in plain):
                amount = tier.values["amount"].normalize()
                text.add_fault(
                    tier.path,
                    _("%(word)s %(amount)s 元没有写补贴") % {"word": word, "amount": f"{amount:f}"},
                    _("在补贴段写明金额，或写：未定"),
                )


def _check_proxies(text, rows):
    tiers = {row.values["amount"] for row in rows.tiers}
    for row in rows.proxies:
        whole = row.values.get("tier_amount")
        if whole is not None and whole not in tiers:
            text.add_fault(
                row.path,
                _("代缴加个人缴费共 %(whole)s 元，不是档次") % {"whole": whole},
                _("核对金额，或补一个档次"),
            )
        if row.values.get("amount") == 0:
            text.add_fault((*row.path, "代缴"), _("是 0"), _("写明代缴多少元"))
    _refuse_twins(text, rows.proxies, ("identity", "grade_max"), _("同一身份写了两次"))
    if rows.head["several_identities"] == "priority":
        _refuse_twins(text, rows.proxies, ("priority",), _("次序与另一条相同"))


def _check_shares(text, rows):
    _refuse_twins(text, rows.shares, ("subject", "payer"), _("同一承担方写了两次"))
    for subject in dict.fromkeys(row.values["subject"] for row in rows.shares):
        parts = [row for row in rows.shares if row.values["subject"] == subject]
        whole = sum(row.values["rate"] for row in parts)
        if whole != 1:
            text.add_fault(
                (*parts[-1].path, "比例"),
                _("各级比例合计 %(whole)s%%，不是 100%%")
                % {"whole": f"{(whole * 100).normalize():f}"},
                _("核对各级比例"),
            )
        for row in parts:
            if row.values["rate"] == 0:
                text.add_fault((*row.path, "比例"), _("是 0%"), _("删去这一条"))


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


def _entered_subsidies(rows):
    """Return the subsidy rules written in the section itself, without the one for back payment."""
    return [row for row in rows.subsidies if row.path[0] == "补贴"]


def rule_covers_tier(rule, tier):
    """Whether a subsidy rule is for this tier, by its amount or by its number.

    The database asks the same in the view `policies_rule_on_tier`; a test compares the two.
    """
    amount, number = tier["amount"], tier["number"]
    first, last = rule.get("tier_number_from"), rule.get("tier_number_to")
    # Proxy-only tiers have no number that a rule could mean.
    if (first is not None or last is not None) and tier["proxy_only"]:
        return False
    return (
        _is_within(amount, rule.get("amount_from"), rule.get("from_inclusive", True), sign=1)
        and _is_within(amount, rule.get("amount_to"), rule.get("to_inclusive", True), sign=-1)
        and (first is None or number >= first)
        and (last is None or number <= last)
    )


def _is_within(amount, bound, is_inclusive, *, sign):
    """Whether the amount is above (sign 1) or below (sign -1) the bound; no bound holds all."""
    if bound is None:
        return True
    return sign * amount > sign * bound or (is_inclusive and amount == bound)


def _answers(rule, tier, kind, source):
    return (
        rule_covers_tier(rule, tier)
        and rule.get("payment_kind", "") in ("", kind)
        and rule.get("payment_source", "") in ("", source)
    )


def _are_rivals(one, other):
    """Whether two rules are of the same rank and may be for the same money."""
    same_rank = all(one[column] == other[column] for column in ("priority", "identity"))
    sources = {one["payment_source"], other["payment_source"]} - {""}
    return same_rank and len(sources) < 2


def _bands_meet(one, other):
    """Whether two amount bands share any amount, a tier or not."""
    bands = [one, other]
    if any(band["tier_number_from"] or band["tier_number_to"] for band in bands):
        return False
    lows = [
        (band["amount_from"], band.get("from_inclusive", True))
        for band in bands
        if band["amount_from"] is not None
    ]
    highs = [
        (band["amount_to"], band.get("to_inclusive", True))
        for band in bands
        if band["amount_to"] is not None
    ]
    if not lows or not highs:
        return True
    low, high = max(amount for amount, _in in lows), min(amount for amount, _in in highs)
    if low != high:
        return low < high
    inclusive = [included for amount, included in lows + highs if amount == low]
    return all(inclusive)
