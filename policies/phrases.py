"""What one row of a policy says, in a phrase (措辞): `50 元`, `满 500 元`, `每级 100 元`.

Whatever shows a rule takes its words from here: the version page, the comparison, the sentence on a
held row, the answer to why.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.words import IDENTITY_NAMES, TERMS

# The names of the terms of back payment are the words of the file.
TERM_NAMES = {code: word for word, (code, _kind) in TERMS.items() if isinstance(code, str)}
PART_NAMES = {
    "year": gettext_lazy("年度封顶"),
    "lifetime": gettext_lazy("终身封顶"),
    "years": gettext_lazy("封顶年数"),
}
# How the file says it, and a page need not.
_IDENTITY, _GRADE = "身份 ", "，等级 "


# --- sums ---


def yuan_words(amount):
    """Return `50 元`, `36.5 元`, or 未定 for what nobody has decided."""
    if amount is None:
        return _("未定")
    whole = amount == int(amount)
    return _("%(amount)s 元") % {"amount": f"{amount:.0f}" if whole else f"{amount:.2f}"}


def percent_words(rate):
    """Return a share of one as `33.33%`."""
    return f"{(rate * 100).normalize():f}%"


def band_words(band):
    """Return which payments a band of yuan is for (满 500 元); empty without a band."""
    if band is None:
        return ""
    low = _("满 %(amount)s") if band.lower_inc else _("超过 %(amount)s")
    high = _("不超过 %(amount)s") if band.upper_inc else _("不满 %(amount)s")
    sides = [(band.lower, low), (band.upper, high)]
    said = [form % {"amount": yuan_words(bound)} for bound, form in sides if bound is not None]
    return _("、").join(said)


def tier_words(number):
    """Return the name of a tier as citizens count it; 0 is one that only proxy payments use."""
    return _("第 %(number)s 档") % {"number": number} if number else _("代缴专用")


def tier_amount_words(tier):
    """Return `300 元`, `200 至 3000 元`, `200 至 3000 元每 100 元一`."""
    if tier.amount_from == tier.amount_to:
        return yuan_words(tier.amount_from)
    words = _("%(low)s至 %(high)s") % {
        "low": yuan_words(tier.amount_from),
        "high": yuan_words(tier.amount_to),
    }
    if tier.step_amount:
        words += _("（每级 %(step)s）") % {"step": yuan_words(tier.step_amount)}
    return words


# --- for whom ---


def condition_words(condition):
    """Return for whom something holds as its file says it; empty for everyone."""
    if condition is None:
        return ""
    if condition.words:
        return condition.words.replace(_IDENTITY, "").replace(_GRADE, " ")
    tokens = [token.split("@")[0] for token in condition.identities or ()]
    names = dict.fromkeys(IDENTITY_NAMES.get(token.rstrip("1234"), token) for token in tokens)
    grades = [token[-1] for token in tokens if token[-1].isdigit()]
    return _("、").join(str(name) for name in names) + grade_words(max(grades, default=None))


def grade_words(grade_max):
    """Return （1至2级）, or nothing where grades do not matter."""
    return _("（1至%(worst)s级）") % {"worst": grade_max} if grade_max else ""


def bounds_of(rule):
    number = "" if rule.number is None else _unit(rule.kind) % {"number": rule.number}
    scheme = _(rule.other_scheme.name) if rule.other_scheme else ""
    return " ".join(filter(None, [condition_words(rule.condition), number, scheme, rule.note]))


def _unit(kind):
    return _("%(number)s 个月") if kind == "newborn_months" else _("%(number)s 周岁")


# --- rules and documents ---


def subject_words(rule):
    """Return what a rule answers: 缴费补贴, 年度封顶, 基础养老金."""
    return str(PART_NAMES.get(rule.part) or TERM_NAMES.get(rule.part) or "") or (
        rule.part or str(rule.get_subject_display())
    )


def rule_words(rule):
    """Return what a rule says, as its file does; of a row older than the words, its sum."""
    words = rule.words
    if not words:
        words = yuan_words(rule.fixed_amount) if not rule.rate else percent_words(rule.rate)
    if rule.stacking != "instead":
        words = _("%(words)s（%(how)s）") % {"words": words, "how": rule.get_stacking_display()}
    return words


def term_words(term):
    """Return 15 for 累计年限上限 15，起始年度 2011: the name stands beside it already, and what
    else the entry settles in rows of its own.
    """
    parts = [part for part in rule_words(term).split("，") if not _is_of_another(part, term)]
    return _("，").join(parts).removeprefix(str(TERM_NAMES.get(term.part, ""))).strip()


def _is_of_another(part, term):
    codes = TERMS.get(part.partition(" ")[0], (term.part,))[0]
    return term.part not in ([codes] if isinstance(codes, str) else codes)


def share_words(rule):
    """Return which part a payer bears: 50%, 其余, 每人 30 元."""
    said = [part for part in rule.words.split("，") if not part.startswith(("项目", "承担"))]
    words = _("，").join(said).removeprefix("比例 ")
    if words:
        return words
    return percent_words(rule.rate) if rule.rate else _("其余")


def document_words(policy):
    """Return 《标题》（文号） of the version's own document, for a printed page."""
    return f"《{policy.document_title}》" + bracketed(policy.document_no)


def bracketed(words):
    return _("（%(words)s）") % {"words": words} if words else ""
