"""Doors of one person's account: a part of the person page, a statement to print (个人账户)."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from benefits.accounts import accounts_of
from contributions.data_age import data_age
from enrollment.models import Resident
from pension_portal.clock import today
from pension_portal.masking import mask_id
from policies.words import PENSION_NAMES
from staff.audit import record
from staff.permissions import may, needs
from townships.models import Area


@needs("view_account")
@require_GET
def resident_account(request, resident_id):
    """The balances, as a part of the person page."""
    resident = _resident_or_404(request, resident_id)
    context = {
        "resident": resident,
        "accounts": _named(accounts_of(resident)),
        "may_settle": may(request.user, "make_settlement"),
    }
    return render(request, "benefits/_resident_account.html", context)


@needs("view_account")
@require_GET
def account(request, resident_id):
    """The statement, year by year and source by source, fit to print; the trail notes the look."""
    resident = _resident_or_404(request, resident_id)
    record("view_person", resident, by=request.user, area_code=resident.village_code)
    village = Area.objects.filter(code=resident.village_code).select_related("parent").first()
    context = {
        "resident": resident,
        "masked_id": mask_id(resident.id_number),
        "village": village,
        "accounts": _named(accounts_of(resident)),
        "data_until": data_age(resident.county_code, today().year).until,
        "printed_at": timezone.localtime(),
    }
    return render(request, "benefits/account.html", context)


def _named(accounts):
    for one in accounts:
        one.scheme = PENSION_NAMES[one.scheme_id]
    return accounts


def _resident_or_404(request, resident_id):
    return get_object_or_404(Resident.objects.visible_to(request.user), pk=resident_id)
