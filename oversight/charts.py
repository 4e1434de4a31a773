"""The pictures of a Progress, each with the table that says the same: the curve, the days, the
tiers, the unpaid.

A chart is a dictionary for `fragments/_chart.html`; its `table` is what the Excel holds too.
"""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oversight import forecast
from oversight.behind_charts import behind_charts, height_of
from oversight.bent_pace import bent_line
from oversight.columns import cut_share
from oversight.progress import high_tier_share
from pension_portal.money import yuan

# Days of bars that can still be told apart at 1366 pixels.
MOST_BARS = 92

# A name of its own, so that every sheet of the Excel says which chart it twins.
TITLES = {
    "curve": gettext_lazy("累计缴费人数与应达线"),
    "days": gettext_lazy("每日新增"),
    "tiers": gettext_lazy("个人缴费档次结构"),
    "unpaid": gettext_lazy("未完成任务的分布"),
    "weeks": gettext_lazy("各村每周新增"),
    "ages": gettext_lazy("年龄段缴费情况"),
    "exceptions": gettext_lazy("未处理异常等了多久"),
}
STRAIGHT, LAST_YEAR = "straight", "last_year"


def charts_of(progress, *, url_of=None, excel_url=None, pace_line=STRAIGHT):
    """Return the charts of a Progress that have something to show, in the order of the page.

    `pace_line` says how the pace line of the curve runs: straight, or after last year's curve.
    """
    made = [
        curve(progress, pace_line),
        days(progress),
        tiers(progress),
        unpaid(progress, url_of or (lambda code: "")),
        # Weeks, ages and waits of villages are small figures: not for readers of figures alone.
        *([] if progress.is_for_readers else behind_charts(progress)),
    ]
    as_of = progress.as_of
    return [
        chart
        | {
            "title": TITLES[chart["id"]],
            "as_of": as_of,
            "excel_url": excel_url(chart["id"]) if excel_url else "",
        }
        for chart in made
        if chart
    ]


def curve(progress, pace_line=STRAIGHT):
    """Cumulative paid people against the pace line, to the end of the stage; None while nobody
    paid.
    """
    if not progress.gains:
        return None
    days = _days(progress)
    paid = _cumulative(progress.gains, days, until=progress.day)
    last_year = _last_year(progress, days)
    task, pace = progress.total.task, progress.pace
    bent = _bent(progress, days) if pace_line == LAST_YEAR else None
    due = bent or ([pace.due_on(day, task) for day in days] if task else None)
    series = [{"name": _("累计已缴"), "values": paid, "style": "solid"}]
    if due:
        name = _("应达线（按上年曲线）") if bent else _("应达线")
        series.append({"name": name, "values": due, "style": "dashed"})
    if last_year:
        name = _("%(year)s 年同日") % {"year": progress.plan.year - 1}
        series.append({"name": name, "values": last_year, "style": "faint"})
    band = _band(progress, days)
    data = {
        "type": "line",
        "days": [day.isoformat() for day in days],
        "unit": _("人"),
        "series": series,
        "milestones": _milestones(progress),
        "today": progress.day.isoformat(),
    }
    if band:
        data["band"] = band
    return {
        "id": "curve",
        "summary": _curve_summary(progress),
        "note": _curve_note(progress, band, pace_line, bent),
        "data": data,
        "table": _curve_table(progress, days, paid, due, last_year, band),
    }


def _bent(progress, days):
    same_days = {}
    for day, people in progress.gains_last_year.items():
        same_day = _a_year_on(day)
        same_days[same_day] = same_days.get(same_day, 0) + people
    return bent_line(progress.pace, progress.total.task, days, same_days)


def _curve_note(progress, band, pace_line, bent):
    """Say how the pace line runs, how the range was worked out, and how well that has done."""
    words = []
    if pace_line == LAST_YEAR and not bent:
        words.append(_("上年没有足够的缴费记录，应达线仍按可缴费日平均推进。"))
    if not band:
        words.append(_("可缴费日不足 10 天，不作推算。"))
        return "".join(words)
    words.append(
        _("推算范围：按最近 14 个可缴费日的日均和波动外推，五次里约有四次落在范围内，仅供调度。")
    )
    words.append(_trial_words(progress.behind.trials if progress.behind else []))
    return "".join(words)


def _trial_words(trials):
    """Say how the forecast did in earlier years, at each distance; nothing without any."""
    if not trials:
        return ""
    return _(
        "用 %(years)s 年回测 %(trials)s 次：提前 %(days)s 个可缴费日，"
        "平均偏差 %(miss)s，落在范围内 %(inside)s。"
    ) % {
        "years": _("、").join(str(year) for year in trials[0].years),
        "trials": sum(one.trials for one in trials),
        "days": " / ".join(str(one.days_ahead) for one in trials),
        "miss": " / ".join(f"{one.mean_miss:.1f}%" for one in trials),
        "inside": " / ".join(f"{one.inside * 100 // one.trials}%" for one in trials),
    }


