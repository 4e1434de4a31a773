"""The doors of roster imports: upload, watch, mend, try again (花名册导入)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from enrollment import ending, rosters
from enrollment.errors import NothingTicked, RosterStillRunning
from enrollment.forms import RosterForm
from enrollment.models import End, Resident, RosterImport
from enrollment.roster_columns import COLUMNS
from enrollment.roster_copies import marked_copy, roster_template
from enrollment.views.imports import (
    RUNNING,
    columns_asked_about,
    columns_named,
    seconds_left,
)
from enrollment.views.residents import lines_of
from pension_portal.file_answers import file_answer
from pension_portal.models import Job
from pension_portal.sheets import SheetRefusal
from policies.answers import local_identities
from staff.audit import record
from staff.permissions import may, needs
from townships.models import Area

IMPORTS_PER_PAGE = 20
FAULTS_PER_PAGE = 50
ACCOUNTS_PER_PAGE = 20
ENDS_SHOWN = 100
DECIDED_ENDS_SHOWN = 20
LONGEST_REASON = 200


@needs("view_roster")
@require_GET
def roster_imports(request):
    """The imports of one's area, and for those who import the place to drop another file."""
    return _list_with(request, RosterForm())


def _list_with(request, form, status=200):
    """Return the list of imports below the upload form as it was left."""
    found = RosterImport.objects.visible_to(request.user).select_related("file", "uploaded_by")
    page = Paginator(found, IMPORTS_PER_PAGE).get_page(request.GET.get("page"))
    jobs = _newest_jobs(page)
    names = _names_of_areas(page)
    lines = [
        {"roster": roster, "job": jobs.get(roster.pk), "area": names.get(roster.area_code)}
        for roster in page
    ]
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "may_import": may(request.user, "import_roster"),
    }
    return render(request, "enrollment/roster_imports.html", context, status=status)


@needs("import_roster")
@require_POST
def upload_roster(request):
    form = RosterForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list_with(request, form, status=422)
    try:
        return _receive(request, form.cleaned_data["file"], form.cleaned_data["is_enrolling"])
    except SheetRefusal as refusal:
        form.add_error("file", str(refusal))
        return _list_with(request, form, status=refusal.status)


def _receive(request, upload, is_enrolling):
    roster, is_new = rosters.receive_roster(
        upload, area_code=request.user.area_code, by=request.user, is_enrolling=is_enrolling
    )
    if not is_new:
        messages.info(
            request,
            _("这个文件 %(day)s 已传过，这是它的结果，没有重复导入。")
            % {"day": timezone.localtime(roster.uploaded_at).strftime("%Y-%m-%d %H:%M")},
        )
    return redirect("enrollment:roster_import", roster.pk)


def _newest_jobs(page):
    """Return roster id → its newest job, for a page of imports."""
    jobs = Job.objects.filter(kind=rosters.JOB_KIND, subject_id__in=[roster.pk for roster in page])
    return {job.subject_id: job for job in jobs.order_by("created_at")}


def _names_of_areas(page):
    codes = {roster.area_code for roster in page}
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


@needs("view_roster")
@require_GET
def roster_import(request, roster_id):
    """What became of one file; while a worker is at it, the state renews itself."""
    roster = _roster_or_404(request, roster_id)
    return render(request, "enrollment/roster_import.html", _state_of(request, roster))


@needs("view_roster")
@require_GET
def roster_state(request, roster_id):
    """The part of the page that changes while a worker is at it."""
    roster = _roster_or_404(request, roster_id)
    return render(request, "enrollment/_roster_state.html", _state_of(request, roster))


def _roster_or_404(request, roster_id):
    found = RosterImport.objects.visible_to(request.user).select_related("file", "uploaded_by")
    return get_object_or_404(found, pk=roster_id)


def _state_of(request, roster):
    job = rosters.job_of(roster)
    faults = roster.faults.all()
    counts = faults.aggregate(
        warnings=Count("pk", filter=Q(is_warning=True)),
        bad=Count("pk", filter=Q(is_warning=False)),
    )
    return {
        "roster": roster,
        "job": job,
        "area": Area.objects.get(code=roster.area_code),
        "is_running": job.state in RUNNING,
        "seconds_left": seconds_left(job),
        "counts": counts,
        "page": Paginator(faults, FAULTS_PER_PAGE).get_page(request.GET.get("page")),
        "may_import": may(request.user, "import_roster"),
        "may_decide": job.state == Job.State.WAITING and not roster.questions,
        **_ends_of(request, roster),
        "may_confirm": job.state == Job.State.WAITING and bool(roster.questions),
        "columns": columns_asked_about(roster, COLUMNS),
        "has_many_sheets": len(roster.mapping) > 1,
    }


