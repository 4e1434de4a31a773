"""Say why: what one person owes for a year, what was paid, what the state adds, who bears that, and
the chain of rules that led there (依据).

    登记 300 元，是本年第 2 档                        方案 二
    应缴 300 元，已缴 0 元，还差 300 元
    缴 300 元，政府补贴 50 元                         方案 二（三）
    补贴 50 元：省级 25 元、县级 25 元                方案 五

The answer is the one the county's SQL gives (`policies.answers.ask`); here it is only put into
sentences. Three statements, four where a rule asks about earlier years.
"""

import json
from decimal import Decimal
from functools import partial
from pathlib import Path

from pension_portal import statements
from pension_portal.clock import today
from policies.answers import ask
from policies.models import Rule
from subsidies.why_sentences import explain, own_payment

SQL = Path(__file__).parent / "sql"
fetch_statement = partial(statements.fetch_statement, SQL)


def why_of(resident, year):
    """Return a Why for each scheme the resident has joined, with at most four statements."""
    whose = {"county_code": resident.county_code, "resident_id": resident.pk, "year": year}
    facts = fetch_statement("why_facts", whose)
    for fact in facts:
        for name in ("payments", "identities", "tiers", "ages", "windows", "proxy_sums"):
            fact[name] = json.loads(fact[name]) if fact[name] else []
    known = [fact for fact in facts if fact["policy_id"]]
    # Earlier years are looked up only where a rule asks for them.
    history = {}
    if any(fact["needs_history"] for fact in known):
        history = {row.pop("scheme_id"): row for row in fetch_statement("why_history", whose)}
    answers = _answers(resident, year, known, history)
    rules = _rules(answers)
    return [explain(resident, year, fact, answers.get(fact["scheme_id"]), rules) for fact in facts]


def why_as_data(whys):
    """Return what `why_of` found as plain data for the API; yuan as text with two places."""
    return [
        {
            "scheme_id": why.scheme_id,
            "scheme": why.scheme,
            "version": why.version,
            "document": why.document,
            "due": _money(why.due),
            "paid": _money(why.paid),
            "left_to_pay": _money(why.left_to_pay),
            "state_adds": _money(why.state_adds),
            "state_adds_is_given": why.is_given,
            "proxy": _money(why.proxy),
            "shares": [
                {"item": item, "payer": code, "amount": _money(amount)}
                for item, code, _name, amount in why.shares
            ],
            "reasons": [
                {"sentence": reason.sentence, "source": reason.source} for reason in why.reasons
            ],
        }
        for why in whys
    ]


def _money(amount):
    return None if amount is None else f"{amount:.2f}"


# --- asking ---


def _answers(resident, year, facts, history):
    """Return scheme → (the answer for own money, the answer for what the state pays)."""
    if not facts:
        return {}
    questions, places = [], []
    for fact in facts:
        scheme, of_scheme = fact["scheme_id"], history.get(fact["scheme_id"], {})
        question = _question(resident, year, fact) | of_scheme
        questions.append(question)
        places.append((scheme, None))
        for total in fact["proxy_sums"]:
            questions.append(question | {"source": "proxy", "amount": total})
            places.append((scheme, Decimal(total)))
    found = dict(zip(places, ask(questions), strict=True))
    return {
        scheme: (own, found.get((scheme, own["proxy_tier_amount"] or 0)))
        for (scheme, total), own in found.items()
        if total is None
    }


def _question(resident, year, fact):
    paid = own_payment(fact)
    return {
        # What was paid is explained by the version it was paid under: old answers stay.
        "policy_id": (paid and paid["policy_id"]) or fact["policy_id"],
        "kind": "normal",
        "source": "own",
        "amount": Decimal(paid["tier"] or paid["amount"]) if paid else None,
        "chosen": fact["registered_tier"] or fact["last_tier"],
        "paid_on": paid["paid_on"] if paid else today(),
        "born_on": resident.born_on,
        "sex": resident.sex,
        "hukou": resident.asked_hukou,
        "area_code": resident.village_code,
        "identities": fact["identities"],
        "is_first": bool(fact["started_on"] and fact["started_on"].year == year),
    }


def _rules(answers):
    """Return id → Rule for every rule that an answer names."""
    ids = set()
    for pair in answers.values():
        for answer in filter(None, pair):
            ids |= {answer["subsidy_rule_id"], answer["proxy_rule_id"]}
            ids |= {*answer["added_rule_ids"], *answer["cap_rule_ids"]}
            ids |= {share["rule_id"] for share in answer["shares"] or ()}
    rules = Rule.objects.filter(pk__in=ids - {None}).select_related("condition")
    return {rule.pk: rule for rule in rules} if ids - {None} else {}
