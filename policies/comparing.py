"""Lay one policy version beside another and say in words what is different (比对).

    300 元档补贴由 40 元改为 50 元（方案 二（三））
    新增 600 元档：第 6 档，补贴 80 元（方案 二）
    取消低保对象：原政府代缴 100 元（方案 三）

Both sides are clauses made from the rows, so a file that is only written differently is the same.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from policies.clauses import BACK_SUBSIDY, PROXY_SUBSIDY, SECTIONS, SUBSIDY, clauses_of

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"


@dataclass(frozen=True)
class Change:
    """One difference: which clause, what kind of difference, and the sentence that says it."""

    section: str
    kind: str
    sentence: str


@dataclass(frozen=True)
class Difference:
    """All changes of one section, in the order of the document."""

    name: str
    changes: list


def compare(before, after):
    """Return the Differences by which `after` differs from `before`; empty when there is none."""
    changes = changes_between(clauses_of(before), clauses_of(after))
    by_section = {section: [] for section in SECTIONS}
    for change in changes:
        by_section[change.section].append(change)
    return [
        Difference(str(SECTIONS[section]), found) for section, found in by_section.items() if found
    ]


def changes_between(before, after):
    """Return the changes from one list of clauses to another, in the order of the later one."""
    old = {(clause.section, clause.key): clause for clause in before}
    new = {(clause.section, clause.key): clause for clause in after}
    changes = []
    for place, clause in new.items():
        if place in old:
            changes += _changes_of(old[place], clause)
        else:
            changes.append(Change(clause.section, ADDED, _added(clause)))
    gone = [clause for place, clause in old.items() if place not in new]
    return changes + [Change(clause.section, REMOVED, _removed(clause)) for clause in gone]


def _changes_of(old, new):
    """Return what changed in one clause: each value, or else where it rests."""
    changed = {
        name: _value_change(old, new, name)
        for name in dict.fromkeys([*old.said, *new.said])
        if _meaning(old, name) != _meaning(new, name)
    }
    # What is paid in somebody's place is mostly subsidised alike; said once is enough.
    if SUBSIDY in changed and PROXY_SUBSIDY in changed and _same_step(old, new):
        del changed[PROXY_SUBSIDY]
    if changed:
        return [Change(new.section, CHANGED, sentence) for sentence in changed.values()]
    moved = [
        (old.said[name].source, said.source)
        for name, said in new.said.items()
        if name in old.said and old.said[name].source != said.source
    ]
    return [
        Change(
            new.section,
            MOVED,
            _("%(name)s内容未变，依据由「%(before)s」改为「%(after)s」")
            % {"name": new.name, "before": before, "after": after},
        )
        for before, after in dict.fromkeys(moved)
    ]


def _same_step(old, new):
    steps = [(_words(old, name), _words(new, name)) for name in (SUBSIDY, PROXY_SUBSIDY)]
    return steps[0] == steps[1]


def _meaning(clause, name):
    return clause.said[name].meaning if name in clause.said else None


def _words(clause, name):
    return clause.said[name].words if name in clause.said else None


def _value_change(old, new, name):
    said = new.said.get(name) or old.said[name]
    label = f"{new.name}{said.label}"
    source = _in_brackets(said.source)
    before, after = _words(old, name), _words(new, name)
    if before is None:
        return _("%(label)s新写为 %(after)s%(source)s") % {
            "label": label,
            "after": after,
            "source": source,
        }
    if after is None:
        return _("%(label)s不再写（原为 %(before)s）") % {"label": label, "before": before}
    return _("%(label)s由%(before)s改为%(after)s%(source)s") % {
        "label": label,
        "before": _apart(before),
        "after": _apart(after).rstrip(),
        "source": source,
    }


def _added(clause):
    return _("新增%(name)s%(said)s%(source)s") % {
        "name": _apart(clause.name).rstrip(),
        "said": _all_words(clause),
        "source": _in_brackets(clause.source),
    }


def _removed(clause):
    return _("取消%(name)s%(said)s（原依据：%(source)s）") % {
        "name": _apart(clause.name).rstrip(),
        "said": _all_words(clause),
        "source": clause.source or clause.name,
    }


def _apart(words):
    """Return words with a space where a figure or a Latin letter would touch Chinese."""
    return f"{' ' * words[:1].isascii()}{words}{' ' * words[-1:].isascii()}"


def _all_words(clause):
    """Return everything a clause says in one phrase, without what goes without saying."""
    said = dict(clause.said)
    if _words(clause, PROXY_SUBSIDY) == _words(clause, SUBSIDY):
        said.pop(PROXY_SUBSIDY, None)
    said.pop(BACK_SUBSIDY, None)
    phrases = [f"{one.label} {one.words}".strip() for one in said.values()]
    return _("：%(phrases)s") % {"phrases": _("，").join(phrases)} if phrases else ""


def _in_brackets(source):
    return _("（%(source)s）") % {"source": source} if source else ""
