"""Doors of the unpaid list: look, count, keep a filter, share out, take away (未缴名单)."""

from django.contrib import messages
from django.db import OperationalError, connection, transaction
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from contributions.chasing import assign
from contributions.errors import (
    CollectorMissing,
    FilterNotYours,
    NobodyToAssign,
    ReasonForPhonesMissing,
    TooManyForOneFile,
)
from contributions.forms import SaveFilterForm, UnpaidFilter
from contributions.models import SavedFilter
from contributions.unpaid import walk
from contributions.unpaid_lists import collectors_of, filter_of, lines_of, people_of, query_of
from contributions.views.lists import (
    LONGEST_REASON,
    MOST_ROWS_AT_ONCE,
    area_or_404,
    frame,
    notes_of,
    words_of,
    workbook,
)
from pension_portal.file_answers import file_answer
from pension_portal.sheet_writing import TableColumn
from staff.audit import record
from staff.permissions import may, needs
from townships.models import Area

PAGE_LENGTH = 50
# Old addresses ask for it; on the page it is one filter and the age.
BOTH = "both"
PRINTED_AT_ONCE = 2_000
# Nobody reads a longer list; what is counted further would only take time.
MOST_COUNTED = 10_000
COUNTING_SECONDS = 3


@needs("view_person")
@require_GET
def unpaid_list(request, area_code):
    """Those of an area who are to pay and have not, by village, group and household."""
    area = area_or_404(request, area_code)
    form = filter_of(request.GET, area, request.user, is_shown=True)
    chosen = form.chosen()
    is_printed = "print" in request.GET
    people = people_of(area, chosen, request.user).select_related("resident__household")
    part = walk(
        people,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        length=PRINTED_AT_ONCE if is_printed else PAGE_LENGTH,
    )
    context = frame(area, chosen, request) | {
        "form": form,
        "badges": _badges(request, form),
        "part": part,
        "lines": lines_of(part.people, chosen),
        "ready": _ready_filters(request, chosen),
        "saved": SavedFilter.objects.visible_to(request.user).select_related("owner"),
        "query": query_of(request.GET),
        "may_assign": may(request.user, "assign_chase"),
        "may_save": True,
        "may_chase": may(request.user, "note_contact"),
        "is_village": area.level == Area.Level.VILLAGE,
        "collectors": collectors_of(request.user) if may(request.user, "assign_chase") else [],
    }
    template = "contributions/unpaid_print.html" if is_printed else "contributions/unpaid.html"
    return render(request, template, context)


@needs("view_person")
@require_GET
def unpaid_count(request, area_code):
    """How many the filter finds, and the buttons that say so; no list waits for it."""
    area = area_or_404(request, area_code)
    chosen = filter_of(request.GET, area, request.user).chosen()
    count = _counted(people_of(area, chosen, request.user, as_a_whole=_is_wide(area)))
    context = {
        "area": area,
        "count": count,
        "is_cut": count is None or count >= MOST_COUNTED,
        "query": query_of(request.GET),
        "may_export": may(request.user, "export_people"),
        "may_export_phones": may(request.user, "export_phones"),
        "may_assign": may(request.user, "assign_chase"),
        "is_too_long": count is None or count > MOST_ROWS_AT_ONCE,
        "most_rows": MOST_ROWS_AT_ONCE,
    }
    return render(request, "contributions/_unpaid_count.html", context)


def _counted(people):
    """Return how many people a list has, MOST_COUNTED at most; None where counting takes long."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local statement_timeout = %s", [COUNTING_SECONDS * 1000])
            count = people.order_by()[:MOST_COUNTED].count()
            cursor.execute("set local statement_timeout = 0")
            return count
    except OperationalError:
        return None


def _is_wide(area):
    """Whether an area is so large that its payers are better gathered as a whole."""
    return area.level < Area.Level.VILLAGE


# --- Filters in view --------------------------------------------------------------------------


def _badges(request, form):
    """Every filter that narrows the list, each with the address of the list without it."""
    chosen = form.chosen()
    shown = []
    for name in ("who", "outcome", "collector", "group", "household"):
        if not chosen.get(name):
            continue
        query = request.GET.copy()
        for gone in (name, "after", "before"):
            query.pop(gone, None)
        shown.append({"words": _badge_words(form, name), "remove_url": f"?{query.urlencode()}"})
    return shown


def _badge_words(form, name):
    value = form.chosen()[name]
    if name == "household":
        return _("只看一户")
    if name == "collector":
        return _("责任人：%s") % value.name
    return str(dict(form.fields[name].choices).get(value, value))


def _ready_filters(request, chosen):
    """The filters that come with the portal: words, address, whether it is this one."""
    kept = QueryDict(query_of(request.GET), mutable=True)
    ready = []
    for key, words in UnpaidFilter.WHO:
        if key == BOTH:
            continue
        kept["who"] = key
        ready.append(
            {
                "words": words,
                "url": f"?{kept.urlencode()}",
                "is_on": (chosen.get("who") or "") == key,
            }
        )
    return ready


@needs("view_person")
@require_POST
def save_filter(request, area_code):
    """Keep what the list is filtered by, for oneself or for the county."""
    area = area_or_404(request, area_code)
    form = SaveFilterForm(request.POST)
    if form.is_valid():
        SavedFilter.objects.update_or_create(
            owner=request.user,
            name=form.cleaned_data["name"],
            defaults={
                "county_code": request.user.county_code,
                "query": _query_to_keep(request.GET, area, request.user),
                "is_shared": form.cleaned_data["is_shared"],
            },
        )
    return redirect(f"{reverse('contributions:unpaid', args=[area.code])}?{query_of(request.GET)}")


def _query_to_keep(asked, area, staff):
    """What a filter asks of any village and year: no group, household or year of its own."""
    chosen = filter_of(asked, area, staff).chosen()
    kept = QueryDict(mutable=True)
    for name in ("scheme", "who", "outcome"):
        if chosen.get(name):
            kept[name] = str(chosen[name])
    if chosen.get("collector"):
        kept["collector"] = str(chosen["collector"].pk)
    return kept.urlencode()


@needs("view_person")
@require_POST
def drop_filter(request, filter_id):
    """Forget one of one's own filters."""
    found = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=filter_id)
    if found.owner_id != request.user.pk:
        raise FilterNotYours(who=found.owner.name)
    found.delete()
    return redirect(reverse("contributions:unpaid", args=[request.user.area_code]))


