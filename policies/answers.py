"""Ask the policy in force: the tier table, the subsidy of a payment, who is paid for.

The answers come from the same SQL for one person's page and for a whole county. Whoever has
payments in a table joins `policies_in_force` and `policies_tier_subsidy` himself (README).
"""

import json
from pathlib import Path

from pension_portal.statements import fetch_statement
from policies.errors import NoPolicyInForce
from policies.models import PolicyVersion, Provision, SubsidyRule
from policies.words import IDENTITY_CODES

SQL = Path(__file__).with_name("sql")


def policy_in_force(county_code, scheme_id, year):
    """Return the version in force; raises NoPolicyInForce where nothing is published."""
    policy = PolicyVersion.objects.in_force(county_code, scheme_id, year).first()
    if policy is None:
        raise NoPolicyInForce(year=year)
    return policy


def tier_table(county_code, scheme_id, year):
    """Return the tiers of the policy in force as dicts, lowest first; empty when none is."""
    policy = PolicyVersion.objects.in_force(county_code, scheme_id, year).first()
    return tiers_of(policy) if policy else []


def tiers_of(policy):
    """Return one version's tiers, lowest first, each a dict with

    number (0 for a proxy-only tier), amount, proxy_only, subsidy_amount (0 while undecided),
    decided, tier_article and subsidy_article.
    """
    return fetch_statement(SQL, "tier_table", {"policy": policy.pk})


def subsidy_for_payments(payments):
    """Return one dict per payment, in order, with subsidy_amount, subsidy_rule_id and decided.

    A payment is a dict of county_code, scheme_id, year, kind ('normal', 'back'), source ('own',
    'proxy'), amount (yuan) and perhaps identities, a list of {"identity", "grade"}. An amount
    that is no tier, or a year without policy, is answered with None for all three.
    """
    payments = [{"identities": [], **payment} for payment in payments]
    return fetch_statement(
        SQL, "subsidy_for_payments", {"payments": json.dumps(payments, default=str)}
    )


def proxy_for_people(people):
    """Return, per person and in order, the winning proxy rule as a dict, or None for nobody's.

    A person is a dict of county_code, scheme_id, year and identities, a list of {"identity",
    "grade"} held in that year. `amount` is None while the policy leaves it undecided.
    """
    people = list(people)
    found = fetch_statement(SQL, "proxy_for_people", {"people": json.dumps(people, default=str)})
    by_place = {row["place"]: row for row in found}
    return [by_place.get(place) for place in range(1, len(people) + 1)]


def provision(policy, name):
    """Return the value of a further provision as text, or None where the policy is silent."""
    return (
        Provision.objects.filter(policy=policy, name=name).values_list("value", flat=True).first()
    )


def undecided_subsidies(policy):
    """Return the tiers whose subsidy nobody has decided: listed with 0 and a warning (X08)."""
    return [tier for tier in tiers_of(policy) if not tier["decided"]]


def undecided_proxies(policy):
    """Return the proxy rules without an amount; nobody can be paid for under them yet."""
    return list(policy.proxyrules.filter(amount_rule="undecided"))


def has_identity_subsidies(policy):
    """Whether some identity gets more than the table; then join `policies_identity_subsidy`."""
    return SubsidyRule.objects.filter(policy=policy).exclude(identity="").exists()


def identity_code(word):
    """Return the code of an identity's word, old or new, or None for an unknown one (X17)."""
    return IDENTITY_CODES.get(word.strip())