def _ends_of(request, roster):
    """Return the deaths and ends of a roster: those that wait, and the last decided."""
    ends = End.objects.visible_to(request.user).filter(roster=roster)
    ends = ends.select_related("resident", "decided_by", "made_by")
    return {
        "ends": list(ends.waiting()[:ENDS_SHOWN]),
        "ends_waiting": ends.waiting().count(),
        "ends_decided": ends.exclude(state=End.State.WAITING).order_by("-decided_at")[
            :DECIDED_ENDS_SHOWN
        ],
        "may_approve_end": may(request.user, "approve_end"),
        "may_see_people": may(request.user, "view_person"),
    }


@needs("approve_end")
@require_POST
def decide_ends(request, roster_id):
    """Agree to the ticked deaths and ends of a roster, or send them back with a reason."""
    roster = _roster_or_404(request, roster_id)
    ids = [int(text) for text in request.POST.getlist("end") if text.isdigit()]
    ends = End.objects.visible_to(request.user).filter(roster=roster, pk__in=ids)
    if not ends:
        raise NothingTicked()
    agrees = request.POST.get("decision") == "approve"
    reason = request.POST.get("reason", "")[:LONGEST_REASON]
    results = ending.decide_ends(ends, agrees=agrees, by=request.user, reason=reason)
    done = sum(refusal is None for _end, refusal in results)
    words = _("已同意 %(count)d 条，档案已改。") if agrees else _("已退回 %(count)d 条，档案不变。")
    if done:
        messages.success(request, words % {"count": done})
    for end, refusal in results:
        if refusal:
            said = _("第 %(row)d 行没有处理：%(why)s") % {"row": end.row_number, "why": refusal}
            messages.error(request, said)
    return redirect("enrollment:roster_import", roster.pk)


@needs("import_roster")
@require_POST
def load_all_the_same(request, roster_id):
    """Load the good rows of a roster although many are faulty."""
    roster = _roster_or_404(request, roster_id)
    rosters.load_all_the_same(roster, by=request.user)
    return redirect("enrollment:roster_import", roster.pk)


@needs("import_roster")
@require_POST
def confirm_columns(request, roster_id):
    """Take the columns that a person named, one select for each of ours."""
    roster = _roster_or_404(request, roster_id)
    rosters.confirm_columns(roster, columns_named(request, COLUMNS), by=request.user)
    return redirect("enrollment:roster_import", roster.pk)


@needs("import_roster")
@require_POST
def read_again(request, roster_id):
    roster = _roster_or_404(request, roster_id)
    rosters.read_again(roster, by=request.user)
    return redirect("enrollment:roster_import", roster.pk)


@needs("import_roster")
@require_POST
def cancel_import(request, roster_id):
    roster = _roster_or_404(request, roster_id)
    rosters.cancel_roster(roster, by=request.user)
    return redirect("enrollment:roster_import", roster.pk)


@needs("view_roster")
@require_GET
def roster_copy(request, roster_id):
    """The clerk's own file with what is wrong beside each row; refused while it is being read."""
    roster = _roster_or_404(request, roster_id)
    if not rosters.job_of(roster).is_finished:
        raise RosterStillRunning(name=roster.file.name)
    record("download_marked_copy", roster, by=request.user, area_code=roster.area_code)
    return file_answer(*marked_copy(roster))


@needs("import_roster")
@require_GET
def empty_roster(request):
    return file_answer(*roster_template(local_identities(request.user.county_code)))


# --- One account, several people ------------------------------------------------------------------


@needs("view_person")
@require_GET
def shared_accounts(request):
    """People of one's area whose bank account is also registered for somebody else (Y74)."""
    people = Resident.objects.visible_to(request.user).sharing_an_account()
    page = Paginator(people, ACCOUNTS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "enrollment/shared_accounts.html", {"page": page, "lines": lines_of(page)}
    )
