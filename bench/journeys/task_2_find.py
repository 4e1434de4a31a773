"""Find 30 people: by initials, by polyphonic surnames, by tails, with an input method composing."""

import time

from bench.journeys import people
from bench.journeys.desk import lines
from bench.table import Line, at_least

TITLE = "Find 30 people"
MOST_KEYS, MOST_HITS_MS, MOST_OPEN_MS = 10, 300, 300
INITIALS_SECONDS, TAIL_SECONDS = 2.0, 3.6
FIRST_HITS = 5
SETTLING = 300  # ms: what was composed is looked for once more
IN_THE_BOX = "#hits [data-hit]"


def walk(desk):
    hands = desk.sit_down()
    tried = list(_searches())
    found, keys, shown, opened = 0, [], [], []
    seconds = {"initials": [], "tail": []}
    for person, words, composes in tried:
        hands.page.goto("/")
        rank, milliseconds, open_ms = _find(hands, person, words, composes)
        found += rank < FIRST_HITS
        keys.append(hands.keys)
        shown.append(milliseconds)
        opened.append(open_ms)
        seconds["tail" if " " in words else "initials"].append(hands.klm + milliseconds / 1000)
    yield Line(f"found in the first {FIRST_HITS}, of {len(tried)}", found, "", at_least(len(tried)))
    yield from lines("keys", keys, "", MOST_KEYS)
    yield from lines("hits after the last key", shown, "ms", MOST_HITS_MS)
    yield from lines("record after Enter", opened, "ms", MOST_OPEN_MS)
    yield from lines("seconds with initials (KLM)", seconds["initials"], "s", INITIALS_SECONDS)
    yield from lines("seconds with a tail (KLM)", seconds["tail"], "s", TAIL_SECONDS)


def _searches():
    """Yield (person, words, whether an input method composes them)."""
    plain, two = people.neighbours(25), people.with_two_readings(5)
    for n, person in enumerate(plain):
        letters = person.initials
        if n % 5 == 0 and _is_alone(letters):
            yield person, letters, False
        elif n % 5 == 1:
            yield person, f"{letters} {person.phone_last4}", False
        elif n % 5 == 2:
            yield person, f"{person.id_last4} {letters}", False
        elif n % 5 == 3 and _is_alone(letters):
            yield person, letters, True
        else:
            yield person, f"{letters} {person.id_last4}", False
    for person in two:
        yield person, f"{person.other_initials} {person.id_last4}", False


def _is_alone(letters):
    """Whether initials alone are enough in the clerk's town: a common name needs a tail."""
    from enrollment.finding import find
    from enrollment.models import Resident

    clerk = people.clerk()
    found = find(Resident.objects.visible_to(clerk), letters, clerk.area_code)
    return found.count() <= FIRST_HITS


def _find(hands, person, words, composes):
    """Look somebody up and open the record; return (rank, ms to the hits, ms to the record)."""
    page = hands.page
    hands.begin()
    hands.press("/")
    hands.compose(words) if composes else hands.type(words)
    page.wait_for_function(
        "words => performance.getEntriesByName('hits-shown').length &&"
        " document.getElementById('global-search').value.trim() === words &&"
        " performance.getEntriesByName('hits-shown').at(-1).startTime > window.lastTyped",
        arg=words,
    )
    milliseconds = hands.since_typed("hits-shown")
    addresses = page.locator(IN_THE_BOX).evaluate_all("all => all.map(one => one.dataset.hit)")
    address = f"/residents/{person.pk}/"
    rank = addresses.index(address) if address in addresses else FIRST_HITS
    if composes:
        # The first Enter is the input method's: it accepts the letters and opens nothing.
        hands.page.context.new_cdp_session(page).send("Input.insertText", {"text": words})
        page.wait_for_timeout(SETTLING)
    for _step in range(min(rank, FIRST_HITS)):
        hands.press("ArrowDown")
    start = time.perf_counter()
    with page.expect_navigation(wait_until="domcontentloaded"):
        hands.press("Enter")
    return rank, milliseconds, (time.perf_counter() - start) * 1000
