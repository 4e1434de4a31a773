"""Spans and boxes: what a condition covers, so that overlaps and gaps between rules can be found.

    缴费满 200 缴费不满 500       Span(200, 500, True, False)
    a condition                   Box: one span or set for each thing it asks

Nothing here answers for a person; that is the work of `sql/answers.sql`. Here a file is looked at
before anybody is asked about: do two rules of one rank meet, does a tier lack a rule?
"""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Span:
    """A range of numbers or days; None is no bound."""

    low: object = None
    high: object = None
    low_in: bool = True
    high_in: bool = True

    def meet(self, other):
        """Return what both cover, or None."""
        low, low_in = _higher((self.low, self.low_in), (other.low, other.low_in))
        high, high_in = _lower((self.high, self.high_in), (other.high, other.high_in))
        is_closed = low is not None and high is not None
        if is_closed and (low > high or (low == high and not (low_in and high_in))):
            return None
        return Span(low, high, low_in, high_in)

    def without(self, other):
        """Return what of this span the other does not cover: none, one or two spans."""
        shared = self.meet(other)
        if shared is None:
            return [self]
        left = []
        if shared.low is not None and (self.low, self.low_in) != (shared.low, shared.low_in):
            left.append(Span(self.low, shared.low, self.low_in, not shared.low_in))
        if shared.high is not None and (self.high, self.high_in) != (shared.high, shared.high_in):
            left.append(Span(shared.high, self.high, not shared.high_in, self.high_in))
        return left

    @property
    def bounds(self):
        """The bounds as PostgreSQL writes them: '[)'."""
        opening = "[" if self.low_in and self.low is not None else "("
        return opening + ("]" if self.high_in and self.high is not None else ")")


def _higher(one, other):
    if one[0] is None or other[0] is None:
        return other if one[0] is None else one
    if one[0] != other[0]:
        return max(one, other, key=lambda bound: bound[0])
    return one[0], one[1] and other[1]


def _lower(one, other):
    if one[0] is None or other[0] is None:
        return other if one[0] is None else one
    if one[0] != other[0]:
        return min(one, other, key=lambda bound: bound[0])
    return one[0], one[1] and other[1]


# Every value that a question with few answers can have.
SETS = {
    "kind": frozenset({"normal", "back"}),
    "source": frozenset({"own", "proxy", "collective", "donation"}),
    "sex": frozenset({"m", "f"}),
    "hukou": frozenset({"local", "other"}),
    "is_first": frozenset({True, False}),
}
SPANS = (
    "amounts",
    "tiers",
    "born",
    "ages",
    "years_paid",
    "years_running",
    "years_back",
    "years_subsidised",
    "years_resident",
    "average",
    "paid",
)


@dataclass(frozen=True)
class Box:
    """What a condition covers: a span or a set for each thing asked; missing means everything."""

    sides: dict = field(default_factory=dict)

    def side(self, name):
        return self.sides.get(name, SETS.get(name, Span()))

    def meet(self, other):
        """Return the box that both cover, or None."""
        sides = {}
        for name in self.sides.keys() | other.sides.keys():
            shared = _shared(self.side(name), other.side(name))
            if not shared:
                return None
            sides[name] = shared
        return Box(sides)

    def without(self, other):
        """Return boxes that together are this one less the other."""
        shared = self.meet(other)
        if shared is None:
            return [self]
        left, rest = [], dict(self.sides)
        for name in other.sides:
            for piece in _less(self.side(name), shared.side(name)):
                left.append(Box({**rest, name: piece}))
            rest[name] = shared.side(name)
        return left


def _shared(one, other):
    return one & other if isinstance(one, frozenset) else one.meet(other)


def _less(whole, part):
    if isinstance(whole, frozenset):
        return [whole - part] if whole - part else []
    return whole.without(part)


def point(value):
    """Return the span of one value."""
    return Span(value, value)


def uncovered(box, covers):
    """Return a part of the box that no cover reaches, or None."""
    left = [box]
    for cover in covers:
        left = [piece for part in left for piece in part.without(cover)]
        if not left:
            return None
    return left[0]


def boxes_of(condition):
    """Return the boxes of a condition's columns; several where amounts are excepted.

    Identities and areas are no sides: who asks decides which of them hold.
    """
    columns = condition or {}
    sides = {}
    for name, whole in SETS.items():
        if columns.get(name) not in (None, ""):
            sides[name] = frozenset({columns[name]}) & whole
    for name in SPANS:
        if columns.get(name) is not None:
            sides[name] = columns[name]
    boxes = [Box(sides)]
    for amount in columns.get("except_amounts") or ():
        gap = Box({"amounts": point(Decimal(amount))})
        boxes = [piece for box in boxes for piece in box.without(gap)]
    return boxes
