"""What repairs a row that could not be posted: the groups of the queue, and their keys (改法).

A group gathers the reasons that one and the same work repairs, so that a clerk stays in one kind of
work. Which deed a row's Enter key does follows from its reason and from how sure its candidate is.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from contributions.verdicts import HELD_CODES, VERDICTS


@dataclass(frozen=True)
class Remedy:
    """One kind of work, its reasons, and what it asks for in a few words."""

    slug: str
    name: str
    hint: str
    codes: tuple[str, ...]


REMEDIES = [
    Remedy("match", _("认人"), _("看是不是同一个人"), ("E01", "E02", "E11")),
    Remedy("enrol", _("先参保"), _("登记后重新核对"), ("E03",)),
    Remedy("determine", _("补缴核定"), _("核定后重新核对"), ("E07", "E08")),
    Remedy("other_county", _("外县区"), _("标明，或请税务退费"), ("E04",)),
    Remedy("refund", _("退费或并存"), _("不该收的申请退费"), ("E05", "E06", "E09", "E10")),
    Remedy("identity", _("核实身份"), _("身份补录后重新核对"), ("E16", "E17")),
    Remedy("tax", _("请税务更正"), _("更正后重新核对"), ("E14", "E15")),
]
BY_SLUG = {remedy.slug: remedy for remedy in REMEDIES}
REMEDY_OF = {code: remedy for remedy in REMEDIES for code in remedy.codes}
assert set(REMEDY_OF) == set(HELD_CODES), "every reason belongs to one remedy"

# Reasons after which the row may be meant for somebody else than its number names.
ASKS_WHO = {"E01", "E02", "E03", "E04", "E06", "E09", "E10", "E14"}
# Ageing of what is open, in days since it was found; five working days are the bureau's own delay.
AGES = [
    ("fresh", _("今天"), 0, 0),
    ("days", _("1–5 天"), 1, 5),
    ("weeks", _("6–15 天"), 6, 15),
    ("month", _("16–30 天"), 16, 30),
    ("old", _("30 天以上"), 31, None),
]


def enter_of(exception, match):
    """Return what Enter does with a row: match, accept, enrol, other_county, refund or ''.

    Money goes by one key only where a person was found beyond doubt, or where the row's own number
    names them and the objection may be waived after a look.
    """
    code = exception.code
    if code in ASKS_WHO and match.best and not match.best.is_owner:
        return "match"
    if code in ("E02", "E11") and match.best:
        return "accept"
    if code == "E02" and not match.candidates:
        return "accept"
    return {"E03": "enrol", "E04": "other_county", "E05": "refund", "E09": "refund"}.get(code, "")


def can_be_accepted(exception):
    """Whether looking into a row's objection is enough to post it."""
    return VERDICTS[exception.code].can_be_waived
