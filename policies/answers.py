"""Ask the policy in force: the tier table, the subsidy of a payment, who is paid for.

The answers come from the same SQL, `sql/answers.sql`, for one person's page and for a whole county.
Whoever has people and payments in tables puts that file into a statement of his own (README).
"""

import json
from decimal import Decimal
from pathlib import Path
from weakref import WeakSet

from django.db import connection

from pension_portal.statements import fetch_statement, statement
from policies.errors import NoPolicyInForce
from policies.models import LocalIdentity, PolicyVersion, Provision

SQL = Path(__file__).with_name("sql")
PREPARED = WeakSet()  # the sessions that have the statement of `ask` ready
# What an answer holds several of comes as JSON.
LISTED = ("shares", "benefits", "back_due", "aid")


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


def ask(questions):
    """Return what the policy says of each question, in order, each a dict; one statement for all.

    A question is a dict of policy_id, or of county_code, scheme_id and year (the policy in force),
    and of what is known: kind, source, amount (paid), chosen (the tier registered, where nothing
    is paid), paid_on, born_on, sex, area_code, hukou, is_first, years_paid, …, identities (a list
    of {"identity", "grade", "valid_from", "valid_to"}). policies/README.md lists them all.

    The answer has tier_number, tier_amount, subsidy_amount with its rules, proxy_amount and
    own_amount, due_amount, left_to_pay, is_payable, shares and benefits; None where the policy
    has nothing to say.
    """
    listed = [{"identities": [], **question} for question in questions]
    answers = _fetch_prepared(json.dumps(listed, default=str))
    for answer in answers:
        for name in LISTED:
            if answer[name] is not None:
                answer[name] = json.loads(answer[name], parse_float=Decimal)
    return answers


def _fetch_prepared(questions):
    """Run the statement of `ask`; each session plans it once, because planning costs most."""
    with connection.cursor() as cursor:
        session = cursor.cursor.connection
        if session not in PREPARED:
            text = statement(SQL, "answer_questions").replace("%(questions)s", "$1")
            cursor.execute(f"prepare policies_ask (text) as {text.replace('%%', '%')}")
            PREPARED.add(session)
        cursor.execute("execute policies_ask (%s)", [questions])
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


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
    return list(policy.rules.on("proxy").filter(decided=False))


def local_identities(county_code):
    """Return the identities that a county's published policies name and the portal does not know;
    each word is its own code.
    """
    published = PolicyVersion.objects.published().filter(county_code=county_code)
    named = LocalIdentity.objects.filter(policy__in=published)
    return sorted(set(named.values_list("word", flat=True)))
