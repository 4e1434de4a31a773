"""The ledger: transfers between accounts, only ever added.

    2021-03-05  张桂兰 pays 300 yuan        payer → personal   300.00   normal, own
    2021-03-09  the file was the wrong one  personal → payer   300.00   reversal of the first

One row moves one positive sum from an account to another, so the books balance by construction.
What a person has is what went into their accounts less what went out.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models import PeopleQuerySet, Resident
from staff.permissions import may


class Transfer(models.Model):
    """One movement of money between two accounts (账目)."""

    class Kind(models.TextChoices):
        NORMAL = "normal", _("正常缴费")
        BACK = "back", _("补缴")
        REFUND = "refund", _("退费")
        REVERSAL = "reversal", _("冲正")
        # What others add to the account: nobody is a payer by it.
        AID = "aid", _("补助资助")

    class Source(models.TextChoices):
        OWN = "own", _("个人缴费")
        PROXY = "proxy", _("政府代缴")
        COLLECTIVE = "aid", _("集体补助")
        DONATION = "gift", _("社会资助")

    class Account(models.TextChoices):
        PAYER = "payer", _("缴费人")
        GOVERNMENT = "government", _("政府代缴资金")
        PERSONAL = "personal", _("个人账户·个人缴费")
        PERSONAL_PROXY = "personal_proxy", _("个人账户·政府代缴")
        SPONSOR = "sponsor", _("补助资助方")
        PERSONAL_AID = "personal_aid", _("个人账户·补助资助")

    pk = models.CompositePrimaryKey("county_code", "year", "id")
    county_code = models.CharField(_("县区代码"), max_length=6)
    year = models.SmallIntegerField(_("缴费年度"))
    id = models.BigIntegerField(_("账目号"))
    scheme_id = models.SmallIntegerField(_("险种"))
    # No foreign key in the database: a check for each of 200,000 rows costs more than posting them,
    # and posting takes the resident from a join with the registry, which never deletes.
    resident = models.ForeignKey(
        Resident,
        models.PROTECT,
        verbose_name=_("居民"),
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    village_code = models.CharField(_("村（社区）"), max_length=12)
    kind = models.CharField(_("类型"), max_length=8, choices=Kind)
    source = models.CharField(_("资金来源"), max_length=5, choices=Source)
    from_account = models.CharField(_("转出"), max_length=16, choices=Account)
    to_account = models.CharField(_("转入"), max_length=16, choices=Account)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    people = models.SmallIntegerField(_("缴费人数增减"))
    tier_amount = models.DecimalField(_("档次"), max_digits=10, decimal_places=2, null=True)
    paid_on = models.DateField(_("缴款日期"))
    treasury_on = models.DateField(_("入库日期"), null=True)
    channel = models.CharField(_("缴费渠道"), max_length=40)
    receipt = models.CharField(_("电子税票号码"), max_length=40)
    feed_id = models.BigIntegerField(_("缴费文件"), null=True)
    row_no = models.IntegerField(_("文件行"), null=True)
    reverses_id = models.BigIntegerField(_("冲销账目"), null=True)
    natural_key = models.UUIDField()
    occurrence = models.SmallIntegerField(default=0)
    posted_at = models.DateTimeField(_("入账时间"))

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("账目")
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "year", "natural_key", "occurrence"], name="posted_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(
                condition=~Q(from_account=models.F("to_account")), name="transfer_moves_money"
            ),
        ]
        indexes = [
            models.Index(fields=["resident", "year"], name="transfer_of_resident"),
            models.Index(fields=["county_code", "feed_id", "row_no"], name="transfer_of_feed_row"),
            models.Index(
                fields=["county_code", "reverses_id"],
                name="transfer_taking_back",
                condition=Q(reverses_id__isnull=False),
            ),
        ]

    @property
    def is_into_the_account(self):
        return self.to_account in PARTS_OF_THE_ACCOUNT

    @property
    def signed_amount(self):
        return self.amount if self.is_into_the_account else -self.amount


# What stands on these is the person's.
PARTS_OF_THE_ACCOUNT = (
    Transfer.Account.PERSONAL,
    Transfer.Account.PERSONAL_PROXY,
    Transfer.Account.PERSONAL_AID,
)


class EffectiveTransfer(models.Model):
    """A payment that no refund or reversal has taken back (有效账目): the view, for conditions."""

    pk = models.CompositePrimaryKey("county_code", "year", "id")
    county_code = models.CharField(max_length=6)
    year = models.SmallIntegerField()
    id = models.BigIntegerField()
    scheme_id = models.SmallIntegerField()
    resident = models.ForeignKey(
        Resident, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=8, choices=Transfer.Kind)
    source = models.CharField(max_length=5, choices=Transfer.Source)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        managed = False
        db_table = "contributions_effectivetransfer"


class DeterminationListQuerySet(models.QuerySet):
    def visible_to(self, staff):
        """Lists of the staff member's county, for duties that look at determinations."""
        if not staff.county_code or not may(staff, "view_determination"):
            return self.none()
        return self.filter(county_code=staff.county_code)


