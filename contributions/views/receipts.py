"""Doors of receipts: whom to take cash from; write, void and print one (代收收据)."""

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
from contributions.cash_forms import ReceiptFilter, ReceiptForm, VoidForm
from contributions.cash_owed import receipts_of
from contributions.cash_papers import receipt_paper
from contributions.models import CashLine, CashReceipt, CashRemittance, CashSettings, Collector
from contributions.unpaid import last_tiers, unpaid
from contributions.views.cash import LINES_PER_PAGE, frame, village_or_404
from contributions.views.lists import area_or_404
from enrollment.models import Resident
from pension_portal.clock import today
from pension_portal.jobs import WORDS_LANGUAGE
from pension_portal.masking import mask_id
from pension_portal.paper import PDF, print_paper
from pension_portal.refusals import Refusal
from policies.answers import tier_table
from policies.schemes import SHORT_NAMES
from policies.switching import followed_schemes
from policies.words import BASIC
from staff.audit import record
from staff.permissions import may, needs
from townships.models import Area

PEOPLE_PER_PAGE = 50
LOOKS = {
    "void": ("neutral", "ban"),
    "in_hand": ("warn", "coins"),
    "on_the_way": ("busy", "hourglass"),
    "remitted": ("good", "circle-check"),
}


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
    context = frame(request, area) | {
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
    village = village_or_404(request, area_code)
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
    context = frame(request, village) | {
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
    context = frame(request, village) | {
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
    context = frame(request, village) | {
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


def _scheme_of(request):
    scheme = request.GET.get("scheme", "")
    return int(scheme) if scheme.isdecimal() and int(scheme) in SHORT_NAMES else BASIC


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
