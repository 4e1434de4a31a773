"""The table that `make bench` prints and writes: what was measured, its goal, met or missed.

Line("× the bare prototype", 1.52, "×", at_most(1.6))
"""

from dataclasses import dataclass

MEGABYTE = 1024**2
MET = {True: "met", False: "missed"}
FORMATS = {
    "s": "{:,.1f} s",
    "ms": "{:.0f} ms",
    "µs": "{:,.1f} µs",
    "MB": "{:,.0f} MB",
    "×": "{:,.2f} ×",
    "": "{:,.0f}",
    "part": "{:,.2f}",
}


@dataclass(frozen=True)
class Goal:
    """A bound on a value, in the value's own unit."""

    bound: float
    is_least: bool

    def is_met(self, value):
        return value >= self.bound if self.is_least else value <= self.bound

    def __str__(self):
        return f"{'≥' if self.is_least else '≤'} {self.bound:g}"


def at_most(bound):
    return Goal(bound, is_least=False)


def at_least(bound):
    return Goal(bound, is_least=True)


@dataclass(frozen=True)
class Line:
    """One line of the table; the value is in its unit, memory in MB."""

    what: str
    value: float
    unit: str = ""
    goal: Goal = None

    @property
    def cells(self):
        """Return what was measured, the value, the goal and whether it is met, as texts."""
        is_whole = self.unit or float(self.value).is_integer()
        said = FORMATS[self.unit if is_whole else "part"].format(self.value)
        if self.goal is None:
            return self.what, said, "", ""
        goal = f"{self.goal} {self.unit}".strip()
        return self.what, said, goal, MET[self.goal.is_met(self.value)]


def as_text(parts):
    """Return the parts, {heading: lines}, as aligned columns."""
    texts = []
    for heading, lines in parts.items():
        texts += ["", heading]
        for what, value, goal, met in (line.cells for line in lines):
            texts.append(f"  {what:58}{value:>12}  {goal:10} {met}".rstrip())
    return "\n".join(texts)


def as_markdown(parts, machine):
    """Return the same as one table of markdown, with the machine it was measured on."""
    texts = [machine, "", "| | measured | goal | |", "|---|---:|---:|---|"]
    for heading, lines in parts.items():
        texts.append(f"| **{heading}** | | | |")
        texts += [f"| {' | '.join(line.cells)} |" for line in lines]
    return "\n".join(texts) + "\n"
