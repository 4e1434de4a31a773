"""The sentences of `why.py`: each link of the chain in words, with the article it rests on."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from enrollment.models import Enrolment
from pension_portal.clock import today
from policies.phrases import condition_words, yuan_words
from policies.rules.ages import age_on
from policies.words import IDENTITY_NAMES, PAYER_CHOICES, PAYMENT_KINDS, PAYMENT_SOURCES

PAYERS = dict(PAYER_CHOICES)
KINDS, SOURCES = dict(PAYMENT_KINDS), dict(PAYMENT_SOURCES)
STATUSES = dict(Enrolment.Status.choices)


@dataclass(frozen=True)
class Reason:
    """One link of the chain: what holds, and where it is written; empty where it is a fact."""

    sentence: str
    source: str = ""


@dataclass
class Why:
    """The answer for one scheme and year, with its reasons; yuan, None where nothing is known."""

    scheme_id: int
    scheme: str
    version: int | None = None
    document: str = ""
    due: Decimal | None = None
    paid: Decimal = Decimal(0)
    left_to_pay: Decimal | None = None
    # What was given for payments made; before that, what would be given.
    state_adds: Decimal | None = None
    is_given: bool = False
    proxy: Decimal | None = None
    shares: list = field(default_factory=list)
    reasons: list = field(default_factory=list)

    def because(self, sentence, source=""):
        """Add a link to the chain."""
        self.reasons.append(Reason(str(sentence), source or ""))


def own_payment(fact):
    """Return the year's own normal payment, or None."""
    return next(
        (row for row in fact["payments"] if row["kind"] == "normal" and row["source"] == "own"),
        None,
    )


def explain(resident, year, fact, answers, rules):
    why = Why(fact["scheme_id"], fact["scheme_name"])
    why.paid = sum((Decimal(row["amount"]) for row in fact["payments"]), Decimal(0))
    _say_enrolment(why, resident, fact)
    if answers is None:
        why.because(_("%(year)s 年这个险种还没有发布政策，算不出应缴和补贴") % {"year": year})
        _say_payments(why, fact)
        return why
    why.version, why.document = fact["version"], fact["document"]
    own, proxy = answers
    _say_identities(why, fact, own, rules)
    _say_tier(why, fact, own)
    _say_due(why, fact, own)
    _say_payments(why, fact)
    _say_subsidy(why, fact, own, proxy, rules)
    _say_shares(why, own, proxy, rules)
    _say_window(why, fact, own)
    return why


def _say_enrolment(why, resident, fact):
    why.because(
        _("已参加%(scheme)s，%(status)s")
        % {"scheme": _(fact["scheme_name"]), "status": STATUSES.get(fact["status"], "")}
    )
    age = age_on(today(), resident.born_on)
    for rule in fact["ages"]:
        least = rule["kind"] == "min_age"
        holds = age >= rule["number"] if least else age < rule["number"]
        bound = _("年满 %(number)s 周岁") if least else _("未满 %(number)s 周岁")
        why.because(
            (
                _("今天 %(age)s 周岁，符合「%(rule)s」")
                if holds
                else _("今天 %(age)s 周岁，不符合「%(rule)s」")
            )
            % {"age": age, "rule": bound % {"number": rule["number"]}},
            rule["article"],
        )


