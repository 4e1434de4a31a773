"""Lists from departments: which is expected when, what one says, and what it would change."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models.people import PeopleQuerySet, Resident, SpecialIdentity
from enrollment.models.rosters import RowFault
from pension_portal.models import StoredFile
from staff.permissions import may


class Subject(models.TextChoices):
    """What a department's list is about: identities that it certifies, or why not to collect."""

    IDENTITIES = "identities", _("特殊身份")
    EMPLOYEES = "employees", _("职工养老保险参保")
    CIVIL_SERVICE = "civil_service", _("机关事业单位人员")
    STUDENT = "student", _("在校学生")
    MEDICAL = "medical", _("职工医疗保险参保")
    MILITARY = "military", _("现役军人")
    DEATH = "death", _("死亡（火化、户籍注销）")
    IMPRISONMENT = "imprisonment", _("服刑")
    MOVED = "moved", _("户籍迁出")


EXCLUSIONS = [subject for subject in Subject if subject != Subject.IDENTITIES]


class CountyQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Rows of the staff member's county, for duties that see department lists."""
        if not staff.area_code or not may(staff, "view_department_list"):
            return self.none()
        return self.filter(county_code=staff.area_code[:6])


class Department(models.Model):
    """An office that certifies identities or reports facts about people (部门)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    name = models.CharField(_("部门"), max_length=40)

    objects = CountyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("部门")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "name"], name="one_department_of_a_name")
        ]

    def __str__(self):
        return self.name


class CertifiedIdentity(models.Model):
    """Which department certifies an identity (认定部门): exactly one in a county (M27)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    identity = models.CharField(_("特殊身份"), max_length=20, choices=SpecialIdentity.Kind)
    department = models.ForeignKey(
        Department, models.CASCADE, verbose_name=_("部门"), related_name="certified"
    )

    objects = CountyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("认定部门")
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "identity"], name="one_department_certifies_an_identity"
            )
        ]

    def __str__(self):
        return f"{self.get_identity_display()} {self.department}"


class ExpectedList(models.Model):
    """A list that a department owes at a day of each year or month (应报名单, Y72, M32)."""

    class Rhythm(models.TextChoices):
        YEAR = "year", _("每年")
        MONTH = "month", _("每月")

    county_code = models.CharField(_("县区代码"), max_length=6)
    department = models.ForeignKey(
        Department, models.CASCADE, verbose_name=_("部门"), related_name="expected"
    )
    subject = models.CharField(_("内容"), max_length=13, choices=Subject)
    rhythm = models.CharField(_("周期"), max_length=5, choices=Rhythm)
    # Of a list owed each month the day alone counts.
    due_month = models.SmallIntegerField(_("截止月"), default=12)
    due_day = models.SmallIntegerField(_("截止日"), default=10)

    objects = CountyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("应报名单")
        ordering = ["department_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "subject"], name="one_expectation_of_a_subject"
            ),
            models.CheckConstraint(
                condition=Q(due_month__range=(1, 12), due_day__range=(1, 31)),
                name="expected_on_a_day_of_the_calendar",
            ),
        ]

    def __str__(self):
        return f"{self.department} {self.get_subject_display()}"


class IdentityWord(models.Model):
    """How a county's departments write an identity, with the grade where the word holds one, and
    in which years the word was used (身份写法, X17).
    """

    county_code = models.CharField(_("县区代码"), max_length=6)
    text = models.CharField(_("写法"), max_length=40)
    identity = models.CharField(_("特殊身份"), max_length=20, choices=SpecialIdentity.Kind)
    grade = models.SmallIntegerField(_("等级"), null=True, blank=True)
    first_year = models.SmallIntegerField(_("起始年度"), null=True, blank=True)
    last_year = models.SmallIntegerField(_("截止年度"), null=True, blank=True)

    objects = CountyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("身份写法")
        ordering = ["text", "first_year"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "text", "first_year"],
                nulls_distinct=False,
                name="one_meaning_of_a_word",
            ),
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__range=(1, 4)), name="word_grade_is_one_to_four"
            ),
        ]

    def __str__(self):
        return self.text


class DepartmentList(models.Model):
    """One file of a department (部门名单): read, compared and shown; applied when agreed to."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("部门"), related_name="lists"
    )
    subject = models.CharField(_("内容"), max_length=13, choices=Subject)
    identities = ArrayField(models.CharField(max_length=20), verbose_name=_("身份"), default=list)
    # The day for which the list is true: from it what is new holds, before it what dropped ended.
    as_of = models.DateField(_("名单日期"))
    is_complete = models.BooleanField(_("全量名单"), default=True)
    document_no = models.CharField(_("来文文号"), max_length=60, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name=_("文件"), related_name="+")
    mapping = models.JSONField(_("列对应"), default=list)
    confirmed = models.JSONField(_("确认的列"), default=dict)
    questions = models.JSONField(_("待确认"), default=dict)
    notes = models.JSONField(_("读表提示"), default=list)
    rows = models.IntegerField(_("行数"), default=0)
    rows_bad = models.IntegerField(_("退回"), default=0)
    rows_noise = models.IntegerField(_("非数据行"), default=0)
    # Counts by verdict of a person, and by kind of a change, as last compared.
    counts = models.JSONField(_("比对结果"), default=dict)
    compared_at = models.DateTimeField(_("比对时间"), null=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("上传人"), related_name="+"
    )
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    # Who agreed to what was previewed; what they saw, so that nothing else is applied.
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("同意生效"),
        related_name="+",
    )
    applied_at = models.DateTimeField(_("生效时间"), null=True)

    objects = CountyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("部门名单")
        ordering = ["-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "department", "subject", "identities", "as_of"],
                name="one_reading_of_a_department_file",
            ),
            # Who sets an identity decides who is paid for: two people.
            models.CheckConstraint(
                condition=~Q(subject="identities") | ~Q(agreed_by=models.F("uploaded_by")),
                name="identities_need_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["county_code", "subject", "as_of"], name="department_list_by_day")
        ]

    def __str__(self):
        return self.file.name

    @property
    def area_code(self):
        """The county: a department's list is always of the whole of it."""
        return self.county_code

    @property
    def is_about_identities(self):
        return self.subject == Subject.IDENTITIES