# --- Share out --------------------------------------------------------------------------------


@needs("assign_chase")
@require_POST
def assign_people(request, area_code):
    """Give the ticked people, or where none is ticked all that the filter finds, to one person."""
    area = area_or_404(request, area_code)
    chosen = filter_of(request.GET, area, request.user).chosen()
    people = people_of(area, chosen, request.user, as_a_whole=_is_wide(area))
    ticked = [number for number in request.POST.getlist("resident") if number.isdigit()]
    if ticked:
        people = people.filter(resident_id__in=ticked)
    count = assign(
        people,
        _collector_asked_for(request),
        scheme_id=chosen["scheme"],
        year=chosen["year"],
        by=request.user,
        area_code=area.code,
    )
    if not count:
        raise NobodyToAssign()
    messages.success(request, _("已分派 %(count)d 人。") % {"count": count})
    return redirect(f"{reverse('contributions:unpaid', args=[area.code])}?{query_of(request.GET)}")


def _collector_asked_for(request):
    """Return whom the people go to; None gives them back to whom their village has."""
    asked = request.POST.get("collector", "")
    if asked == "none":
        return None
    found = collectors_of(request.user).filter(pk=asked).first() if asked.isdigit() else None
    if found is None:
        raise CollectorMissing()
    return found


# --- Excel ------------------------------------------------------------------------------------

UNPAID_COLUMNS = [
    (gettext_lazy("村（社区）"), "text", 16),
    (gettext_lazy("组"), "text", 12),
    (gettext_lazy("户编号"), "text", 12),
    (gettext_lazy("户主"), "text", 10),
    (gettext_lazy("姓名"), "text", 10),
    (gettext_lazy("性别"), "text", 6),
    (gettext_lazy("年龄"), "number", 6),
    (gettext_lazy("证件号码"), "text", 22),
    (gettext_lazy("联系电话"), "text", 15),
    (gettext_lazy("登记档次（元）"), "amount", 14),
    (gettext_lazy("上年缴费（元）"), "amount", 14),
    (gettext_lazy("责任人"), "text", 10),
    (gettext_lazy("联系结果"), "text", 12),
    (gettext_lazy("承诺日期"), "day", 12),
]


@needs("export_people")
@require_GET
def unpaid_excel(request, area_code):
    """The list as the filter shows it, numbers masked."""
    return _unpaid_file(request, area_or_404(request, area_code), reason="")


@needs("export_phones")
@require_POST
def unpaid_phones(request, area_code):
    """The list with telephone numbers in full, for those who will call, with a reason on record."""
    area = area_or_404(request, area_code)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise ReasonForPhonesMissing()
    return _unpaid_file(request, area, reason=reason[:LONGEST_REASON])


def _unpaid_file(request, area, *, reason):
    chosen = filter_of(request.GET, area, request.user).chosen()
    people = people_of(area, chosen, request.user, as_a_whole=_is_wide(area))
    people = list(people.select_related("resident__household")[: MOST_ROWS_AT_ONCE + 1])
    if len(people) > MOST_ROWS_AT_ONCE:
        raise TooManyForOneFile(most=f"{MOST_ROWS_AT_ONCE:,}")
    entry = record(
        "export_unpaid",
        f"area:{area.code}",
        by=request.user,
        reason=reason,
        area_code=area.code,
        rows=len(people),
    )
    content = _unpaid_sheet(area, chosen, people, entry)
    title = _("%(area)s%(year)s年未缴名单") % words_of(area, chosen)
    return file_answer(content, f"{title}.xlsx")


def _unpaid_sheet(area, chosen, people, entry):
    has_phones = bool(entry.reason)
    return workbook(
        [TableColumn(str(label), kind, width) for label, kind, width in UNPAID_COLUMNS],
        [_unpaid_cells(line, has_phones=has_phones) for line in lines_of(people, chosen)],
        title=_("%(area)s %(year)s 年未缴名单") % words_of(area, chosen),
        notes=[
            *notes_of(area, chosen, entry),
            (_("范围"), dict(UnpaidFilter.WHO).get(chosen.get("who") or "")),
            (_("联系电话"), _("完整号码，用途：%s") % entry.reason if has_phones else _("已脱敏")),
        ],
    )


def _unpaid_cells(line, *, has_phones):
    resident, household, chase = line["resident"], line["household"], line["chase"]
    return [
        line["village"],
        line["group"],
        household.number if household else "",
        household.head_name if household else "",
        resident.name,
        resident.get_sex_display(),
        line["age"],
        line["masked_id"],
        resident.phone if has_phones else line["masked_phone"],
        line["registered_tier"],
        line["last_tier"],
        line["collector"].name if line["collector"] else "",
        chase.get_outcome_display() if chase and chase.outcome else "",
        chase.promised_on if chase else None,
    ]
