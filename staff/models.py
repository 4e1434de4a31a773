"""Who works here, what they may do, where and until when, and what each of them did."""

from datetime import timedelta

from django.contrib.auth.models import AbstractUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pension_portal.clock import today

LONGEST_DUTY = timedelta(days=366)


class DutyKind(models.TextChoices):
    VILLAGE_AGENT = "village_agent", _("村协办员")
    TOWN_CLERK = "town_clerk", _("乡镇经办")
    TOWN_REVIEWER = "town_reviewer", _("乡镇复核")
    COUNTY_OFFICER = "county_officer", _("县级业务")
    COUNTY_APPROVER = "county_approver", _("县级审批")
    DATA_ADMIN = "data_admin", _("数据管理")
    FINANCE = "finance", _("财务")
    AUDITOR = "auditor", _("审计")
    SECURITY_ADMIN = "security_admin", _("安全管理")
    SYSTEM_ADMIN = "system_admin", _("系统管理")
    LEADER = "leader", _("领导")


class Staff(AbstractUser):
    """Somebody who signs in (工作人员). What they may do comes from their duty, never from being a superuser."""

    first_name = None
    last_name = None
    name = models.CharField(_("姓名"), max_length=60)
    phone = models.CharField(_("电话"), max_length=20, blank=True)

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = _("工作人员")

    def __str__(self):
        return self.name or self.username

    @cached_property
    def duty(self):
        """The duty in force today, or None: an expired or ended duty opens nothing."""
        if not self.is_active:
            return None
        return (
            self.duties.in_force_on(today()).select_related("area").order_by("-granted_at").first()
        )

    @property
    def area_code(self):
        """The code of the area this person answers for; empty when there is none."""
        return self.duty.area_id if self.duty else ""

    @property
    def county_code(self):
        return self.area_code[:6]

    @property
    def duty_kind(self):
        return self.duty.kind if self.duty else ""


class DutyQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Duties inside the staff member's area, for those who look after staff."""
        return self.filter(area_id__startswith=staff.area_code) if staff.area_code else self.none()

    def in_force_on(self, day):
        return self.filter(starts_on__lte=day, expires_on__gte=day, ended_on=None)


class Duty(models.Model):
    """What one person may do in one area until a day (岗位授权)."""

    staff = models.ForeignKey(Staff, models.CASCADE, verbose_name=_("人员"), related_name="duties")
    kind = models.CharField(_("岗位"), max_length=20, choices=DutyKind)
    area = models.ForeignKey(
        "townships.Area", models.PROTECT, verbose_name=_("负责区域"), related_name="+"
    )
    starts_on = models.DateField(_("开始日期"))
    expires_on = models.DateField(_("到期日期"))
    ended_on = models.DateField(_("提前结束"), null=True, blank=True)
    granted_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, verbose_name=_("授权人"), related_name="+"
    )
    granted_at = models.DateTimeField(_("授权时间"), auto_now_add=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("岗位授权")
        constraints = [
            models.UniqueConstraint(
                fields=["staff"], condition=Q(ended_on=None), name="one_duty_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__lte=models.F("starts_on") + LONGEST_DUTY),
                name="duty_lasts_a_year_at_most",
            ),
            models.CheckConstraint(condition=~Q(area_id=""), name="duty_has_an_area"),
            models.CheckConstraint(
                condition=~Q(granted_by=models.F("staff")), name="nobody_grants_to_themselves"
            ),
        ]

    def __str__(self):
        return f"{self.staff} {self.get_kind_display()} {self.area}"


class AuditEntryQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """What was done in the auditor's area; nothing for anybody without an area."""
        return (
            self.filter(area_code__startswith=staff.area_code) if staff.area_code else self.none()
        )


class AuditEntry(models.Model):
    """One thing somebody did (操作日志); entries are only ever added."""

    at = models.DateTimeField(_("时间"), auto_now_add=True, db_index=True)
    staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, verbose_name=_("人员"), related_name="+"
    )
    duty_kind = models.CharField(_("岗位"), max_length=20, blank=True)
    area_code = models.CharField(_("区域"), max_length=14, blank=True)
    action = models.CharField(_("动作"), max_length=40)
    subject = models.CharField(_("对象"), max_length=80, blank=True)
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    detail = models.JSONField(_("内容"), default=dict, encoder=DjangoJSONEncoder)
    address = models.GenericIPAddressField(_("地址"), null=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("操作日志")
        indexes = [models.Index(fields=["subject", "at"], name="audit_of_a_subject")]

    def __str__(self):
        return f"{self.action} {self.subject}"
