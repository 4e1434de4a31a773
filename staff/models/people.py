"""Who works here, what they may do, where and until when."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pension_portal.clock import today

LONGEST_DUTY = timedelta(days=366)
EXPIRING = timedelta(days=30)
UNUSED = timedelta(days=90)


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
    DEPARTMENT = "department", _("部门查看")
    SYSTEM_FIGURES = "system_figures", _("系统对接：只看数字")
    SYSTEM_PEOPLE = "system_people", _("系统对接：含居民（遮盖）")


# The duties of other offices' systems; no person is given one.
SYSTEM_DUTIES = (DutyKind.SYSTEM_FIGURES, DutyKind.SYSTEM_PEOPLE)
PEOPLES_DUTIES = [(kind.value, kind.label) for kind in DutyKind if kind not in SYSTEM_DUTIES]


class StaffQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Those with a duty, now or once, or an account opened in the staff member's area; the
        accounts of systems are looked after elsewhere.
        """
        if not staff.area_code:
            return self.none()
        duties = Duty.objects.visible_to(staff)
        people = self.filter(system_access=None)
        return people.filter(
            Q(pk__in=duties.values("staff")) | Q(home_county_code__startswith=staff.area_code)
        )

    def with_duty(self, day):
        """Those whose account is open and whose duty is in force on a day."""
        in_force = Duty.objects.in_force_on(day)
        return self.filter(is_active=True, pk__in=in_force.values("staff"))

    def without_duty(self, day):
        """Those with an open account and no duty in force on a day."""
        in_force = Duty.objects.in_force_on(day)
        return self.filter(is_active=True).exclude(pk__in=in_force.values("staff"))

    def expiring(self, day):
        """Those whose duty is in force on a day and ends within a month of it."""
        soon = Duty.objects.in_force_on(day).filter(expires_on__lte=day + EXPIRING)
        return self.filter(is_active=True, pk__in=soon.values("staff"))

    def unused(self):
        """Those with an open account who have not signed in for 90 days."""
        long_ago = timezone.now() - UNUSED
        return self.filter(
            Q(last_login__lt=long_ago) | Q(last_login=None, date_joined__lt=long_ago),
            is_active=True,
        )


class StaffManager(UserManager.from_queryset(StaffQuerySet)):
    """Makes accounts as Django does, and reads them in the portal's words."""


class Staff(AbstractUser):
    """Somebody who signs in (工作人员); what they may do comes from their duty alone."""

    first_name = None
    last_name = None
    name = models.CharField(_("姓名"), max_length=60)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    home_county_code = models.CharField(_("开户县区"), max_length=6, blank=True)
    has_temporary_password = models.BooleanField(_("密码待修改"), default=False)
    password_changed_at = models.DateTimeField(_("密码修改时间"), null=True, blank=True)
    # One session per account: the newest sign-in ends the one noted here.
    session_key = models.CharField(max_length=40, blank=True)
    # Their own desk: what they leave out of long lists, and until when they read what came.
    hidden_columns = models.JSONField(default=dict, blank=True)
    news_seen_at = models.DateTimeField(null=True, blank=True)

    objects = StaffManager()

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = _("工作人员")

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        return str(self)

    @cached_property
    def duty(self):
        """The duty in force today, or None: an expired or ended duty opens nothing."""
        if not self.is_active:
            return None
        return (
            self.duties.in_force_on(today())
            .select_related("area__parent__parent")
            .order_by("-granted_at")
            .first()
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

    @property
    def last_duty(self):
        """The duty granted last, in force or not; None for an account that never had one."""
        return self.duties.order_by("-granted_at").first()

    @property
    def must_change_password(self):
        """Whether the password was given by somebody else or is older than the county allows."""
        if self.has_temporary_password or not settings.PASSWORD_DAYS:
            return self.has_temporary_password
        since = self.password_changed_at or self.date_joined
        return timezone.now() - since > timedelta(days=settings.PASSWORD_DAYS)

    def is_same_person(self, other):
        """Whether an account is this natural person's: theirs, or another with the same phone."""
        if other is None:
            return False
        return self.pk == other.pk or (bool(self.phone) and self.phone == other.phone)

    def may(self, action):
        """Return whether the duty in force allows an action of the permission matrix."""
        from staff.permissions import may

        return may(self, action)

    def note(self, action, subject=None, **detail):
        """Write an entry of the trail for what this person did; see `staff.audit.record`."""
        from staff.audit import record

        return record(action, subject, by=self, **detail)


class DutyQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Duties inside the staff member's area, for those who look after staff."""
        return (
            self.filter(area__code__startswith=staff.area_code) if staff.area_code else self.none()
        )

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

    def is_expiring(self, day):
        """Return whether the duty, in force on a day, ends within a month of it."""
        return day <= self.expires_on <= day + EXPIRING