def _days(progress):
    """From the campaign's first day to the last of the present stage, or to the day itself if that
    is later.
    """
    first = progress.plan.starts_on
    last = max(progress.day, min(progress.stage.due_on, progress.plan.ends_on))
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _cumulative(gains, days, *, until):
    """Return the running sum on each day, what came before the first day included; None after
    `until`.
    """
    total = sum(people for day, people in gains.items() if day < days[0])
    sums = []
    for day in days:
        total += gains.get(day, 0)
        sums.append(total if day <= until else None)
    return sums


def _last_year(progress, days):
    """Return last year's running sum on the same days of the calendar; None without payments last
    year.
    """
    if not progress.gains_last_year:
        return None
    same_days = {_a_year_on(day): people for day, people in progress.gains_last_year.items()}
    return _cumulative(same_days, days, until=days[-1])


def _a_year_on(day):
    """The same day a year later; 29 February is counted with the 28th."""
    if (day.month, day.day) == (2, 29):
        day -= timedelta(days=1)
    return day.replace(year=day.year + 1)


def _milestones(progress):
    task = progress.total.task
    if not task:
        return []
    return [
        {
            "day": stage.due_on.isoformat() if stage.due_on <= _days(progress)[-1] else "",
            "value": stage.people_of(task),
            "words": _("%(label)s累计目标 %(share)s%% %(people)s 人")
            % {
                "label": stage.label,
                "share": _plain(stage.share),
                "people": f"{stage.people_of(task):,}",
            },
        }
        for stage in progress.pace.stages
        if stage.is_planned
    ]


def _band(progress, days):
    """Four cases of five, from the last fourteen collectable days; None with fewer than ten."""
    pace, day = progress.pace, progress.day
    known = pace.days_up_to(day, forecast.TRAILING_DAYS)
    ahead = [one for one in days if one > day and pace.is_collectable(one)]
    first = min(progress.gains)
    known = [one for one in known if one >= first]
    ranges = forecast.band(
        progress.total.paid, [progress.gains.get(one, 0) for one in known], len(ahead)
    )
    if not ranges:
        return None
    found = dict(zip(ahead, ranges, strict=True))
    low, high, last = [], [], None
    for one in days:
        if one == day:
            last = (progress.total.paid, progress.total.paid)
        elif one > day:
            last = found.get(one, last)
        low.append(last[0] if last else None)
        high.append(last[1] if last else None)
    return {"name": _("推算范围（80%）"), "low": low, "high": high}


def _curve_summary(progress):
    total = progress.total
    if total.ahead is None:
        return _("截至 %(day)s 累计已缴 %(paid)s 人，本年度没有下达任务。") % {
            "day": progress.day.isoformat(),
            "paid": f"{total.paid:,}",
        }
    words = (
        _("截至 %(day)s 累计已缴 %(paid)s 人，比今日应达多 %(gap)s 人。")
        if total.ahead >= 0
        else _("截至 %(day)s 累计已缴 %(paid)s 人，比今日应达少 %(gap)s 人。")
    )
    return words % {
        "day": progress.day.isoformat(),
        "paid": f"{total.paid:,}",
        "gap": f"{abs(total.ahead):,}",
    }


def _curve_table(progress, days, paid, due, last_year, band):
    columns = [_("日期"), _("可缴费日"), _("当日新增（人）"), _("累计已缴（人）")]
    columns += [_("应达（人）")] if due else []
    columns += [_("%(year)s 年同日（人）") % {"year": progress.plan.year - 1}] if last_year else []
    columns += [_("推算低（人）"), _("推算高（人）")] if band else []
    rows = []
    for place, day in enumerate(days):
        is_known = day <= progress.day
        row = [
            day.isoformat(),
            _("是") if progress.pace.is_collectable(day) else _("否"),
            progress.gains.get(day, 0) if is_known else None,
            paid[place],
        ]
        row += [due[place]] if due else []
        row += [last_year[place]] if last_year else []
        row += [band["low"][place], band["high"][place]] if band else []
        rows.append(row)
    return {"columns": columns, "rows": rows}


def days(progress):
    """Bars of the last days, closed ones hatched; None while nobody paid."""
    if not progress.gains:
        return None
    first = max(progress.plan.starts_on, progress.day - timedelta(days=MOST_BARS - 1))
    shown = [first + timedelta(days=step) for step in range((progress.day - first).days + 1)]
    if not shown:
        return None
    gains = [progress.gains.get(day, 0) for day in shown]
    closed = [place for place, day in enumerate(shown) if not progress.pace.is_collectable(day)]
    best = max(range(len(shown)), key=lambda place: gains[place])
    return {
        "id": "days",
        "summary": _(
            "%(first)s 至 %(last)s 共新增 %(sum)s 人，最多的一天是 %(best)s，%(most)s 人；"
            "其中 %(closed)s 天不在可缴费日内，用斜纹标出。"
        )
        % {
            "first": shown[0].isoformat(),
            "last": shown[-1].isoformat(),
            "sum": f"{sum(gains):,}",
            "best": shown[best].isoformat(),
            "most": f"{gains[best]:,}",
            "closed": len(closed),
        },
        "height": "low",
        "data": {
            "type": "bars",
            "labels": [f"{day:%m-%d}" for day in shown],
            "unit": _("人"),
            "series": [{"name": _("当日新增"), "values": gains}],
            "hatched": closed,
        },
        "table": {
            "columns": [_("日期"), _("可缴费日"), _("当日新增（人）")],
            "rows": [
                [
                    day.isoformat(),
                    _("是") if progress.pace.is_collectable(day) else _("否"),
                    gains[place],
                ]
                for place, day in enumerate(shown)
            ],
        },
    }


