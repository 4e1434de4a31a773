"""Freeze what a bulletin says in figures (固定数据): once, as values JSON can hold.

    figures["total"]             {"name": "颍州区", "paid": 19440, "rate": "72.0", …}
    figures["towns"][0]          its rank, what it gained since the last bulletin, its "villages"
    figures["said"]              the sums that the drafted text needs besides

Rates are cut off at one place, so that a goal not reached never looks reached. Whatever the text,
the tables, Word or PDF of a bulletin say is read from here.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from oversight.columns import cut_share
from oversight.plans import plan_for, plans_of
from oversight.progress import read_progress
from oversight.statements import fetch_statement
from pension_portal.money import ten_thousands
from townships.models import Area

BEST, WORST = 3, 3


def freeze_figures(county, *, scheme_id, year, day=None, before=None):
    """Return the figures of a county, its towns and their villages on a day, by default the last
    one the posted files know; `before` are those of the bulletin before, or None.
    """
    plan = plan_for(plans_of(county.code), scheme_id=scheme_id, year=year)
    progress = read_progress(county, plan, day=day)
    areas = {area.code: area for area in Area.objects.inside(county.code).towns()}
    rows = {row["code"]: row for row in _rows_of(before)}
    towns = [_row(place, rows) for place in progress.places if place is not progress.total]
    for town in towns:
        inside = read_progress(areas[town["code"]], plan, day=progress.day)
        town["villages"] = [
            _row(place, rows) for place in inside.places if place is not inside.total
        ]
    figures = {
        "county": county.name,
        "scheme": plan.scheme_name,
        "year": plan.year,
        "day": progress.day.isoformat(),
        "data_until": _day(progress.data_age.until),
        "document_no": plan.document_no,
        "stage": _stage(progress),
        "before": {"day": before["day"], "number": before["number"]} if before else None,
        "total": _row(progress.total, rows),
        "towns": sorted(
            towns, key=lambda row: (row["rank"] is None, row["rank"] or 0, row["code"])
        ),
    }
    _add_months(figures, county, plan, progress.day)
    figures["said"] = _said(figures, progress)
    return figures


def _rows_of(figures):
    if figures is None:
        return []
    towns = figures["towns"]
    return [figures["total"], *towns, *(row for town in towns for row in town["villages"])]


def _row(place, rows_before):
    """Return one place's figures; what it gained, where the bulletin before knows it."""
    before = rows_before.get(place.code)
    rate = cut_share(place.rate)
    return {
        "code": place.code,
        "name": place.name,
        "rank": place.rank,
        "rank_before": before and before["rank"],
        "task": place.task,
        "payable": place.payable,
        "paid": place.paid,
        "proxy": place.proxy,
        "new": place.new,
        "gained": place.paid - before["paid"] if before else None,
        "rate": None if rate is None else f"{rate * 100:.1f}",
        "due": place.due,
        "ahead": place.ahead,
        "amount": f"{place.amount:.2f}",
        "wan": ten_thousands(place.amount),
        "high_tier": _percent(place.high_tier_share),
        "mean": round(place.daily_mean),
        "needed": place.needed_a_day,
        "score": None if place.score is None else f"{place.score:.2f}",
        "exceptions": place.open_exceptions,
    }


def _percent(share):
    cut = cut_share(share)
    return None if cut is None else f"{cut * 100:.1f}"


def _stage(progress):
    stage, task = progress.stage, progress.total.task
    return {
        "label": stage.label,
        "due_on": stage.due_on.isoformat(),
        "share": f"{stage.share.normalize():f}",
        "goal": None if not task else stage.people_of(task),
    }


def _said(figures, progress):
    """Return the sums of the drafted text that stand in no table."""
    total = figures["total"]
    goal, before = figures["stage"]["goal"], figures["before"]
    ranked = [town for town in figures["towns"] if town["rank"]]
    below = [town for town in ranked if Decimal(town["rate"]) < Decimal(total["rate"] or 0)]
    risen = [t for t in ranked if t["rank_before"] and t["rank"] < t["rank_before"]]
    fallen = [t for t in ranked if t["rank_before"] and t["rank"] > t["rank_before"]]
    return {
        "missing": None if goal is None else max(0, goal - total["paid"]),
        "ahead": None if total["ahead"] is None else abs(total["ahead"]),
        "below": len(below),
        "ranked": len(ranked),
        "average": None
        if progress.total.average is None
        else f"{progress.total.average.quantize(Decimal('0.01'), ROUND_HALF_UP):.2f}",
        "best": [town["code"] for town in ranked[:BEST]],
        "worst": [town["code"] for town in ranked[BEST:][-WORST:]],
        "risen": [town["code"] for town in risen] if before else [],
        "fallen": [town["code"] for town in fallen] if before else [],
    }


def _add_months(figures, county, plan, day):
    """Put what each place gained in the month, and in the same days last year, into its row."""
    rows = _rows_of(figures)
    found = {
        row["code"]: row
        for row in fetch_statement(
            "paid_by_month",
            {
                "county_code": county.code,
                "scheme_id": plan.scheme_id,
                "year": plan.year,
                "codes": [row["code"] for row in rows],
                "first": day.replace(day=1),
                "day": day,
                "first_before": _year_before(day.replace(day=1)),
                "day_before": _year_before(day),
                "counts_proxy": plan.counts_proxy,
            },
        )
    }
    for row in rows:
        month = found.get(row["code"], {"month": 0, "month_before": 0, "month_amount": Decimal(0)})
        row["month"], row["month_before"] = int(month["month"]), int(month["month_before"])
        row["month_more"] = row["month"] - row["month_before"]
        row["month_wan"] = ten_thousands(month["month_amount"])


def _year_before(day):
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(day.year - 1, day.month, 28 if is_leap_day else day.day)


def _day(day):
    return day and day.isoformat()
