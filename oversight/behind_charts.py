"""The further pictures of a progress page, each with the table that says the same: weeks by
village, ages, how long exceptions have waited.
"""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.verdicts import VERDICTS
from pension_portal.templatetags.figures import moment

AGE_WORDS = {
    "00": gettext_lazy("16 岁以下"),
    "16": gettext_lazy("16–24 岁"),
    "25": gettext_lazy("25–34 岁"),
    "35": gettext_lazy("35–44 岁"),
    "45": gettext_lazy("45–54 岁"),
    "55": gettext_lazy("55–59 岁"),
    "60": gettext_lazy("60 岁以上"),
}
WAITING = [
    ("days_3", gettext_lazy("3 天以内")),
    ("days_7", gettext_lazy("4–7 天")),
    ("days_15", gettext_lazy("8–15 天")),
    ("days_30", gettext_lazy("16–30 天")),
    ("longer", gettext_lazy("30 天以上")),
]
LONG_WAITS = ("days_30", "longer")
ONE_SCREEN_OF_ROWS, MOST_ROWS_OF_TALL = 12, 20


def height_of(rows):
    """Return how tall a chart must be for its rows to be told apart."""
    if rows > MOST_ROWS_OF_TALL:
        return "tallest"
    return "tall" if rows > ONE_SCREEN_OF_ROWS else ""


def behind_charts(progress):
    """Return the charts of what stands behind a Progress; those without figures are left out."""
    behind = progress.behind
    if behind is None:
        return []
    made = [weeks(progress, behind), ages(behind), exceptions(behind)]
    return [chart for chart in made if chart]


def weeks(progress, behind):
    """A heat grid: villages down, weeks across; None without villages or payments."""
    if not behind.weeks:
        return None
    mondays = _mondays(min(week for _code, week in behind.weeks), progress.day)
    rows = [
        [name, *(behind.weeks.get((code, monday), 0) for monday in mondays)]
        for code, name in behind.villages
    ]
    last = {row[0]: row[-1] for row in rows}
    still = sum(people == 0 for people in last.values())
    words = [f"{monday:%m-%d}" for monday in mondays]
    return {
        "id": "weeks",
        "summary": _("%(villages)s 个村里，最近一周（%(week)s 起）没有新增的有 %(still)s 个。")
        % {"villages": len(rows), "week": mondays[-1].isoformat(), "still": still},
        "note": _("列出缴费率最低的 %(villages)s 个村（应缴 50 人以上），其余的到各乡镇页看。")
        % {"villages": len(rows)}
        if len(progress.area.code) == 6
        else "",
        "height": height_of(len(rows)),
        "data": {
            "type": "heat",
            "columns": words,
            "rows": [row[0] for row in rows],
            "unit": _("人"),
            "cells": [
                [column, line, people]
                for line, row in enumerate(rows)
                for column, people in enumerate(row[1:])
            ],
        },
        "table": {
            "columns": [
                _("村（社区）"),
                *(_("%(day)s 起一周（人）") % {"day": word} for word in words),
            ],
            "rows": rows,
        },
    }


def _mondays(first, day):
    return [first + timedelta(weeks=step) for step in range((day - first).days // 7 + 1)]


def ages(behind):
    """Who is to pay, by age: paid and unpaid; None before the first count."""
    if not behind.ages:
        return None
    names = [str(AGE_WORDS[row["part"]]) for row in behind.ages]
    paid = [row["to_pay"] - row["unpaid"] for row in behind.ages]
    unpaid = [row["unpaid"] for row in behind.ages]
    older = sum(row["unpaid"] for row in behind.ages if row["part"] >= "45")
    return {
        "id": "ages",
        "summary": _("应缴未缴 %(unpaid)s 人，其中 45 周岁以上 %(older)s 人。")
        % {"unpaid": f"{sum(unpaid):,}", "older": f"{older:,}"},
        "note": _("按登记的出生日期，统计于 %(when)s。") % {"when": moment(behind.counted_at)},
        "height": "low",
        "data": {
            "type": "stack",
            "labels": names,
            "unit": _("人"),
            "share": False,
            "series": [
                {"name": _("已缴"), "values": paid},
                {"name": _("未缴"), "values": unpaid},
            ],
        },
        "table": {
            "columns": [
                _("年龄"),
                _("应缴（人）"),
                _("已缴（人）"),
                _("未缴（人）"),
                _("缴费率（%）"),
            ],
            "rows": [
                [name, row["to_pay"], done, row["unpaid"], f"{_share(done, row['to_pay']):.1f}"]
                for name, row, done in zip(names, behind.ages, paid, strict=True)
            ],
        },
    }


def _share(part, whole):
    """Return a share in percent, cut off after one place."""
    return part * 1000 // whole / 10


def exceptions(behind):
    """How long open exceptions have waited, by reason; None where none is open."""
    if not behind.exceptions:
        return None
    codes = [row["code"] for row in behind.exceptions]
    names = [f"{code} {VERDICTS[code].name}" for code in codes]
    counts = [[row[key] for key, _words in WAITING] for row in behind.exceptions]
    everyone = sum(map(sum, counts))
    late = sum(row[key] for row in behind.exceptions for key in LONG_WAITS)
    return {
        "id": "exceptions",
        "summary": _("未处理异常 %(everyone)s 笔，其中等了 16 天以上的 %(late)s 笔。")
        % {"everyone": f"{everyone:,}", "late": f"{late:,}"},
        "height": height_of(len(names)),
        "data": {
            "type": "stack",
            "labels": names,
            "unit": _("笔"),
            "share": False,
            "series": [
                {"name": str(words), "values": [row[key] for row in behind.exceptions]}
                for key, words in WAITING
            ],
        },
        "table": {
            "columns": [
                _("原因"),
                *(_("%(days)s（笔）") % {"days": words} for _key, words in WAITING),
                _("合计（笔）"),
            ],
            "rows": [
                [name, *waiting, sum(waiting)] for name, waiting in zip(names, counts, strict=True)
            ],
        },
    }
