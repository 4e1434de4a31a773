"""Doors of the households that are paid for in part (部分缴费户)."""

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from contributions.forms import PeopleFilter
from contributions.household_lists import households_of
from contributions.views.lists import area_or_404, frame
from staff.permissions import needs
from townships.models import Area


class HouseholdFilter(PeopleFilter):
    """Which households to list."""

    standing = forms.ChoiceField(
        label=_("缴费情况"),
        required=False,
        choices=[("partly", _("部分缴费")), ("not", _("全户未缴")), ("all", _("全部"))],
    )

    def chosen(self):
        found = super().chosen()
        return found | {"standing": found.get("standing") or "partly"}


@needs("view_person")
@require_GET
def household_list(request, area_code):
    """The households of an area of which some have paid and others not, each with their names."""
    area = area_or_404(request, area_code)
    form = HouseholdFilter(request.GET, county_code=area.county_code)
    chosen = form.chosen()
    text = request.GET.get("page", "")
    number = int(text) if text.isdecimal() and len(text) < 6 and int(text) else 1
    rows, has_more = households_of(
        area,
        scheme_id=chosen["scheme"],
        year=chosen["year"],
        standing=chosen["standing"],
        page=number,
    )
    villages = {row["village_code"] for row in rows}
    names = dict(Area.objects.filter(code__in=villages).values_list("code", "name"))
    for row in rows:
        row["village"] = names.get(row["village_code"], row["village_code"])
    context = frame(area, chosen, request) | {
        "form": form,
        "rows": rows,
        "page": number,
        "has_more": has_more,
    }
    return render(request, "contributions/households.html", context)
