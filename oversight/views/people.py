"""Doors of what a count of the people tells: renewal, coverage, identities, groups, and the people
behind them.
"""

from decimal import Decimal
from io import BytesIO
from urllib.parse import quote

from django.contrib import messages
from django.db.models import Exists, OuterRef, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from contributions.unpaid import paid
from enrollment.eligibility import Asked, judge
from enrollment.finding import FoundPages
from enrollment.models import Enrolment, Resident, SpecialIdentity
from oversight import people, people_tables
from oversight.forms import PopulationForm
from oversight.plans import plan_for, plans_of
from oversight.populations import set_population
from oversight.views.progress import XLSX, area_or_404, area_path, tab_words, tabs_of
from pension_portal.clock import today
from pension_portal.masking import mask_id
from pension_portal.sheet_writing import write_table
from staff.permissions import may, needs
from townships.models import VILLAGE_CODE_LENGTH, Area


@needs("view_counts")
@require_GET
def renewal(request, area_code):
    """Who came back and who is new, over the years, by place; the villages that lag (Y31)."""
    area, plan = _asked(request, area_code)
    years, lines, whole, counted_at = people.read_renewals(area, plan)
    url_of = _to("oversight:renewal", request, area)
    tables = [people_tables.renewal_table(years, lines, whole, url_of, _("续保和新增"))]
    if len(area.code) < VILLAGE_CODE_LENGTH and years:
        lagging = people.lagging_villages(area, plan)
        tables.append(
            people_tables.renewal_table(years, lagging, None, url_of, _("续保偏低、新增偏高的村"))
        )
    definitions = [
        _("续保率 = 去年缴费且今年缴费 ÷（去年缴费 − 到龄 − 注销 − 转出）；没有去年记录的不算。"),
        _("新增率 = 首次缴费人数 ÷ 缴费人数；首次指本系统已入账的年度里第一次。"),
        _("续保率低于合计、新增率高于合计、应续保 50 人以上的村列为重点村。"),
    ]
    return _show(request, area, plan, "renewal", tables, counted_at, definitions)


@needs("view_counts")
@require_GET
def coverage(request, area_code):
    """Who should have joined and has, why the others have not, and the population beside it."""
    area, plan = _asked(request, area_code)
    lines, whole, counted_at = people.read_cover(area, plan)
    tables = [people_tables.cover_table(lines, whole, _to("oversight:coverage", request, area))]
    definitions = [
        _("参保率 = 已参保 ÷ 应参保，目标 99%。应参保 = 已参保 + 可参保未参保 + 终止后未再参保。"),
        _("能不能参保按本年政策的参保条件判断；不符合条件的按原因另列，不算应参保。"),
        _("户籍人口、常住人口由公安、统计部门提供，按录入数显示，不参与计算。"),
    ]
    more = {
        "not_joined_url": _url("oversight:not_joined", request, area.code)
        if may(request.user, "view_person")
        else "",
        "population_form": PopulationForm(places=[whole, *lines])
        if may(request.user, "set_population") and lines
        else None,
    }
    return _show(request, area, plan, "coverage", tables, counted_at, definitions, more)


@needs("set_population")
@require_POST
def save_population(request, area_code):
    """Keep what police or statistics say of an area's people, with source and day (M37)."""
    area, plan = _asked(request, area_code)
    lines, whole, counted_at = people.read_cover(area, plan)
    form = PopulationForm(request.POST, places=[whole, *lines])
    if form.is_valid():
        count = set_population(form.figures(), by=request.user)
        messages.success(request, _("已登记 %(count)s 个单位的人口数") % {"count": count})
        return redirect(_url("oversight:coverage", request, area.code))
    tables = [people_tables.cover_table(lines, whole, _to("oversight:coverage", request, area))]
    return _show(
        request, area, plan, "coverage", tables, counted_at, [], {"population_form": form}, 422
    )


