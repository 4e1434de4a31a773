"""The subsidy that one payment earns (缴费补贴)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment.models import PeopleQuerySet


class Entitlement(models.Model):
    """The subsidy that one transfer earns (缴费补贴), and the policy rule that says so.

    It stands as long as its transfer counts: a payment that is refunded or reversed earns nothing,
    and no line is changed.
    """

    pk = models.CompositePrimaryKey("county_code", "year", "transfer_id")
    county_code = models.CharField(_("县区代码"), max_length=6)
    year = models.SmallIntegerField(_("缴费年度"))
    transfer_id = models.BigIntegerField(_("账目号"))
    scheme_id = models.SmallIntegerField(_("险种"))
    village_code = models.CharField(_("村（社区）"), max_length=12)
    paid_amount = models.DecimalField(_("缴费金额"), max_digits=12, decimal_places=2)
    amount = models.DecimalField(_("补贴金额"), max_digits=10, decimal_places=2)
    rule_id = models.BigIntegerField(_("补贴规则"), null=True)
    is_decided = models.BooleanField(_("政策已定"), default=True)

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("缴费补贴")


class EntitledUpTo(models.Model):
    """Up to which ledger number a county's payments have their entitlement (补贴算到).

    A county's ledger numbers are given out while its books are locked, so they become visible in
    their order, and nothing below this one can still appear.
    """

    county_code = models.CharField(_("县区代码"), max_length=6, primary_key=True)
    transfer_id = models.BigIntegerField(_("账目号"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("补贴算到")
