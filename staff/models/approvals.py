"""What two or three people decide together (审批): made, reviewed, approved, each by somebody else.

A model that is decided so inherits `Approvable`; the deeds are in `staff.approving`, what a page
shows of it in `staff.approval_panel`.
"""

import json
from datetime import timedelta

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pension_portal.secrecy import blind_index


def _person(label):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=label,
        related_name="+",
    )


def _moment(label):
    return models.DateTimeField(label, null=True, blank=True)


def _must(name, condition):
    return models.CheckConstraint(condition=condition, name=f"%(app_label)s_%(class)s_{name}")


def _differ(one, other):
    """A condition that two people are not the same; either may be missing."""
    missing = Q(**{f"{one}__isnull": True}) | Q(**{f"{other}__isnull": True})
    return missing | ~Q(**{one: F(other)})


class ApprovableQuerySet(models.QuerySet):
    def waiting(self):
        """Those that wait for a reviewer or an approver."""
        return self.filter(state__in=[Approvable.State.SUBMITTED, Approvable.State.REVIEWED])

    def open(self):
        """Those that may still take effect: not yet approved and not withdrawn."""
        return self.exclude(state__in=[Approvable.State.APPROVED, Approvable.State.WITHDRAWN])


class Approvable(models.Model):
    """Something that takes effect when the last of two or three people agrees (须审批事项).

    A model says what it is about in `content()`, who may do what in the three actions of the
    matrix, and where `needs_review` is false goes from its maker straight to the approver.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已提交")
        REVIEWED = "reviewed", _("已复核")
        APPROVED = "approved", _("已同意")
        RETURNED = "returned", _("已退回")
        WITHDRAWN = "withdrawn", _("已撤回")

    state = models.CharField(_("状态"), max_length=9, choices=State, default=State.DRAFT)
    # How often it was submitted; whoever comes back to it reads which round this is.
    round = models.PositiveSmallIntegerField(_("第几次提交"), default=0)
    # HMAC-SM3 of what was submitted: another content is not what was agreed to.
    content_hash = models.CharField(max_length=64, blank=True)
    made_by = _person(_("经办人"))
    made_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    submitted_at = _moment(_("提交时间"))
    reviewed_by = _person(_("复核人"))
    reviewed_at = _moment(_("复核时间"))
    approved_by = _person(_("审批人"))
    approved_at = _moment(_("审批时间"))
    returned_by = _person(_("退回人"))
    returned_at = _moment(_("退回时间"))
    return_code = models.CharField(_("退回原因类别"), max_length=20, blank=True)
    return_reason = models.CharField(_("退回原因"), max_length=200, blank=True)

    objects = ApprovableQuerySet.as_manager()

    needs_review = True
    make_action = review_action = approve_action = ""
    # An agreement to something seen long ago is none; None where a thing waits as long as it must.
    lasts = timedelta(days=7)
    # Code → words, where whoever returns it picks one.
    return_reasons = ()

    class Meta:
        abstract = True
        constraints = [
            _must("maker_is_not_reviewer", _differ("made_by", "reviewed_by")),
            _must("maker_is_not_approver", _differ("made_by", "approved_by")),
            _must("reviewer_is_not_approver", _differ("reviewed_by", "approved_by")),
            _must(
                "approved_by_two",
                ~Q(state="approved") | Q(made_by__isnull=False, approved_by__isnull=False),
            ),
            _must("reviewed_by_two", ~Q(state="reviewed") | Q(reviewed_by__isnull=False)),
            _must(
                "submitted_has_its_hash",
                ~Q(state__in=["submitted", "reviewed", "approved"]) | ~Q(content_hash=""),
            ),
        ]

    def content(self):
        """Return what is agreed to, as values that JSON can hold; a change of it voids a review."""
        raise NotImplementedError

    def content_hash_now(self):
        """Return the HMAC-SM3 of the content as it stands now."""
        text = json.dumps(self.content(), cls=DjangoJSONEncoder, sort_keys=True)
        return blind_index(text).hex()

    @property
    def trail_area(self):
        """The code of the area under which the trail keeps its steps; empty for the actor's own."""
        return getattr(self, "village_code", "") or getattr(self, "county_code", "")

    @property
    def waits_since(self):
        """When it came to whoever has it now."""
        return self.reviewed_at or self.submitted_at

    @property
    def is_waiting(self):
        return self.state in (self.State.SUBMITTED, self.State.REVIEWED)

    @property
    def is_open(self):
        return self.state not in (self.State.APPROVED, self.State.WITHDRAWN)

    @property
    def is_expired(self):
        """Whether it has waited so long that its maker must look at it again."""
        if self.lasts is None or not self.is_waiting:
            return False
        return timezone.now() - self.waits_since > self.lasts

    @property
    def waits_for_review(self):
        return self.state == self.State.SUBMITTED and self.needs_review

    @property
    def waits_for_approval(self):
        return self.is_waiting and not self.waits_for_review


class ApprovalStep(models.Model):
    """One step by one person towards the approval of something (审批过程); they are only added."""

    class Step(models.TextChoices):
        EDIT = "edit", _("修改")
        SUBMIT = "submit", _("提交")
        REVIEW = "review", _("复核")
        APPROVE = "approve", _("审批同意")
        RETURN = "return", _("退回")
        WITHDRAW = "withdraw", _("撤回")

    class Part(models.TextChoices):
        MAKER = "maker", _("经办")
        REVIEWER = "reviewer", _("复核")
        APPROVER = "approver", _("审批")

    subject = models.CharField(_("对象"), max_length=80)
    round = models.PositiveSmallIntegerField(_("第几次提交"))
    step = models.CharField(_("步骤"), max_length=8, choices=Step)
    part = models.CharField(_("角色"), max_length=8, choices=Part)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("人员"), related_name="+"
    )
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    content_hash = models.CharField(max_length=64, blank=True)
    reason = models.CharField(_("事由"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("审批过程")
        ordering = ["id"]
        indexes = [models.Index(fields=["subject", "id"], name="steps_of_a_subject")]

    def __str__(self):
        return f"{self.subject} {self.step}"
