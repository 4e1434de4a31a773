"""Doors of the progress page: the same page for a county, a town and a village, its Excel, and its
headline (征缴进度).
"""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from oversight.charts import LAST_YEAR, STRAIGHT, charts_of
from oversight.columns import COLUMNS, DEFAULT_SORT, next_sort, sorted_places
from oversight.evenings import EveningFacts, evenings_around
from oversight.forms import EVENING, ProgressFilter
from oversight.headlines import headlines, stages_in_words
from oversight.plans import plan_for, plans_of
from oversight.progress import read_progress
from oversight.progress_sheets import file_name, workbook
from oversight.small_cells import for_reader
from oversight.table import table_row, table_rows
from pension_portal.clock import today
from staff.permissions import may, needs
from townships.models import VILLAGE_CODE_LENGTH, Area

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs("view_progress")
@require_GET
def own_progress(request):
    """The way in: everybody's own area."""
    return redirect("oversight:progress", request.user.area_code)


@needs("view_progress")
@require_GET
def progress(request, area_code):
    area = area_or_404(request, area_code)
    form, found = _progress_of(request, area)
    sort = request.GET.get("sort", DEFAULT_SORT)
    links = links_of(request, found)
    has_total = len(area.code) < VILLAGE_CODE_LENGTH
    has_tick = any(stage.is_planned and stage.share == 85 for stage in found.pace.stages)

    def url_of(code):
        return _with_query("oversight:progress", code, request)

    context = {
        "area": area,
        "path": area_path(area, request.user),
        "tab": "progress",
        "tabs": tabs_of(request, area),
        "form": form,
        "progress": found,
        "columns": [
            {
                "column": column,
                "sort": next_sort(column, sort),
                "sorted": _sorted_words(column, sort),
            }
            for column in COLUMNS
        ],
        "places": table_rows(
            sorted_places(found.places, sort),
            url_of if has_total else lambda _code: "",
            has_tick=has_tick,
        ),
        "total": table_row(found.total, "", has_tick=has_tick, name=_("合计")),
        "has_total": has_total,
        "stages": stages_in_words(found),
        "kpis": headlines(found, links),
        "kpi_as_of": found.as_of,
        "links": links,
        "charts_url": _with_query("oversight:charts", area.code, request),
        "excel_url": _excel_url(area, request),
        "first_day_missing": _first_day_missing(found),
        "place_word": _("乡镇（街道）") if len(area.code) == 6 else _("村（社区）"),
        "missing_evening": _missing_evening(form, area, request),
        "unplaced_exceptions": _unplaced_exceptions(found),
    }
    return render(request, "oversight/progress.html", context)


@needs("view_progress")
@require_GET
def charts(request, area_code):
    """The pictures below the table; the page asks for them once it stands."""
    area = area_or_404(request, area_code)
    _form, found = _progress_of(request, area, with_curves=True)
    pace_line = _pace_line(request)
    made = charts_of(
        found,
        url_of=lambda code: _with_query("oversight:progress", code, request),
        excel_url=lambda part: _excel_url(area, request, part=part),
        pace_line=pace_line,
    )
    for chart in made:
        if chart["id"] == "curve" and found.total.task:
            chart["switch"] = _pace_switch(area, request, pace_line)
    return render(request, "oversight/_charts.html", {"charts": made})


@needs("view_progress")
@require_GET
def progress_excel(request, area_code):
    """The page as an Excel file: the same rows in the same order, and a sheet that says what they
    are.
    """
    area = area_or_404(request, area_code)
    _form, found = _progress_of(request, area, with_curves=True)
    places = sorted_places(found.places, request.GET.get("sort", DEFAULT_SORT))
    content = workbook(
        found,
        places,
        by=request.user,
        part=request.GET.get("part", ""),
        pace_line=_pace_line(request),
    )
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{file_name(found)}"},
    )


@needs("view_progress")
@require_GET
def headline(request):
    """The six figures of one's own area, for the start page."""
    area = area_or_404(request, request.user.area_code)
    _form, found = _progress_of(request, area)
    context = {
        "area": area,
        "progress": found,
        "kpis": headlines(found, links_of(request, found)),
    }
    return render(request, "oversight/_headline.html", context)


def area_or_404(request, area_code):
    """Return an area inside the reader's own that has counters: county, town or village."""
    areas = Area.objects.visible_to(request.user).filter(level__lte=Area.Level.VILLAGE)
    return get_object_or_404(areas.select_related("parent__parent"), pk=area_code)


def area_path(area, staff):
    """Return the areas from the reader's own down to this one."""
    path = [area]
    while path[0].parent:
        path.insert(0, path[0].parent)
    return [one for one in path if one.code.startswith(staff.area_code)]


