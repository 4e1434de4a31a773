"""Which requirements of the two counties a test shows: `make requirements` prints it.

A test names what it shows with `@pytest.mark.requirement("A17", "A18")`; all tests are collected,
none is run.
"""

import io
import sys
from collections import defaultdict
from contextlib import redirect_stdout
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("requirements.tsv")
WEIGHTS = {
    "C": "core",
    "S": "supporting",
    "R": "record or setting only",
    "N": "nothing for software",
    "X": "open question with a stated default",
}


def requirements():
    """Return {number: (weight, meaning)} for every requirement, in the order of the papers."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {number: (weight, meaning) for number, weight, meaning in rows}


def shown_by(items):
    """Return {number: names of the tests that show it} for collected tests."""
    shown = defaultdict(list)
    for item in items:
        for mark in item.iter_markers("requirement"):
            for number in mark.args:
                shown[number].append(item.nodeid)
    return shown


class _Collected:
    items = ()

    def pytest_collection_finish(self, session):
        self.items = session.items


def main():
    collected = _Collected()
    with redirect_stdout(io.StringIO()) as words:
        code = pytest.main(["--collect-only", "-q"], plugins=[collected])
    if code:
        print(words.getvalue())
        return code
    shown = shown_by(collected.items)
    known = requirements()
    for number, (weight, meaning) in known.items():
        tests = f"{len(shown[number])} tests" if number in shown else "--"
        print(f"{number}  {weight}  {tests:>10}  {meaning}")
    print()
    for weight, words in WEIGHTS.items():
        numbers = [number for number, (one, _meaning) in known.items() if one == weight]
        with_test = [number for number in numbers if number in shown]
        print(f"{weight}  {len(with_test):>3} of {len(numbers):>3} have a test  ({words})")
    print(f"   {len(shown):>3} of {len(known):>3} in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
