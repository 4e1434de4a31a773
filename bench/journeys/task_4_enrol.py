"""Enrol 10 newcomers by keyboard alone, one after the other, and a household of three."""

from bench.journeys import people
from bench.journeys.desk import lines

TITLE = "Enrol 10 newcomers"
PEOPLE, MEMBERS = 10, 3
MOST_KEYS, MOST_KEYS_OF_A_MEMBER, MOST_SECONDS, MOST_MS = 48, 32, 25, 300
NEW = "/residents/new/"
REGISTERED = "#registered-list li"


def walk(desk):
    hands = desk.sit_down()
    hands.open_blank(NEW)
    # The first of a morning names the village; from then on it is carried over.
    first, *others = people.newcomers(PEOPLE + 1)
    _enrol(hands, first, village=True)
    keys, klm, real, told, members = [], [], [], [], []
    for newcomer in others:
        told.append(_enrol(hands, newcomer))
        keys.append(hands.keys)
        klm.append(hands.klm)
        real.append(hands.real)
    head, *rest = people.newcomers(MEMBERS)
    _enrol(hands, head, save="Control+Shift+Enter")
    for newcomer in rest:
        _enrol(hands, newcomer, save="Control+Shift+Enter", phone=False)
        members.append(hands.keys)
    yield from lines("keys", keys, "", MOST_KEYS)
    yield from lines("keys of a further member of a household", members, "", MOST_KEYS_OF_A_MEMBER)
    yield from lines("seconds (KLM)", klm, "s", MOST_SECONDS)
    yield from lines("seconds, real", real, "s", MOST_SECONDS)
    yield from lines("blank form after Ctrl+Enter", told, "ms", MOST_MS)


def _enrol(hands, newcomer, *, village=False, phone=True, save="Control+Enter"):
    """Register one; return the milliseconds until the form is blank again."""
    number, name, letters = newcomer
    page = hands.page
    before = page.locator(REGISTERED).count()
    assert hands.focus_id() == "id_id_number"
    hands.begin()
    hands.think()
    hands.type(number)
    assert hands.focus_id() == "id_name"
    hands.think()
    hands.compose(letters, name)
    if village or phone:
        hands.press("Tab")
    if village:
        hands.think()
        hands.type("l")
    if phone:
        hands.press("Tab")
        hands.think()
        hands.type(f"154{int(number[-5:-1]):08d}")
    hands.press(save)
    page.wait_for_function(
        "([list, count]) => document.querySelectorAll(list).length > count",
        arg=[REGISTERED, before],
    )
    return hands.since_key("registered")
