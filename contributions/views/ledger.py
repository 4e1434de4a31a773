"""Doors of the ledger: one transfer down to the row of its file, and one resident's payments as a
fragment (账目).
"""

from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import override
from django.views.decorators.http import require_GET

from contributions.models import FeedRow, PaymentFeed, RefundRequest, Transfer
from contributions.payment_records import paper_of
from contributions.standing import paid_in_the_year
from enrollment.models import Resident
from pension_portal.clock import today
from pension_portal.jobs import WORDS_LANGUAGE
from pension_portal.paper import PDF, print_paper
from policies.models import Scheme
from staff.audit import record
from staff.permissions import may, needs
from townships.models import Area

REFUNDABLE = (Transfer.Kind.NORMAL, Transfer.Kind.BACK)


@needs("view_transfer")
@require_GET
def transfer(request, county_code, year, number):
    """One transfer: from where to where, who, and the row of the file it came from."""
    found = get_object_or_404(
        Transfer.objects.visible_to(request.user).select_related("resident"),
        county_code=county_code,
        year=year,
        id=number,
    )
    related = Transfer.objects.filter(county_code=county_code, year=year)
    context = {
        "transfer": found,
        "scheme": Scheme.objects.get(pk=found.scheme_id),
        "areas": _path_of(found.village_code, request.user),
        "original": related.filter(id=found.reverses_id).first() if found.reverses_id else None,
        "taken_back_by": related.filter(reverses_id=found.id).first(),
        "feed": PaymentFeed.objects.select_related("file").filter(pk=found.feed_id).first(),
        "row": FeedRow.objects.filter(
            county_code=county_code, feed_id=found.feed_id, row_no=found.row_no
        ).first(),
        "may_open_feed": may(request.user, "view_feed"),
        "refund": RefundRequest.objects.visible_to(request.user)
        .standing()
        .filter(county_code=county_code, transfer_id=found.id)
        .first(),
        "may_refund": found.kind in REFUNDABLE and may(request.user, "make_refund"),
    }
    return render(request, "contributions/transfer.html", context)


def _path_of(village_code, staff):
    """Return the areas down to a village, from the staff member's own."""
    codes = [village_code[:length] for length in (6, 9, 12) if length >= len(staff.area_code)]
    return list(Area.objects.filter(code__in=codes).order_by("level"))


@needs("view_person")
@require_GET
def resident_payments(request, resident_id):
    """The fragment that the person page shows: every transfer of a resident, newest first."""
    resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    transfers = Transfer.objects.filter(county_code=resident.county_code, resident=resident)
    schemes = {scheme.pk: scheme for scheme in Scheme.objects.all()}
    transfers = list(transfers.order_by("-year", "-id"))
    for row in transfers:
        row.scheme = schemes.get(row.scheme_id)
    context = {
        "resident": resident,
        "transfers": transfers,
        "may_open": may(request.user, "view_transfer"),
        "may_print": may(request.user, "print_record"),
    }
    return render(request, "contributions/_resident_payments.html", context)


@needs("view_person")
@require_GET
def resident_year(request, resident_id):
    """The words of the person page about the running year: what is paid in each scheme, or that
    nothing is.
    """
    resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    context = {"paid": paid_in_the_year(resident, today().year)}
    return render(request, "contributions/_resident_year.html", context)


@needs("print_record")
@require_GET
def payment_record(request, resident_id):
    """A person's payments as PDF, for the person; printing it is on record (A33)."""
    resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
    entry = record("print_record", resident, by=request.user, area_code=resident.village_code)
    areas = _path_of(resident.village_code, request.user)
    with override(WORDS_LANGUAGE):
        paper = paper_of(resident, place="".join(area.name for area in areas), entry=entry)
        content = print_paper("list", paper)
    name = quote(f"{resident.name}缴费记录.pdf")
    return HttpResponse(
        content,
        content_type=PDF,
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{name}"},
    )