def _progress_of(request, area, *, with_curves=False):
    plans = plans_of(area.county_code)
    form = ProgressFilter(request.GET or None, plans=plans)
    chosen = form.chosen()
    plan = plan_for(plans, scheme_id=chosen["scheme"], year=chosen["year"])
    facts_of = None
    if chosen["known"] == EVENING and chosen["day"]:
        form.evenings = evenings_around(area, plan, chosen["day"])
        facts_of = EveningFacts if form.evenings.has_day else None
    found = read_progress(area, plan, day=chosen["day"], with_curves=with_curves, facts_of=facts_of)
    found = for_reader(found, request.user)
    form.initial = {
        "scheme": plan.scheme_id,
        "year": plan.year,
        "day": found.day,
        "known": chosen["known"],
    }
    form.is_bound = False
    return form, found


def _with_query(name, code, request, **changes):
    query = {key: value for key, value in request.GET.items() if key != "part"} | changes
    address = reverse(name, args=[code])
    return f"{address}?{urlencode(query)}" if query else address


def _pace_line(request):
    return LAST_YEAR if request.GET.get("pace") == LAST_YEAR else STRAIGHT


def _pace_switch(area, request, pace_line):
    """The two ways of the pace line, the present one marked."""
    choices = [
        (STRAIGHT, _("按可缴费日平均")),
        (LAST_YEAR, _("按上年曲线")),
    ]
    return {
        "words": _("应达线："),
        "choices": [
            {
                "words": words,
                "url": _with_query("oversight:charts", area.code, request, pace=key),
                "is_on": key == pace_line,
            }
            for key, words in choices
        ],
    }


def _excel_url(area, request, **changes):
    return _with_query("oversight:progress_excel", area.code, request, **changes)


def _sorted_words(column, sort):
    """Return what aria-sort says of a heading; empty where the table is not sorted by it."""
    if sort.removeprefix("-") != column.key:
        return ""
    return "descending" if sort.startswith("-") else "ascending"


def links_of(request, progress):
    """Return where each figure opens, for those who may see what is behind it."""
    code, plan = progress.area.code, progress.plan
    asked = {"scheme": plan.scheme_id, "year": plan.year}
    sees_people = may(request.user, "view_person")
    people = {
        "paid": _people_url("contributions:paid", code, asked),
        "new": _people_url("contributions:paid", code, asked | {"day": progress.day.isoformat()}),
        "proxy": _people_url("contributions:paid", code, asked | {"source": "proxy"}),
        "unpaid": _people_url("contributions:unpaid", code, asked),
    }
    links = people if sees_people else {}
    if may(request.user, "view_exception"):
        exceptions = reverse("contributions:exceptions")
        links["exceptions"] = f"{exceptions}?{urlencode(asked | {'area': code})}"
    return links


def _people_url(name, code, asked):
    return f"{reverse(name, args=[code])}?{urlencode(asked)}"


def _first_day_missing(progress):
    """Return the first day no posted file speaks of; None where the data reach to today."""
    until = progress.data_age.until
    if until is None or until >= today() or not progress.is_latest or progress.is_of_an_evening:
        return None
    return until + timedelta(days=1)


def tabs_of(request, area):
    """Return (key, words, address) of the pages of an area, in the scheme and year now shown."""
    kept = {key: request.GET[key] for key in ("scheme", "year") if request.GET.get(key)}
    query = f"?{urlencode(kept)}" if kept else ""
    words = tab_words()
    # Readers without persons see no counts that could be of one person.
    keys = list(words) if request.user.may("view_counts") else ["progress"]
    return [
        (key, words[key], reverse(f"oversight:{key}", args=[area.code]) + query)
        for key in keys
        if key != "groups" or len(area.code) == VILLAGE_CODE_LENGTH
    ]


def tab_words():
    return {
        "progress": _("进度"),
        "renewal": _("续保和新增"),
        "coverage": _("参保覆盖"),
        "identities": _("特殊身份"),
        "groups": _("各组"),
    }


def _missing_evening(form, area, request):
    """Return the kept evenings nearest to a day that has none, each with its address; None where
    none was asked for or it is there.
    """
    evenings = getattr(form, "evenings", None)
    if evenings is None or evenings.has_day:
        return None
    return [
        (day, _with_query("oversight:progress", area.code, request, day=day.isoformat()))
        for day in (evenings.before, evenings.after)
        if day
    ]


def _unplaced_exceptions(progress):
    """Return how many of the area's exceptions belong to none of its places: their place is not
    known yet.
    """
    if progress.total.open_exceptions is None or progress.has_veiled:
        return 0
    if len(progress.area.code) == VILLAGE_CODE_LENGTH:
        return 0
    return progress.total.open_exceptions - sum(
        place.open_exceptions or 0 for place in progress.places
    )
