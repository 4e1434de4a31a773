"""The trail: what each person did, and when."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models.people import Staff


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
