"""Put some cases on the desks of the demo county: one in each state, and last month's report.

Everything goes through the deeds, in the hands of those who can sign in afterwards.
"""

from datetime import timedelta

from enrollment import cases, monthly
from enrollment.models import Case, Enrolment, MonthlyReport, Resident
from pension_portal.clock import today
from staff import approving
from staff.models import Staff

CHECKED = "数据共享核验"
SO_FAR = ("draft", "submitted", "returned", "reviewed", "approved")


def open_demo_cases():
    """Open a case in each state for people of the clerk's town; nothing where there are some."""
    clerk = Staff.objects.get(username="jingban")
    if Case.objects.in_town(clerk.area_code).exists():
        return
    people = _people(clerk, len(SO_FAR) + 2)
    for number, (person, state) in enumerate(zip(people, SO_FAR, strict=False)):
        after = {"phone": f"1550000{number:04d}", "other": "电话已换"}
        _bring(cases.open_case("change", person, after, by=clerk), state, clerk)
    _suspend(people[-2], clerk)
    _report_a_death(people[-1], clerk)
    _send_last_month(clerk)


def _people(clerk, count):
    """Return some of the clerk's people who pay, far from those whom tests of the eye look for."""
    paying = Enrolment.objects.filter(status=Enrolment.Status.ACTIVE)
    found = Resident.objects.inside(clerk.area_code).filter(
        life_status=Resident.LifeStatus.ALIVE, pk__in=paying.values("resident")
    )
    return list(found.order_by("-id")[:count])


def _bring(case, state, clerk):
    """Take a case as far as a state."""
    reviewer = Staff.objects.get(username="fuhe")
    approver = Staff.objects.get(username="shenpi")
    for kind in ("id_card", "death", "application"):
        cases.add_paper(case, kind, by=clerk, source=CHECKED)
    if state == "draft":
        return
    cases.submit_case(case, by=clerk)
    if state == "returned":
        reason = "身份证照片看不清，重拍后再交"
        approving.return_to_maker(case, by=reviewer, reason=reason, code="unclear")
    if state in ("reviewed", "approved"):
        cases.review_case(case, by=reviewer)
    if state == "approved":
        cases.approve_case(case, by=approver)


def _suspend(person, clerk):
    after = {"status_1": Enrolment.Status.SUSPENDED.value}
    case = cases.open_case(
        "suspension",
        person,
        after,
        by=clerk,
        reason_code="6399",
        happened_on=today() - timedelta(days=30),
    )
    _bring(case, "reviewed", clerk)


def _report_a_death(person, clerk):
    ended = {
        f"status_{one.scheme_id}": Enrolment.Status.TERMINATED.value
        for one in person.enrolments.exclude(status=Enrolment.Status.TERMINATED)
    }
    case = cases.open_case(
        "death",
        person,
        {**ended, "life_status": Resident.LifeStatus.DEAD.value},
        by=clerk,
        reason_code="6401",
        happened_on=today() - timedelta(days=12),
    )
    _bring(case, "submitted", clerk)


def _send_last_month(clerk):
    """Send up what was reviewed last month: the suspension, which is dated so."""
    month = monthly.last_month(today())
    day = month.replace(day=20)
    suspended = Case.objects.filter(kind=Case.Kind.SUSPENSION, made_by=clerk)
    suspended.update(made_on=day, reviewed_on=day)
    report = monthly.send_month(clerk.area_code, month, by=clerk)
    due = monthly.due_on(month)
    MonthlyReport.objects.filter(pk=report.pk).update(sent_on=due - timedelta(days=2))
