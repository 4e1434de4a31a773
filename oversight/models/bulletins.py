"""Bulletins: what the county said of its progress, numbered, with the figures it was said from.

draft       Lin: 2021 年第 3 期, figures of 19 March frozen, a text to start from
submitted   the text edited by her; the figures cannot be
approved    signed by Qian: the PDF that was issued is kept
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pension_portal.models import StoredFile
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may

COUNTY_CODE_LENGTH = 6


class BulletinQuerySet(ApprovableQuerySet):
    def visible_to(self, staff):
        """The county's bulletins; outside its offices only those that were issued."""
        if not staff.area_code or not may(staff, "view_bulletin"):
            return self.none()
        own = self.filter(county_code=staff.county_code)
        if len(staff.area_code) == COUNTY_CODE_LENGTH:
            return own
        return own.filter(state=Approvable.State.APPROVED)

    def kept(self):
        """Those that were not given up."""
        return self.exclude(state=Approvable.State.WITHDRAWN)


class Bulletin(Approvable):
    """One numbered bulletin of a county (征缴进度通报): frozen figures, an edited text."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", _("征缴进度通报")
        DISPATCH = "dispatch", _("月调度表")
        YEAR_END = "year_end", _("年终核定表")

    county_code = models.CharField(_("县区代码"), max_length=6)
    kind = models.CharField(_("种类"), max_length=8, choices=Kind)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("年度"))
    number = models.PositiveSmallIntegerField(_("期号"))
    day = models.DateField(_("统计日"))
    title = models.CharField(_("标题"), max_length=120)
    issuer = models.CharField(_("印发单位"), max_length=60)
    body = models.TextField(_("正文"))
    figures = models.JSONField(_("固定数据"))
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    objects = BulletinQuerySet.as_manager()

    make_action, approve_action = "draft_bulletin", "issue_bulletin"
    needs_review = False

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("通报")
        ordering = ["-id"]
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["county_code", "kind", "scheme_id", "year", "number"],
                condition=~Q(state="withdrawn"),
                name="one_bulletin_of_a_number",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(file__isnull=False),
                name="issued_bulletin_has_its_paper",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number_words}"

    def content(self):
        return {
            "kind": self.kind,
            "number": self.number,
            "title": self.title,
            "issuer": self.issuer,
            "body": self.body,
            "figures": self.figures,
        }

    @property
    def number_words(self):
        return _("%(year)d 年第 %(number)d 期") % {"year": self.year, "number": self.number}


class BulletinTemplate(models.Model):
    """A county's own Word template for its bulletins (通报模板)."""

    county_code = models.CharField(_("县区代码"), max_length=6, primary_key=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("通报模板")
