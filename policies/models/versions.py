"""Schemes, the versions of a county's policy for one scheme and year, and the documents behind.

A version is written once. After publication the database itself refuses any change but
withdrawal, so an old year's subsidy can always be explained by the rows it was computed from.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from policies.words import COMBINING_CHOICES, LEVEL_CHOICES, SEVERAL_IDENTITIES_CHOICES


class Scheme(models.Model):
    """An insurance scheme with its own tiers, books and rules (险种)."""

    id = models.SmallIntegerField(primary_key=True)
    code = models.CharField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("险种"), max_length=50, unique=True)
    short_name = models.CharField(_("简称"), max_length=20)
    # A tax file names its item in many ways; these words tell the schemes apart (A29, A61).
    item_words = ArrayField(models.CharField(max_length=20), verbose_name=_("征收品目用词"))

    class Meta:
        verbose_name = _("险种")
        ordering = ["id"]

    def __str__(self):
        return self.name


class PolicyVersionQuerySet(models.QuerySet):
    """Policy versions, asked for in the words of the office."""

    def visible_to(self, staff):
        """Versions of the staff member's own county: policy is open to everyone who works there."""
        if not staff.county_code:
            return self.none()
        return self.filter(county_code=staff.county_code)

    def published(self):
        """Versions that were published and not withdrawn."""
        return self.filter(status=PolicyVersion.Status.PUBLISHED)

    def in_force(self, county_code=None, scheme=None, year=None):
        """The published version with the highest number for each county, scheme and year.

        Give any of the three to narrow it; with all three there is one version or none.
        `scheme` is a Scheme or its id.
        """
        asked = {"county_code": county_code, "scheme": scheme, "year": year}
        newer = PolicyVersion.objects.published().filter(
            county_code=OuterRef("county_code"),
            scheme=OuterRef("scheme"),
            year=OuterRef("year"),
            version__gt=OuterRef("version"),
        )
        return (
            self.published()
            .filter(**{name: value for name, value in asked.items() if value is not None})
            .filter(~Exists(newer))
        )


class PolicyVersion(models.Model):
    """One county's policy for one scheme and year, as loaded from one file (政策版本)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")
        WITHDRAWN = "withdrawn", _("已撤回")

    county_code = models.CharField(_("县区代码"), max_length=6)
    county_name = models.CharField(_("县区"), max_length=50)
    scheme = models.ForeignKey(Scheme, models.PROTECT, verbose_name=_("险种"))
    year = models.SmallIntegerField(_("年度"))
    version = models.SmallIntegerField(_("版本"))
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    document_title = models.CharField(_("文件标题"), max_length=200)
    several_identities = models.CharField(
        _("多重身份"), max_length=10, choices=SEVERAL_IDENTITIES_CHOICES, default="highest"
    )
    # A province's or a city's file is a frame: counties lay their own over it.
    level = models.CharField(
        _("级别"), max_length=8, choices=LEVEL_CHOICES, default="county", db_default="county"
    )
    # Several payments of a year: judged each alone, or together ('lower', 'exact').
    combining = models.CharField(
        _("多次缴费"),
        max_length=8,
        blank=True,
        choices=COMBINING_CHOICES,
        default="",
        db_default="",
    )
    # What the subsidy is reckoned on: the payment, or own and proxy money together.
    basis = models.CharField(_("计补基数"), max_length=8, default="payment", db_default="payment")
    # In how many parts a year may be paid: 1, 4, 12.
    instalments = ArrayField(
        models.SmallIntegerField(), verbose_name=_("缴纳方式"), default=list, db_default=[]
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("沿用")
    )
    source = models.TextField(_("政策文件原文"))
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(_("录入时间"), auto_now_add=True)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("录入人"),
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("发布人"),
    )
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("撤回人"),
    )
    withdrawal_reason = models.CharField(
        _("撤回原因"), max_length=200, blank=True, default="", db_default=""
    )

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("政策版本")
        ordering = ["county_code", "-year", "scheme", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "scheme", "year", "version"],
                name="policies_policyversion_one_number",
            ),
            models.UniqueConstraint(
                fields=["county_code", "scheme", "year", "sha256"],
                condition=~Q(status="withdrawn"),
                name="policies_policyversion_one_text",
            ),
            models.CheckConstraint(
                condition=Q(county_code__regex=r"^[0-9]{6}$"),
                name="policies_policyversion_county_code",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", published_at__isnull=True)
                | Q(status="published", published_at__isnull=False)
                | Q(status="withdrawn", withdrawn_at__isnull=False),
                name="policies_policyversion_moments",
            ),
            # Two natural persons: one copies the document, another reads it again.
            models.CheckConstraint(
                condition=Q(loaded_by__isnull=True)
                | Q(published_by__isnull=True)
                | ~Q(published_by=F("loaded_by")),
                name="policies_policyversion_second_person",
            ),
        ]

    def __str__(self):
        return f"{self.county_name} {self.year} {self.scheme} v{self.version}"

    @property
    def is_published(self):
        """Whether people may be judged by this version."""
        return self.status == self.Status.PUBLISHED


class Source(models.Model):
    """A document that a policy rests on (文件依据)."""

    policy = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="sources")
    label = models.CharField(_("代号"), max_length=20)
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    title = models.CharField(_("标题"), max_length=200)
    issued_on = models.DateField(_("发文日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("文件依据")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "label"], name="policies_source_one_label"),
        ]

    def __str__(self):
        return self.document_no or self.label
