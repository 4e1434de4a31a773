"""What waits on the start page of those who load rosters and decide what rosters say of people."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from enrollment import rosters
from enrollment.models import End, RosterImport
from pension_portal.models import Job
from staff.waiting import Waiting

MOST_ROSTERS = 10


def waiting_items(staff):
    """Give the rosters that wait for a decision, and those that say somebody has died or left."""
    if staff.may("import_roster"):
        yield from _undecided_rosters(staff)
    if staff.may("approve_end"):
        yield from _rosters_with_ends(staff)


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
