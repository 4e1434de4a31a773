"""Read whom the state pays for: how much, what is left to the person, and who goes first."""

from decimal import Decimal

from django.utils.translation import gettext as _

from policies import words
from policies.boxes import Span
from policies.conditions import as_list
from policies.entries import stacking_values
from policies.numbers import day_of, yuan_of
from policies.rows import Row
from policies.sums import read_sum, tier_amount


def proxy_values(text, path, entry, frame):
    values = {
        "subject": "proxy",
        "wife_age_from": entry.get("女方年满"),
        "note": entry.get("说明", ""),
        "is_after_own": words.PROXY_ORDERS[entry.get("顺序", "代缴在先")],
        **stacking_values(entry),
    }
    amounts = _proxy_amounts(text, path, entry, frame)
    return None if amounts is None else {**values, **amounts}


def _proxy_amounts(text, path, entry, frame):
    """Work out what the government pays, what is left to the person, and the tier they make."""
    said, standard = entry.get("代缴"), entry.get("标准")
    if said == words.UNDECIDED:
        if standard is not None:
            text.add_fault(path, _("写了未定又写了算法"), _("留下一种写法"))
            return None
        return {"decided": False, "base_amount": None}
    if said is None and standard is None:
        text.add_fault(path, _("没有写清代缴多少"), _("写「代缴」金额，或写「标准」"))
        return None
    if standard is None:
        return _proxy_sum(text, path, entry, frame, None)
    if standard == "所选档次":
        base = "所选档次"
        entry = entry if "比例" in entry or said is not None else {**entry, "比例": "100%"}
        value = read_sum(text, path, entry, frame, "代缴", default_base=base)
        return value and {**value, "own_rule": "rest_of_chosen"}
    whole = tier_amount(text, (*path, "标准"), standard, frame)
    if whole is None and not isinstance(standard, str):
        whole = yuan_of(text, (*path, "标准"), standard, frame)
    if whole is None:
        if frame.plain_tiers:
            reason = _("写的是「%(said)s」") % {"said": standard}
            known = _("改为：最低档次、最高档次、第3档、所选档次，或一个金额")
            text.add_fault((*path, "标准"), reason, known)
        return None
    return _proxy_sum(text, path, entry, frame, whole)


def _proxy_sum(text, path, entry, frame, standard):
    own = entry.get("个人缴费")
    credit = entry.get("抵扣") == "是"
    if standard is not None and isinstance(own, int | Decimal):
        text.add_fault((*path, "个人缴费"), _("按标准代缴时不写"), _("删去，或写：其余"))
        return None
    if standard is None and own == "其余":
        text.add_fault((*path, "个人缴费"), _("没有写是什么的其余"), _("补上标准"))
        return None
    if standard is not None and "比例" not in entry and "代缴" not in entry:
        entry = {**entry, "代缴": standard}
    value = read_sum(text, path, entry, frame, "代缴", default_base=standard)
    if value is None:
        return None
    if standard is not None:
        rule = "rest_of_chosen" if credit else "rest"
        return {**value, "own_rule": rule, "standard_amount": standard}
    own_amount = Decimal(0) if own is None else yuan_of(text, (*path, "个人缴费"), own, frame)
    if own_amount is None:
        return None
    is_plain = not value.get("rate") and not value.get("step_by")
    whole = value["base_amount"] + own_amount if is_plain else None
    rule = "rest_of_chosen" if credit else "fixed" if own_amount else ""
    return {**value, "own_rule": rule, "own_amount": own_amount, "standard_amount": whole}


def in_listed_order(text, proxies):
    """Rank the proxy rules by the list 身份次序, which may change within the year."""
    listed = text.content.get("代缴", {}).get("身份次序")
    if not listed:
        return proxies
    if text.content["代缴"].get("多重身份") != "按次序":
        text.add_fault(("代缴", "身份次序"), _("多重身份不是按次序"), _("写 多重身份: 按次序"))
    ranked = []
    for row in proxies:
        names = as_list(text.content["代缴"]["明细"][row.path[2]].get("身份"))
        for place, version in enumerate(listed):
            path = ("代缴", "身份次序", place)
            ranks = [version["次序"].index(name) for name in names if name in version["次序"]]
            if not ranks:
                text.add_fault(
                    path, _("没有列入「%(name)s」") % {"name": "、".join(names)}, _("补进次序")
                )
                continue
            condition = dict(row.condition)
            paid = _version_days(text, path, listed, place)
            if paid is not None:
                condition["paid"] = condition["paid"].meet(paid) if "paid" in condition else paid
                if condition["paid"] is None:
                    continue
            values = {**row.values, "priority": min(ranks) + 1}
            ranked.append(Row(row.path, values, row.label, row.citation, condition, row.words))
    return ranked


def _version_days(text, path, listed, place):
    """Return the days on which one version of a list is the one to follow; None for all."""
    low = listed[place].get("自")
    low = low and day_of(text, (*path, "自"), low)
    later = listed[place + 1].get("自") if place + 1 < len(listed) else None
    high = later and day_of(text, ("代缴", "身份次序", place + 1, "自"), later)
    if low and high and low >= high:
        text.add_fault(path, _("早于起始日"), _("从早到晚写"))
        return None
    return Span(low, high, True, False) if low or high else None
