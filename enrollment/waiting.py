"""What waits on the start page of those who handle cases, load rosters and decide what they say."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from enrollment import department_lists, monthly, rosters
from enrollment.departments import expectations
from enrollment.models import Case, Conflict, DepartmentList, End, MonthlyReport, RosterImport
from pension_portal.clock import today
from pension_portal.models import Job
from staff.waiting import State, Waiting
from townships.models import TOWN_CODE_LENGTH

MOST_ROSTERS = 10


def waiting_items(staff):
    """Give the rosters that wait for a decision, those that say somebody has died or left, and the
    lists of departments.
    """
    if staff.may("view_case"):
        yield from _cases(staff)
    if staff.may("send_month"):
        yield from _month_to_send(staff)
    if staff.may("import_roster"):
        yield from _undecided_rosters(staff)
    if staff.may("approve_end"):
        yield from _rosters_with_ends(staff)
    yield from _lists(staff)
    if staff.may("settle_conflict"):
        yield from _conflicts(staff)


def _undecided_rosters(staff):
    jobs = Job.objects.filter(
        kind=rosters.JOB_KIND, state=Job.State.WAITING, county_code=staff.county_code
    )
    found = RosterImport.objects.visible_to(staff).select_related("file")
    for roster in found.filter(pk__in=jobs.values("subject_id"))[:MOST_ROSTERS]:
        is_asked = bool(roster.questions)
        yield Waiting(
            _("花名册有的列待确认") if is_asked else _("花名册退回较多，待决定是否照常导入"),
            1 if is_asked else roster.rows_bad,
            reverse("enrollment:roster_import", args=[roster.pk]),
            _("份") if is_asked else _("行"),
            note=roster.file.name,
        )


def _rosters_with_ends(staff):
    waiting = Count("ends", filter=Q(ends__state=End.State.WAITING))
    found = RosterImport.objects.visible_to(staff).annotate(waiting=waiting).filter(waiting__gt=0)
    for roster in found.select_related("file")[:MOST_ROSTERS]:
        yield Waiting(
            _("死亡和终止待审批"),
            roster.waiting,
            reverse("enrollment:roster_import", args=[roster.pk]),
            _("人"),
            note=roster.file.name,
        )


def _cases(staff):
    found = Case.objects.visible_to(staff)
    waiting, url = found.waiting_for(staff), reverse("enrollment:cases")
    returned = waiting.filter(state=Case.State.RETURNED).count()
    yield Waiting(_("业务退回补正"), returned, f"{url}?show=returned", _("件"))
    to_review = waiting.filter(state=Case.State.SUBMITTED).count()
    yield Waiting(_("业务待复核"), to_review, f"{url}?show=waiting", _("件"))
    to_approve = waiting.filter(state=Case.State.REVIEWED).count()
    yield Waiting(_("业务待审批"), to_approve, f"{url}?show=waiting", _("件"))
    drafts = found.filter(state=Case.State.DRAFT, made_by=staff).count()
    yield Waiting(_("业务草稿"), drafts, f"{url}?show=mine", _("件"), state=State.DRAFT)


def _month_to_send(staff):
    """A town's last month, until it is sent; none before there was ever a case."""
    month = monthly.last_month(today())
    town_code = staff.area_code[:TOWN_CODE_LENGTH]
    is_sent = MonthlyReport.objects.filter(town_code=town_code, month=month).exists()
    cases = Case.objects.in_town(town_code).filter(made_on__lt=monthly.next_month(month))
    if is_sent or not cases.exists():
        return
    yield Waiting(
        _("上月月报未上报"),
        1,
        reverse("enrollment:months"),
        _("份"),
        due_on=monthly.due_on(month),
    )


# --- Department lists -----------------------------------------------------------------------------


def _lists(staff):
    """Give the lists that wait for somebody who agrees, and those that are due."""
    may_agree = staff.may("apply_identity_list")
    may_upload = staff.may("upload_department_list")
    if may_agree or may_upload:
        yield from _undecided_lists(staff, may_agree, may_upload)
    if may_upload:
        yield from _lists_due(staff)


def _undecided_lists(staff, may_agree, may_upload):
    jobs = Job.objects.filter(
        kind=department_lists.JOB_KIND, state=Job.State.WAITING, county_code=staff.county_code
    )
    found = DepartmentList.objects.visible_to(staff).select_related("file", "department")
    for received in found.filter(pk__in=jobs.values("subject_id"))[:MOST_ROSTERS]:
        is_for_approver = received.is_about_identities and not received.questions
        if not (may_agree if is_for_approver else may_upload):
            continue
        yield Waiting(
            _("部门名单有的列待确认") if received.questions else _("部门名单待核对生效"),
            1,
            reverse("enrollment:department_list", args=[received.pk]),
            _("份"),
            note=f"{received.department} {received.file.name}",
        )


def _lists_due(staff):
    for due in expectations(staff.county_code):
        if due.is_late or due.is_soon:
            yield Waiting(
                _("部门名单待报送"),
                1,
                reverse("enrollment:department_lists"),
                _("份"),
                due_on=due.due_on,
                note=f"{due.expected.department} {due.expected.get_subject_display()}",
            )


# --- Conflicts ------------------------------------------------------------------------------------


def _conflicts(staff):
    found = Conflict.objects.visible_to(staff)
    page = reverse("enrollment:conflicts")
    untouched = found.filter(state=Conflict.State.UNTOUCHED).count()
    yield Waiting(_("参保冲突待核查"), untouched, f"{page}?state=untouched", _("人"))
    mine = found.filter(state=Conflict.State.HANDLED, handler=staff).count()
    yield Waiting(
        _("参保冲突待核查"),
        mine,
        f"{page}?state=handled",
        _("人"),
        state=State.HANDLED,
        who=staff.name,
    )
