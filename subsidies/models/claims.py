"""What a county asks its payers for, on a frozen list of persons, and what arrives (资金申请)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models import PeopleQuerySet
from policies.words import PAYER_CHOICES
from staff.models import Approvable, ApprovableQuerySet
from staff.permissions import may


class SubsidyClaimQuerySet(ApprovableQuerySet):
    def visible_to(self, staff):
        """Those of the staff member's county, for duties that look after the state's money."""
        if not staff.county_code or not may(staff, "view_claim"):
            return self.none()
        return self.filter(county_code=staff.county_code)

    def standing(self):
        """Those that were not given up: their lines count as asked for."""
        return self.exclude(state=Approvable.State.WITHDRAWN)

    def in_line(self, county_code, scheme_id):
        """The claims of a county and scheme, of which each takes over what the last left open."""
        return self.standing().filter(county_code=county_code, scheme_id=scheme_id)


class SubsidyClaim(Approvable):
    """What a county asks its payers for (资金申请): the difference to what it has asked before."""

    class Kind(models.TextChoices):
        ADVANCE = "advance", _("预拨")
        SETTLEMENT = "settlement", _("清算")

    county_code = models.CharField(_("县区代码"), max_length=6)
    scheme_id = models.SmallIntegerField(_("险种"))
    year = models.SmallIntegerField(_("缴费年度"))
    kind = models.CharField(_("申请类别"), max_length=10, choices=Kind)
    until = models.DateField(_("缴款截至"))
    # Of an advance only a part may be asked for; the rest stays open for the next claim.
    percent = models.DecimalField(_("申请比例（%）"), max_digits=5, decimal_places=2, default=100)
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    job = models.ForeignKey(
        "pension_portal.Job", models.PROTECT, null=True, verbose_name=_("任务"), related_name="+"
    )
    frozen_at = models.DateTimeField(_("名单固化时间"), null=True)
    lines = models.IntegerField(_("名单笔数"), null=True)
    undecided = models.IntegerField(_("政策未定笔数"), null=True)
    # What the list comes to, what earlier claims left open, and what is asked for now.
    listed = models.DecimalField(_("名单金额"), max_digits=16, decimal_places=2, null=True)
    carried = models.DecimalField(_("上次结转"), max_digits=16, decimal_places=2, null=True)
    requested = models.DecimalField(_("申请金额"), max_digits=16, decimal_places=2, null=True)

    objects = SubsidyClaimQuerySet.as_manager()

    make_action, review_action = "make_claim", "review_claim"
    approve_action = "approve_claim"

    class Meta(Approvable.Meta):
        verbose_name = verbose_name_plural = _("资金申请")
        constraints = [
            *Approvable.Meta.constraints,
            models.UniqueConstraint(
                fields=["county_code", "scheme_id"],
                condition=~Q(state__in=["approved", "withdrawn"]),
                name="one_open_subsidy_claim",
            ),
            models.CheckConstraint(
                condition=Q(percent__gt=0) & Q(percent__lte=100), name="claim_asks_for_a_part"
            ),
            models.CheckConstraint(
                condition=~Q(kind="settlement") | Q(percent=100), name="settlement_asks_for_all"
            ),
        ]

    def __str__(self):
        return f"{self.year} {self.get_kind_display()}"

    def content(self):
        names = ("county_code", "scheme_id", "year", "kind", "until", "percent", "document_no")
        sums = ("lines", "undecided", "listed", "carried", "requested")
        return {name: str(getattr(self, name)) for name in (*names, *sums)} | {
            "parts": [
                [part.payer, str(part.listed), str(part.carried), str(part.requested)]
                for part in self.parts.order_by("payer")
            ]
        }


class ClaimLine(models.Model):
    """One payment in a claim (名单), for good: +1 person where its subsidy is asked for, and −1
    where a payment that was asked for is taken back.
    """

    pk = models.CompositePrimaryKey("county_code", "claim_id", "year", "transfer_id")
    county_code = models.CharField(_("县区代码"), max_length=6)
    claim_id = models.BigIntegerField(_("资金申请"))
    year = models.SmallIntegerField(_("缴费年度"))
    transfer_id = models.BigIntegerField(_("账目号"))
    resident_id = models.BigIntegerField(_("居民"))
    village_code = models.CharField(_("村（社区）"), max_length=12)
    tier_amount = models.DecimalField(_("缴费档次"), max_digits=10, decimal_places=2)
    people = models.SmallIntegerField(_("人数增减"))
    standard = models.DecimalField(_("补贴标准"), max_digits=10, decimal_places=2)
    amount = models.DecimalField(_("补贴金额"), max_digits=10, decimal_places=2)
    is_decided = models.BooleanField(_("政策已定"))
    # Payer → yuan of one person's standard; what no share is written for is left out.
    shares = models.JSONField(_("承担方"))

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("申请名单")
        constraints = [
            models.CheckConstraint(condition=Q(people__in=[1, -1]), name="line_asks_or_gives_back"),
            models.CheckConstraint(
                condition=Q(amount=models.F("people") * models.F("standard")),
                name="people_times_standard",
            ),
        ]
        indexes = [
            models.Index(fields=["year", "transfer_id"], name="claim_line_of_transfer"),
        ]


class ClaimPart(models.Model):
    """What one payer is asked for in a claim (承担方金额); an empty payer is one nobody names."""

    claim = models.ForeignKey(SubsidyClaim, models.PROTECT, related_name="parts")
    payer = models.CharField(_("承担方"), max_length=20, choices=PAYER_CHOICES, blank=True)
    listed = models.DecimalField(_("名单金额"), max_digits=16, decimal_places=2)
    carried = models.DecimalField(_("上次结转"), max_digits=16, decimal_places=2)
    requested = models.DecimalField(_("申请金额"), max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = _("承担方金额")
        constraints = [
            models.UniqueConstraint(fields=["claim", "payer"], name="one_part_a_payer"),
        ]


class ClaimArrival(models.Model):
    """Money of one payer that arrived for a claim (到账); a mistake is met by a negative one."""

    claim = models.ForeignKey(SubsidyClaim, models.PROTECT, related_name="arrivals")
    payer = models.CharField(_("承担方"), max_length=20, choices=PAYER_CHOICES, blank=True)
    amount = models.DecimalField(_("到账金额"), max_digits=16, decimal_places=2)
    arrived_on = models.DateField(_("到账日期"))
    note = models.CharField(_("凭证号或说明"), max_length=100, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("登记人"), related_name="+"
    )
    noted_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("到账")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="arrival_is_some_money"),
        ]
