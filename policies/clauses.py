"""What a policy version says, clause by clause and in words (条款): the ground of its pages.

    Clause("tiers", ("tier", 300), 「300 元档」, {「补贴」: Said(「50 元」, 「方案 二（三）」)})

Made from the rows that SQL answers by, never from the text of the file: two files that mean the
same say the same here, whatever their words and order. `comparing.py` lays two versions side by
side, the version page prints one.
"""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import F, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.models import TierSubsidy
from policies.phrases import (
    TERM_NAMES,
    band_words,
    bounds_of,
    bracketed,
    condition_words,
    percent_words,
    rule_words,
    share_words,
    subject_words,
    term_words,
    tier_amount_words,
    tier_words,
    yuan_words,
)

SECTIONS = {
    "head": gettext_lazy("文件和总则"),
    "eligibility": gettext_lazy("参保条件"),
    "windows": gettext_lazy("征缴期"),
    "tiers": gettext_lazy("缴费档次和补贴"),
    "subsidies": gettext_lazy("分人群的补贴"),
    "caps": gettext_lazy("补贴上限"),
    "proxies": gettext_lazy("代缴"),
    "aid": gettext_lazy("集体补助"),
    "back": gettext_lazy("补缴"),
    "shares": gettext_lazy("资金分担"),
    "benefits": gettext_lazy("待遇"),
    "targets": gettext_lazy("任务"),
    "provisions": gettext_lazy("其他规定"),
    "sources": gettext_lazy("文件依据"),
}
# What a tier's clause says of the money added.
SUBSIDY, PROXY_SUBSIDY, BACK_SUBSIDY = "subsidy", "proxy_subsidy", "back_subsidy"
SUBSIDY_WAYS = {
    ("normal", "own"): (SUBSIDY, gettext_lazy("补贴")),
    ("normal", "proxy"): (PROXY_SUBSIDY, gettext_lazy("代缴时的补贴")),
    ("back", "own"): (BACK_SUBSIDY, gettext_lazy("补缴时的补贴")),
}


@dataclass(frozen=True)
class Said:
    """One thing a clause says: under which label, in which words, resting on what."""

    label: str
    words: str
    source: str = ""
    # What is compared, where the same can be said in several wordings.
    value: object = None

    @property
    def meaning(self):
        """What must be equal for two clauses to say the same."""
        return self.words if self.value is None else self.value


@dataclass(frozen=True)
class Clause:
    """One clause: `key` finds the same clause in another version, `said` maps names to words."""

    section: str
    key: tuple
    name: str
    said: dict
    source: str = ""

    @property
    def words(self):
        """Everything the clause says, in one phrase."""
        phrases = [f"{said.label} {said.words}".strip() for said in self.said.values()]
        return _("，").join(phrases)

    @property
    def sources(self):
        """Every place the clause rests on, each once."""
        return list(dict.fromkeys([self.source, *(said.source for said in self.said.values())]))


def clauses_of(policy):
    """Return every clause of a version, in the order of its document."""
    prefetch_related_objects([policy], "rules__condition")
    readers = (_head, _eligibility, _windows, _tiers, _subsidies, _caps, _proxies, _aid)
    readers += (_back, _shares, _benefits, _targets, _provisions, _sources)
    return [clause for reader in readers for clause in reader(policy)]


def _rules_on(policy, subject):
    return [rule for rule in policy.rules.all() if rule.subject == subject]


def sections_of(policy):
    """Return {section: its clauses}, sections without any left out."""
    found = {}
    for clause in clauses_of(policy):
        found.setdefault(clause.section, []).append(clause)
    return found


# --- for whom and when ---


def _head(policy):
    several = Said(_("多重身份"), policy.get_several_identities_display())
    document = Said(_("文件"), " ".join(filter(None, [policy.document_no, policy.document_title])))
    said = {"document": document, "several": several}
    yield Clause("head", ("head",), _("本政策"), said, policy.document_no or policy.document_title)


def _eligibility(policy):
    for rule in policy.eligibilityrules.select_related("other_scheme", "condition"):
        key = ("eligibility", rule.kind, rule.other_scheme_id, condition_key(rule.condition))
        words = bounds_of(rule) or _("适用")
        yield _plain("eligibility", key, rule.get_kind_display(), words, rule.source_article)


def eligibility_words(policy):
    """Return (condition, its figure or empty, source) for each condition of joining."""
    return [
        (rule.get_kind_display(), bounds_of(rule), rule.source_article)
        for rule in policy.eligibilityrules.select_related("other_scheme", "condition")
    ]


