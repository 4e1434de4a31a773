"""What is written down at the desk: who was registered, by which papers, at which tier; and what is
still being typed.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models.people import PeopleQuerySet, Resident
from pension_portal.models import StoredFile
from pension_portal.secrecy import SealedTextField


def _staff(label, **options):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=label, related_name="+", **options
    )


class Registration(models.Model):
    """One person's registration at the desk (参保登记): what the paper form would have said."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    resident = models.ForeignKey(
        Resident, models.PROTECT, verbose_name=_("居民"), related_name="registrations"
    )
    schemes = ArrayField(models.SmallIntegerField(), verbose_name=_("险种"))
    residence_proof = models.CharField(_("居住证明"), max_length=60, blank=True, default="")
    school = models.CharField(_("就读学校"), max_length=60, blank=True, default="")
    # Whoever acts for the person: an account in the province's app must be the person's own (A11).
    helper_name = models.CharField(_("代办人"), max_length=60, blank=True)
    helper_relation = models.CharField(_("与本人关系"), max_length=20, blank=True)
    helper_phone = SealedTextField(_("代办人电话"), null=True, blank=True)
    # Why somebody was registered although a rule stood against it, and which rules.
    waived = ArrayField(models.CharField(max_length=30), default=list, verbose_name=_("已核实"))
    waived_reason = models.CharField(_("核实情况"), max_length=200, blank=True)
    made_by = _staff(_("经办人"))
    made_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("参保登记")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["county_code", "village_code", "id"], name="registration_place"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(waived=[]) | ~Q(waived_reason=""), name="who_waives_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.resident}"


class Draft(models.Model):
    """A form that somebody is typing (草稿), sealed; it outlives the session and the machine."""

    staff = _staff(_("经办人"))
    form = models.CharField(_("表单"), max_length=40)
    text = SealedTextField()
    saved_at = models.DateTimeField(_("保存时间"), auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("草稿")
        constraints = [
            models.UniqueConstraint(fields=["staff", "form"], name="one_draft_of_a_form"),
        ]

    def __str__(self):
        return self.form


class Paper(models.Model):
    """A document that was shown at a registration (附件): a sealed copy, or that the original was
    checked. While the form is being typed, it hangs on the draft.
    """

    class Kind(models.TextChoices):
        ID_CARD = "id_card", _("居民身份证")
        SOCIAL_CARD = "social_card", _("社会保障卡")
        BIRTH_CERTIFICATE = "birth", _("出生医学证明")
        OTHER = "other", _("其他材料")

    kind = models.CharField(_("材料"), max_length=12, choices=Kind)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, verbose_name=_("文件"), related_name="+"
    )
    registration = models.ForeignKey(
        Registration, models.PROTECT, null=True, related_name="papers", verbose_name=_("参保登记")
    )
    draft = models.ForeignKey(Draft, models.SET_NULL, null=True, related_name="papers")
    added_by = _staff(_("上传人"))
    added_at = models.DateTimeField(_("上传时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("附件")
        ordering = ["id"]

    def __str__(self):
        return self.get_kind_display()


class TierChoice(models.Model):
    """The tier that somebody chose for a year (档次登记); the newest of a year counts.

    What was paid stands in the ledger: two facts, which may differ (X19).
    """

    class Occasion(models.TextChoices):
        REGISTRATION = "registration", _("参保登记")
        RENEWAL = "renewal", _("续保")
        CHANGE = "change", _("档次变更")

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    resident = models.ForeignKey(
        Resident, models.PROTECT, verbose_name=_("居民"), related_name="tier_choices"
    )
    scheme = models.ForeignKey(
        "policies.Scheme", models.PROTECT, verbose_name=_("险种"), related_name="+", db_index=False
    )
    year = models.SmallIntegerField(_("生效年度"))
    amount = models.DecimalField(_("登记档次"), max_digits=10, decimal_places=2)
    former_amount = models.DecimalField(_("原档次"), max_digits=10, decimal_places=2, null=True)
    occasion = models.CharField(_("事由"), max_length=12, choices=Occasion)
    chosen_by = _staff(_("经办人"))
    chosen_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("档次登记")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["county_code", "year", "scheme"], name="tier_choice_of_year"),
        ]

    def __str__(self):
        return f"{self.year} {self.amount}"
