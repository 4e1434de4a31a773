"""The six figures at the head of a progress page: what each is, how it is worked out, and where it
opens.
"""

from django.utils.translation import gettext as _

from oversight.columns import BY_KEY, cut_share
from pension_portal.money import ten_thousands, yuan


def headlines(progress, links):
    """Return the six figures as dictionaries for `fragments/_kpi.html`; `links` holds the addresses
    the reader may open.
    """
    total = progress.total
    return [
        {
            "label": _("任务数"),
            "value": _whole(total.task),
            "unit": _("人"),
            "definition": BY_KEY["task"].definition,
            "note": _stage_words(progress),
            "href": "#ranking",
        },
        {
            "label": _("已缴人数"),
            "value": _whole(total.paid),
            "unit": _("人"),
            "definition": BY_KEY["paid"].definition,
            "note": _paid_words(total),
            "href": links.get("paid", "#ranking"),
        },
        {
            "label": _("完成率"),
            "value": "--" if total.rate is None else f"{cut_share(total.rate) * 100:.1f}",
            "unit": "" if total.rate is None else "%",
            "definition": BY_KEY["rate"].definition,
            "note": _gap_words(progress),
            "tone": "bad" if total.ahead is not None and total.ahead < 0 else "",
            "href": "#charts",
        },
        {
            "label": _("缴费金额"),
            "value": "--" if total.amount is None else ten_thousands(total.amount),
            "unit": _("万元"),
            "definition": BY_KEY["amount"].definition,
            "note": _("人均 %(average)s 元") % {"average": yuan(total.average)}
            if total.average
            else "",
            "href": "#charts",
        },
        {
            "label": _("今日新增"),
            "value": _signed(total.new),
            "unit": _("人"),
            "definition": BY_KEY["new"].definition,
            "note": _pace_words(total),
            "href": links.get("new", "#charts"),
        },
        {
            "label": _("未处理异常"),
            "value": _whole(total.open_exceptions),
            "unit": _("笔"),
            "definition": BY_KEY["open_exceptions"].definition,
            "note": _("处理后才能入账") if total.open_exceptions else "",
            "href": links.get("exceptions", "#ranking"),
        },
    ]


def stages_in_words(progress):
    """Return one sentence for each planned stage: its day, its cumulative goal and what it adds
    (X02).
    """
    task, pace = progress.total.task, progress.pace
    if not task:
        return []
    return [
        _("%(label)s %(day)s 前累计目标 %(share)s%%，%(goal)s 人（本阶段增量 %(increment)s 人）")
        % {
            "label": stage.label,
            "day": stage.due_on.isoformat(),
            "share": f"{stage.share.normalize():f}",
            "goal": _whole(stage.people_of(task)),
            "increment": _whole(pace.increment_of(stage, task)),
        }
        for stage in pace.stages
        if stage.is_planned
    ]


def _whole(value):
    return "--" if value is None else f"{value:,}"


def _signed(value):
    return "--" if value is None else f"{value:,}".replace("-", "−")


def _stage_words(progress):
    """The cumulative goal of the present stage, by its name (X02)."""
    task, stage = progress.total.task, progress.stage
    if not task:
        return _("本年度没有下达任务")
    return _("%(label)s累计目标 %(goal)s") % {
        "label": stage.label,
        "goal": _whole(stage.people_of(task)),
    }


def _paid_words(total):
    words = (
        _("其中代缴 %(proxy)s") if total.is_proxy_counted else _("另有代缴 %(proxy)s，不计入任务")
    )
    words = words % {"proxy": _whole(total.proxy)}
    return f"{words} · " + _("应缴 %(payable)s") % {"payable": _whole(total.payable)}


def _gap_words(progress):
    """How the paid people compare with today's line, and the goal of the present stage."""
    total, stage = progress.total, progress.stage
    if total.ahead is None:
        return ""
    line = (_("超应达 %(people)s 人") if total.ahead >= 0 else _("差应达 %(people)s 人")) % {
        "people": _whole(abs(total.ahead))
    }
    goal = _("目标 %(share)s%%") % {"share": f"{stage.share.normalize():f}"}
    return f"{line} · {goal}"


def _pace_words(total):
    if total.daily_mean is None:
        return ""
    mean = f"{round(total.daily_mean):,}"
    if total.needed_a_day is None:
        return _("近 7 日日均 %(mean)s") % {"mean": mean}
    return _("日均 %(mean)s · 所需日均 %(needed)s") % {
        "mean": mean,
        "needed": _whole(total.needed_a_day),
    }
