"""Doors of villages' cash: what is owed by place, and what was handed in (村级代收、上解、下欠)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contributions import cash
from contributions.cash_forms import LimitForm, RemittanceForm
from contributions.cash_owed import (
    BANDS,
    arrivals_of,
    cash_of_collectors,
    cash_of_places,
    receipts_of,
    total_of,
)
from contributions.models import (
    CashLine,
    CashReceipt,
    CashRemittance,
    CashSettings,
    Chase,
    Collector,
    Outcome,
)
from contributions.unpaid import unpaid
from contributions.views.lists import area_or_404, workbook
from pension_portal.clock import today
from pension_portal.file_answers import file_answer
from pension_portal.refusals import Refusal
from pension_portal.sheet_writing import TableColumn
from policies.switching import campaigns
from policies.words import BASIC
from staff.approval_panel import look_of, panel_of
from staff.audit import record
from staff.permissions import may, needs
from townships.models import TOWN_CODE_LENGTH, VILLAGE_CODE_LENGTH, Area

LINES_PER_PAGE = 20
CHILD_LENGTH = {6: TOWN_CODE_LENGTH, TOWN_CODE_LENGTH: VILLAGE_CODE_LENGTH}


@needs("view_cash")
@require_GET
def cash_of_area(request, area_code):
    """What is taken, handed in and owed: by town, by village, or of a village by collector."""
    area = area_or_404(request, area_code)
    year = _year_of(request)
    days = CashSettings.days_of(area.county_code)
    rows = _rows(area, request.user, year, days)
    older = CashReceipt.objects.of_area(request.user).inside(area.code).owed()
    context = frame(request, area) | {
        "year": year,
        "years": range(today().year, today().year - 3, -1),
        "rows": rows,
        "total": total_of(row["cash"] for row in rows),
        "bands": [words for _first, _last, words in BANDS],
        "days": days,
        "arrivals": arrivals_of(area.code, year=year),
        "says_paid": _says_paid(area, request.user, year),
        "other_years": older.exclude(year=year)
        .order_by()
        .values_list("year", flat=True)
        .distinct(),
        "remittances": _remittances(area, request.user),
        "form": LimitForm(initial={"days": days}),
        "may_set": len(area.code) == 6 and may(request.user, "set_cash"),
        "sees_receipts": may(request.user, "view_receipt"),
        "may_take": _is_village(area) and may(request.user, "make_cash"),
    }
    return render(request, "contributions/cash.html", context)


@needs("view_cash")
@require_GET
def cash_excel(request, area_code):
    """The table of an area as it stands on the page."""
    area = area_or_404(request, area_code)
    year, days = _year_of(request), CashSettings.days_of(area.county_code)
    columns = [
        TableColumn(_("区域"), "text", 20),
        TableColumn(_("收据数"), "number", 9),
        TableColumn(_("代收（元）"), "amount", 13),
        TableColumn(_("上解（元）"), "amount", 13),
        TableColumn(_("上解待确认（元）"), "amount", 15),
        TableColumn(_("下欠（元）"), "amount", 13),
        *(TableColumn(words, "amount", 12) for _first, _last, words in BANDS),
        TableColumn(_("超期（元）"), "amount", 13),
        TableColumn(_("最长天数"), "number", 10),
    ]
    rows = _rows(area, request.user, year, days)
    title = _("%(area)s %(year)s 年村级代收上解表") % {"area": area.name, "year": year}
    notes = [
        (_("区域"), f"{area.name} {area.code}"),
        (_("下欠"), _("代收减已确认的上解；超过 %(days)s 天为超期") % {"days": days}),
        (_("截至"), today().isoformat()),
    ]
    record("export_cash", area, by=request.user, area_code=area.code, rows=len(rows))
    content = workbook(columns, [_cells(row) for row in rows], title=title, notes=notes)
    return file_answer(content, f"{title}.xlsx")


@needs("make_cash")
@require_http_methods(["GET", "POST"])
def remit_cash(request, area_code):
    """Hand in: tick the receipts, write down the voucher; a second person confirms."""
    village = village_or_404(request, area_code)
    held = receipts_of(village.code, request.user).in_hand().select_related("collector")
    form = RemittanceForm(
        request.POST or None,
        receipts=held,
        initial={"remitted_on": today()},
        instance=CashRemittance(village_code=village.code),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = cash.remit_cash(form.instance, form.cleaned_data["receipts"], by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已登记上解，等另一人核对凭证后确认。"))
            return redirect("contributions:cash_remittance", made.pk)
    ticked = {int(number) for number in request.POST.getlist("receipts") if number.isdecimal()}
    context = frame(request, village) | {
        "form": form,
        "receipts": held,
        "ticked": ticked if request.method == "POST" else {one.pk for one in held},
        "sum": sum(one.amount for one in held),
    }
    status = 422 if form.errors else 200
    return render(request, "contributions/cash_remit.html", context, status=status)


@needs("view_cash")
@require_GET
def cash_remittance(request, cashremittance_id):
    """One remittance, its receipts, and who confirms it."""
    found = CashRemittance.objects.visible_to(request.user)
    remittance = get_object_or_404(found, pk=cashremittance_id)
    village = Area.objects.get(pk=remittance.village_code)
    sees = may(request.user, "view_receipt")
    context = frame(request, village) | {
        "remittance": remittance,
        "panel": panel_of(remittance, request.user),
        "receipts": remittance.receipts.select_related("collector") if sees else [],
        "count": remittance.receipts.count(),
    }
    return render(request, "contributions/cash_remittance.html", context)


@needs("set_cash")
@require_POST
def set_cash(request):
    """Set the county's limit."""
    form = LimitForm(request.POST)
    code = request.user.county_code
    if form.is_valid():
        cash.set_overdue_days(code, form.cleaned_data["days"], by=request.user)
        messages.success(request, _("下欠期限已保存，即时生效。"))
    else:
        messages.error(request, form.errors["days"][0])
    return redirect("contributions:cash", code)


