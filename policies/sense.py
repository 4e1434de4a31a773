"""Ask whether a policy file makes sense as a whole: nothing missing, nothing said twice.

Conditions are boxes (`boxes.py`). Two rules of one rank whose boxes meet are ambiguous
(`meeting.py`); a tier of which some part lies in no rule's box is a gap (`gaps.py`); shares that do
not make a whole are refused (`bearing.py`).
"""

from django.utils.translation import gettext as _

from policies.bearing import check_shares
from policies.boxes import Span
from policies.gaps import check_gaps
from policies.meeting import conditions_meet, covers_tier, numbers_taken, rivals
from policies.words import SCHEMES

WINDOW_YEARS_AROUND = 1


def check_sense(text, rows):
    """Note a fault for everything in a policy that cannot be meant."""
    for check in (
        _check_eligibility,
        _check_windows,
        _check_tiers,
        _check_rates,
        _check_covers,
        _check_overlaps,
        check_gaps,
        _check_extras,
        _check_proxies,
        check_shares,
        _check_benefits,
        _check_targets,
        _check_provisions,
    ):
        check(text, rows)


def _check_eligibility(text, rows):
    firsts = [row for row in rows.eligibility if row.values["kind"] == "min_age"]
    youngest = max((row.values["number"] for row in firsts), default=0)
    lasts = [row for row in rows.eligibility if row.values["kind"] == "under_age"]
    _check_everybody_has_an_age(text, [row for row in lasts if row.condition], lasts)
    for row in lasts:
        if row.values["number"] <= youngest:
            text.add_fault((*row.path, "数值"), _("不大于最低年龄"), _("核对两个年龄"))
    for row in rows.eligibility:
        if row.values["other_scheme_id"] == SCHEMES[text.content["险种"]]:
            text.add_fault((*row.path, "险种"), _("要求先参加的就是本险种"), _("改为另一个险种"))
    columns = ("kind", "other_scheme_id", "note")
    _refuse_twins(text, rows.eligibility, columns, _("同一条件写了两次"))


def _check_everybody_has_an_age(text, for_some, lasts):
    """Who reaches pension age at which age must be said of everybody, or of nobody."""
    sexes = {row.condition.get("sex") for row in for_some if "identities" not in row.condition}
    if for_some and len(for_some) == len(lasts) and not {"m", "f"} <= sexes:
        reason = _("没有写其他人未满多少周岁")
        text.add_fault((*for_some[0].path, "条件"), reason, _("再写一条对所有人的未满年龄"))


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
            if _tiers_meet(earlier, later):
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
            expected = values["number"] + numbers_taken(values)


def _tiers_meet(one, other):
    low, high = one.values, other.values
    spans = [Span(values["amount_from"], values["amount_to"]) for values in (low, high)]
    if spans[0].meet(spans[1]) is None:
        return False
    # A sum between the steps of a range may well be a tier of its own.
    for stepped, single in ((low, high), (high, low)):
        step = stepped["step_amount"]
        if step and single["amount"] and (single["amount"] - stepped["amount_from"]) % step:
            return False
    return conditions_meet(one.condition, other.condition)


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


def _entered(rows):
    """Return the subsidy rules written in the section itself, without the one for back payment."""
    return [row for row in rows.subsidies if row.path[0] == "补贴"]


def _check_overlaps(text, rows):
    """Two rules of one rank may not both answer for a payment; 次序 says which goes first."""
    entered = [row for row in _entered(rows) if row.values["stacking"] == "instead"]
    for row, other in rivals(entered):
        if conditions_meet(row.condition, other.condition, rows.tiers):
            line = text.line_of(row.path)
            reason = _("与第 %(line)d 行的补贴重叠") % {"line": line}
            text.add_fault(other.path, reason, _("改区间，或用次序写明先后"))
    for group in (rows.caps, rows.terms, rows.aids):
        for row, other in rivals(group):
            if _are_one_part(row, other):
                text.add_fault(other.path, _("同一规定写了两次"), _("留下一处，或用条件分开"))


def _are_one_part(row, other):
    """Whether two rules say the same thing of somebody."""
    return row.values["part"] == other.values["part"] and conditions_meet(
        row.condition, other.condition
    )


def _check_extras(text, rows):
    """An addition written twice for the same people would be given twice."""
    extras = [row for row in _entered(rows) if row.values["stacking"] == "add"]
    seen = {}
    for row in extras:
        key = repr((sorted(row.condition.items(), key=str), sorted(row.values.items(), key=str)))
        if key in seen:
            text.add_fault(row.path, _("同一条叠加写了两次"), _("留下一处"))
        seen[key] = row


# --- proxy payments ---


def _check_proxies(text, rows):
    for row in rows.proxies:
        whole = row.values.get("standard_amount")
        if whole is not None and not any(_is_tier(whole, tier.values) for tier in rows.tiers):
            text.add_fault(
                row.path,
                _("代缴加个人缴费共 %(whole)s 元，不是档次") % {"whole": whole},
                _("核对金额；只供代缴的金额，在档次段补一条 代缴专用: 是"),
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
        for row, other in rivals(rows.proxies):
            if row.path != other.path and conditions_meet(row.condition, other.condition):
                text.add_fault(other.path, _("次序与另一条相同"), _("各写一个次序"))


def _is_tier(amount, tier):
    if not tier["amount_from"] <= amount <= tier["amount_to"]:
        return False
    step = tier["step_amount"]
    return not step or not (amount - tier["amount_from"]) % step or amount == tier["amount_to"]


# --- benefits, targets, provisions ---


def _check_benefits(text, rows):
    instead = [row for row in rows.benefits if row.values["stacking"] == "instead"]
    for row, other in rivals(instead):
        if _are_one_part(row, other):
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
        key = (*(row.values.get(column) for column in columns), repr(row.condition))
        if key in seen:
            text.add_fault(row.path, reason, _("留下一处"))
        seen.add(key)
