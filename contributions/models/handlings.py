"""What somebody did to an exception, with what stood before, so that it can be taken back; and what
somebody wants done to one that is too large for one person.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from contributions.models.exceptions import PaymentException
from enrollment.models import Resident
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may


class Handling(models.Model):
    """One deed done to one exception (处理记录); undone ones stay, with who undid them."""

    class Deed(models.TextChoices):
        ACCEPT = "accept", _("采纳")
        MATCH = "match", _("认定为此人")
        REPAIR = "repair", _("按修好的文件")
        SET_ASIDE = "set_aside", _("剔除")
        OTHER_COUNTY = "other_county", _("外县区参保")
        REFUND = "refund", _("申请退费")

    county_code = models.CharField(_("县区代码"), max_length=6)
    exception = models.ForeignKey(
        PaymentException, models.PROTECT, verbose_name=_("异常"), related_name="handlings"
    )
    deed = models.CharField(_("处理"), max_length=12, choices=Deed)
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, verbose_name=_("认定的人"), related_name="+"
    )
    # Why this person, in the codes of `matching.REASONS`; and whether the portal put them first.
    reasons = ArrayField(models.CharField(max_length=20), default=list)
    was_suggested = models.BooleanField(_("系统建议"), default=False)
    reason = models.CharField(_("处理说明"), max_length=200, blank=True)
    before = models.JSONField(_("处理前"), default=dict)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("处理人"), related_name="+"
    )
    done_at = models.DateTimeField(_("处理时间"), auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("撤销人"),
        related_name="+",
    )
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("处理记录")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(undone_by=None, undone_at=None)
                | models.Q(undone_by__isnull=False, undone_at__isnull=False),
                name="handling_undone_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["done_by", "-id"],
                name="handling_to_undo",
                condition=models.Q(undone_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.exception_id} {self.deed}"


class SettlementProposalQuerySet(ApprovableQuerySet):
    def visible_to(self, staff):
        """Proposals about exceptions of the staff member's area."""
        if not staff.area_code or not may(staff, "view_exception"):
            return self.none()
        return self.filter(county_code=staff.area_code[:6], area_code__startswith=staff.area_code)


class SettlementProposal(Approvable):
    """How somebody wants a large exception to be posted (大额异常处理); done once approved."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    area_code = models.CharField(_("区域"), max_length=12)
    exception = models.ForeignKey(
        PaymentException, models.PROTECT, verbose_name=_("异常"), related_name="proposals"
    )
    # Empty where the row keeps the person its own number names.
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, verbose_name=_("认定的人"), related_name="+"
    )
    reasons = ArrayField(models.CharField(max_length=20), default=list)
    was_suggested = models.BooleanField(_("系统建议"), default=False)
    reason = models.CharField(_("处理说明"), max_length=200, blank=True)

    objects = SettlementProposalQuerySet.as_manager()

    make_action = "settle_exception"
    review_action = "review_large_exception"
    approve_action = "approve_large_exception"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("大额异常处理")
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["exception"],
                condition=~models.Q(state__in=["approved", "withdrawn"]),
                name="one_proposal_for_an_exception",
            ),
        ]

    def __str__(self):
        return f"{self.exception.code} {self.exception.name}"

    @property
    def needs_review(self):
        """What belongs to no town is of the county alone, and goes straight to its approver."""
        return len(self.area_code) > len(self.county_code)

    @property
    def trail_area(self):
        return self.area_code

    def content(self):
        row = self.exception
        return {
            "exception": row.pk,
            "code": row.code,
            "name": row.name,
            "amount": row.amount,
            "waived": row.waived,
            "resident": self.resident_id,
            "reason": self.reason,
        }
