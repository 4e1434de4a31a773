"""The door of the marks of payment that pages of places, households and people leave room for."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from contributions.forms import PeopleFilter
from contributions.paid_marks import (
    MOST_MARKS,
    marks_of_areas,
    marks_of_households,
    marks_of_residents,
)
from enrollment.models import Household, Resident
from staff.permissions import needs
from townships.models import Area


@needs("view_person")
@require_GET
def paid_marks(request):
    """The fragment that fills them: `area`, `household` and `resident` name who is asked about,
    each as often as needed, `scheme` and `year` what for; what is outside one's area is left out.
    """
    areas = Area.objects.visible_to(request.user).filter(
        code__in=request.GET.getlist("area")[:MOST_MARKS]
    )
    households = Household.objects.visible_to(request.user).filter(
        pk__in=_numbers(request, "household")
    )
    residents = Resident.objects.visible_to(request.user).filter(
        pk__in=_numbers(request, "resident")
    )
    chosen = PeopleFilter(request.GET).chosen()
    scheme, year = chosen["scheme"], chosen["year"]
    context = {
        "areas": marks_of_areas(list(areas.values_list("code", flat=True)), scheme, year),
        "households": marks_of_households(
            list(households.values_list("pk", flat=True)), scheme, year
        ),
        "residents": marks_of_residents(list(residents.values_list("pk", flat=True)), year),
    }
    return render(request, "contributions/_paid_marks.html", context)


def _numbers(request, name):
    return [int(text) for text in request.GET.getlist(name)[:MOST_MARKS] if text.isdigit()]
