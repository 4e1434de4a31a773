"""What waits on the start page of those who load rosters and decide what rosters say of people."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from enrollment import department_lists, rosters
from enrollment.departments import expectations
from enrollment.models import DepartmentList, End, RosterImport
from pension_portal.models import Job
from staff.waiting import Waiting

MOST_ROSTERS = 10


def waiting_items(staff):
    """Give the rosters that wait for a decision, those that say somebody has died or left, and the
    lists of departments.
    """
    if staff.may("import_roster"):
        yield from _undecided_rosters(staff)
    if staff.may("approve_end"):
        yield from _rosters_with_ends(staff)
    yield from _lists(staff)


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
