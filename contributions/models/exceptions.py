"""What could not be posted and waits for somebody: one exception for each held row."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.models.feeds import PaymentFeed
from contributions.verdicts import CODE_CHOICES, VERDICTS
from enrollment.models import Resident
from staff.permissions import may

# Long enough for a working day; who forgot an exception does not keep it from the others.
CLAIM_LASTS = timedelta(hours=8)


class PaymentExceptionQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Exceptions of the staff member's area; those of no known area only for the county."""
        if not staff.area_code or not may(staff, "view_exception"):
            return self.none()
        return self.filter(county_code=staff.area_code[:6], area_code__startswith=staff.area_code)

    def open(self):
        return self.filter(state=PaymentException.State.OPEN)

    def free_for(self, staff):
        """Those that nobody else is working on now."""
        lapsed = Q(claimed_by=None) | Q(claimed_at__lt=timezone.now() - CLAIM_LASTS)
        return self.filter(lapsed | Q(claimed_by=staff))

    def claimed(self):
        """Those that somebody is working on now."""
        return self.filter(claimed_at__gte=timezone.now() - CLAIM_LASTS)


class PaymentException(models.Model):
    """A held row of a feed (异常): what stands in its way, the best suggestion, and how it was
    settled.
    """

    class State(models.TextChoices):
        OPEN = "open", _("未处理")
        POSTED = "posted", _("已入账")
        SET_ASIDE = "set_aside", _("已剔除")
        KNOWN = "known", _("已入账过")
        REVERSED = "reversed", _("随文件冲正")

    class Suggestion(models.TextChoices):
        NONE = "", _("没有建议")
        SAME_ID = "same_id", _("身份证号相同")
        ID_START_AND_NAME = "id_start_and_name", _("证件号前 15 位与姓名相同")
        NAME_AND_TOWN = "name_and_town", _("同乡镇唯一同名")

    county_code = models.CharField(_("县区代码"), max_length=6)
    year = models.SmallIntegerField(_("征缴年度"))
    feed = models.ForeignKey(
        PaymentFeed, models.PROTECT, verbose_name=_("缴费文件"), related_name="+"
    )
    row_no = models.IntegerField(_("文件行"))
    code = models.CharField(_("原因"), max_length=3, choices=CODE_CHOICES)
    area_code = models.CharField(_("区域"), max_length=12)
    scheme_id = models.SmallIntegerField(_("险种"), null=True)
    name = models.CharField(_("姓名"), max_length=80)
    id_last4 = models.CharField(max_length=4)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, null=True)
    paid_on = models.DateField(_("缴款日期"), null=True)
    detail = models.JSONField(default=dict)
    resident = models.ForeignKey(
        Resident,
        models.PROTECT,
        null=True,
        verbose_name=_("建议匹配"),
        related_name="+",
        db_index=False,
    )
    suggestion = models.CharField(_("建议依据"), max_length=20, choices=Suggestion, blank=True)
    waived = ArrayField(models.CharField(max_length=3), default=list)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("处理人"),
        related_name="+",
    )
    settled_at = models.DateTimeField(_("处理时间"), null=True)
    reason = models.CharField(_("处理说明"), max_length=200, blank=True)
    # Who chose the resident; nobody where the number named them or the portal only suggests them.
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("认定人"),
        related_name="+",
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("领取人"),
        related_name="+",
        db_index=False,
    )
    claimed_at = models.DateTimeField(_("领取时间"), null=True)
    opened_at = models.DateTimeField(_("发现时间"), auto_now_add=True)

    objects = PaymentExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("异常")
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "feed", "row_no"], name="one_exception_for_a_row"
            ),
        ]
        indexes = [
            models.Index(
                fields=["county_code", "area_code", "code", "id"],
                name="exception_open",
                condition=Q(state="open"),
            ),
        ]

    @property
    def ruling(self):
        return VERDICTS[self.code]

    @property
    def is_claimed(self):
        """Whether somebody is working on it now."""
        return bool(self.claimed_at and self.claimed_at >= timezone.now() - CLAIM_LASTS)

    @property
    def age(self):
        """Whole days since it was found."""
        return (timezone.now() - self.opened_at).days
