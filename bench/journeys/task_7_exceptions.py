"""Settle 50 exceptions with the keys alone, undo three, press Enter inside an input."""

import time

from bench.journeys.desk import lines
from bench.table import Line, at_most

TITLE = "Settle 50 exceptions by keyboard"
WHO = "shenpi"
CASES, UNDONE = 50, 3
MOST_KEYS, MOST_SECONDS, MOST_MS = 50, 150, 150
CHANGED = "before => document.getElementById('case-title').textContent !== before"


def walk(desk):
    hands = desk.sit_down(WHO)
    page = hands.page
    page.goto("/exceptions/?remedy=match")
    with page.expect_navigation():
        hands.press("g")
    hands.begin()
    waits, settled = [], 0
    for _case in range(CASES):
        has_default = page.locator("[data-key~=Enter]").count()
        hands.think()
        waits.append(_press(hands, "Enter" if has_default else "s"))
        settled += bool(has_default)
    keys, seconds = hands.keys, hands.klm + sum(waits) / 1000
    yield Line("settled by Enter", settled)
    yield Line(f"keys for {CASES}", keys, "", at_most(MOST_KEYS))
    yield Line(f"seconds for {CASES} (KLM)", seconds, "s", at_most(MOST_SECONDS))
    yield from lines("next case after a key", waits, "ms", MOST_MS)
    for _deed in range(min(UNDONE, settled)):
        _press(hands, "Control+z")
    yield Line("accepted by Enter in an input", _accidents(hands), "", at_most(0))


def _press(hands, chord):
    """Press a key; return the milliseconds until another case stands there."""
    page = hands.page
    before = page.locator("#case-title").text_content()
    start = time.perf_counter()
    hands.press(chord)
    page.wait_for_function(CHANGED, arg=before)
    return (time.perf_counter() - start) * 1000


def _accidents(hands):
    page = hands.page
    before = page.locator("#case-title").text_content()
    hands.press("r")
    hands.press("Enter")
    page.wait_for_timeout(500)
    return page.evaluate(CHANGED, before)