def _rows(area, staff, year, days):
    """Return the lines of an area's table: what each is called, where it leads, its Cash."""
    receipts = CashReceipt.objects.of_area(staff).inside(area.code).filter(year=year)
    if _is_village(area):
        found = cash_of_collectors(receipts, overdue_days=days)
        people = Collector.objects.in_bulk(found)
        return [
            {
                "name": f"{people[key].name} {people[key].unit}".strip(),
                "collector": key,
                "cash": one,
            }
            for key, one in sorted(found.items(), key=lambda item: -item[1].owed)
        ]
    length = CHILD_LENGTH[len(area.code)]
    found = cash_of_places(receipts, length, overdue_days=days)
    names = dict(Area.objects.filter(code__in=found).values_list("code", "name"))
    return [
        {"name": names[code], "code": code, "cash": one}
        for code, one in sorted(found.items(), key=lambda item: (-item[1].overdue, -item[1].owed))
    ]


def _cells(row):
    one = row["cash"]
    return [
        *(row["name"], one.receipts, one.taken, one.remitted, one.on_the_way, one.owed),
        *one.bands,
        *(one.overdue, one.oldest),
    ]


def _says_paid(area, staff, year):
    """Return [(scheme, its name, how many said that they paid and nothing came, how many of them
    hold a receipt)] of the year's schemes.
    """
    if not may(staff, "view_person"):
        return []
    found = []
    for scheme, name in campaigns(area.county_code, year).items():
        campaign = {"scheme_id": scheme, "year": year}
        said = Chase.objects.inside(area.code).filter(**campaign, outcome=Outcome.SAYS_PAID)
        people = unpaid(area.code, **campaign).order_by()
        people = people.filter(resident_id__in=said.values("resident_id"))
        held = CashLine.objects.standing().filter(**campaign).values("resident_id")
        found.append((scheme, name, people.count(), people.filter(resident_id__in=held).count()))
    return [one for one in found if one[0] == BASIC or one[2]]


def _remittances(area, staff):
    """The remittances of an area that wait, and the last ones that were decided."""
    found = CashRemittance.objects.visible_to(staff).filter(village_code__startswith=area.code)
    listed = [*found.waiting().order_by("id")[:LINES_PER_PAGE]]
    if _is_village(area):
        listed += found.exclude(pk__in=[one.pk for one in listed])[:LINES_PER_PAGE]
    names = dict(
        Area.objects.filter(code__in={one.village_code for one in listed}).values_list(
            "code", "name"
        )
    )
    for one in listed:
        one.village, one.look = names[one.village_code], look_of(one)
    return listed


def frame(request, area):
    path = [area]
    while path[0].parent:
        path.insert(0, path[0].parent)
    return {
        "area": area,
        "path": [one for one in path if one.code.startswith(request.user.area_code)],
        "is_village": _is_village(area),
    }


def _is_village(area):
    return len(area.code) == VILLAGE_CODE_LENGTH


def _year_of(request):
    year = request.GET.get("year", "")
    return int(year) if year.isdecimal() and len(year) == 4 else today().year


def village_or_404(request, code):
    return get_object_or_404(Area.objects.visible_to(request.user).villages(), pk=code)
