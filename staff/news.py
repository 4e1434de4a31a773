"""What came of what somebody began (消息): their files and lists, and what others decided of their
things; one digest behind the bell, nothing to confirm.

    09:12  花名册 颍州花名册.xlsx           已完成
    09:40  202103-000012 终止注销 张桂兰    已退回  韩复核：照片看不清

A job is news when it ends, a thing when somebody else takes a step of it. The bell counts what has
come since the page was opened last, and what is still being worked on.
"""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.apps import apps
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pension_portal.models import Job
from staff.audit import subject_key
from staff.models import ApprovalStep
from staff.navigation import open_address
from staff.trail import SUBJECT_PAGES, page_of, subject_words

MOST_NEWS = 30
# What a job is called, and the page of what it is about.
JOBS = {
    "payment_feed": (_("税务文件"), SUBJECT_PAGES["paymentfeed"]),
    "feed_repair": (_("修好传回的文件"), "contributions:repair"),
    "export": (_("导出"), SUBJECT_PAGES["export"]),
    "notice": (_("公示表"), SUBJECT_PAGES["notice"]),
    "roster_import": (_("参保花名册"), SUBJECT_PAGES["rosterimport"]),
    "bank_statement": (_("银行对账单"), "contributions:statement"),
    "department_list": (_("部门名单"), "enrollment:department_list"),
    "subsidy_claim": (_("资金申请"), SUBJECT_PAGES["subsidyclaim"]),
    "aid_list": (_("补助资助名单"), SUBJECT_PAGES["aidlist"]),
    "proxy_roster": (_("代缴名册"), SUBJECT_PAGES["proxyroster"]),
    "proxy_payment": (_("代缴入账"), SUBJECT_PAGES["proxyroster"]),
    "withholding_answer": (_("银行回盘"), SUBJECT_PAGES["withholdingbatch"]),
    "interest_run": (_("年度结息"), SUBJECT_PAGES["interestrun"]),
}
JOB_LOOKS = {
    Job.State.DONE: ("good", "circle-check"),
    Job.State.WAITING: ("warn", "hourglass"),
    Job.State.REFUSED: ("bad", "circle-x"),
    Job.State.FAILED: ("bad", "circle-x"),
    Job.State.CANCELLED: ("neutral", "ban"),
}
STEP_LOOKS = {
    ApprovalStep.Step.APPROVE: ("good", "circle-check"),
    ApprovalStep.Step.RETURN: ("bad", "circle-x"),
}
BUSY = ("busy", "hourglass")


class News(NamedTuple):
    """One line of the digest."""

    at: datetime
    what: str
    state: str
    tone: str
    icon: str
    detail: str = ""
    url: str | None = None


def news_of(staff):
    """Return what came of what this person began, the newest first, at most MOST_NEWS."""
    jobs = _jobs_of(staff).order_by("-created_at")[:MOST_NEWS]
    steps = _steps_on_the_things_of(staff).select_related("staff").order_by("-id")[:MOST_NEWS]
    names = _names_of({step.subject for step in steps})
    found = [_of_job(job, staff) for job in jobs]
    found += [_of_step(step, names[step.subject], staff) for step in steps]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_NEWS]


def count_news(staff):
    """Return how many came since this person looked last, or are being worked on; one query."""
    seen = staff.news_seen_at or staff.date_joined
    running = Q(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    jobs = _jobs_of(staff).filter(running | Q(finished_at__gt=seen))
    steps = _steps_on_the_things_of(staff).filter(at__gt=seen)
    one = Value(1)
    return jobs.values_list(one).union(steps.values_list(one), all=True).count()


def look_at_news(staff):
    """Note that this person has seen what there is."""
    staff.news_seen_at = timezone.now()
    staff.save(update_fields=["news_seen_at"])


def _jobs_of(staff):
    return Job.objects.filter(created_by=staff, kind__in=JOBS)


def _steps_on_the_things_of(staff):
    """What others did to what this person has submitted."""
    submitted = ApprovalStep.objects.filter(staff=staff, step=ApprovalStep.Step.SUBMIT)
    return ApprovalStep.objects.exclude(staff=staff).filter(subject__in=submitted.values("subject"))


def _of_job(job, staff):
    words, page = JOBS[job.kind]
    tone, icon = JOB_LOOKS.get(job.state, BUSY)
    url = open_address(staff, page, job.subject_id)
    at = job.finished_at or job.created_at
    return News(at, words, job.get_state_display(), tone, icon, job.message, url)


def _of_step(step, name, staff):
    tone, icon = STEP_LOOKS.get(step.step, BUSY)
    detail = gettext("：").join(filter(None, (step.staff.name, step.reason)))
    url = page_of(step.subject, staff)
    return News(step.at, name, step.get_step_display(), tone, icon, detail, url)


def _names_of(subjects):
    """Return {subject: what the thing calls itself}; one statement for each kind of thing."""
    keys = defaultdict(list)
    for subject in subjects:
        kind, _colon, key = subject.partition(":")
        keys[kind].append(key)
    names = {subject: subject_words(subject) for subject in subjects}
    for model in apps.get_models():
        for thing in model._base_manager.filter(pk__in=keys.get(model._meta.model_name, [])):
            names[subject_key(thing)] = f"{model._meta.verbose_name} {thing}"
    return names
