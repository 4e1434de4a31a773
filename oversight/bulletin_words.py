"""Draft a bulletin's text from its figures, and find numbers in a text that the figures lack.

The text is the county's to edit; it begins with what a reader asks first: how far, who leads, who
lags, what has changed since the last time.
"""

import re
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
TITLES = {
    "progress": gettext_lazy("关于%(county)s %(year)d 年度%(scheme)s征缴进度的通报"),
    "dispatch": gettext_lazy("%(county)s %(year)d 年 %(month)d 月%(scheme)s征缴调度表"),
    "year_end": gettext_lazy("%(county)s %(year)d 年度%(scheme)s征缴任务年终核定表"),
}


def draft_title(kind, figures):
    day = date.fromisoformat(figures["day"])
    return TITLES[str(kind)] % {
        "county": figures["county"],
        "scheme": figures["scheme"],
        "year": figures["year"],
        "month": day.month,
    }


def draft_body(kind, figures):
    """Return the text to start from, a paragraph a line; headings begin with 一、二、三、."""
    if str(kind) == "dispatch":
        return "\n".join([_opening(figures), _month(figures)])
    parts = [
        (_("总体情况"), [_opening(figures), _since(figures)]),
        (_("进度较快的乡镇（街道）"), [_named(figures, "best")]),
        (_("进度滞后的乡镇（街道）"), [_named(figures, "worst"), _below(figures)]),
    ]
    if str(kind) == "progress":
        parts.append((_("下一步要求"), [_asked(figures)]))
    lines, number = [], 0
    for heading, paragraphs in parts:
        said = [paragraph for paragraph in paragraphs if paragraph]
        if said:
            lines += [
                _("%(number)s、%(heading)s") % {"number": "一二三四"[number], "heading": heading}
            ]
            lines += said
            number += 1
    return "\n".join(lines)


def _opening(figures):
    total, said, stage = figures["total"], figures["said"], figures["stage"]
    words = _("截至 %(day)s，%(county)s已缴费 %(paid)d 人，缴费金额 %(wan)s 万元。") % {
        "day": _day(figures["day"]),
        "county": figures["county"],
        "paid": total["paid"],
        "wan": total["wan"],
    }
    if total["task"]:
        words += _("年度任务 %(task)d 人，完成率 %(rate)s%%；") % total
        words += (
            _("比今日应达多 %d 人。") if total["ahead"] >= 0 else _("比今日应达少 %d 人。")
        ) % said["ahead"]
        words += _("%(label)s（%(due)s前）累计目标 %(share)s%%，即 %(goal)d 人，") % {
            **stage,
            "due": _day(stage["due_on"]),
        }
        words += (_("尚差 %d 人。") % said["missing"]) if said["missing"] else _("已达到。")
    return words


def _since(figures):
    before, gained = figures["before"], figures["total"]["gained"]
    if not before:
        return ""
    words = _("与第 %(number)d 期（%(day)s）相比，增加 %(gained)d 人") % {
        "number": before["number"],
        "day": _day(before["day"]),
        "gained": gained,
    }
    for key, said in (("risen", _("名次上升的有：%s")), ("fallen", _("名次下降的有：%s"))):
        if names := _names(figures, key):
            words += _("；") + said % _("、").join(names)
    return words + _("。")


def _month(figures):
    return (
        _("本月新增 %(month)d 人，上年同期 %(month_before)d 人；本月缴费 %(month_wan)s 万元。")
        % figures["total"]
    )


def _named(figures, key):
    towns = {town["code"]: town for town in figures["towns"]}
    named = [
        _("%(name)s（%(rate)s%%，第 %(rank)d 名）") % towns[code] for code in figures["said"][key]
    ]
    return _("、").join(named) + _("。") if named else ""


def _names(figures, key):
    towns = {town["code"]: town["name"] for town in figures["towns"]}
    return [towns[code] for code in figures["said"][key]]


def _below(figures):
    said = figures["said"]
    if not said["below"]:
        return ""
    return _("参加排名的 %(ranked)d 个乡镇（街道）中，完成率低于平均的有 %(below)d 个。") % said


def _asked(figures):
    return _(
        "进度滞后的乡镇（街道）要对照附件逐村核对未缴人员，未处理的异常 %d 笔由属地尽快核实。"
    ) % (figures["total"]["exceptions"] or 0)


def _day(text):
    day = date.fromisoformat(text)
    return _("%(year)d 年 %(month)d 月 %(day)d 日") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }


def numbers_beside(body, figures):
    """Return the numbers of a text that are nowhere in the figures, in order, each once.

    So an officer who typed one sees it before it is signed.
    """
    known = _numbers_of(figures)
    found = (one.replace(",", "") for one in NUMBER.findall(body))
    return [one for one in dict.fromkeys(found) if one not in known]


def _numbers_of(value):
    """Return every number that stands in some figures, as it would be written."""
    if isinstance(value, dict):
        return set().union(*map(_numbers_of, value.values()))
    if isinstance(value, list):
        return set().union(*map(_numbers_of, value))
    if isinstance(value, int):
        return {str(abs(value))}
    if isinstance(value, str):
        found = {one.replace(",", "") for one in NUMBER.findall(value)}
        # 2021-03-19 is written 3 月 19 日
        return found | {str(int(one)) for one in found if one.isdigit()}
    return set()