def _say_identities(why, fact, own, rules):
    names = [
        str(IDENTITY_NAMES.get(held["identity"], held["identity"]))
        + (_(" %(grade)s 级") % {"grade": held["grade"]} if held["grade"] else "")
        for held in fact["identities"]
    ]
    if names:
        why.because(_("本年登记的特殊身份：%(names)s") % {"names": _("、").join(names)})
    rule = rules.get(own["proxy_rule_id"])
    if rule is None:
        if names:
            why.because(_("政策没有给这些身份代缴"))
        return
    words = condition_words(rule.condition) or _("所有人")
    if own["proxy_amount"] is None:
        why.because(_("%(who)s由政府代缴，金额未定") % {"who": words}, rule.source_article)
        return
    why.proxy = own["proxy_amount"]
    why.because(
        _("%(who)s由政府代缴 %(proxy)s，个人缴 %(own)s")
        % {
            "who": words,
            "proxy": yuan_words(own["proxy_amount"]),
            "own": yuan_words(own["own_amount"]),
        },
        rule.source_article,
    )
    if len(names) > 1:
        highest = fact["several_identities"] == "highest"
        why.because(
            _("有多重身份，取代缴金额最高的一条，不相加")
            if highest
            else _("有多重身份，按次序取最前的一条，不相加")
        )


def _say_tier(why, fact, own):
    articles = {tier["id"]: tier["article"] for tier in fact["tiers"]}
    article = articles.get(own["tier_id"], "")
    paid = own_payment(fact)
    if paid and own["tier_number"]:
        why.because(
            _("缴的 %(amount)s是第 %(number)s 档")
            % {"amount": yuan_words(own["tier_amount"]), "number": own["tier_number"]},
            article,
        )
        return
    if paid:
        return
    chosen = fact["registered_tier"] or fact["last_tier"]
    if own["chosen_amount"] is None:
        if own["proxy_amount"] is None:
            _say_no_tier(why, fact, chosen)
        return
    words = {
        "registered": _("登记 %(chosen)s，是本年第 %(number)s 档")
        if fact["registered_tier"]
        else _("没有登记档次，沿用上年 %(chosen)s，是本年第 %(number)s 档"),
        "mapped": _("原选 %(chosen)s，折算为本年 %(amount)s（第 %(number)s 档）"),
        "default": _("没有可用的登记档次，按默认 %(amount)s（第 %(number)s 档）"),
    }[own["chosen_how"]]
    why.because(
        words
        % {
            "chosen": yuan_words(chosen) if chosen else "",
            "amount": yuan_words(own["chosen_amount"]),
            "number": own["tier_number"],
        },
        article,
    )


def _say_no_tier(why, fact, chosen):
    if chosen:
        articles = {tier["article"] for tier in fact["tiers"]}
        why.because(
            _("登记的 %(chosen)s不是本年的档次，须另选") % {"chosen": yuan_words(chosen)},
            _("；").join(sorted(articles)),
        )
    else:
        why.because(_("没有登记档次，上年也没有缴费，缴费时再选"))


def _say_due(why, fact, own):
    own_paid = sum(
        (
            Decimal(row["amount"])
            for row in fact["payments"]
            if row["kind"] == "normal" and row["source"] == "own"
        ),
        Decimal(0),
    )
    paid = own_payment(fact)
    if own["proxy_amount"] is not None:
        why.due = own["own_amount"]
    elif paid:
        why.due = Decimal(paid["tier"] or paid["amount"])
    else:
        why.due = own["due_amount"]
    if why.due is None:
        return
    why.left_to_pay = max(why.due - own_paid, Decimal(0))
    why.because(
        _("个人应缴 %(due)s，已缴 %(paid)s，还差 %(left)s")
        % {
            "due": yuan_words(why.due),
            "paid": yuan_words(own_paid),
            "left": yuan_words(why.left_to_pay),
        }
    )


