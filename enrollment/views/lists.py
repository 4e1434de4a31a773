"""The doors of department lists: what is due, a file and what it would change, agreeing to it."""

from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from enrollment import department_lists
from enrollment.departments import expectations
from enrollment.errors import ListDoesNotWait
from enrollment.forms import DepartmentListForm
from enrollment.list_columns import COLUMNS as IDENTITY_COLUMNS
from enrollment.list_columns import EXCLUSION_COLUMNS
from enrollment.models import DepartmentList, ListChange, ListedPerson, SpecialIdentity
from enrollment.roster_copies import marked_copy
from enrollment.statements import fetch_statement
from enrollment.views.imports import (
    RUNNING,
    columns_asked_about,
    columns_named,
    seconds_left,
)
from enrollment.views.residents import names_of
from pension_portal.clock import today
from pension_portal.file_answers import file_answer
from pension_portal.models import Job
from pension_portal.sheet_writing import TableColumn, write_table
from pension_portal.sheets import SheetRefusal
from staff.audit import record
from staff.permissions import may, needs
from townships.models import TOWN_CODE_LENGTH

LISTS_PER_PAGE = 20
ROWS_PER_PAGE = 50
NO_AREA = ""
IDENTITY_NAMES = dict(SpecialIdentity.Kind.choices)
CHANGES = tuple(ListChange.Kind.values)
DIFFERENCES = {
    "only_listed": gettext_lazy("名单上有，档案没有登记"),
    "unknown": gettext_lazy("档案中没有此人"),
    "other_name": gettext_lazy("姓名不符"),
    "other_grade": gettext_lazy("等级不同"),
    "only_held": gettext_lazy("档案有登记，名单上没有"),
}


# --- All lists ------------------------------------------------------------------------------------


@needs("view_department_list")
@require_GET
def department_lists_page(request):
    """Which lists are due and which have come; for those who upload, the form."""
    return _page_with(request, DepartmentListForm(county_code=request.user.county_code))


def _page_with(request, form, status=200):
    found = DepartmentList.objects.visible_to(request.user)
    found = found.select_related("file", "department", "uploaded_by")
    page = Paginator(found, LISTS_PER_PAGE).get_page(request.GET.get("page"))
    jobs = _newest_jobs(page)
    context = {
        "form": form,
        "page": page,
        "lines": [{"received": one, "job": jobs.get(one.pk)} for one in page],
        "expectations": expectations(request.user.county_code),
        "may_upload": may(request.user, "upload_department_list"),
        "may_change": may(request.user, "change_departments"),
    }
    return render(request, "enrollment/department_lists.html", context, status=status)


def _newest_jobs(page):
    jobs = Job.objects.filter(
        kind=department_lists.JOB_KIND, subject_id__in=[received.pk for received in page]
    )
    return {job.subject_id: job for job in jobs.order_by("created_at")}


@needs("upload_department_list")
@require_POST
def upload_list(request):
    form = DepartmentListForm(request.POST, request.FILES, county_code=request.user.county_code)
    if not form.is_valid():
        return _page_with(request, form, status=422)
    try:
        received, is_new = department_lists.receive_list(
            form.cleaned_data["file"], by=request.user, **form.list_asked_for()
        )
    except SheetRefusal as refusal:
        form.add_error("file", str(refusal))
        return _page_with(request, form, status=refusal.status)
    if not is_new:
        day = timezone.localtime(received.uploaded_at).strftime("%Y-%m-%d %H:%M")
        words = _("这个文件 %(day)s 已传过，这是它的结果，没有重复导入。")
        messages.info(request, words % {"day": day})
    return redirect("enrollment:department_list", received.pk)


# --- One list -------------------------------------------------------------------------------------


@needs("view_department_list")
@require_GET
def department_list(request, list_id):
    """What a list says and would change; while a worker is at it, the state renews itself."""
    received = _list_or_404(request, list_id)
    return render(request, "enrollment/department_list.html", _state_of(request, received))


@needs("view_department_list")
@require_GET
def list_state(request, list_id):
    """The part of the page that changes while a worker is at it."""
    received = _list_or_404(request, list_id)
    return render(request, "enrollment/_list_state.html", _state_of(request, received))


def _list_or_404(request, list_id):
    found = DepartmentList.objects.visible_to(request.user)
    found = found.select_related("file", "department", "uploaded_by", "agreed_by")
    return get_object_or_404(found, pk=list_id)


