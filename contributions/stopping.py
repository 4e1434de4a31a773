"""Say which rule stopped a held payment, with the article it rests on (哪条规定拦住的).

    350 元不是 2021 年的档次；可以缴 200、300、500 元        方案 二

What stops a payment is policy for some codes and the books or the registry for others; then
nothing is said here, and the verdict's own words stand.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from contributions.unpaid import paid
from enrollment.paying_ages import end_age_of, end_ages
from pension_portal.clock import today
from policies.clauses import eligibility_words
from policies.models import PolicyVersion
from policies.phrases import condition_words, tier_amount_words, yuan_words
from policies.rules.ages import age_on
from policies.words import PAYMENT_SOURCES

OTHER_COVER = {
    "employees": "not_employees_pension",
    "civil_service": "not_public_servant",
    "student": "not_student",
    "medical": "not_employees_medical",
}


@dataclass(frozen=True)
class Stop:
    """One rule in the way: what it says of this payment, and where it is written."""

    sentence: str
    source: str = ""


def rules_that_stopped(exception, row, resident):
    """Return the Stops of a held payment, empty where no rule of the policy is in its way.

    `row` is its row of the file, `resident` the person it seems to be for, or None.
    """
    say = SAYINGS.get(exception.code)
    if say is None or not exception.scheme_id:
        return []
    year = row.contribution_year or exception.year
    policy = (
        PolicyVersion.objects.in_force(exception.county_code, exception.scheme_id, year).first()
        or PolicyVersion.objects.in_force(
            exception.county_code, exception.scheme_id, exception.year
        ).first()
    )
    if policy is None:
        return [Stop(_("%(year)s 年这个险种还没有发布政策") % {"year": year})]
    return list(say(policy, row, resident))


def _not_a_tier(policy, row, _resident):
    tiers = list(policy.tiers.filter(proxy_only=False).order_by("amount_from"))
    payable = _("、").join(dict.fromkeys(tier_amount_words(tier) for tier in tiers))
    amount = _("这笔的金额") if row.amount is None else yuan_words(row.amount)
    sentence = _("%(amount)s不是 %(year)s 年的档次；可以缴 %(payable)s")
    values = {"amount": amount, "year": policy.year, "payable": payable}
    yield Stop(sentence % values, _sources(tiers))


def _only_for_proxy(policy, row, _resident):
    tiers = policy.tiers.filter(proxy_only=True, amount_from=row.amount)
    if tiers:
        sentence = _("%(amount)s是代缴专用的档次，个人不能选") % {"amount": yuan_words(row.amount)}
        yield Stop(sentence, _sources(tiers))
    for rule in policy.rules.on("proxy"):
        who = condition_words(rule.condition) or _("所有人")
        yield Stop(_("政府只为%(who)s代缴") % {"who": who}, rule.source_article)


def _back_payment(policy, row, _resident):
    rule = getattr(policy, "back_payment_rule", None)
    if row.contribution_year and row.contribution_year > today().year:
        sentence = _("%(year)s 年还没有到，不能预缴") % {"year": row.contribution_year}
        yield Stop(sentence)
    elif rule and rule.needs_determination:
        yield Stop(
            _("补缴须先由经办机构核定，并与核定的年度和金额相符"), rule.determination_article
        )


def _not_joined(policy, row, resident):
    """Nobody pays who has not joined: say so, and what the policy asks of joining."""
    if resident is None:
        sentence = _("花名册里没有这个人，参保登记后才能缴费；参保条件：%(asked)s")
    else:
        sentence = _("%(name)s没有参加这个险种，参保登记后才能缴费；参保条件：%(asked)s")
    asked = {}
    for name, words, source in eligibility_words(policy):
        asked.setdefault(source, []).append(f"{name} {words}".strip())
    for source, conditions in asked.items():
        values = {"name": row.name, "asked": _("、").join(conditions)}
        yield Stop(sentence % values, source)
    if not asked:
        yield Stop(_("参保登记后才能缴费；政策没有写参保条件"))


def _joined_elsewhere(policy, _row, _resident):
    rules = policy.eligibilityrules.filter(kind__in=["local_hukou", "same_place"])
    for rule in rules:
        said = _("已在外县区登记，不在本县花名册；本县参保条件：%(rule)s")
        yield Stop(said % {"rule": rule.get_kind_display()}, rule.source_article)
    if not rules:
        yield Stop(_("已在外县区登记，同一险种不能两地参保；政策没有写户籍条件"))


def _paid_before(policy, row, resident):
    """One payment of a year from each source, unless the policy takes several together."""
    source = "proxy" if _is_for_proxy(policy, row.amount) else "own"
    paid_in_the_year = paid(policy.county_code, scheme_id=policy.scheme_id, year=policy.year)
    payments = paid_in_the_year.filter(resident=resident, kind="normal", source=source)
    said = _("%(source)s本年已在 %(day)s 缴 %(amount)s；档次按次核对，一年一次，多次缴费不合并")
    tiers = _sources(policy.tiers.filter(proxy_only=source == "proxy"))
    found = list(payments.order_by("paid_on")) if resident else []
    for payment in found:
        values = {
            "source": dict(PAYMENT_SOURCES)[source],
            "day": payment.paid_on,
            "amount": yuan_words(payment.amount),
        }
        yield Stop(said % values, tiers)
    if not found:
        yield Stop(_("这份文件里前面已有同一人的一笔；一年一次，多次缴费不合并"), tiers)


def _is_for_proxy(policy, amount):
    return policy.tiers.filter(proxy_only=True, amount_from=amount).exists()


def _not_paying(policy, _row, resident):
    if resident is None:
        return
    age = age_on(today(), resident.born_on)
    end_age = end_age_of(resident, end_ages(policy.county_code, policy.scheme_id, policy.year))
    for rule in policy.eligibilityrules.filter(kind__in=["min_age", "under_age"]):
        is_least = rule.kind == "min_age"
        if age >= rule.number if is_least else rule.number != end_age or age < end_age:
            continue
        form = _("须年满 %(bound)s 周岁，今天 %(age)s 周岁")
        if not is_least:
            form = _("须未满 %(bound)s 周岁，今天 %(age)s 周岁")
        yield Stop(form % {"bound": rule.number, "age": age}, rule.source_article)


def _covered_elsewhere(policy, _row, resident):
    kind = OTHER_COVER.get(resident.other_cover) if resident else None
    for rule in policy.eligibilityrules.filter(kind=kind):
        yield Stop(_("参保条件：%(rule)s") % {"rule": rule.get_kind_display()}, rule.source_article)


def _sources(rows):
    return _("；").join(dict.fromkeys(row.source_article for row in rows))


SAYINGS = {
    "E03": _not_joined,
    "E04": _joined_elsewhere,
    "E05": _not_a_tier,
    "E06": _paid_before,
    "E07": _back_payment,
    "E08": _back_payment,
    "E09": _not_paying,
    "E10": _covered_elsewhere,
    "E15": lambda _policy, _row, _resident: (),
    "E16": _only_for_proxy,
    "E17": _only_for_proxy,
}
