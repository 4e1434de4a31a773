"""Counters as posting leaves them, for tests that only read them: who paid what on which day."""

from datetime import date
from decimal import Decimal

from contributions.models import PaidDay, PaidTier, PaymentException
from enrollment.models import PayableCounter
from tests import county
from tests.townships import plans


def paid(village, people, *, on=date(2021, 3, 5), source="own", tier=200, year=2021, scheme=1):
    """Let some people of a village pay a tier on a day: village, town and county move together."""
    for area_code in (village[:6], village[:9], village):
        key = {
            "county_code": village[:6],
            "year": year,
            "scheme_id": scheme,
            "area_code": area_code,
            "source": source,
        }
        _add(PaidDay, key | {"day": on}, people, tier)
        _add(PaidTier, key | {"tier_amount": Decimal(tier)}, people, tier)


def _add(model, key, people, tier):
    row = model.objects.filter(**key).first()
    if row is None:
        row = model(**key, people=0, payments=0, amount=Decimal(0))
    row.people += people
    row.payments += people
    row.amount += people * Decimal(tier)
    row.save()


def payable(village, people, scheme=1):
    PayableCounter.objects.create(
        county_code=village[:6], village_code=village, scheme_id=scheme, people=people
    )


def task(quotas, target=1000, **fields):
    """Set the task of 2021 with its two stages and share it out: {area code: people}."""
    plan = plans.plan(target, **fields)
    for code, people in quotas.items():
        plan.quotas.update_or_create(
            area_id=code, defaults={"people": people, "set_by": county.staff("任务员")}
        )
    return plan


def exception(feed, area_code, row_no, *, scheme=1, state="open"):
    return PaymentException.objects.create(
        county_code=feed.county_code,
        year=feed.year,
        feed=feed,
        row_no=row_no,
        code="E02",
        area_code=area_code,
        scheme_id=scheme,
        name="张桂兰",
        id_last4="0011",
        state=state,
    )