@needs("view_counts")
@require_GET
def identities(request, area_code):
    """The ledger of each special identity: people, payments, and who paid (M40)."""
    area, plan = _asked(request, area_code)
    rows, counted_at = people.read_identities(area, plan)

    def url_of(kind):
        if not may(request.user, "view_person"):
            return ""
        return _url("oversight:identity_people", request, area.code, identity=kind)

    definitions = [
        _("持有特殊身份、在世的人；一人有几种身份，在每种里都算。"),
        _("部门名单与本系统的差异在「部门名单」里比对。"),
    ]
    tables = [people_tables.identity_table(rows, url_of)]
    return _show(request, area, plan, "identities", tables, counted_at, definitions)


@needs("view_counts")
@require_GET
def groups(request, area_code):
    """The groups of a village; each opens its unpaid people."""
    area, plan = _asked(request, area_code)
    rows, counted_at = people.read_groups(area, plan)

    def url_of(code):
        if not may(request.user, "view_person"):
            return ""
        asked = {"scheme": plan.scheme_id, "year": plan.year, "group": code}
        return f"{reverse('contributions:unpaid', args=[code[:12]])}?{urlencode(asked)}"

    definitions = [_("缴费率 = 应缴的人里已缴的 ÷ 应缴。组没有任务数，不排名；组名打开未缴名单。")]
    tables = [people_tables.group_table(rows, url_of)]
    return _show(request, area, plan, "groups", tables, counted_at, definitions)


# --- The people behind ------------------------------------------------------------------------


@needs("view_person")
@require_GET
def identity_people(request, area_code):
    """Who of an area holds an identity: joined or not, paid or not, how much and from whom."""
    area, plan = _asked(request, area_code)
    kinds = dict(SpecialIdentity.Kind.choices)
    kind = request.GET.get("identity", "")
    kind = kind if kind in kinds else next(iter(kinds))
    held = (
        SpecialIdentity.objects.visible_to(request.user)
        .inside(area.code)
        .in_force_on(today())
        .filter(identity=kind, resident__life_status=Resident.LifeStatus.ALIVE)
        .select_related("resident")
        .order_by("village_code", "resident_id")
    )
    page = FoundPages(held).get_page(request.GET.get("page"))
    residents = [one.resident for one in page.object_list]
    lines = _ledger_lines(residents, area, plan)
    context = _frame(request, area, plan) | {"page": page, "lines": lines, "title": kinds[kind]}
    return render(request, "oversight/identity_people.html", context)


def _ledger_lines(residents, area, plan):
    ids = [resident.pk for resident in residents]
    status = {
        one.resident_id: one.get_status_display()
        for one in Enrolment.objects.filter(
            county_code=area.county_code, resident_id__in=ids, scheme_id=plan.scheme_id
        )
    }
    sums = paid(area.code, scheme_id=plan.scheme_id, year=plan.year).filter(resident_id__in=ids)
    amounts = {}
    for row in sums.order_by().values("resident_id", "source").annotate(yuan=Sum("amount")):
        amounts.setdefault(row["resident_id"], {})[row["source"]] = row["yuan"]
    villages = _villages_of(residents)
    return [
        {
            "resident": one,
            "village": villages.get(one.village_code, one.village_code),
            "masked_id": mask_id(one.id_number),
            "status": status.get(one.pk, _("未参保")),
            "own": amounts.get(one.pk, {}).get("own", Decimal(0)),
            "proxy": amounts.get(one.pk, {}).get("proxy", Decimal(0)),
        }
        for one in residents
    ]


@needs("view_person")
@require_GET
def not_joined(request, area_code):
    """Who of an area has not joined a scheme, and why, as far as is known (未参保人员名单)."""
    area, plan = _asked(request, area_code)
    joined = Enrolment.objects.filter(
        resident_id=OuterRef("pk"), county_code=OuterRef("county_code"), scheme_id=plan.scheme_id
    ).exclude(status=Enrolment.Status.TERMINATED)
    found = (
        Resident.objects.visible_to(request.user)
        .inside(area.code)
        .filter(~Exists(joined), life_status=Resident.LifeStatus.ALIVE)
        .select_related("household")
        .order_by("village_code", "id")
    )
    pages = FoundPages(found, counted=people.not_joined(area, plan))
    page = pages.get_page(request.GET.get("page"))
    residents = list(page.object_list)
    context = _frame(request, area, plan) | {
        "page": page,
        "lines": _reasons_of(residents, area, plan),
        "title": _("未参保人员"),
    }
    return render(request, "oversight/not_joined.html", context)


