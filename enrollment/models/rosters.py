"""Uploaded rosters, their rows on the way to the registry, and what was wrong with them."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment.models.people import Resident
from enrollment.roster_columns import label_of
from enrollment.roster_faults import reason_of, remedy_of
from pension_portal.models import StoredFile
from staff.permissions import may


class EnrollmentSettings(models.Model):
    """What a county has decided about its rosters and its desks (参保设置)."""

    county_code = models.CharField(_("县区代码"), max_length=6, primary_key=True)
    bad_share_limit = models.DecimalField(
        _("退回比例上限（%）"), max_digits=5, decimal_places=2, default=Decimal(10)
    )
    registration_needs_approval = models.BooleanField(_("参保登记须审批"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("参保设置")

    @classmethod
    def of(cls, county_code):
        """Return the county's settings, or the defaults."""
        return cls.objects.filter(pk=county_code).first() or cls(county_code=county_code)


class RosterImportQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Imports into the staff member's area; none without an area or the duty to see them."""
        if not staff.area_code or not may(staff, "view_roster"):
            return self.none()
        return self.filter(area_code__startswith=staff.area_code)


class RosterImport(models.Model):
    """One uploaded roster (参保花名册): good rows go to the registry, bad ones to `faults`."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    area_code = models.CharField(_("范围"), max_length=12)
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name=_("文件"), related_name="+")
    # Everybody in it joins now, and is judged by every rule of joining.
    is_enrolling = models.BooleanField(_("新增参保登记"), default=False, db_default=False)
    mapping = models.JSONField(_("列对应"), default=list)
    # What a person said of the columns, by header signature; and what is still asked.
    confirmed = models.JSONField(_("确认的列"), default=dict)
    questions = models.JSONField(_("待确认"), default=dict)
    notes = models.JSONField(_("读表提示"), default=list)
    rows = models.IntegerField(_("行数"), default=0)
    rows_new = models.IntegerField(_("新增"), default=0)
    rows_changed = models.IntegerField(_("更新"), default=0)
    rows_same = models.IntegerField(_("未变"), default=0)
    rows_repeated = models.IntegerField(_("同一人续行"), default=0)
    rows_bad = models.IntegerField(_("退回"), default=0)
    rows_noise = models.IntegerField(_("非数据行"), default=0)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("上传人"), related_name="+"
    )
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    loaded_at = models.DateTimeField(_("入库时间"), null=True)
    # Who let a roster with many faulty rows go on all the same.
    allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("同意导入"),
        related_name="+",
    )

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("花名册导入")
        ordering = ["-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "area_code"], name="one_import_of_a_file_into_an_area"
            ),
        ]

    def __str__(self):
        return self.file.name

    @property
    def good_rows(self):
        return self.rows - self.rows_bad


class EndQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Ends of people of the staff member's area, for duties that see rosters."""
        if not staff.area_code or not may(staff, "view_roster"):
            return self.none()
        return self.filter(
            county_code=staff.area_code[:6], village_code__startswith=staff.area_code
        )

    def waiting(self):
        return self.filter(state=End.State.WAITING)