def tiers(progress):
    """Who pays which tier: the area this year and last, and each place in it; None where tiers are
    not known.
    """
    year = progress.plan.year
    groups = [(f"{progress.area.name} {year}", progress.tiers.get((progress.area.code, year)))]
    groups.append(
        (f"{progress.area.name} {year - 1}", progress.tiers.get((progress.area.code, year - 1)))
    )
    if len(progress.places) > 1:
        groups += [
            (place.name, progress.tiers.get((place.code, year))) for place in progress.places
        ]
    groups = [(name, people) for name, people in groups if people]
    is_known = progress.tiers.get((progress.area.code, year))
    if not is_known or progress.total.high_tier_share is None:
        return None
    amounts = sorted({amount for _name, people in groups for amount in people})
    return {
        "id": "tiers",
        "summary": _tiers_summary(progress, groups[0][1]) + _against_last_year(progress, year - 1),
        "height": height_of(len(groups)) or ("tall" if len(groups) > 6 else "low"),
        "data": {
            "type": "stack",
            "labels": [name for name, _people in groups],
            "unit": _("人"),
            "share": True,
            "series": [
                {
                    "name": _tier_name(amount),
                    "values": [people.get(amount, 0) for _name, people in groups],
                }
                for amount in amounts
            ],
        },
        "table": {
            "columns": [
                _("单位"),
                *(_tier_name(amount) for amount in amounts),
                _("合计（人）"),
                _("500 元以上占比（%）"),
            ],
            "rows": [
                [
                    name,
                    *(people.get(amount, 0) for amount in amounts),
                    sum(people.values()),
                    _high_share(people),
                ]
                for name, people in groups
            ],
        },
    }


def _tier_name(amount):
    """Say a tier in words; payments whose tier was not noted stand under a name of their own."""
    return _("%(amount)s 元") % {"amount": _plain(amount)} if amount else _("未分档")


def _tiers_summary(progress, people):
    most = max(people, key=people.get)
    share = cut_share(progress.total.high_tier_share)
    return _("选 %(tier)s的最多，%(people)s 人；500 元及以上占 %(share)s%%。") % {
        "tier": _tier_name(most),
        "people": f"{people[most]:,}",
        "share": f"{share * 100:.1f}",
    }


def _high_share(people):
    """Return the share of those at 500 yuan or more in percent, in words (A21)."""
    share = high_tier_share(people)
    return "--" if share is None else f"{cut_share(share) * 100:.1f}"


def _against_last_year(progress, year):
    people = progress.tiers.get((progress.area.code, year))
    if not people:
        return ""
    return _("%(year)s 年全年 500 元及以上占 %(share)s%%。") % {
        "year": year,
        "share": _high_share(people),
    }


def unpaid(progress, url_of):
    """A treemap: the area of a place is what it lacks to its task, its colour the rate; None
    without two such places.
    """
    lacking = [place for place in progress.places if place.lacks]
    if len(lacking) < 2:
        return None
    lacking.sort(key=lambda place: place.paid - place.task)
    first = lacking[0]
    return {
        "id": "unpaid",
        "summary": _("离任务最远的是%(name)s，还差 %(people)s 人，完成率 %(rate)s%%。")
        % {
            "name": first.name,
            "people": f"{first.task - first.paid:,}",
            "rate": _points(first),
        },
        "data": {
            "type": "treemap",
            "unit": _("人"),
            "rate_name": _("完成率"),
            "nodes": [
                {
                    "name": place.name,
                    "value": place.task - place.paid,
                    "rate": float(_points(place)),
                    "url": url_of(place.code),
                }
                for place in lacking
            ],
        },
        "table": {
            "columns": [
                _("单位"),
                _("任务（人）"),
                _("已缴（人）"),
                _("还差（人）"),
                _("完成率（%）"),
            ],
            "rows": [
                [place.name, place.task, place.paid, place.task - place.paid, _points(place)]
                for place in lacking
            ],
        },
    }


def _points(place):
    return f"{cut_share(place.rate) * 100:.1f}"


def _plain(number):
    """Say a number without needless zeros: 85, 92.5, 6,000."""
    return yuan(number).removesuffix("0").removesuffix("0").removesuffix(".")