def _state_of(request, received):
    job = department_lists.job_of(received)
    is_waiting = job.state == Job.State.WAITING
    may_upload = may(request.user, "upload_department_list")
    counts = _counts_of(received)
    shown = _what_to_show(request, received, counts)
    return {
        "received": received,
        "identities": [IDENTITY_NAMES[identity] for identity in received.identities],
        "job": job,
        "is_running": job.state in RUNNING,
        "seconds_left": seconds_left(job),
        "counts": counts,
        "tabs": _tabs_of(received, counts),
        "shown": shown,
        "page": _page_of(request, received, shown),
        "may_upload": may_upload,
        "may_see_people": may(request.user, "view_person"),
        "may_take_away": may(request.user, "export_people"),
        "may_agree": is_waiting and not received.questions and _may_agree(request, received),
        "must_wait": is_waiting and not received.questions and not _may_agree(request, received),
        "may_confirm": is_waiting and bool(received.questions) and may_upload,
        "columns": columns_asked_about(received, _columns_of(received)),
    }


def _may_agree(request, received):
    """Whether this person may let a list take effect: of identities, somebody else than its maker;
    cases may be opened by whoever sent the list.
    """
    if received.is_about_identities:
        is_maker = request.user.pk == received.uploaded_by_id
        return may(request.user, "apply_identity_list") and not is_maker
    return may(request.user, "upload_department_list")


def _columns_of(received):
    return IDENTITY_COLUMNS if received.is_about_identities else EXCLUSION_COLUMNS


def _counts_of(received):
    """Return every count of a list, 0 where nothing was found."""
    names = ("people", "persons", "dropped", *ListedPerson.Verdict.values)
    return {name: received.counts.get(name, 0) for name in names} | {
        "unmatched": sum(received.counts.get(name, 0) for name in ("unknown", "other_name")),
        "faults": received.rows_bad,
        "warnings": received.faults.filter(is_warning=True).count(),
    }


def _tabs_of(received, counts):
    """Return (what, words, count) of what a list can be asked to show."""
    verdicts = dict(ListedPerson.Verdict.choices)
    kinds = ["new", "changed"] if received.is_about_identities else ["conflict"]
    tabs = [(kind, verdicts[kind], counts[kind]) for kind in kinds]
    if received.is_about_identities and received.is_complete:
        tabs.append(("dropped", ListChange.Kind.DROPPED.label, counts["dropped"]))
    tabs += [(kind, verdicts[kind], counts[kind]) for kind in ("unknown", "other_name", "repeated")]
    tabs.append(("faults", _("退回和提醒"), counts["faults"] + counts["warnings"]))
    return [tab for tab in tabs if tab[2] or tab[0] in ("new", "changed", "dropped", "conflict")]


def _what_to_show(request, received, counts):
    """Return which tab is open: the one asked for, else the first that holds anything."""
    tabs = _tabs_of(received, counts)
    asked = request.GET.get("show")
    if asked in [what for what, _words, _count in tabs]:
        return asked
    return next((what for what, _words, count in tabs if count), tabs[0][0])


def _page_of(request, received, shown):
    if shown == "faults":
        found = received.faults.all()
    elif shown in CHANGES:
        found = ListChange.objects.visible_to(request.user).filter(list=received, kind=shown)
        found = found.select_related("resident")
    else:
        found = ListedPerson.objects.visible_to(request.user).filter(list=received, verdict=shown)
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    _name_places(page)
    return page


def _name_places(page):
    """Put the names of town and village on the rows of a page, with one statement."""
    rows = [row for row in page if getattr(row, "village_code", "")]
    names = names_of(
        code for row in rows for code in (row.village_code, row.village_code[:TOWN_CODE_LENGTH])
    )
    for row in rows:
        town = names.get(row.village_code[:TOWN_CODE_LENGTH], "")
        row.place_name = f"{town} {names.get(row.village_code, row.village_code)}".strip()


@needs("upload_department_list")
@require_POST
def confirm_list_columns(request, list_id):
    received = _list_or_404(request, list_id)
    mapping = columns_named(request, _columns_of(received))
    department_lists.confirm_columns(received, mapping, by=request.user)
    return redirect("enrollment:department_list", received.pk)


@needs("apply_identity_list")
@require_POST
def apply_identities(request, list_id):
    """Let the previewed identities take effect; the worker does it."""
    return _agree(request, list_id, is_about_identities=True)


@needs("upload_department_list")
@require_POST
def open_conflicts(request, list_id):
    """Let the previewed conflicts become cases."""
    return _agree(request, list_id, is_about_identities=False)


