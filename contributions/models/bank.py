"""What the bank and the treasury say arrived, and the days that were closed on it (核平、关账)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contributions.channels import CHANNEL_CHOICES
from pension_portal.models import Job, StoredFile
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may


class CountyMoneyQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Those of the staff member's county, for duties that see its daily money."""
        if not staff.county_code or not may(staff, "view_tie_out"):
            return self.none()
        return self.filter(county_code=staff.county_code)


class BankStatement(models.Model):
    """One file of the bank or the treasury: sums by day, or single lines (银行对账单)."""

    class Source(models.TextChoices):
        BANK = "bank", _("银行")
        TREASURY = "treasury", _("国库")

    county_code = models.CharField(_("县区代码"), max_length=6)
    source = models.CharField(_("来源"), max_length=8, choices=Source)
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name=_("文件"), related_name="+")
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("上传人"), related_name="+"
    )
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    read_at = models.DateTimeField(_("读入时间"), null=True)
    # Rows that could not be read: their place, their text and why.
    faults = models.JSONField(_("没读入的行"), default=list)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    withdrawal_reason = models.CharField(_("撤回原因"), max_length=200, blank=True)

    objects = CountyMoneyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("银行对账单")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "file"],
                condition=Q(withdrawn_at=None),
                name="one_statement_of_a_file",
            )
        ]

    def __str__(self):
        return self.file.name


class BankLine(models.Model):
    """One line or sum of a statement (到账): a day, perhaps a channel and a scheme, yuan."""

    statement = models.ForeignKey(BankStatement, models.CASCADE, related_name="lines")
    county_code = models.CharField(_("县区代码"), max_length=6)
    row = models.IntegerField(_("行号"))
    day = models.DateField(_("到账日期"))
    scheme_id = models.SmallIntegerField(_("险种"), null=True)
    channel = models.CharField(_("缴费渠道"), max_length=12, choices=CHANNEL_CHOICES, blank=True)
    payments = models.IntegerField(_("笔数"), default=1)
    amount = models.DecimalField(_("金额"), max_digits=16, decimal_places=2)
    reference = models.CharField(_("流水号"), max_length=40, blank=True)
    # A line that another statement brought before, or a sum that a later statement replaced.
    counts = models.BooleanField(_("计入"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("到账")
        ordering = ["row"]
        indexes = [
            models.Index(fields=["county_code", "day"], name="bank_line_by_day"),
            models.Index(
                fields=["county_code", "reference"],
                name="bank_line_by_reference",
                condition=~Q(reference=""),
            ),
        ]


class DayClose(Approvable):
    """One day's money, agreed to between three figures and signed (日结关账).

    The first of a day freezes what stood on it; each further one (an adjustment batch, 调整批次)
    what came late.
    """

    county_code = models.CharField(_("县区代码"), max_length=6)
    day = models.DateField(_("入库日期"))
    number = models.SmallIntegerField(_("批次"))
    # [scheme, channel, tax rows, tax yuan, ledger rows, ledger yuan, bank payments, bank yuan]
    figures = models.JSONField(_("三方数"), default=list)
    difference = models.DecimalField(_("差额"), max_digits=16, decimal_places=2)
    explanation = models.CharField(_("差额说明"), max_length=300, blank=True)
    reopened_at = models.DateTimeField(_("重开时间"), null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reopening_reason = models.CharField(_("重开原因"), max_length=200, blank=True)

    class QuerySet(ApprovableQuerySet, CountyMoneyQuerySet):
        def standing(self):
            """Closes that were agreed to and not opened again."""
            return self.filter(state=Approvable.State.APPROVED, reopened_at=None)

    objects = QuerySet.as_manager()

    make_action, review_action = "make_day_close", "review_day_close"
    approve_action = "approve_day_close"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("日结")
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["county_code", "day", "number"], name="one_close_a_day_and_batch"
            ),
            models.CheckConstraint(
                condition=Q(difference=0) | ~Q(explanation=""), name="difference_is_explained"
            ),
            models.CheckConstraint(
                condition=Q(reopened_at=None) | ~Q(reopening_reason=""),
                name="reopening_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(reopened_by=None) | ~Q(reopened_by=F("made_by")),
                name="maker_does_not_reopen",
            ),
        ]

    def __str__(self):
        return f"{self.day:%Y-%m-%d}"

    def content(self):
        return {
            "day": str(self.day),
            "number": self.number,
            "figures": self.figures,
            "explanation": self.explanation,
        }


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a holiday, or a weekend that is worked (节假日)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    day = models.DateField(_("日期"))
    is_working = models.BooleanField(_("上班"))
    words = models.CharField(_("名称"), max_length=40, blank=True)

    objects = CountyMoneyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("节假日")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "day"], name="one_word_for_a_day")
        ]
