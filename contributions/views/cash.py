"""Doors of villages' cash: what is owed by place, receipts, remittances (村级代收、上解、下欠)."""

from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contributions import cash
from contributions.cash_forms import (
    LimitForm,
    ReceiptFilter,
    ReceiptForm,
    RemittanceForm,
    VoidForm,
)
from contributions.cash_owed import (
    BANDS,
    arrivals_of,
    cash_of_collectors,
    cash_of_places,
    receipts_of,
    total_of,
)
from contributions.cash_papers import receipt_paper
from contributions.models import (
    CashLine,
    CashReceipt,
    CashRemittance,
    CashSettings,
    Chase,
    Collector,
    Outcome,
)
from contributions.unpaid import last_tiers, unpaid
from contributions.views.lists import area_or_404, workbook
from enrollment.models import Resident
from pension_portal.clock import today
from pension_portal.file_answers import file_answer
from pension_portal.jobs import WORDS_LANGUAGE
from pension_portal.masking import mask_id
from pension_portal.paper import PDF, print_paper
from pension_portal.refusals import Refusal
from pension_portal.sheet_writing import TableColumn
from policies.answers import tier_table
from policies.schemes import SHORT_NAMES
from policies.switching import campaigns, followed_schemes
from policies.words import BASIC
from staff.approval_panel import look_of, panel_of
from staff.audit import record
from staff.permissions import may, needs
from townships.models import TOWN_CODE_LENGTH, VILLAGE_CODE_LENGTH, Area

