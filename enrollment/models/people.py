"""The county's people, who of them has joined which scheme, and who holds a special identity."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from enrollment.pinyin import read
from pension_portal.cells import name_key
from pension_portal.secrecy import SealedTextField, blind_index
from staff.permissions import may


class PeopleQuerySet(models.QuerySet):
    """Rows about persons, each with the `village_code` where its person is registered."""

    def visible_to(self, staff):
        """Only people registered inside the staff member's area, for duties that look at people.

        Area codes nest (county 6 digits, township 9, village 12), so "inside" is a prefix.
        Nobody's area is empty: a constraint forbids it, because an empty prefix is a prefix of
        everyone.
        """
        if not staff.area_code or not may(staff, "view_person"):
            return self.none()
        return self.inside(staff.area_code)

    def inside(self, area_code):
        """Rows of people registered in an area; the county code is named too, for the index."""
        assert area_code, "an empty area is a prefix of everyone"
        return self.filter(county_code=area_code[:6], village_code__startswith=area_code)


class ResidentQuerySet(PeopleQuerySet):
    def in_bulk_by_index(self, indexes):
        """Return {blind index of the ID number: resident} of those of the indexes it holds."""
        wanted = [index for index in indexes if index]
        return {bytes(found.id_index): found for found in self.filter(id_index__in=wanted)}

    def sharing_an_account(self):
        """Those whose bank account is registered for somebody else of the county too (Y74, E19).

        Sharers stand together, in the order of their accounts' indexes.
        """
        others = Resident.objects.filter(
            county_code=OuterRef("county_code"), bank_index=OuterRef("bank_index")
        ).exclude(pk=OuterRef("pk"))
        return (
            self.filter(bank_index__isnull=False)
            .filter(Exists(others))
            .order_by("bank_index", "village_code", "pk")
        )


class Household(models.Model):
    """People who are enrolled and visited together (户)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    number = models.CharField(_("户编号"), max_length=30)
    head_name = models.CharField(_("户主姓名"), max_length=60, blank=True)
    # A household merged into another stays, empty, so that a roster that still names it finds both.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("并入"),
        related_name="merged",
    )

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("户")
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "village_code", "number"],
                name="one_household_number_in_a_village",
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.head_name}"