def _windows(policy):
    windows = sorted(
        policy.windows.select_related("condition"),
        key=lambda window: (window.kind, condition_key(window.condition), window.from_on),
    )
    for kind, alike in groupby(windows, lambda window: (window.kind, window.condition_id)):
        for place, window in enumerate(alike):
            source = window.source_article
            days = _("不限")
            if window.first_day:
                days = _("%(first)s 至 %(last)s 日") % {
                    "first": window.first_day,
                    "last": window.last_day,
                }
            said = {
                "range": Said(_("起止"), f"{window.from_on} – {window.to_on}", source),
                "days": Said(_("每月缴费日"), days, source),
                "holidays": Said(
                    _("遇节假日"), _("顺延") if window.holidays_extend else _("不顺延"), source
                ),
            }
            name = window.get_kind_display() + bracketed(condition_words(window.condition))
            key = ("window", kind[0], condition_key(window.condition), place)
            yield Clause("windows", key, name, said, source)


# --- tiers, and every rule of the table ---


def _tiers(policy):
    subsidies = {}
    rows = TierSubsidy.objects.filter(policy=policy).select_related("subsidy_rule")
    for row in rows:
        subsidies.setdefault(row.tier_id, {})[row.kind, row.source] = row
    for tier in policy.tiers.select_related("condition").order_by("amount_from", "number", "pk"):
        said = {"number": Said(_("档次"), tier_words(tier.number), tier.source_article)}
        for way, (name, label) in SUBSIDY_WAYS.items():
            row = subsidies.get(tier.pk, {}).get(way)
            if row is not None:
                words = yuan_words(row.subsidy_amount if row.decided else None)
                said[name] = Said(str(label), words, row.subsidy_rule.source_article)
        name = _("%(amount)s档") % {"amount": tier_amount_words(tier)}
        if tier.condition_id:
            name = f"{name}（{condition_words(tier.condition)}）"
        key = ("tier", tier.amount_from, tier.amount_to, tier.proxy_only)
        key += (condition_key(tier.condition),)
        yield Clause("tiers", key, name, said, tier.source_article)


def _subsidies(policy):
    """The rules that the tier table cannot show: those that ask who pays."""
    has_ranges = policy.tiers.exclude(amount_to=F("amount_from")).exists()
    for rule in _rules_on(policy, "subsidy"):
        if has_ranges or _asks_who(rule.condition):
            yield from _rule_clauses("subsidies", [rule])


def _asks_who(condition):
    """Whether a condition tells people apart, and not only payments."""
    asked = ("identities", "also_identities", "not_identities", "born", "ages", "sex", "areas")
    asked += (
        "not_areas",
        "hukou",
        "is_first",
        "years_paid",
        "years_running",
        "years_back",
        "years_subsidised",
        "years_resident",
        "average",
        "paid",
    )
    if condition is None:
        return False
    return condition.source in ("collective", "donation") or any(
        getattr(condition, name) not in (None, "") for name in asked
    )


def _proxies(policy):
    twins = {}
    for rule in _rules_on(policy, "proxy"):
        source = rule.source_article
        amount = rule.fixed_amount
        words = rule_words(rule) if rule.decided and amount is None else yuan_words(amount)
        said = {"amount": Said(_("政府代缴"), words, source)}
        if rule.fixed_own_amount is not None:
            said["own"] = Said(_("个人缴费"), yuan_words(rule.fixed_own_amount), source)
        if rule.is_after_own:
            said["order"] = Said(_("次序"), _("先缴后补"), source)
        if rule.wife_age_from:
            words = _("%(age)s 周岁") % {"age": rule.wife_age_from}
            said["wife"] = Said(_("女方年满"), words, source)
        if rule.note:
            said["note"] = Said(_("说明"), rule.note, source)
        name = condition_words(rule.condition) or _("所有人")
        yield Clause("proxies", _numbered(("proxy", *_place_of(rule)), twins), name, said, source)


def _caps(policy):
    yield from _rule_clauses("caps", _rules_on(policy, "cap"))


def _benefits(policy):
    yield from _rule_clauses("benefits", _rules_on(policy, "benefit"))


def _aid(policy):
    yield from _rule_clauses("aid", _rules_on(policy, "aid"))


def _rule_clauses(section, rules):
    """Return one clause for each rule, known again by what it answers and for whom."""
    twins = {}
    for rule in rules:
        name = "".join([subject_words(rule), bracketed(condition_words(rule.condition))])
        said = {"": Said("", rule_words(rule), rule.source_article, value_of(rule))}
        key = _numbered((rule.subject, *_place_of(rule)), twins)
        yield Clause(section, key, name, said, rule.source_article)