def _say_payments(why, fact):
    given = [Decimal(row["subsidy"]) for row in fact["payments"] if row["subsidy"] is not None]
    if given:
        why.state_adds, why.is_given = sum(given, Decimal(0)), True
    for row in fact["payments"]:
        words = _("%(day)s %(kind)s（%(source)s）%(amount)s") % {
            "day": row["paid_on"],
            "kind": KINDS.get(row["kind"], row["kind"]),
            "source": SOURCES.get(row["source"], row["source"]),
            "amount": yuan_words(Decimal(row["amount"])),
        }
        if row["subsidy"] is None:
            why.because(_("%(payment)s，补贴还没有计算") % {"payment": words})
        elif not row["decided"]:
            why.because(
                _("%(payment)s，政策未写明这一档的补贴，按 0 列出") % {"payment": words},
                row["article"],
            )
        else:
            version = _("，按第 %(version)s 版") % {"version": row["version"]}
            why.because(
                _("%(payment)s%(version)s补贴 %(subsidy)s")
                % {
                    "payment": words,
                    "version": version if row["version"] else "",
                    "subsidy": yuan_words(Decimal(row["subsidy"])),
                },
                row["article"],
            )
        if row["version"] and row["version"] != fact["version"]:
            why.because(_("此后第 %(version)s 版生效，已缴的不重算") % {"version": fact["version"]})


def _say_subsidy(why, fact, own, proxy, rules):
    """Say what would be added to a payment that is not there yet."""
    sources = {row["source"] for row in fact["payments"] if row["kind"] == "normal"}
    if why.proxy is not None and proxy and "proxy" not in sources:
        _say_one_subsidy(why, proxy, rules, _("代缴 %(amount)s"), own["proxy_amount"])
    elif why.proxy is None and "own" not in sources and own["tier_id"]:
        _say_one_subsidy(why, own, rules, _("缴 %(amount)s"), own["tier_amount"])


def _say_one_subsidy(why, answer, rules, form, amount):
    rule = rules.get(answer["subsidy_rule_id"])
    payment = form % {"amount": yuan_words(amount)}
    if answer["subsidy_amount"] is None or not answer["decided"]:
        words = _("%(payment)s，补贴未定，按 0 列出") % {"payment": payment}
        why.state_adds = Decimal(0)
    else:
        words = _("%(payment)s，政府补贴 %(subsidy)s") % {
            "payment": payment,
            "subsidy": yuan_words(answer["subsidy_amount"]),
        }
        why.state_adds = answer["subsidy_amount"]
    why.because(words, rule.source_article if rule else "")
    for number in answer["added_rule_ids"]:
        extra = rules[number]
        why.because(
            _("其中含加补：%(who)s %(words)s")
            % {"who": condition_words(extra.condition), "words": extra.words},
            extra.source_article,
        )
    for number in answer["cap_rule_ids"]:
        cap = rules[number]
        why.because(_("已到上限：%(words)s") % {"words": cap.words}, cap.source_article)


def _say_shares(why, own, proxy, rules):
    items = {"proxy": own, "subsidy": own if why.proxy is None else proxy}
    names = {"proxy": _("代缴"), "subsidy": _("补贴")}
    for item, answer in items.items():
        shares = [share for share in (answer and answer["shares"]) or () if share["item"] == item]
        if not shares:
            continue
        why.shares += [
            (item, share["payer"], str(PAYERS[share["payer"]]), share["amount"]) for share in shares
        ]
        parts = _("、").join(
            f"{PAYERS[share['payer']]} {yuan_words(share['amount'])}" for share in shares
        )
        articles = dict.fromkeys(rules[share["rule_id"]].source_article for share in shares)
        why.because(
            _("%(what)s由谁出：%(parts)s") % {"what": names[item], "parts": parts},
            _("；").join(articles),
        )


def _say_window(why, fact, own):
    if own_payment(fact) or own["is_payable"] is None or not why.left_to_pay:
        return
    windows = [row for row in fact["windows"] if row["id"] in (own["window_ids"] or ())]
    if own["is_payable"]:
        window = windows[0] if windows else None
        words = _("今天可以缴费")
        if window:
            words = _("今天可以缴费：缴费期 %(first)s 至 %(last)s") % {
                "first": window["from_on"],
                "last": window["to_on"],
            }
        why.because(words, window["article"] if window else "")
    else:
        articles = dict.fromkeys(row["article"] for row in fact["windows"])
        why.because(_("今天不在缴费期内；期外缴费照常入账，只作提示"), _("；").join(articles))
