"""Renew 20 people: find, last year's tier is chosen already, Ctrl+Enter."""

from bench.journeys import people
from bench.journeys.desk import lines

TITLE = "Renew 20 people"
PEOPLE = 20
MOST_KEYS, MOST_SECONDS, MOST_MS = 12, 8, 300
BASIC, LOWEST = 1, 100


def walk(desk):
    hands = desk.sit_down()
    keys, klm, real, told = [], [], [], []
    # Whom the state pays for has nothing to renew.
    own = {"enrolments__registered_tier__gt": LOWEST}
    active = {"enrolments__scheme": BASIC, "enrolments__status": "active"}
    for person in people.neighbours(PEOPLE, **active, **own):
        hands.page.goto("/")
        hands.begin()
        _renew(hands, person, told)
        keys.append(hands.keys)
        klm.append(hands.klm)
        real.append(hands.real)
    yield from lines("keys", keys, "", MOST_KEYS)
    yield from lines("seconds (KLM)", klm, "s", MOST_SECONDS)
    yield from lines("seconds, real", real, "s", MOST_SECONDS)
    yield from lines("answer after Ctrl+Enter", told, "ms", MOST_MS)


def _renew(hands, person, told):
    page = hands.page
    hands.press("/")
    hands.type(f"{person.initials[:3]} {person.id_last4}")
    page.wait_for_selector(f'[data-hit="/residents/{person.pk}/"][aria-selected=true]')
    hands.think()
    with page.expect_navigation(wait_until="domcontentloaded"):
        hands.press("Enter")
    page.wait_for_selector("form[data-main-form] select")
    hands.think()
    with page.expect_response(lambda answer: answer.url.endswith("/renew/")) as answer:
        hands.press("Control+Enter")
    page.wait_for_selector("[data-renewed]")
    told.append(answer.value.request.timing["responseEnd"])
