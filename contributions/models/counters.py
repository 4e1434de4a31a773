"""Counters that move in the transaction that moves the money, so a dashboard reads a few hundred
rows.

A counter row belongs to a county, a town or a village alike: posting adds the same payment to all
three. The tests count all of them again from the ledger after every kind of posting.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CounterQuerySet(models.QuerySet):
    def of(self, area_codes, *, scheme_id, year):
        """Counters of some areas of one county in one scheme and year."""
        county_code = next(iter(area_codes))[:6] if area_codes else ""
        return self.filter(
            county_code=county_code, area_code__in=area_codes, scheme_id=scheme_id, year=year
        )


class PaidDay(models.Model):
    """What one area's people paid on one day (每日缴费): distinct payers gained, payments, yuan,
    net of refunds.
    """

    pk = models.CompositePrimaryKey(
        "county_code", "year", "scheme_id", "area_code", "source", "day"
    )
    county_code = models.CharField(max_length=6)
    year = models.SmallIntegerField()
    scheme_id = models.SmallIntegerField()
    area_code = models.CharField(max_length=12)
    source = models.CharField(max_length=5)
    day = models.DateField()
    people = models.IntegerField()
    payments = models.IntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    objects = CounterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("每日缴费")


class PaidTier(models.Model):
    """How many of one area's people paid which tier (档次结构), net of refunds."""

    pk = models.CompositePrimaryKey(
        "county_code", "year", "scheme_id", "area_code", "source", "tier_amount"
    )
    county_code = models.CharField(max_length=6)
    year = models.SmallIntegerField()
    scheme_id = models.SmallIntegerField()
    area_code = models.CharField(max_length=12)
    source = models.CharField(max_length=5)
    tier_amount = models.DecimalField(max_digits=10, decimal_places=2)
    people = models.IntegerField()
    payments = models.IntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    objects = CounterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("档次结构")


class Books(models.Model):
    """The state of a county's books (账套): its version goes up with every posting, and judging
    names the one it saw.
    """

    county_code = models.CharField(max_length=6, primary_key=True)
    version = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("账套")
