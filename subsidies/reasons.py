"""Why a payment is subsidised as it is: the rules that led there, with words and sources."""

import json
from decimal import Decimal
from pathlib import Path

from pension_portal.statements import fetch_statement
from policies.models import PolicyVersion, Rule

SQL = Path(__file__).parent / "sql"


def reasons_for(resident, *, scheme_id, year):
    """Return one dict per payment of the year that stands, in the order of payment.

    Each has what was paid, tier_amount, subsidy_amount (None where the policy says nothing),
    shares (payer and yuan, adding up to the fen), and `rules`: dicts of subject, words, condition,
    source_article and document, in the order in which they were applied. Empty where nothing was
    paid or no policy is in force. Three statements, whatever was paid.
    """
    policy = PolicyVersion.objects.in_force(resident.county_code, scheme_id, year).first()
    if policy is None:
        return []
    parameters = {
        "county_code": resident.county_code,
        "year": year,
        "scheme_id": scheme_id,
        "resident_id": resident.pk,
        "versions": [policy.pk],
    }
    payments = fetch_statement(SQL, "why_of_resident", parameters)
    for payment in payments:
        payment["shares"] = json.loads(payment["shares"] or "[]", parse_float=Decimal)
    rules = _rules(payments)
    for payment in payments:
        payment["rules"] = [rules[number] for number in payment.pop("rule_ids")]
    return payments


def _rules(payments):
    numbers = {number for payment in payments for number in payment["rule_ids"]}
    found = Rule.objects.filter(pk__in=numbers).select_related("condition", "basis")
    return {
        rule.pk: {
            "rule_id": rule.pk,
            "subject": rule.subject,
            "words": rule.words,
            "condition": rule.condition.words if rule.condition else "",
            "source_article": rule.source_article,
            "document": rule.basis.title,
        }
        for rule in found
    }
