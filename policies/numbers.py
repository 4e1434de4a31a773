"""Read figures, days, percentages and indexed amounts; what cannot be read is a fault at its place.

    300
    {指标: 人均可支配收入, 年: 上年, 比例: 9%, 取整: 四舍五入到十元}

The second is worked out when the file is read.

Wherever a file writes yuan it may write either.
"""

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from policies import words
from policies.rules.windows import last_day_of_month

FEN = Decimal("0.01")
SMALLEST_RATE = Decimal("1e-18")
MONTHS = 12
LARGEST = Decimal("1e8")
WAYS = {"half_up": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}


def rounded(value, how, unit):
    """Return a value rounded as the file says: 四舍五入到元."""
    unit = Decimal(unit)
    return (value / unit).quantize(Decimal(1), WAYS[how]) * unit


def rate_of(said):
    """Return 30% as 0.3, and 1/3 to as many places as are kept."""
    if "/" not in said:
        return Decimal(said.removesuffix("%")) / 100
    part, whole = map(Decimal, said.split("/"))
    return (part / whole).quantize(SMALLEST_RATE)


def day_of(text, path, said):
    """Read a day; 「2021-02-月底」 is the month's last day, leap years included (M20)."""
    try:
        if str(said).endswith("月底"):
            year, month, _end = said.split("-")
            return last_day_of_month(int(year), int(month))
        return date.fromisoformat(str(said))
    except ValueError:
        reason = _("日历上没有「%(said)s」这一天") % {"said": said}
        text.add_fault(path, reason, _("写成 2021-03-31 这样的日期"))
        return None


def whole_number(text, path, said):
    """Read a whole number that is not negative."""
    if isinstance(said, bool) or not isinstance(said, int) or said < 0:
        text.add_fault(path, _("写的是「%(said)s」") % {"said": said}, _("只写整数"))
        return None
    return said


def yuan_of(text, path, said, frame=None):
    """Read an amount in yuan; more than two places means a calculator's noise, so it is refused."""
    if isinstance(said, dict) and frame is not None:
        return indexed_amount(text, path, said, frame)
    if isinstance(said, bool) or not isinstance(said, int | Decimal):
        text.add_fault(path, _("写的是「%(said)s」") % {"said": said}, _("只写数字，单位是元"))
        return None
    amount = Decimal(said)
    if amount != amount.quantize(FEN):
        reason = _("%(said)s 超过两位小数") % {"said": said}
        text.add_fault(path, reason, _("按文件写到元或分"))
        return None
    if not 0 <= amount < LARGEST:
        text.add_fault(path, _("金额 %(said)s 超出范围") % {"said": said}, _("核对文件金额"))
        return None
    return amount.quantize(FEN)


def indexed_amount(text, path, said, frame):
    """Return what a percentage of an index comes to: 指标, 年, 比例, 按月, 取整."""
    value = index_value(text, (*path, "指标"), said["指标"], said.get("年", "上年"), frame)
    if value is None:
        return None
    how, unit = words.ROUNDINGS[said.get("取整", "四舍五入到分")]
    rate = rate_of(said.get("比例", "100%"))
    index = frame.indexes[said["指标"]]
    if said.get("按月") == "是":
        monthly = value if index["monthly"] else value / MONTHS
        return (rounded(monthly * rate, how, unit) * MONTHS).quantize(FEN)
    yearly = value * MONTHS if index["monthly"] else value
    return rounded(yearly * rate, how, unit).quantize(FEN)


def index_value(text, path, name, year, frame):
    """Return the figure of an index for a year, as published; a missing one is a fault."""
    index = frame.indexes.get(name)
    if index is None:
        known = "、".join(frame.indexes) or _("还没有列出指标")
        reason = _("不认识指标「%(name)s」") % {"name": name}
        text.add_fault(path, reason, _("在「指标」段列出：%(known)s") % {"known": known})
        return None
    wanted = {"上年": frame.year - 1, "本年": frame.year, "前年": frame.year - 2}.get(year, year)
    value = index["values"].get(str(wanted))
    if value is None:
        words_ = {"name": name, "year": wanted}
        text.add_fault(
            path, _("指标「%(name)s」没有 %(year)s 年的数值") % words_, _("在「指标」段补上")
        )
    return value
