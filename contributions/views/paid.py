"""Doors of the paid list: effective payments, each with its file (已缴名单)."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from contributions.forms import PaidFilter
from contributions.models import PaymentFeed
from contributions.unpaid import paid
from contributions.views.lists import area_or_404, frame
from enrollment.finding import FoundPages
from pension_portal.masking import mask_id
from staff.permissions import may, needs
from townships.models import Area


@needs("view_person")
@require_GET
def paid_list(request, area_code):
    """The effective payments of an area's people, the newest posted first, each with its file."""
    area = area_or_404(request, area_code)
    form = PaidFilter(request.GET, county_code=request.user.county_code)
    chosen = form.chosen()
    pages = FoundPages(_payments(area, chosen, request.user))
    page = pages.get_page(request.GET.get("page"))
    context = frame(area, chosen, request) | {
        "form": form,
        "page": page,
        "lines": _paid_lines(page),
        "is_cut": pages.is_cut,
        "may_export": may(request.user, "export_people"),
        "may_open_transfer": may(request.user, "view_transfer"),
        "may_open_feed": may(request.user, "view_feed"),
    }
    return render(request, "contributions/paid.html", context)


def _payments(area, chosen, staff):
    payments = paid(area.code, scheme_id=chosen["scheme"], year=chosen["year"]).visible_to(staff)
    if chosen.get("source"):
        payments = payments.filter(source=chosen["source"])
    if chosen.get("day"):
        payments = payments.filter(paid_on=chosen["day"])
    if chosen.get("tier"):
        payments = payments.filter(tier_amount=chosen["tier"])
    return payments


def _paid_lines(page):
    payments = list(page.object_list.select_related("resident"))
    feeds = PaymentFeed.objects.select_related("file").in_bulk(
        {payment.feed_id for payment in payments if payment.feed_id}
    )
    villages = dict(
        Area.objects.filter(code__in={payment.village_code for payment in payments}).values_list(
            "code", "name"
        )
    )
    return [
        {
            "payment": payment,
            "resident": payment.resident,
            "village": villages.get(payment.village_code, payment.village_code),
            "masked_id": mask_id(payment.resident.id_number),
            "feed": feeds.get(payment.feed_id),
        }
        for payment in payments
    ]