class ListedPersonQuerySet(PeopleQuerySet):
    def visible_to(self, staff):
        """Listed people of the staff member's area; those whom the county does not know have no
        village and are seen by the county alone.
        """
        if not staff.area_code or not may(staff, "view_person"):
            return self.none()
        return self.filter(
            county_code=staff.area_code[:6],
            village_code__startswith=("" if len(staff.area_code) == 6 else staff.area_code),
        )


class ListedPerson(models.Model):
    """A person named by a department's list (名单人员), and what the comparison found of them."""

    class Verdict(models.TextChoices):
        READ = "read", _("待比对")
        NEW = "new", _("新增")
        CHANGED = "changed", _("变更")
        SAME = "same", _("一致")
        REPEATED = "repeated", _("名单内重复")
        UNKNOWN = "unknown", _("档案中没有")
        OTHER_NAME = "other_name", _("姓名不符")
        CONFLICT = "conflict", _("有冲突")
        NO_CONFLICT = "no_conflict", _("无冲突")

    list = models.ForeignKey(DepartmentList, models.CASCADE, related_name="people", db_index=False)
    county_code = models.CharField(max_length=6)
    village_code = models.CharField(max_length=12, blank=True, default="", db_default="")
    sheet_number = models.SmallIntegerField()
    row_number = models.IntegerField(_("行号"))
    # Several people may stand in one row.
    slot = models.SmallIntegerField()
    name = models.CharField(_("姓名"), max_length=60)
    name_key = models.CharField(max_length=60)
    # The number itself is in the sealed file; here stands what a page shows of it.
    id_shown = models.CharField(_("证件号码"), max_length=18)
    id_index = models.BinaryField(max_length=32)
    born_on = models.DateField(_("出生日期"))
    place = models.CharField(_("名单所写地址"), max_length=60, blank=True)
    identity = models.CharField(_("特殊身份"), max_length=20, blank=True)
    grade = models.SmallIntegerField(_("等级"), null=True)
    valid_from = models.DateField(_("起始日期"), null=True)
    valid_to = models.DateField(_("截止日期"), null=True)
    remark = models.CharField(_("说明"), max_length=120, blank=True)
    verdict = models.CharField(
        _("比对结果"), max_length=11, choices=Verdict, default=Verdict.READ, db_default="read"
    )
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, related_name="+", db_constraint=False
    )

    objects = ListedPersonQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("名单人员")
        ordering = ["sheet_number", "row_number", "slot", "id"]
        indexes = [
            models.Index(fields=["list", "verdict", "id"], name="listed_by_verdict"),
            models.Index(fields=["id_index", "list"], name="listed_by_number"),
        ]

    def __str__(self):
        return self.name

    def get_identity_display(self):
        return dict(SpecialIdentity.Kind.choices).get(self.identity, "")


class ListFault(RowFault):
    """What is wrong with one row of a department's list."""

    list = models.ForeignKey(DepartmentList, models.CASCADE, related_name="faults")

    class Meta(RowFault.Meta):
        pass


class ListChange(models.Model):
    """What a list would change of somebody's identity (名单变动): shown first, then applied."""

    class Kind(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("变更")
        DROPPED = "dropped", _("退出")

    list = models.ForeignKey(DepartmentList, models.CASCADE, related_name="changes", db_index=False)
    county_code = models.CharField(max_length=6)
    village_code = models.CharField(max_length=12)
    kind = models.CharField(_("变动"), max_length=7, choices=Kind)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="+", db_index=False)
    identity = models.CharField(_("特殊身份"), max_length=20, choices=SpecialIdentity.Kind)
    # The record held now; none for somebody new.
    held = models.ForeignKey(
        SpecialIdentity, models.PROTECT, null=True, related_name="+", db_index=False
    )
    old_grade = models.SmallIntegerField(_("原等级"), null=True)
    grade = models.SmallIntegerField(_("等级"), null=True)
    old_valid_to = models.DateField(_("原截止日期"), null=True)
    valid_from = models.DateField(_("起始日期"), null=True)
    valid_to = models.DateField(_("截止日期"), null=True)

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("名单变动")
        ordering = ["kind", "village_code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["list", "resident", "identity", "kind"], name="one_change_of_an_identity"
            )
        ]

    def __str__(self):
        return f"{self.resident} {self.get_kind_display()}"