class DeterminationList(models.Model):
    """Determinations that went to the tax bureau together (补缴送税务批次)."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    number = models.CharField(_("批次号"), max_length=20)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("经办人"), related_name="+"
    )
    made_at = models.DateTimeField(_("生成时间"), auto_now_add=True)

    objects = DeterminationListQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("补缴送税务批次")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "number"], name="one_determination_list_number"
            )
        ]

    def __str__(self):
        return self.number


class DeterminationQuerySet(PeopleQuerySet):
    def visible_to(self, staff):
        """Determinations of people of the staff member's area, for duties that look at them."""
        if not may(staff, "view_determination"):
            return self.none()
        return super().visible_to(staff)

    def approved(self):
        return self.exclude(approved_on=None)

    def unsent(self):
        """Approved here, and in no list for the tax bureau yet."""
        return self.approved().filter(sent_list=None, made_by__isnull=False)

    def waiting(self):
        return self.filter(approved_on=None, rejected_at=None)

    def rejected(self):
        return self.exclude(rejected_at=None)


class Determination(models.Model):
    """What a person may pay for missed years (补缴核定): the years and the sum that the agency
    approved.
    """

    class Kind(models.TextChoices):
        # The codes of the tax bureau's special payments.
        GAP = "31", _("中断补缴")
        LUMP = "32", _("一次性补缴")
        SIXTY = "33", _("到龄补缴")

    county_code = models.CharField(_("县区代码"), max_length=6)
    resident = models.ForeignKey(Resident, models.PROTECT, verbose_name=_("居民"), related_name="+")
    village_code = models.CharField(_("村（社区）"), max_length=12)
    scheme_id = models.SmallIntegerField(_("险种"))
    kind = models.CharField(_("补缴类型"), max_length=2, choices=Kind, default=Kind.GAP)
    # The list that took it to the tax bureau; none yet, or it was brought over from elsewhere.
    sent_list = models.ForeignKey(
        DeterminationList,
        models.PROTECT,
        null=True,
        verbose_name=_("送税务批次"),
        related_name="determinations",
    )
    number = models.CharField(_("征集通知流水号"), max_length=40)
    amount = models.DecimalField(_("核定金额"), max_digits=12, decimal_places=2)
    basis = models.CharField(_("核定依据"), max_length=200, blank=True)
    # Empty for what was brought over from elsewhere, decided already.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("经办人"),
        related_name="+",
    )
    made_at = models.DateTimeField(_("提出时间"), null=True)
    approved_on = models.DateField(_("核定日期"), null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("审批人"),
        related_name="+",
    )
    rejected_at = models.DateTimeField(_("退回时间"), null=True)
    rejected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("退回人"),
        related_name="+",
    )
    rejection_reason = models.CharField(_("退回原因"), max_length=200, blank=True)

    objects = DeterminationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("补缴核定")
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "number"],
                condition=Q(rejected_at=None),
                name="one_determination_number",
            ),
            models.CheckConstraint(
                condition=~Q(made_by=models.F("approved_by")),
                name="determination_needs_two_people",
            ),
            models.CheckConstraint(
                condition=Q(approved_on=None) | Q(rejected_at=None),
                name="determination_decided_once",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def is_waiting(self):
        return self.approved_on is None and self.rejected_at is None


class DeterminationYear(models.Model):
    """One year of a determination and its sum (核定年度)."""

    determination = models.ForeignKey(Determination, models.CASCADE, related_name="years")
    year = models.SmallIntegerField(_("年度"))
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = _("核定年度")
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(
                fields=["determination", "year"], name="one_sum_a_determined_year"
            ),
        ]