def _agree(request, list_id, *, is_about_identities):
    received = _list_or_404(request, list_id)
    if received.is_about_identities != is_about_identities:
        raise ListDoesNotWait(name=received.file.name)
    department_lists.agree_to_list(received, by=request.user)
    return redirect("enrollment:department_list", received.pk)


@needs("upload_department_list")
@require_POST
def compare_again(request, list_id):
    received = _list_or_404(request, list_id)
    department_lists.compare_again(received, by=request.user)
    return redirect("enrollment:department_list", received.pk)


@needs("upload_department_list")
@require_POST
def cancel_list(request, list_id):
    received = _list_or_404(request, list_id)
    department_lists.cancel_list(received, by=request.user)
    return redirect("enrollment:department_list", received.pk)


# --- What is taken away ---------------------------------------------------------------------------


@needs("upload_department_list")
@require_GET
def list_copy(request, list_id):
    """The department's own file with what is wrong beside each row."""
    received = _list_or_404(request, list_id)
    record("download_marked_copy", received, by=request.user, area_code=received.area_code)
    return file_answer(*marked_copy(received))


@needs("export_people")
@require_GET
def list_print(request, list_id):
    """The list as it was read, to lay beside the department's paper (M32): each row, the count, and
    the file's SHA-256.
    """
    received = _list_or_404(request, list_id)
    record("print_department_list", received, by=request.user, area_code=received.area_code)
    context = {
        "received": received,
        "identities": [IDENTITY_NAMES[identity] for identity in received.identities],
        "people": ListedPerson.objects.visible_to(request.user).filter(list=received).iterator(),
        "counts": _counts_of(received),
        "printed_at": timezone.now(),
    }
    return render(request, "enrollment/list_print.html", context)


@needs("export_people")
@require_GET
def list_difference(request, list_id):
    """Where the list and the registry differ today; none is the zero-difference report (M41)."""
    received = _list_or_404(request, list_id)
    rows = _differences(request, received)
    context = {
        "received": received,
        "identities": [IDENTITY_NAMES[identity] for identity in received.identities],
        "page": Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "sums": [(words, sum(r["words"] == words for r in rows)) for words in DIFFERENCES.values()],
        "day": today(),
        "counts": _counts_of(received),
    }
    return render(request, "enrollment/list_difference.html", context)


@needs("export_people")
@require_GET
def list_difference_excel(request, list_id):
    received = _list_or_404(request, list_id)
    rows = _differences(request, received)
    record(
        "export_people", received, by=request.user, area_code=request.user.area_code, rows=len(rows)
    )
    columns = [
        TableColumn(_("差异"), width=24),
        TableColumn(_("名单行号"), "number", 9),
        TableColumn(_("姓名")),
        TableColumn(_("名单姓名")),
        TableColumn(_("证件号码"), width=20),
        TableColumn(_("特殊身份"), width=18),
        TableColumn(_("名单等级"), "number", 9),
        TableColumn(_("档案等级"), "number", 9),
        TableColumn(_("地区"), width=24),
    ]
    out = BytesIO()
    title = _("%(department)s名单与档案差异表") % {"department": received.department}
    notes = [
        (_("名单"), received.file.name),
        ("SHA-256", received.file.sha256),
        (_("数据截至"), str(today())),
        (_("导出人"), request.user.name),
    ]
    keys = ("words", "row_number", "name", "listed_name", "id_shown", "identity_name")
    keys = (*keys, "grade", "held_grade", "place_name")
    write_table(
        out, columns, [[row[key] for key in keys] for row in rows], title=title, notes=notes
    )
    return file_answer(out.getvalue(), f"{title}.xlsx")


def _differences(request, received):
    """Return the differences of a list that this person may see, as dicts."""
    area_code = request.user.area_code
    rows = fetch_statement(
        "lists/difference",
        {
            "list_id": received.pk,
            "county_code": received.county_code,
            "identities": received.identities,
            "day": today(),
            # Strangers have no village: the county alone sees them.
            "area_code": area_code if len(area_code) > len(received.county_code) else NO_AREA,
        },
    )
    names = names_of(
        code
        for row in rows
        for code in (row["village_code"], row["village_code"][:TOWN_CODE_LENGTH])
    )
    for row in rows:
        town, village = row["village_code"][:TOWN_CODE_LENGTH], row["village_code"]
        row["words"] = DIFFERENCES[row["difference"]]
        row["identity_name"] = IDENTITY_NAMES.get(row["identity"], "")
        row["place_name"] = f"{names.get(town, '')} {names.get(village, '')}".strip()
    return rows
