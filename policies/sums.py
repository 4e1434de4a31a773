"""Read how much an entry comes to: the same arithmetic in every section.

    {补贴: 30, 比例: 5%, 基数: 缴费, 递增: {按: 档次, 起算: 1, 每: 1, 增加: 10},
     保底: 40, 封顶: 200, 取整: 四舍五入到元}

is 30 + 5% of the payment + 10 for each tier above the first, at least 40, at most 200, to the yuan.
The sum is done in SQL (`policies_rule_value`); what is a constant for the year becomes one here.
"""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from policies import words
from policies.numbers import MONTHS, index_value, rate_of, whole_number, yuan_of

NUMBERED_TIER = re.compile(r"第([0-9]{1,3})档")
SUM_WORDS = (
    "比例",
    "基数",
    "基数年",
    "除以",
    "月数",
    "超过部分",
    "每档增加",
    "递增",
    "保底",
    "封顶",
    "按月",
    "取整",
)


def read_sum(text, path, entry, frame, word, default_base=None):
    """Return the columns of a rule's value, or None after a fault.

    `word` is the section's own word for a plain sum (补贴, 代缴, 金额); `default_base` is what a
    percentage is of when 基数 is not written, None where it must be.
    """
    faults_before = len(text.faults)
    said = entry.get(word)
    if said == words.UNDECIDED:
        if any(other in entry for other in SUM_WORDS):
            text.add_fault(path, _("写了未定又写了算法"), _("留下一种写法"))
            return None
        return {"decided": False, "base_amount": None}
    if said is None and not any(other in entry for other in ("比例", "月数", "递增", "每档增加")):
        reason = _("没有写%(word)s多少") % {"word": word}
        text.add_fault(path, reason, _("写金额、比例、递增，或：未定"))
        return None
    columns = {
        "decided": True,
        "base_amount": Decimal(0) if said is None else yuan_of(text, (*path, word), said, frame),
        **_read_step(text, path, entry, frame),
        **_read_rate(text, path, entry, frame, default_base),
        **read_rounding(entry.get("取整") or frame.rounding),
    }
    for bound, column in (("保底", "floor_amount"), ("封顶", "cap_amount")):
        if bound in entry:
            columns[column] = yuan_of(text, (*path, bound), entry[bound], frame)
    if "超过部分" in entry:
        _leave_out(text, path, entry, frame, columns)
    low, high = columns.get("floor_amount"), columns.get("cap_amount")
    if low is not None and high is not None and low > high:
        text.add_fault((*path, "保底"), _("比封顶还高"), _("核对保底和封顶"))
    return columns if len(text.faults) == faults_before else None


def read_rounding(said):
    """Return the columns of 四舍五入到元; to the fen, half up, when nothing is said."""
    how, unit = words.ROUNDINGS[said or "四舍五入到分"]
    return {"rounding": how, "rounding_unit": Decimal(unit)}


def _read_rate(text, path, entry, frame, default_base):
    if "比例" not in entry and "月数" not in entry and "增加比例" not in entry.get("递增", ()):
        for word in ("基数", "除以", "按月", "超过部分"):
            if word in entry:
                reason = _("写了%(word)s，没有写比例") % {"word": word}
                text.add_fault((*path, word), reason, _("补上比例，全额写 100%"))
        return {}
    whole = "100%" if "月数" in entry else "0%"
    columns = {"rate": rate_of(entry.get("比例", whole)) * entry.get("月数", 1)}
    base = entry.get("基数", default_base)
    if base is None:
        text.add_fault((*path, "基数"), _("没有写是谁的百分之几"), _("补上基数"))
        return {}
    columns |= _base_columns(text, path, base, entry, frame)
    if "除以" in entry:
        columns["divisor"] = Decimal(entry["除以"])
        if not columns["divisor"]:
            text.add_fault((*path, "除以"), _("是 0"), _("写计发月数，如 139"))
    if entry.get("按月") == "是":
        columns["months"] = MONTHS
        if columns.get("of") != "constant":
            text.add_fault((*path, "按月"), _("只有外部指标能按月"), _("删去按月，或改用指标"))
        elif columns["of_amount"] is not None and not _is_monthly(base, frame):
            columns["of_amount"] /= MONTHS
    return columns