def _reasons_of(residents, area, plan):
    standing = {}
    ids = [one.pk for one in residents]
    for resident_id, scheme_id in (
        Enrolment.objects.filter(county_code=area.county_code, resident_id__in=ids)
        .exclude(status=Enrolment.Status.TERMINATED)
        .values_list("resident_id", "scheme_id")
    ):
        standing.setdefault(resident_id, []).append(scheme_id)
    asked = [
        Asked(
            plan.scheme_id,
            one.born_on,
            standing.get(one.pk, []),
            one.hukou,
            one.other_cover,
            one.sex,
            bytes(one.id_index).hex(),
        )
        for one in residents
    ]
    reasons = {}
    for verdict in judge(asked, area.county_code) if asked else []:
        reasons.setdefault(verdict.place, []).append(verdict.reason)
    villages = _villages_of(residents)
    return [
        {
            "resident": one,
            "village": villages.get(one.village_code, one.village_code),
            "masked_id": mask_id(one.id_number),
            "reasons": reasons.get(place, []),
        }
        for place, one in enumerate(residents)
    ]


def _villages_of(residents):
    codes = {one.village_code for one in residents}
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


# --- Parts ------------------------------------------------------------------------------------


def _asked(request, area_code):
    """Return the area, and the plan of the scheme and year in the address."""
    area = area_or_404(request, area_code)
    plans = plans_of(area.county_code)
    scheme_id = _number(request.GET.get("scheme"), 1)
    return area, plan_for(
        plans, scheme_id=scheme_id, year=_number(request.GET.get("year"), today().year)
    )


def _number(text, otherwise):
    return int(text) if text and text.isdecimal() and len(text) <= 4 else otherwise


def _url(name, request, code, **more):
    kept = {key: request.GET[key] for key in ("scheme", "year") if request.GET.get(key)}
    query = urlencode(kept | more)
    return reverse(name, args=[code]) + (f"?{query}" if query else "")


def _to(name, request, area):
    """Return the function that gives the address of a place below; a village's rows lead to its
    groups.
    """

    def url_of(code):
        if code == area.code:
            return ""
        return _url(name, request, code)

    return url_of


def _frame(request, area, plan, tab=""):
    return {
        "area": area,
        "path": area_path(area, request.user),
        "plan": plan,
        "tab": tab,
        "tabs": tabs_of(request, area),
    }


def _show(request, area, plan, tab, tables, counted_at, definitions, more=None, status=200):
    if request.GET.get("excel"):
        return _excel(request, area, plan, tables[0], counted_at, definitions)
    context = _frame(request, area, plan, tab) | {
        "tables": tables,
        "counted_at": counted_at,
        "definitions": definitions,
        "title": tab_words()[tab],
        "excel_url": _url(f"oversight:{tab}", request, area.code, excel=1),
        "address_name": f"oversight:{tab}",
        **(more or {}),
    }
    return render(request, "oversight/people_tables.html", context, status=status)


def _excel(request, area, plan, table, counted_at, definitions):
    """The table as the page shows it, with its total, and what it means."""
    buffer = BytesIO()
    rows = [cells for _address, cells, _is_marked in table.rows]
    notes = [
        (_("区域"), f"{area.name} {area.code}"),
        (_("险种"), plan.scheme_name),
        (_("年度"), str(plan.year)),
        (_("统计时间"), counted_at),
        (_("导出人"), f"{request.user} {request.user.username}"),
        *((_("口径"), words) for words in definitions),
    ]
    rows += [table.total] if table.total else []
    write_table(buffer, table.columns, rows, title=table.title, notes=notes)
    name = quote(f"{area.name}{plan.year}{table.title}.xlsx")
    return HttpResponse(
        buffer.getvalue(),
        content_type=XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )
