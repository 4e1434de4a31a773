"""Read one entry of a section into the columns of its row (or several rows: 补缴, 集体补助).

Each function takes the text, the entry's path, the entry and the Frame, and returns the values, or
None where something cannot be understood, which is then a fault at its place.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from policies import words
from policies.conditions import RANGE_WORDS, as_list, read_condition
from policies.numbers import day_of, rate_of, whole_number, yuan_of
from policies.rules.windows import months_within
from policies.sums import read_rounding, read_sum, tier_amount

# What the books do not know of who pays. Only a pension, asked about by hand, may go by it.
UNKNOWN_OF_PAYERS = ("居住年数", "平均缴费", "个人账户余额", "基础养老金")


def refuse_unknown(text, path, entry):
    """Refuse to go by what is not known of somebody who pays, which no payment would ever meet."""
    measures = {word: RANGE_WORDS.get(word, ("",))[0] for word in entry}
    measures |= {"基数": entry.get("基数"), "递增": entry.get("递增", {}).get("按")}
    for word, measure in measures.items():
        if path[0] in ("档次", "征缴期") and str(measure).endswith("年数"):
            reason = _("这一段不能按缴费、补缴、补贴或居住的年数分人")
            text.add_fault((*path, word), reason, _("改按身份、年龄或片区，或写进补贴段"))
        elif measure in UNKNOWN_OF_PAYERS:
            reason = _("缴费时不知道「%(measure)s」，只有待遇能按它算") % {"measure": measure}
            remedy = _("改成本地身份，由名单认定，如 落户满十年人员")
            text.add_fault((*path, word), reason, remedy)
        elif measure == "已补年数" and path[0] == "代缴":
            text.add_fault((*path, word), _("代缴不能按已补年数"), _("改写 缴费年数"))


def eligibility_values(text, path, entry, _frame):
    kind = words.ELIGIBILITY[entry["条件"]]
    number, other = entry.get("数值"), entry.get("险种")
    if (number is not None) != (kind in words.NUMBERED_ELIGIBILITY):
        needed = kind in words.NUMBERED_ELIGIBILITY
        reason = _("这个条件要写数值") if needed else _("这个条件不带数值")
        text.add_fault((*path, "数值"), reason, _("补上数值") if needed else _("删去数值"))
    for word in ("性别", "身份"):
        if word in entry and kind != "under_age":
            reason = _("只有「未满年龄」能按性别、身份分开写")
            text.add_fault((*path, word), reason, _("删去，或改写进补贴、代缴的条件"))
    if (other is not None) != (kind == "enrolled_in"):
        text.add_fault((*path, "险种"), _("只有「已参加险种」要写险种"), _("补上或删去险种"))
    return {
        "kind": kind,
        "number": number,
        "other_scheme_id": words.SCHEMES.get(other),
        "note": entry.get("说明", ""),
    }


def window_values(text, path, entry, _frame):
    """Read a window, or several where only some months are named."""
    from_on = day_of(text, (*path, "自"), entry["自"])
    to_on = day_of(text, (*path, "至"), entry["至"])
    days = entry.get("每月")
    first, last = map(int, days.removesuffix("日").split("至")) if days else (None, None)
    if days and not 1 <= first <= last <= 31:
        text.add_fault(
            (*path, "每月"),
            _("每月的起止日写的是「%(days)s」") % {"days": days},
            _("改成 1至31日 之内、先小后大"),
        )
    if from_on is None or to_on is None:
        return None
    values = {
        "kind": words.WINDOWS[entry["种类"]],
        "from_on": from_on,
        "to_on": to_on,
        "first_day": first,
        "last_day": last,
        "is_before_sixty": words.YES_NO[entry.get("到龄前缴清", "否")],
    }
    if "月份" not in entry or from_on > to_on:
        return [values]
    months = months_within(from_on, to_on, entry["月份"])
    if not months:
        text.add_fault((*path, "月份"), _("不在起止日期之内"), _("核对月份和起止日期"))
    return [values | {"from_on": first_on, "to_on": last_on} for first_on, last_on in months]


# --- tiers ---


def tier_values(text, path, entry, frame):
    proxy_only = words.YES_NO[entry.get("代缴专用", "否")]
    if proxy_only == ("档次" in entry):
        reason = _("代缴专用的金额不编档次") if proxy_only else _("没有写档次编号")
        remedy = _("删去档次编号") if proxy_only else _("补上档次编号")
        text.add_fault((*path, "档次"), reason, remedy)
    low, high = _tier_bounds(text, path, entry, frame)
    if low is None or high is None:
        return None
    step = entry.get("每级")
    step = step and yuan_of(text, (*path, "每级"), step, frame)
    old = as_list(entry.get("旧档次"))
    return {
        "number": entry.get("档次", 0),
        "amount": low if low == high else None,
        "amount_from": low,
        "amount_to": high,
        "proxy_only": proxy_only,
        "step_amount": step,
        "is_top_payable": _is_top_payable(text, path, entry, low, high, step),
        "old_amounts": [yuan_of(text, (*path, "旧档次"), said, frame) for said in old] or None,
        "is_default": words.YES_NO[entry.get("默认", "否")],
    }


def _tier_bounds(text, path, entry, frame):
    is_range = "金额自" in entry or "金额至" in entry
    if is_range == ("金额" in entry):
        text.add_fault(path, _("没有写清缴多少"), _("写「金额」，或写「金额自」和「金额至」"))
        return None, None
    if not is_range:
        amount = yuan_of(text, (*path, "金额"), entry["金额"], frame)
        return amount, amount
    for word in ("金额自", "金额至"):
        if word not in entry:
            text.add_fault(path, _("缺少「%(word)s」") % {"word": word}, _("补上这一项"))
            return None, None
    low = yuan_of(text, (*path, "金额自"), entry["金额自"], frame)
    high = yuan_of(text, (*path, "金额至"), entry["金额至"], frame)
    if low is not None and high is not None and low >= high:
        text.add_fault((*path, "金额至"), _("区间的上限小于下限"), _("核对上下限"))
        return None, None
    return low, high


def _is_top_payable(text, path, entry, low, high, step):
    """Read whether an upper bound that is no step may be paid; the file must say so itself."""
    said = entry.get("上限可缴")
    is_odd = bool(step) and (high - low) % step != 0
    if is_odd and said is None:
        text.add_fault(
            (*path, "上限可缴"),
            _("按级距数不到上限，没有写上限能不能缴"),
            _("写 上限可缴: 是 或 否"),
        )
    return said != "否"


# --- subsidies ---


def stacking_values(entry):
    return {
        "priority": entry.get("次序", 100),
        "stacking": words.STACKINGS[entry.get("方式", "替代")],
    }


def subsidy_values(text, path, entry, frame):
    caps = [word for word in words.CAPS if word in entry]
    if caps:
        return _cap(text, path, entry, frame, caps)
    if "不低于" in entry:
        return _floor(text, path, entry, frame)
    value = read_sum(text, path, entry, frame, "补贴", default_base="缴费")
    if value is None:
        return None
    least = entry.get("上级不低于")
    is_plain = value["decided"] and not value.get("rate")
    if least is not None and is_plain and value["base_amount"] < Decimal(least):
        reason = _("低于上级规定的 %(least)s 元") % {"least": least}
        text.add_fault((*path, "补贴"), reason, _("不低于这个数"))
    return {"subject": "subsidy", **value, **stacking_values(entry)}


def _cap(text, path, entry, frame, caps):
    if len(caps) > 1:
        text.add_fault((*path, caps[1]), _("一条写了两个上限"), _("分成两条"))
        return None
    word = caps[0]
    here = (*path, word)
    if word == "封顶年数":
        amount = whole_number(text, here, entry[word])
    else:
        amount = yuan_of(text, here, entry[word], frame)
    return amount is not None and {
        "subject": "cap",
        "part": words.CAPS[word],
        "base_amount": amount,
        **stacking_values(entry),
    }


def _floor(text, path, entry, frame):
    """A floor that a county must fill in: a frame may leave it open, a county may not."""
    if frame.level == "county":
        text.add_fault(
            (*path, "不低于"),
            _("上级只定了下限 %(least)s 元，县里没有填") % {"least": entry["不低于"]},
            _("改写为：补贴: 具体金额"),
        )
        return None
    least = yuan_of(text, (*path, "不低于"), entry["不低于"], frame)
    return {
        "subject": "subsidy",
        "decided": False,
        "base_amount": None,
        "floor_amount": least,
        **stacking_values(entry),
    }


# --- back payments, aid ---


def term_values(text, path, entry, frame):
    return _named_values(text, path, entry, frame, words.TERMS, "term")


def aid_values(text, path, entry, frame):
    return _named_values(text, path, entry, frame, words.AID_TERMS, "aid")


def _named_values(text, path, entry, frame, names, subject):
    """Return a rule for each named value of an entry: a number, an amount, a tier, yes or no."""
    rows = []
    for word in names.keys() & entry.keys():
        parts, kind = names[word]
        said, here = entry[word], (*path, word)
        if isinstance(kind, dict):
            value = {"base_amount": Decimal(kind[said])}
        elif kind == "number":
            number = whole_number(text, here, said)
            value = number is not None and {"base_amount": Decimal(number)}
        else:
            tier = tier_amount(text, here, said, frame) if isinstance(said, str) else None
            amount = tier if tier is not None else yuan_of(text, here, said, frame)
            value = amount is not None and {"base_amount": amount}
            if value and "比例" in entry:
                value = {
                    "base_amount": Decimal(0),
                    "rate": rate_of(entry["比例"]),
                    "of": "constant",
                    "of_amount": amount,
                    **read_rounding(entry.get("取整")),
                }
        if value:
            for part in [parts] if isinstance(parts, str) else parts:
                rows.append({"subject": subject, "part": part, **value, **stacking_values(entry)})
    return rows


# --- shares, benefits, targets, provisions ---


def share_values(text, path, entry, frame):
    """Read who bears what; 待遇 is said of every benefit that no entry names by itself."""
    said = entry["项目"]
    items = [words.SHARE_SUBJECTS[said]] if said in words.SHARE_SUBJECTS else [said]
    if said == words.ALL_BENEFITS:
        items = [name for name, is_shared in frame.benefits.items() if not is_shared]
    if not items or (items == [said] and said not in frame.benefits):
        known = "、".join([*words.SHARE_SUBJECTS, words.ALL_BENEFITS, *frame.benefits])
        reason = _("「待遇」段里没有「%(said)s」") % {"said": said}
        text.add_fault((*path, "项目"), reason, _("改为：%(known)s") % {"known": known})
        return None
    values = _share_of(text, path, entry, frame)
    return values and [{**values, "item": item} for item in items]


def _share_of(text, path, entry, frame):
    values = {
        "subject": "share",
        "part": words.PAYERS[entry["承担"]],
        "segment_from": None,
        "segment_to": None,
        "priority": entry.get("次序", 100),
    }
    for word, column in (("部分超过", "segment_from"), ("部分不超过", "segment_to")):
        if word in entry:
            values[column] = yuan_of(text, (*path, word), entry[word], frame)
    ways = [word for word in ("比例", "金额", "其余") if word in entry]
    if len(ways) != 1:
        text.add_fault(path, _("没有写清承担多少"), _("只写「比例」「金额」「其余: 是」之一"))
        return None
    if ways == ["其余"]:
        return {**values, "is_rest": True, "base_amount": Decimal(0)}
    if ways == ["金额"]:
        amount = yuan_of(text, (*path, "金额"), entry["金额"], frame)
        return amount is not None and {**values, "base_amount": amount}
    return {**values, "base_amount": Decimal(0), "rate": rate_of(entry["比例"]), "of": "whole"}


def benefit_values(text, path, entry, frame):
    value = read_sum(text, path, entry, frame, "金额")
    if value is None:
        return None
    return {
        "subject": "benefit",
        "part": entry["项目"],
        "is_once": words.GIVEN_ONCE[entry.get("发放", "按月")],
        **value,
        **stacking_values(entry),
    }


def target_values(text, path, entry, frame):
    due_on = day_of(text, (*path, "截至"), entry["截至"])
    ways = [word for word in ("完成比例", "占比不低于", "占比超过") if word in entry]
    if len(ways) != 1:
        text.add_fault(
            path, _("没有写清要达到多少"), _("只写「完成比例」「占比不低于」「占比超过」之一")
        )
        return None
    condition = read_condition(text, path, entry, frame) or {}
    amounts = condition.get("amounts")
    if (ways == ["完成比例"]) == (amounts is not None):
        text.add_fault(path, _("占比要写明哪些缴费，完成比例不写"), _("补上或删去缴费区间"))
        return None
    return due_on and {
        "kind": "progress" if ways == ["完成比例"] else "mix",
        "label": entry.get("名称", ""),
        "due_on": due_on,
        "rate": rate_of(entry[ways[0]]),
        "is_inclusive": ways != ["占比超过"],
        "amounts": amounts,
    }


def provision_values(text, path, entry, _frame):
    name, allowed = words.PROVISIONS[entry["规定"]]
    said = entry["内容"]
    here = (*path, "内容")
    if allowed == "date":
        day = day_of(text, here, said)
        return day and {"name": name, "value": day.isoformat()}
    if allowed in ("number", "amount"):
        if not isinstance(said, int):
            text.add_fault(here, _("应是整数"), _("只写数字"))
            return None
        return {"name": name, "value": str(said)}
    several = said if isinstance(said, list) and name == "collection_modes" else [said]
    unknown = [str(word) for word in several if not _is_word(word, allowed)]
    if unknown or not several:
        reason = _("写的是「%(said)s」") % {"said": "、".join(unknown)}
        text.add_fault(here, reason, _("改为：%(known)s") % {"known": "、".join(allowed)})
        return None
    return {"name": name, "value": ",".join(allowed[word] for word in several)}


def _is_word(said, allowed):
    return isinstance(said, str) and said in allowed
