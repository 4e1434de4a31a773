"""A file of held rows that came back repaired, and what became of each of its rows."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contributions.models.feeds import PaymentFeed
from pension_portal.models import Job, StoredFile
from staff.permissions import may


class FeedRepairQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Repairs made for the staff member's area or a place in it."""
        if not staff.area_code or not may(staff, "view_exception"):
            return self.none()
        return self.filter(county_code=staff.area_code[:6], area_code__startswith=staff.area_code)


class FeedRepair(models.Model):
    """An error file given back (修好的文件): only rows that were changed in it are asked again."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    area_code = models.CharField(_("范围"), max_length=12)
    feed = models.ForeignKey(
        PaymentFeed, models.PROTECT, verbose_name=_("缴费文件"), related_name="repairs"
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name=_("文件"), related_name="+")
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    # [{row, sheet_row, outcome, name, words}] once the file has been applied.
    lines = models.JSONField(_("逐行结果"), default=list)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("传回人"), related_name="+"
    )
    given_at = models.DateTimeField(_("传回时间"), auto_now_add=True)
    applied_at = models.DateTimeField(_("处理时间"), null=True)

    objects = FeedRepairQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("修好的文件")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "file", "area_code"], name="one_repair_of_a_file_for_a_place"
            ),
        ]

    def __str__(self):
        return self.file.name
