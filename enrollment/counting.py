"""Count who is to pay (应缴人数): by village and scheme, for the shares that progress shows."""

from django.db import transaction

from enrollment.statements import run_statement
from pension_portal.clock import today
from policies.schemes import traits_for_sql
from townships.models import Area


@transaction.atomic
def recount_payable(county_code, villages=None):
    """Count a county's payers anew as of today: active, alive, of the age at which
    the scheme takes money; or only those of some villages, given by code.
    """
    run_statement("lock_payable", {"county_code": county_code})
    run_statement(
        "recount_payable",
        {
            "county_code": county_code,
            "villages": villages,
            "today": today(),
            **traits_for_sql(),
        },
    )


def recount_all_payers():
    """Count every county's payers anew, soon after midnight: people turn 16 and 60 overnight."""
    for county_code in Area.objects.filter(level=Area.Level.COUNTY).values_list("code", flat=True):
        recount_payable(county_code)