def _leave_out(text, path, entry, frame, columns):
    """Take a rate of what lies above a sum: 10% of all, less 10% of that sum."""
    here = (*path, "超过部分")
    left_out = yuan_of(text, here, entry["超过部分"], frame)
    if left_out is None or "rate" not in columns:
        return
    measure = {"amount": "缴费", "average": "平均缴费"}.get(columns.get("of"))
    bounds = [entry.get(f"{measure}{word}") for word in ("", "满", "超过")]
    number = entry.get("档次", entry.get("档次自"))
    bounds += [row.values["amount_from"] for row in frame.tiers if row.values["number"] == number]
    if not any(isinstance(bound, int | Decimal) and bound >= left_out for bound in bounds):
        remedy = _("补上条件，如 缴费超过: %(amount)s") % {"amount": f"{left_out:f}"}
        text.add_fault(here, _("也对缴得更少的人算，会成负数"), remedy)
        return
    columns["base_amount"] -= columns["rate"] * left_out


def _is_monthly(base, frame):
    return base in frame.indexes and frame.indexes[base]["monthly"]


def _base_columns(text, path, base, entry, frame):
    """Return what a percentage is of: a fact of the question, or a constant of the year."""
    if isinstance(base, int | Decimal):
        return {"of": "constant", "of_amount": Decimal(base)}
    if base in words.BASE_FACTS:
        return {"of": words.BASE_FACTS[base]}
    if base == "全额":
        return {"of": "whole"}
    tier = tier_amount(text, (*path, "基数"), base, frame)
    if tier is not None:
        return {"of": "constant", "of_amount": tier}
    if base in frame.indexes:
        value = index_value(text, (*path, "基数"), base, entry.get("基数年", "上年"), frame)
        return {"of": "constant", "of_amount": value}
    known = "、".join([*words.BASE_FACTS, "最低档次", "最高档次", "第1档", *frame.indexes])
    reason = _("写的是「%(said)s」") % {"said": base}
    text.add_fault((*path, "基数"), reason, _("改为：%(known)s") % {"known": known})
    return {}


def tier_amount(text, path, said, frame):
    """Return the yuan of 最低档次, 最高档次 or 第3档, or None for other words."""
    numbered = NUMBERED_TIER.fullmatch(str(said))
    if said not in ("最低档次", "最高档次") and not numbered:
        return None
    lows = [(row.values["amount_from"], row) for row in frame.plain_tiers]
    if not lows:
        return None
    if said == "最低档次":
        return min(low for low, _row in lows)
    if said == "最高档次":
        return max(row.values["amount_to"] for _low, row in lows)
    found = [low for low, row in lows if row.values["number"] == int(numbered[1])]
    if not found:
        text.add_fault(path, _("没有这样的档次"), _("核对档次编号"))
        return Decimal(0)
    return found[0]


def _read_step(text, path, entry, frame):
    if "每档增加" in entry:
        if "档次自" not in entry:
            text.add_fault((*path, "每档增加"), _("没有写从第几档起算"), _("补上档次自、档次至"))
            return {}
        amount = yuan_of(text, (*path, "每档增加"), entry["每档增加"], frame)
        return {
            "step_by": "tier",
            "step_from": Decimal(entry["档次自"]),
            "step_size": Decimal(1),
            "step_amount": amount,
        }
    step = entry.get("递增")
    if step is None:
        return {}
    here = (*path, "递增")
    size = Decimal(step.get("每", 1))
    if size <= 0:
        text.add_fault((*here, "每"), _("是 0"), _("写每多少增加一次"))
        return {}
    columns = {
        "step_by": words.STEP_FACTS[step["按"]],
        "step_from": Decimal(step["起算"]),
        "step_size": size,
    }
    if ("增加" in step) == ("增加比例" in step):
        text.add_fault(here, _("没有写清增加多少"), _("写「增加」或「增加比例」之一"))
        return {}
    if "增加" in step:
        columns["step_amount"] = yuan_of(text, (*here, "增加"), step["增加"], frame)
    else:
        columns["step_rate"] = rate_of(step["增加比例"])
    if "最多" in step:
        columns["step_most"] = whole_number(text, (*here, "最多"), step["最多"])
    return columns