class Resident(models.Model):
    """A person registered in the county (居民), whether or not they have joined a scheme."""

    class Sex(models.TextChoices):
        MALE = "m", _("男")
        FEMALE = "f", _("女")

    class LifeStatus(models.TextChoices):
        ALIVE = "alive", _("正常")
        DEAD = "dead", _("死亡")
        MOVED = "moved", _("迁出")

    class OtherCover(models.TextChoices):
        NONE = "", _("无")
        EMPLOYEES = "employees", _("职工养老保险")
        CIVIL_SERVICE = "civil_service", _("机关事业单位")
        STUDENT = "student", _("在校学生")
        MEDICAL = "medical", _("职工医疗保险")

    class Hukou(models.TextChoices):
        LOCAL = "local", _("本县户籍")
        SETTLED = "settled", _("非本县户籍，长期居住")
        PERMIT = "permit", _("港澳台居民居住证、外国人永居证")
        OTHER = "other", _("非本县户籍")

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    group_code = models.CharField(_("组"), max_length=14, blank=True)
    household = models.ForeignKey(
        Household,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("户"),
        related_name="members",
    )
    name = models.CharField(_("姓名"), max_length=60)
    name_key = models.CharField(max_length=60)
    id_number = SealedTextField(_("证件号码"))
    id_index = models.BinaryField(max_length=32)
    id_last4 = models.CharField(max_length=4)
    born_on = models.DateField(_("出生日期"))
    sex = models.CharField(_("性别"), max_length=1, choices=Sex)
    phone = SealedTextField(_("联系电话"), null=True, blank=True)
    phone_index = models.BinaryField(max_length=32, null=True)
    phone_last4 = models.CharField(max_length=4, blank=True)
    bank_account = SealedTextField(_("银行账号"), null=True, blank=True)
    bank_index = models.BinaryField(max_length=32, null=True)
    # Pinyin initials of the name; a surname with two readings (单, 仇) has a second form.
    initials = models.CharField(max_length=60, blank=True, default="", db_default="")
    other_initials = models.CharField(max_length=60, blank=True, default="", db_default="")
    pinyin = models.CharField(max_length=200, blank=True, default="", db_default="")
    life_status = models.CharField(
        _("人员状态"), max_length=5, choices=LifeStatus, default=LifeStatus.ALIVE
    )
    other_cover = models.CharField(
        _("其他参保情况"), max_length=14, choices=OtherCover, blank=True, default=OtherCover.NONE
    )
    hukou = models.CharField(
        _("户籍"), max_length=8, choices=Hukou, default=Hukou.LOCAL, db_default=Hukou.LOCAL
    )
    registered_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    changed_at = models.DateTimeField(_("更新时间"), auto_now=True)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("居民")
        # Keys hold the county's code, but behind what tells people apart: a roster puts 260,000
        # rows into each, and every comparison inside is paid for.
        constraints = [
            models.UniqueConstraint(
                fields=["id_index", "county_code"], name="one_resident_for_an_id_number"
            ),
            models.CheckConstraint(
                condition=Q(village_code__regex=r"^\d{12}$")
                & Q(village_code__startswith=models.F("county_code")),
                name="resident_lives_in_a_village_of_the_county",
            ),
        ]
        indexes = [
            models.Index(fields=["village_code", "id"], name="resident_by_village"),
            # The village stands in these two so that a town's clerk searches the index alone.
            models.Index(
                fields=["name", "village_code", "id", "county_code"], name="resident_by_name"
            ),
            # Payments are matched by the folded name, which is one for all spellings of it.
            models.Index(fields=["name_key", "county_code"], name="resident_by_name_key"),
            models.Index(
                fields=["initials", "pinyin", "village_code", "id", "county_code"],
                name="resident_by_initials",
            ),
            models.Index(
                Reverse("name"), "village_code", "id", "county_code", name="resident_by_name_end"
            ),
            models.Index(
                fields=["county_code", "other_initials"],
                name="resident_by_other_initials",
                condition=~Q(other_initials=""),
            ),
            models.Index(fields=["id_last4", "county_code"], name="resident_by_last4"),
            models.Index(
                fields=["county_code", "phone_last4"],
                name="resident_by_phone",
                condition=~Q(phone_last4=""),
            ),
            models.Index(
                fields=["county_code", "bank_index"],
                name="resident_by_account",
                condition=Q(bank_index__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def asked_hukou(self):
        """The hukou as a policy asks for it: of this county, or of another."""
        return "local" if self.hukou == self.Hukou.LOCAL else "other"

    def standing_schemes(self):
        """Return the schemes that somebody is in and has not left."""
        standing = self.enrolments.exclude(status=Enrolment.Status.TERMINATED)
        return list(standing.values_list("scheme_id", flat=True))

    def take_name(self, name):
        """Set the name, and with it all that it is found by."""
        self.name, self.name_key = name, name_key(name)
        self.initials, self.other_initials, self.pinyin = read(name)

    def take_id_number(self, text18, born_on, sex):
        """Set the ID number, and with it what it says of the person and what it is found by."""
        self.id_number, self.id_index = text18, blind_index(text18)
        self.id_last4, self.born_on, self.sex = text18[-4:], born_on, sex

    def take_phone(self, phone):
        """Set the phone, or none, and what it is found by."""
        self.phone, self.phone_index = phone or None, blind_index(phone)
        self.phone_last4 = phone[-4:]

    def take_bank_account(self, account):
        """Set the bank account, or none, and what it is compared by."""
        self.bank_account, self.bank_index = account or None, blind_index(account)


class EnrolmentQuerySet(PeopleQuerySet):
    def with_a_lost_tier(self, scheme_id, tiers):
        """Who pays into a scheme at a registered tier that is none of the year's (Y21): an
        exception for somebody to settle, never a guess. None where no tiers are known.
        """
        tiers = [tier for tier in tiers if tier is not None]
        if not tiers:
            return self.none()
        paying = self.filter(scheme_id=scheme_id, status=Enrolment.Status.ACTIVE)
        return paying.exclude(registered_tier=None).exclude(registered_tier__in=tiers)


class Enrolment(models.Model):
    """One resident's membership of one scheme (参保)."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("正常缴费")
        SUSPENDED = "suspended", _("暂停缴费")
        DRAWING = "drawing", _("待遇领取")
        TERMINATED = "terminated", _("终止")

    county_code = models.CharField(_("县区代码"), max_length=6)
    resident = models.ForeignKey(
        Resident, models.PROTECT, verbose_name=_("居民"), related_name="enrolments", db_index=False
    )
    village_code = models.CharField(_("村（社区）"), max_length=12)
    scheme = models.ForeignKey(
        "policies.Scheme",
        models.PROTECT,
        verbose_name=_("险种"),
        related_name="+",
        db_index=False,
        # Three rows that a migration makes and nothing deletes: not worth a look for each person.
        db_constraint=False,
    )
    status = models.CharField(_("参保状态"), max_length=10, choices=Status, default=Status.ACTIVE)
    started_on = models.DateField(_("参保日期"), null=True, blank=True)
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)
    end_reason = models.CharField(_("终止原因"), max_length=60, blank=True)
    registered_tier = models.DecimalField(
        _("登记档次"), max_digits=10, decimal_places=2, null=True, blank=True
    )

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("参保")
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "scheme", "county_code"], name="one_enrolment_in_a_scheme"
            ),
        ]
        indexes = [
            models.Index(
                fields=["county_code", "village_code", "scheme", "status"],
                name="enrolment_by_village",
            ),
        ]

    def __str__(self):
        return f"{self.resident} {self.scheme}"


class SpecialIdentityQuerySet(PeopleQuerySet):
    def in_force_on(self, day):
        """Identities held on a day; both ends count."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class SpecialIdentity(models.Model):
    """A special identity (特殊身份): one department certifies it for somebody, from day to day."""

    class Kind(models.TextChoices):
        LOW_INCOME = "low_income", _("低保对象")
        DESTITUTE = "destitute", _("特困人员")
        DISABLED = "disabled", _("残疾人")
        REGISTERED_POOR = "registered_poor", _("脱贫（建档立卡）人口")
        BEREAVED_PARENT = "bereaved_parent", _("独生子女死亡或伤残父母")
        PROCEDURE_INJURY = "procedure_injury", _("节育手术并发症人员")
        ORPHAN = "orphan", _("孤儿")
        RETIRED_FISHER = "retired_fisher", _("退捕渔民")
        DISASTER_POOR = "disaster_poor", _("受灾贫困人口")
        RETURNING_WORKER = "returning_worker", _("外出务工返乡人员")
        NEWLY_POOR = "newly_poor", _("新增贫困人口")

    county_code = models.CharField(_("县区代码"), max_length=6)
    resident = models.ForeignKey(
        Resident, models.PROTECT, verbose_name=_("居民"), related_name="identities", db_index=False
    )
    village_code = models.CharField(_("村（社区）"), max_length=12)
    identity = models.CharField(_("特殊身份"), max_length=20, choices=Kind)
    grade = models.SmallIntegerField(_("等级"), null=True, blank=True)
    valid_from = models.DateField(_("起始日期"))
    valid_to = models.DateField(_("截止日期"), null=True, blank=True)
    source_note = models.CharField(_("来源"), max_length=120, blank=True)

    objects = SpecialIdentityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("特殊身份")
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "resident", "identity", "valid_from"],
                name="one_record_of_an_identity_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="identity_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return self.get_identity_display()


class PayableCounter(models.Model):
    """How many of a village are to pay in a scheme (应缴人数): active, alive, of paying age."""

    pk = models.CompositePrimaryKey("county_code", "village_code", "scheme_id")
    county_code = models.CharField(max_length=6)
    village_code = models.CharField(max_length=12)
    scheme_id = models.SmallIntegerField()
    people = models.IntegerField(_("应缴人数"))

    class Meta:
        verbose_name = verbose_name_plural = _("应缴人数")
