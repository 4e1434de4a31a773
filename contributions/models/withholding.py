"""What the bank is asked to take from people's accounts, and what it took (银行代扣)."""

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models import PeopleQuerySet, Resident
from pension_portal.models import Job, StoredFile
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may


class WithholdingQuerySet(ApprovableQuerySet):
    def visible_to(self, staff):
        """Batches of the staff member's county, for duties that look after them."""
        if not staff.county_code or not may(staff, "view_withholding"):
            return self.none()
        return self.filter(county_code=staff.county_code)


class WithholdingBatch(Approvable):
    """One round of withholding for a year (代扣批次): drawn up, approved, sent, answered."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("缴费年度"))
    number = models.SmallIntegerField(_("轮次"))
    payments = models.IntegerField(_("笔数"), default=0)
    amount = models.DecimalField(_("金额"), max_digits=16, decimal_places=2, default=0)
    # Why somebody who should pay is not in it → how many.
    left_out = models.JSONField(_("未列入"), default=dict)
    sent_at = models.DateTimeField(_("送银行时间"), null=True)
    answer = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, verbose_name=_("回盘文件"), related_name="+"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("回盘时间"), null=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    # Rows of the bank's file that fit no line: their place and why.
    faults = models.JSONField(_("对不上的行"), default=list)

    objects = WithholdingQuerySet.as_manager()

    make_action, review_action = "make_withholding", "review_withholding"
    approve_action = "approve_withholding"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("代扣批次")
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["county_code", "scheme_id", "year", "number"],
                name="one_withholding_of_a_round",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(state="approved"), name="withheld_once_approved"
            ),
        ]

    def __str__(self):
        return f"{self.year}-{self.number}"

    def content(self):
        return {
            "batch": self.pk,
            "scheme": self.scheme_id,
            "year": self.year,
            "payments": self.payments,
            "amount": str(self.amount),
            "lines": self._seal_of_lines(),
        }

    def _seal_of_lines(self):
        """One hash of whom the bank is asked for how much: another list was not agreed to."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*), md5(string_agg(concat_ws('|', sequence, resident_id, amount),"
                " ',' order by sequence)) from contributions_withholdingline where batch_id = %s",
                [self.pk],
            )
            return list(cursor.fetchone())


class WithholdingLineQuerySet(PeopleQuerySet):
    def to_return(self):
        """What the bank took of people who had paid another way, and has not given back."""
        return self.filter(result=WithholdingLine.Result.DOUBLE, returned_on=None)


class WithholdingLine(models.Model):
    """One person's sum in one round (代扣明细), and what the bank said of it."""

    class Result(models.TextChoices):
        WAITING = "", _("等银行")
        PAID = "paid", _("扣款成功")
        FAILED = "failed", _("扣款失败")
        DOUBLE = "double", _("已另行缴费，须退")

    class Reason(models.TextChoices):
        SHORT = "short", _("余额不足")
        CLOSED = "closed", _("账户销户或冻结")
        NAME = "name", _("户名不符")
        ACCOUNT = "account", _("账号错误")
        NO_CONTRACT = "no_contract", _("没有签约")
        OTHER = "other", _("其他原因")

    batch = models.ForeignKey(WithholdingBatch, models.PROTECT, related_name="lines")
    county_code = models.CharField(_("县区代码"), max_length=6)
    sequence = models.IntegerField(_("序号"))
    resident = models.ForeignKey(
        Resident,
        models.PROTECT,
        verbose_name=_("居民"),
        related_name="+",
        db_constraint=False,
    )
    village_code = models.CharField(_("村（社区）"), max_length=12)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    result = models.CharField(_("结果"), max_length=6, choices=Result, blank=True, default="")
    reason = models.CharField(_("失败原因"), max_length=11, choices=Reason, blank=True, default="")
    paid_on = models.DateField(_("扣款日期"), null=True)
    # When the bank gave back what it took of somebody who had paid another way.
    returned_on = models.DateField(_("退回日期"), null=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("退回登记人"),
        related_name="+",
    )

    objects = WithholdingLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("代扣明细")
        constraints = [
            models.UniqueConstraint(fields=["batch", "sequence"], name="one_line_a_sequence"),
            models.UniqueConstraint(fields=["batch", "resident"], name="one_line_a_person"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="withheld_amount_positive"),
            models.CheckConstraint(
                condition=Q(returned_on=None) | Q(result="double", returned_by__isnull=False),
                name="returned_what_was_taken_twice",
            ),
        ]