LINES_PER_PAGE = 20
PEOPLE_PER_PAGE = 50
LOOKS = {
    "void": ("neutral", "ban"),
    "in_hand": ("warn", "coins"),
    "on_the_way": ("busy", "hourglass"),
    "remitted": ("good", "circle-check"),
}
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
    context = _frame(request, area) | {
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


@needs("view_receipt")
@require_GET
def cash_receipts(request, area_code):
    """The receipts of an area by how far their money has come, the oldest first."""
    area = area_or_404(request, area_code)
    form = ReceiptFilter(request.GET, collectors=Collector.objects.visible_to(request.user))
    found = receipts_of(area.code, request.user, **form.chosen())
    found = found.select_related("collector", "remittance")
    page = Paginator(found, LINES_PER_PAGE).get_page(request.GET.get("page"))
    names = dict(
        Area.objects.filter(code__in={one.village_code for one in page}).values_list("code", "name")
    )
    arrived = _arrived_of(page)
    for one in page:
        one.village, one.look, one.words = names[one.village_code], *_look_of(one)
        one.people, one.has_arrived = arrived.get(one.pk, (0, False))
    context = _frame(request, area) | {
        "form": form,
        "page": page,
        "days": CashSettings.days_of(area.county_code),
        "may_export": may(request.user, "export_people"),
    }
    return render(request, "contributions/cash_receipts.html", context)


@needs("make_cash")
@require_GET
def cash_payers(request, area_code):
    """Whom to take cash from: the unpaid of a village, found by name or the end of the number."""
    village = _village_or_404(request, area_code)
    year = cash.year_to_take(request.user.county_code, _scheme_of(request))
    words = request.GET.get("q", "").strip()
    people = unpaid(village.code, scheme_id=_scheme_of(request), year=year)
    stands = CashLine.objects.inside(village.code).standing()
    stands = stands.filter(scheme_id=_scheme_of(request), year=year)
    receipts = dict(stands.values_list("resident_id", "receipt_id"))
    people = people.visible_to(request.user)
    if words:
        people = people.filter(
            Q(resident__name__contains=words) | Q(resident__id_last4=words.upper())
        )
    else:
        people = people.exclude(resident_id__in=receipts)
    people = list(people.select_related("resident__household")[:PEOPLE_PER_PAGE])
    for one in people:
        one.receipt_id = receipts.get(one.resident_id)
    context = _frame(request, village) | {
        "people": people,
        "q": words,
        "scheme": _scheme_of(request),
        "schemes": followed_schemes(request.user.county_code).items(),
        "year": year,
    }
    return render(request, "contributions/cash_payers.html", context)


@needs("make_cash")
@require_http_methods(["GET", "POST"])
def take_cash(request, resident_id):
    """Write a receipt for one person, or for several of their household."""
    people = Resident.objects.visible_to(request.user)
    person = get_object_or_404(people, pk=resident_id)
    scheme_id = _scheme_of(request)
    year = cash.year_to_take(person.county_code, scheme_id)
    household = _to_pay_with(person, scheme_id, year)
    tiers = tier_table(person.county_code, scheme_id, year)
    collectors = _collectors_of(person.village_code)
    before = last_tiers([person.pk], county_code=person.county_code, scheme_id=scheme_id, year=year)
    sums = [tier["amount"] for tier in tiers if not tier["proxy_only"]]
    usual = before.get(person.pk) or _registered(person, scheme_id)
    form = ReceiptForm(
        request.POST or None,
        people=household,
        tiers=sums,
        suggested={person.pk: f"{usual:f}"} if usual in sums else {},
        collectors=collectors,
        initial={
            "payer_name": person.name,
            "received_on": today(),
            "collector": _own(collectors, request.user),
        },
        instance=CashReceipt(village_code=person.village_code, scheme_id=scheme_id, year=year),
    )
    if request.method == "POST" and form.is_valid():
        try:
            receipt = cash.take_cash(form.instance, form.amounts(), by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已开收据 %(number)s。") % {"number": receipt.number})
            return redirect("contributions:cash_receipt", receipt.pk)
    village = Area.objects.get(pk=person.village_code)
    for one in household:
        one.masked_id = mask_id(one.id_number)
    context = _frame(request, village) | {
        "form": form,
        "person": person,
        "scheme": scheme_id,
        "scheme_name": SHORT_NAMES[scheme_id],
        "year": year,
        "is_to_pay": any(one.pk == person.pk for one in household),
    }
    status = 422 if form.errors else 200
    return render(request, "contributions/cash_take.html", context, status=status)


@needs("view_receipt")
@require_GET
def cash_receipt(request, receipt_id):
    return _receipt_page(request, _receipt_or_404(request, receipt_id), VoidForm())


def _receipt_page(request, receipt, form, status=200):
    lines = list(receipt.lines.with_arrival().select_related("resident"))
    for line in lines:
        line.masked_id = mask_id(line.resident.id_number)
    village = Area.objects.get(pk=receipt.village_code)
    look, words = _look_of(receipt)
    context = _frame(request, village) | {
        "receipt": receipt,
        "lines": lines,
        "look": look,
        "words": words,
        "scheme_name": SHORT_NAMES[receipt.scheme_id],
        "form": form,
        "may_void": not receipt.voided_at
        and not receipt.remittance_id
        and may(request.user, "void_receipt")
        and cash.may_void(receipt, request.user),
        "may_take": may(request.user, "make_cash"),
    }
    return render(request, "contributions/cash_receipt.html", context, status=status)


@needs("void_receipt")
@require_POST
def void_receipt(request, receipt_id):
    receipt = _receipt_or_404(request, receipt_id)
    form = VoidForm(request.POST)
    if not form.is_valid():
        return _receipt_page(request, receipt, form, status=422)
    cash.void_receipt(receipt, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("收据 %(number)s 已作废，留在清单里备查。") % {"number": receipt})
    return redirect("contributions:cash_receipt", receipt.pk)


@needs("view_receipt")
@require_GET
def print_receipt(request, receipt_id):
    """The receipt on paper, for the payer and the collector."""
    receipt = _receipt_or_404(request, receipt_id)
    record("print_receipt", receipt, by=request.user, area_code=receipt.village_code)
    with override(WORDS_LANGUAGE):
        content = print_paper("list", receipt_paper(receipt))
    name = quote(f"代收收据{receipt.number}.pdf")
    return HttpResponse(
        content,
        content_type=PDF,
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{name}"},
    )


@needs("make_cash")
@require_http_methods(["GET", "POST"])
def remit_cash(request, area_code):
    """Hand in: tick the receipts, write down the voucher; a second person confirms."""
    village = _village_or_404(request, area_code)
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
    context = _frame(request, village) | {
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
    context = _frame(request, village) | {
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


# --- what the pages share ---


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


def _arrived_of(page):
    """Return {receipt: (people, has the money of all of them arrived)} of a page."""
    found = {}
    lines = CashLine.objects.filter(receipt__in=[one.pk for one in page]).with_arrival()
    for line in lines:
        people, arrived = found.get(line.receipt_id, (0, True))
        found[line.receipt_id] = (people + 1, arrived and line.has_arrived)
    return found


def _look_of(receipt):
    """Return (tone, icon) and the words of how far a receipt's money has come."""
    if receipt.voided_at:
        return LOOKS["void"], _("已作废")
    if receipt.remittance is None:
        return LOOKS["in_hand"], _("下欠")
    if receipt.remittance.state == CashRemittance.State.APPROVED:
        return LOOKS["remitted"], _("已上解")
    return LOOKS["on_the_way"], _("上解待确认")


def _frame(request, area):
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


def _scheme_of(request):
    scheme = request.GET.get("scheme", "")
    return int(scheme) if scheme.isdecimal() and int(scheme) in SHORT_NAMES else BASIC


def _village_or_404(request, code):
    return get_object_or_404(Area.objects.visible_to(request.user).villages(), pk=code)


def _receipt_or_404(request, number):
    found = CashReceipt.objects.visible_to(request.user)
    return get_object_or_404(
        found.select_related("collector", "remittance", "made_by", "voided_by"), pk=number
    )


def _to_pay_with(person, scheme_id, year):
    """The person and who else of the household is to pay, the person first."""
    same = Q(resident=person)
    if person.household_id:
        same |= Q(resident__household=person.household_id)
    held = CashLine.objects.standing().filter(scheme_id=scheme_id, year=year)
    people = unpaid(person.village_code, scheme_id=scheme_id, year=year).filter(same)
    people = people.exclude(resident_id__in=held.values("resident_id")).select_related("resident")
    return sorted((one.resident for one in people), key=lambda one: one.pk != person.pk)


def _registered(person, scheme_id):
    found = person.enrolments.filter(scheme_id=scheme_id)
    return found.values_list("registered_tier", flat=True).first()


def _collectors_of(village_code):
    """Who takes cash in a village: whoever answers for it or one of its groups, or lives there."""
    found = Collector.objects.filter(county_code=village_code[:6], is_active=True)
    return found.filter(
        Q(areas__area__code__startswith=village_code) | Q(area__code=village_code)
    ).distinct()


def _own(collectors, staff):
    """The collector that stands for whoever writes the receipt, or the village's only one."""
    listed = list(collectors)
    mine = [one for one in listed if one.staff_id == staff.pk]
    return (mine or (listed if len(listed) == 1 else [None]))[0]