def _place_of(rule):
    return (rule.item, rule.part, rule.stacking, condition_key(rule.condition))


def _numbered(key, twins):
    """Tell alike rules of one file apart by their order."""
    twins[key] = twins.get(key, 0) + 1
    return (*key, twins[key])


def value_of(rule):
    """Return everything a rule is worked out from: equal for files that only differ in wording."""
    left_out = {"id", "policy", "basis", "source_article", "condition", "words", "priority"}
    return tuple(
        str(getattr(rule, field.attname))
        for field in rule._meta.concrete_fields
        if field.name not in left_out
    )


def condition_key(condition):
    """Return everything a condition asks, whatever words the file has for it."""
    if condition is None:
        return ()
    return tuple(
        str(getattr(condition, field.attname))
        for field in condition._meta.concrete_fields
        if field.name not in ("id", "policy", "words")
    )


def _back(policy):
    rule = getattr(policy, "back_payment_rule", None)
    if rule is not None:
        said = {
            "subsidy": Said(_("缴费补贴"), rule.get_subsidy_display(), rule.source_article),
            "determination": Said(
                _("核定"),
                _("须先由经办机构核定") if rule.needs_determination else _("不须核定"),
                rule.determination_article,
            ),
        }
        yield Clause("back", ("back",), _("补缴"), said, rule.source_article)
    terms = _rules_on(policy, "term")
    if rule is not None and rule.years_cap and "years_cap" not in {term.part for term in terms}:
        # Versions older than the table of rules keep it here.
        name = str(TERM_NAMES["years_cap"])
        yield _plain("back", ("term", "years_cap"), name, str(rule.years_cap), rule.source_article)
    for term in terms:
        name = str(TERM_NAMES.get(term.part, term.part))
        key = ("term", term.part, *condition_key(term.condition))
        name += bracketed(condition_words(term.condition))
        yield _plain("back", key, name, term_words(term), term.source_article)


# --- who pays, and the rest ---


def _shares(policy):
    twins = {}
    for rule in _rules_on(policy, "share"):
        name = _("%(item)s由%(payer)s承担%(condition)s") % {
            "item": rule.item_name,
            "payer": rule.payer_name,
            "condition": bracketed(condition_words(rule.condition)),
        }
        borne = (rule.rate, rule.base_amount or 0, rule.segment_from, rule.segment_to, rule.is_rest)
        said = {"": Said("", share_words(rule), rule.source_article, borne)}
        key = _numbered(("share", *_place_of(rule)), twins)
        yield Clause("shares", key, name, said, rule.source_article)


def _targets(policy):
    for place, target in enumerate(policy.targets.order_by("due_on", "id")):
        words = {
            "day": target.due_on,
            "share": percent_words(target.rate),
            "payments": band_words(target.amounts),
        }
        if target.kind == "progress":
            said = _("到 %(day)s 累计完成任务的 %(share)s") % words
        elif target.is_inclusive:
            said = _("到 %(day)s 缴费%(payments)s的占比不低于 %(share)s") % words
        else:
            said = _("到 %(day)s 缴费%(payments)s的占比超过 %(share)s") % words
        name = target.label or _("任务")
        yield _plain("targets", ("target", place), name, said, target.source_article)


def _provisions(policy):
    for provision in policy.provisions.all():
        words = _("、").join(str(value) for value in provision.values_shown)
        key = ("provision", provision.name)
        name = provision.get_name_display()
        yield _plain("provisions", key, name, words, provision.source_article)


def _sources(policy):
    for source in policy.sources.all():
        said = {
            "number": Said(_("文号"), source.document_no or _("无文号")),
            "issued": Said(_("日期"), str(source.issued_on or _("未写明"))),
        }
        key = ("source", source.title)
        yield Clause("sources", key, f"《{source.title}》", said)


def _plain(section, key, name, words, source):
    """A clause that says one thing; the clause's name is all the label it needs."""
    return Clause(section, key, name, {"": Said("", words, source)}, source)


# --- who bears what ---


def payers_words(policy, item):
    """Return 「省级 50%、县级 50%（方案 五）」 for the subsidy or proxy payments, or nothing."""
    prefetch_related_objects([policy], "rules__condition")
    rules = [rule for rule in _rules_on(policy, "share") if rule.item == item]
    said = [
        f"{rule.payer_name}{bracketed(condition_words(rule.condition))} {share_words(rule)}"
        for rule in rules
    ]
    source = _("（%(source)s）") % {"source": rules[0].source_article} if rules else ""
    return _("、").join(said) + source