class End(models.Model):
    """A death or the end of an enrolment that a roster says of somebody known (待审批终止).

    It takes effect when a second person agrees; until then the registry stays as it is.
    """

    class Kind(models.TextChoices):
        DEATH = "death", _("死亡")
        TERMINATION = "termination", _("终止参保")

    class State(models.TextChoices):
        WAITING = "waiting", _("待审批")
        APPROVED = "approved", _("已同意")
        REJECTED = "rejected", _("已退回")

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    roster = models.ForeignKey(
        RosterImport, models.PROTECT, verbose_name=_("花名册"), related_name="ends"
    )
    sheet_number = models.SmallIntegerField(_("工作表"))
    row_number = models.IntegerField(_("行号"))
    resident = models.ForeignKey(Resident, models.PROTECT, verbose_name=_("居民"), related_name="+")
    kind = models.CharField(_("事项"), max_length=11, choices=Kind)
    # 0 for a death, which is not about one scheme.
    scheme_id = models.SmallIntegerField(_("险种"), default=0)
    ended_on = models.DateField(_("终止日期"), null=True)
    end_reason = models.CharField(_("终止原因"), max_length=60, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("经办人"), related_name="+"
    )
    made_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("审批人"),
        related_name="+",
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    reason = models.CharField(_("退回原因"), max_length=200, blank=True)

    objects = EndQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("待审批终止")
        ordering = ["sheet_number", "row_number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "resident", "kind", "scheme_id"],
                condition=models.Q(state="waiting"),
                name="one_end_waits_for_a_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(made_by=models.F("decided_by")), name="end_needs_two_people"
            ),
        ]
        indexes = [
            models.Index(
                fields=["county_code", "village_code", "id"],
                condition=models.Q(state="waiting"),
                name="end_waiting",
            ),
        ]

    @property
    def is_waiting(self):
        return self.state == self.State.WAITING


class RosterRow(models.Model):
    """A good row of a roster between reading and loading (待入库行); loading takes it away.

    What the row does not say is NULL here and leaves the registry as it is.
    """

    roster = models.ForeignKey(
        RosterImport, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    sheet_number = models.SmallIntegerField()
    row_number = models.IntegerField()
    # The first row of a person in the file speaks for the person, further ones add enrolments.
    is_further = models.BooleanField(db_default=False)
    is_change = models.BooleanField(db_default=False)
    village_code = models.CharField(max_length=12)
    group_name = models.CharField(max_length=60, null=True)
    household_number = models.CharField(max_length=30, null=True)
    head_name = models.CharField(max_length=60, null=True)
    name = models.CharField(max_length=60)
    name_key = models.CharField(max_length=60)
    initials = models.CharField(max_length=60)
    other_initials = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=200, db_default="")
    # Empty for people who are registered: theirs stands sealed already.
    id_number = models.BinaryField(null=True)
    id_index = models.BinaryField()
    id_last4 = models.CharField(max_length=4)
    born_on = models.DateField()
    sex = models.CharField(max_length=1)
    phone = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    phone_last4 = models.CharField(max_length=4, null=True)
    bank_account = models.BinaryField(null=True)
    bank_index = models.BinaryField(null=True)
    life_status = models.CharField(max_length=5, null=True)
    other_cover = models.CharField(max_length=14, null=True)
    hukou = models.CharField(max_length=8, null=True)
    schemes = ArrayField(models.SmallIntegerField())
    status = models.CharField(max_length=10, null=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=60, null=True)
    basic_tier = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    supplementary_tier = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    identities = ArrayField(models.CharField(max_length=20))
    grade = models.SmallIntegerField(null=True)
    identity_from = models.DateField(null=True)
    identity_to = models.DateField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("待入库行")


class RowFault(models.Model):
    """Why one row of a file was not taken (退回行), or was taken with a warning (提醒).

    What is kept is the fault's code and its particulars; `roster_faults` turns them into words.
    """

    sheet_number = models.SmallIntegerField()
    row_number = models.IntegerField(_("行号"))
    column = models.CharField(_("列"), max_length=40, blank=True)
    code = models.CharField(_("原因"), max_length=40)
    detail = models.JSONField(_("细节"), default=dict)
    is_warning = models.BooleanField(_("仅提醒"), default=False)

    class Meta:
        abstract = True
        verbose_name = verbose_name_plural = _("退回行")
        ordering = ["is_warning", "sheet_number", "row_number", "id"]

    def __str__(self):
        return f"{self.row_number} {self.code}"

    @property
    def column_label(self):
        """The name of the column at fault, as the template of the file heads it."""
        return label_of(self.column)

    @property
    def reason(self):
        return reason_of(self.code, self.detail)

    @property
    def remedy(self):
        return remedy_of(self.code, self.detail)


class RosterFault(RowFault):
    """What is wrong with one row of a roster."""

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="faults")

    class Meta(RowFault.Meta):
        pass
