"""Work out what the state owes for each posted payment (缴费补贴).

    300 yuan, basic scheme of 颍州区, normal, own money  → 50.00 by 「缴费 300 元补贴 50 元」
    500 yuan back payment                                → 0.00: 补缴的不享受缴费补贴

The amount comes from SQL over the policy's rows, for one payment as for a whole file.
"""

from django.db import transaction
from django.db.models import Count, Max

from contributions.models import PaymentFeed, Transfer, WithholdingBatch
from pension_portal import statements
from subsidies.models import EntitledUpTo, ProxyRoster
from subsidies.statements import fetch_statement, run_statement

FEW_PAYMENTS = 2000


def entitle_feed(feed_id, *, by, run):
    """Give the payments that a county has posted since the last time their entitlement.

    A feed's own are among them. One exception settled in a file of 200,000 rows costs what one
    payment costs, because what has its entitlement is not looked at again.
    """
    with run.transaction():
        county_code = PaymentFeed.objects.values_list("county_code", flat=True).get(pk=feed_id)
        entitle_new_payments(county_code)


def entitle_roster(roster_id, *, by, run):
    """Give what a proxy roster has paid its entitlement, as `entitle_feed` does."""
    with run.transaction():
        county_code = ProxyRoster.objects.values_list("county_code", flat=True).get(pk=roster_id)
        entitle_new_payments(county_code)


def entitle_withheld(batch_id, *, by, run):
    """Give what the bank took its entitlement, as `entitle_feed` does for a file."""
    with run.transaction():
        county_code = WithholdingBatch.objects.values_list("county_code", flat=True)
        entitle_new_payments(county_code.get(pk=batch_id))


@transaction.atomic
def entitle_new_payments(county_code):
    """Give every payment above the county's mark its entitlement; return how many were written."""
    EntitledUpTo.objects.get_or_create(county_code=county_code)
    mark = EntitledUpTo.objects.select_for_update().get(county_code=county_code)
    new = Transfer.objects.filter(county_code=county_code, id__gt=mark.transfer_id)
    found = new.aggregate(last=Max("id"), count=Count("id"))
    if not found["count"]:
        return 0
    parameters = {
        "county_code": county_code,
        "after_id": mark.transfer_id,
        "last_id": found["last"],
    }
    with statements.joining_as_a_whole(found["count"] > FEW_PAYMENTS):
        written = run_statement("entitle_payments", parameters)
    EntitledUpTo.objects.filter(pk=mark.pk).update(transfer_id=found["last"])
    return written


def entitlements_of(resident):
    """Return the entitlements that stand for a resident, newest year first, each with its rule's
    words and article.
    """
    asked = {"county_code": resident.county_code, "resident_id": resident.pk}
    return fetch_statement("entitlements_of_resident", asked)
