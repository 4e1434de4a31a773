"""The doors of conflicts: the queue, one conflict, and the log of comparisons."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from enrollment import conflicts as deeds
from enrollment.comparing import comparison_log
from enrollment.forms import ConflictFilter
from enrollment.models import Conflict, End
from enrollment.views.residents import names_of
from pension_portal.clock import today
from staff.permissions import may, needs
from townships.models import TOWN_CODE_LENGTH

CONFLICTS_PER_PAGE = 50
MOST_ENDS = 50
LONGEST_REASON = 200


@needs("view_person")
@require_GET
def conflicts_page(request):
    """Who stands on an exclusion list and is enrolled: untouched, in somebody's hands, done; and
    whom a roster calls dead or ended, which waits for the county.
    """
    form = ConflictFilter(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    found = Conflict.objects.visible_to(request.user).select_related("resident", "handler")
    if asked.get("state"):
        found = found.filter(state=asked["state"])
    elif not request.GET:
        found = found.exclude(state=Conflict.State.DONE)
    if asked.get("subject"):
        found = found.filter(subject=asked["subject"])
    page = Paginator(found, CONFLICTS_PER_PAGE).get_page(request.GET.get("page"))
    ends = list(
        End.objects.visible_to(request.user).waiting().select_related("resident")[:MOST_ENDS]
    )
    _name_places([*page, *ends])
    context = {
        "form": form,
        "page": page,
        "ends": ends,
        "may_see_log": may(request.user, "view_department_list"),
    }
    return render(request, "enrollment/conflicts.html", context)


def _name_places(conflicts):
    names = names_of(
        code
        for one in conflicts
        for code in (one.village_code, one.village_code[:TOWN_CODE_LENGTH])
    )
    for one in conflicts:
        town = names.get(one.village_code[:TOWN_CODE_LENGTH], "")
        one.place_name = f"{town} {names.get(one.village_code, one.village_code)}".strip()


@needs("view_person")
@require_GET
def conflict(request, conflict_id):
    """One conflict: what the list says, what the register says, and what may be decided."""
    return render(
        request, "enrollment/conflict.html", _about(request, _or_404(request, conflict_id))
    )


def _or_404(request, conflict_id):
    found = Conflict.objects.visible_to(request.user).select_related(
        "resident", "handler", "last_list__department", "last_list__file", "first_list"
    )
    return get_object_or_404(found, pk=conflict_id)


def _about(request, found):
    _name_places([found])
    newest = type(found.last_list).objects.filter(
        department=found.last_list.department,
        subject=found.subject,
        is_complete=True,
        applied_at__isnull=False,
        as_of__gt=found.last_list.as_of,
    )
    return {
        "conflict": found,
        "enrolments": found.resident.enrolments.select_related("scheme").order_by("scheme_id"),
        "effects": deeds.words_of_effect(found),
        "may_settle": may(request.user, "settle_conflict") and not found.is_done,
        "is_gone": newest.exists(),
    }


@needs("settle_conflict")
@require_POST
def take_conflict(request, conflict_id):
    found = deeds.take_conflict(_or_404(request, conflict_id), by=request.user)
    return redirect("enrollment:conflict", found.pk)


@needs("settle_conflict")
@require_POST
def give_back_conflict(request, conflict_id):
    deeds.give_back_conflict(_or_404(request, conflict_id), by=request.user)
    return redirect("enrollment:conflicts")


@needs("settle_conflict")
@require_POST
def settle_conflict(request, conflict_id):
    """Confirm or refute a conflict, with a reason."""
    found = _or_404(request, conflict_id)
    deed = (
        deeds.confirm_conflict
        if request.POST.get("decision") == Conflict.Decision.CONFIRMED
        else deeds.refute_conflict
    )
    deed(found, reason=request.POST.get("reason", "")[:LONGEST_REASON], by=request.user)
    messages.success(request, _("%(name)s的冲突已办结。") % {"name": found.resident.name})
    return redirect("enrollment:conflict", found.pk)


@needs("view_department_list")
@require_GET
def comparison_log_page(request):
    """Which exclusion list came in which month, and which month is missing (Y35)."""
    months, rows = comparison_log(request.user.county_code, today())
    return render(request, "enrollment/comparison_log.html", {"months": months, "rows": rows})
