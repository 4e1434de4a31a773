"""From the county down to one person, back again, and the same link as another town's clerk."""

import time

from bench.journeys.desk import lines
from bench.table import Line, at_least, at_most

TITLE = "From the county to a person and back"
WHO, OTHER_CLERK = "shenpi", "jingban"
MOST_CLICKS, MOST_MS, STEPS_BACK = 3, 500, 3
LINE = "#ranking tbody tr[data-href] a"


def walk(desk):
    hands = desk.sit_down(WHO)
    page = hands.page
    page.wait_for_selector("#ranking")
    hands.begin()
    places = [page.url]
    waits = [hands.follow(page.locator(LINE).last)]
    places.append(page.url)
    page.get_by_role("link", name="未缴名单").first.wait_for()
    waits.append(hands.follow(page.get_by_role("link", name="未缴名单").first))
    places.append(page.url)
    waits.append(hands.follow(page.locator("tbody tr[data-href] th a").first))
    person = page.url
    yield Line("clicks to a person", hands.clicks, "", at_most(MOST_CLICKS))
    yield from lines("each step", waits, "ms", MOST_MS)
    backs = []
    restored = 0
    for place in reversed(places[-STEPS_BACK:]):
        start = time.perf_counter()
        page.go_back(wait_until="domcontentloaded")
        backs.append((time.perf_counter() - start) * 1000)
        restored += page.url == place
    yield from lines("each step back", backs, "ms", MOST_MS)
    yield Line("places restored", restored, "", at_least(STEPS_BACK))
    answer = desk.sit_down(OTHER_CLERK).page.goto(person)
    yield Line("another town's clerk is told", answer.status, "", at_least(404))
