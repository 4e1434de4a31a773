"""Lists that left the portal as files (导出登记): who took which, how many people, and why."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pension_portal.models import Job, StoredFile
from staff.models.approvals import Approvable, ApprovableQuerySet, _person

MOST_BY_ONESELF = 1_000  # people that one person may take away alone (S8)
LINK_LASTS = timedelta(hours=24)
LARGE_A_DAY = 3


class ExportQuerySet(ApprovableQuerySet):
    def visible_to(self, staff):
        """Exports of the staff member's area: colleagues see who took what, and only its maker
        gets the file.
        """
        if not staff.area_code or not staff.may("take_exports"):
            return self.none()
        return self.filter(county_code=staff.county_code, area_code__startswith=staff.area_code)

    def large(self):
        return self.filter(Q(rows__gt=MOST_BY_ONESELF) | Q(always_asks=True))


class Export(Approvable):
    """One list taken away as a file (导出); above a thousand people somebody else agrees first."""

    class Form(models.TextChoices):
        XLSX = "xlsx", "Excel"
        PDF = "pdf", _("PDF（花名册，带签字栏）")
        ZIP = "zip", _("压缩包（按村分表）")

    county_code = models.CharField(_("县区代码"), max_length=6)
    area_code = models.CharField(_("范围"), max_length=12)
    kind = models.CharField(_("名单"), max_length=20)
    title = models.CharField(_("标题"), max_length=120)
    query = models.TextField(_("筛选"), blank=True)
    form = models.CharField(_("格式"), max_length=4, choices=Form, default=Form.XLSX)
    rows = models.IntegerField(_("人数"))
    always_asks = models.BooleanField(default=False)
    reason = models.CharField(_("用途"), max_length=200)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    file = models.ForeignKey(StoredFile, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(_("链接有效至"), null=True)
    downloads = models.PositiveIntegerField(_("下载次数"), default=0)
    # A roster that went to the tax bureau: when, to whom, by whom (移交登记).
    handed_over_on = models.DateField(_("移交日期"), null=True)
    handed_over_to = models.CharField(_("接收单位和接收人"), max_length=80, blank=True)
    handed_over_by = _person(_("移交登记人"))

    objects = ExportQuerySet.as_manager()

    needs_review = False
    approve_action = "approve_export"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("导出")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["county_code", "made_by", "made_at"], name="export_of_a_person")
        ]

    def __str__(self):
        return f"{self.title} {self.pk}"

    @property
    def asks_first(self):
        """Whether a second person must agree."""
        return self.always_asks or self.rows > MOST_BY_ONESELF

    @property
    def make_action(self):
        return "export_many" if self.asks_first else "export_people"

    def content(self):
        return {
            "kind": self.kind,
            "area_code": self.area_code,
            "query": self.query,
            "form": self.form,
            "rows": self.rows,
            "reason": self.reason,
        }

    @property
    def trail_area(self):
        return self.area_code

    @property
    def watermark(self):
        """What stands on every page: who took it, when, under which number."""
        day = timezone.localtime(self.made_at).strftime("%Y-%m-%d")
        return f"{self.made_by} {day} №{self.pk}"

    @property
    def is_ready(self):
        return self.file_id is not None and self.expires_at > timezone.now()
