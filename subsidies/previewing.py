"""Work out whom a draft would affect, once, and keep it until something it rests on has changed.

    09:00  Lin asks for it; a worker answers for 260,000 people under both versions, in some seconds
    09:01  Qian reads it, town by town, and the people; both see the very same figures
    10:30  a payment file is posted: what stands there is of 09:00, and says so

Nothing that people are owed is touched. A published version keeps the preview it was judged by.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pension_portal.clock import today
from pension_portal.jobs import start_job
from pension_portal.refusals import Refusal
from pension_portal.statements import analyze, joining_as_a_whole
from policies.errors import PolicyNotDraft
from policies.models import PolicyVersion
from staff.audit import record
from subsidies.affected import version_to_compare
from subsidies.models import Preview
from subsidies.statements import fetch_statement, run_statement

# What may have changed since, by the mark that differs.
STALE_BECAUSE = {
    "base": _("现行版本换了"),
    "books": _("有新的缴费入账或冲正"),
    "registry": _("参保登记或身份有变化"),
    "day": _("过了一天，政策里有按日期算的规定"),
}


class PreviewIsGone(Refusal):
    code = "preview_is_gone"
    sentence = _("这次计算的名单已被新的代替。回到「影响谁」，按最新的重新导出。")
    status = 410


@transaction.atomic
def begin_preview(policy, *, by):
    """Return the preview of a draft that a worker now works out; one under way is not begun twice.

    Refuses PolicyNotDraft.
    """
    policy = PolicyVersion.objects.select_for_update(of=["self"]).get(pk=policy.pk)
    if policy.status != PolicyVersion.Status.DRAFT:
        raise PolicyNotDraft()
    known = policy.previews.select_related("job").first()
    if known and not known.job.is_finished:
        return known
    preview = Preview.objects.create(policy=policy, county_code=policy.county_code, made_by=by)
    preview.job = start_job("policy_preview", preview.pk, county_code=policy.county_code, by=by)
    preview.save(update_fields=["job"])
    record("preview_policy", policy, by=by, area_code=policy.county_code)
    return preview


def compute_preview(preview_id, *, by, run):
    """Write the answers, counts and lines of a preview, once; a job's step, safe to run twice.

    What is marked was looked at before the people were: a change in between makes it stale.
    """
    with run.transaction():
        preview = Preview.objects.select_for_update(of=["self"]).get(pk=preview_id)
        if preview.computed_at:
            return
        preview.base = version_to_compare(preview.policy)
        preview.marks = marks_now(preview)
        with joining_as_a_whole():
            run_statement("compute_preview", _parameters(preview))
        preview.computed_at = timezone.now()
        preview.save()
        preview.policy.previews.exclude(pk=preview.pk).delete()
    analyze("subsidies_previewline")


def stale_because(preview):
    """Return in words what has changed since a preview; empty while it holds.

    That of a published version stays as it was on the day of publication.
    """
    if preview.policy.status != PolicyVersion.Status.DRAFT:
        return []
    changed = []
    if version_to_compare(preview.policy) != preview.base:
        changed.append("base")
    now = marks_now(preview)
    changed += [name for name, mark in now.items() if mark != preview.marks[name]]
    return [STALE_BECAUSE[name] for name in changed]


def marks_now(preview):
    """Return what a preview rests on as it is now: the books, the registry, the day."""
    (marks,) = fetch_statement("preview_marks", _parameters(preview))
    return marks


def preview_of(policy):
    """Return the newest finished preview of a version, and the one that is being worked out."""
    previews = list(policy.previews.select_related("job", "made_by", "base", "policy"))
    finished = next((one for one in previews if one.computed_at), None)
    return finished, next((one for one in previews if not one.computed_at), None)


def _parameters(preview):
    policy = preview.policy
    return {
        "preview_id": preview.pk,
        "before": preview.base_id,
        "after": policy.pk,
        "county_code": policy.county_code,
        "area_code": policy.county_code,
        "scheme_id": policy.scheme_id,
        "year": policy.year,
        "day": today(),
    }
