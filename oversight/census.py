"""Count the people of a county each evening (人群统计): by age, group, identity, cover and renewal.

A page asks what only a walk through every resident can tell: who of 45 to 54 has not paid, who
could join and has not, who came back. The walk is made once, in a handful of statements however
large the county; the pages add up villages.
"""

from django.db import connection, transaction
from django.utils import timezone

from oversight.backtest import try_forecasts
from oversight.models import PeopleCount, RenewalCount
from oversight.statements import run_statement
from pension_portal.clock import today
from pension_portal.statements import joining_as_a_whole
from policies.models import PolicyVersion
from policies.schemes import ages_of
from townships.models import TaskPlan

# Beside a million people, a sort and three hashes; given back with the transaction.
COUNTING_MEMORY = "256MB"


def count_evening():
    """Count the people of every county that has a task, and try the forecast on its past."""
    plans = TaskPlan.objects.filter(year__gte=today().year - 1)
    for county_code, year in plans.values_list("county_id", "year").distinct():
        count_county(county_code, year)


def count_county(county_code, year):
    """Count a county's people for a year anew, in each scheme with a task or a published policy."""
    for scheme_id in schemes_of(county_code, year):
        count_scheme(county_code, year, scheme_id)
        try_forecasts(county_code, year, scheme_id)


def schemes_of(county_code, year):
    """Return the schemes a county collects for in a year, by number."""
    planned = TaskPlan.objects.filter(county_id=county_code, year=year)
    ruled = PolicyVersion.objects.filter(county_code=county_code, year=year, status="published")
    return sorted(
        {*planned.values_list("scheme_id", flat=True), *ruled.values_list("scheme_id", flat=True)}
    )


@transaction.atomic
def count_scheme(county_code, year, scheme_id):
    """Write the counts of one scheme and year anew; the same rows when run twice."""
    asked = {
        "county_code": county_code,
        "year": year,
        "scheme_id": scheme_id,
        "today": today(),
        "noted_at": timezone.now(),
        **ages_of(scheme_id),
    }
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"count {county_code}"])
        cursor.execute("select set_config('work_mem', %s, true)", [COUNTING_MEMORY])
    of_scheme = {"county_code": county_code, "scheme_id": scheme_id}
    PeopleCount.objects.filter(**of_scheme, year=year).delete()
    RenewalCount.objects.filter(**of_scheme, year__lte=year).delete()
    with joining_as_a_whole():
        run_statement("count_people", asked)
        run_statement("count_renewals", asked)
