"""Other systems that read from the portal (对接系统): which, where, until when, how fast."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pension_portal.clock import today
from staff.models.approvals import Approvable, ApprovableQuerySet, _person
from staff.models.people import SYSTEM_DUTIES, DutyKind

MOST_CALLS_A_MINUTE = 600


class SystemAccessQuerySet(ApprovableQuerySet):
    def visible_to(self, staff):
        """Accesses in the staff member's area, for those who look after staff."""
        if not staff.area_code or not staff.may("view_system"):
            return self.none()
        return self.filter(area__code__startswith=staff.area_code)


class SystemAccess(Approvable):
    """What one system of another office may read, until a day (系统接入).

    Once agreed it has an account of its own, so that its duty, its area and its trail are those of
    anybody else; nobody can sign in to that account. Of the token only a hash is kept.
    """

    name = models.CharField(_("系统名称"), max_length=60)
    department = models.CharField(_("使用单位"), max_length=60)
    purpose = models.CharField(_("用途"), max_length=200)
    kind = models.CharField(
        _("可看内容"), max_length=20, choices=[(one.value, one.label) for one in SYSTEM_DUTIES]
    )
    area = models.ForeignKey(
        "townships.Area", models.PROTECT, verbose_name=_("范围"), related_name="+"
    )
    expires_on = models.DateField(_("到期日期"))
    calls_a_minute = models.PositiveSmallIntegerField(_("每分钟次数"), default=60)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="system_access"
    )
    token_hash = models.CharField(max_length=64, null=True, unique=True)
    token_made_at = models.DateTimeField(_("令牌生成时间"), null=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True)
    # The minute that is being counted, and the calls in it.
    minute = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(_("停用时间"), null=True)
    revoked_by = _person(_("停用人"))
    revoke_reason = models.CharField(_("停用原因"), max_length=200, blank=True)

    objects = SystemAccessQuerySet.as_manager()

    needs_review = False
    make_action, approve_action = "make_system", "approve_system"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("系统接入")
        ordering = ["-id"]
        constraints = [
            *Approvable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(token_hash=None) | Q(account__isnull=False, state="approved"),
                name="token_of_an_agreed_access",
            ),
            models.CheckConstraint(
                condition=Q(calls_a_minute__gte=1, calls_a_minute__lte=MOST_CALLS_A_MINUTE),
                name="access_has_a_rate",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(token_hash=None), name="revoked_has_no_token"
            ),
        ]

    def __str__(self):
        return self.name

    def content(self):
        return {
            "name": self.name,
            "department": self.department,
            "purpose": self.purpose,
            "kind": self.kind,
            "area": self.area_id,
            "expires_on": self.expires_on,
            "calls_a_minute": self.calls_a_minute,
        }

    @property
    def trail_area(self):
        return self.area_id

    @property
    def sees_people(self):
        return self.kind == DutyKind.SYSTEM_PEOPLE

    @property
    def is_in_force(self):
        """Whether a token may be made and used today."""
        is_agreed = self.state == self.State.APPROVED and self.revoked_at is None
        return is_agreed and self.expires_on >= today()

    @property
    def seconds_to_next_minute(self):
        return 60 - timezone.now().second
