"""From a figure to the row of a file, and who has looked at whom."""

import time

from bench.table import Line, at_least, at_most

TITLE = "From a figure to its source"
WHO = "shenji"
MOST_CLICKS, MOST_SECONDS = 3, 2


def walk(desk):
    hands = desk.sit_down(WHO)
    page = hands.page
    page.goto("/progress/")
    hands.begin()
    hands.follow(page.locator(".kpi-value a[href^='/paid/']").first)
    hands.follow(page.locator("tbody a[href*='/rows/']").first)
    yield Line("clicks to the row of the file", hands.clicks, "", at_most(MOST_CLICKS))
    yield Line("shows the cells as they were", page.locator("main table").count(), "", at_least(1))
    for what, address in (
        ("who looked at whom", "/staff/trail/looks/"),
        ("who changed what", "/staff/trail/"),
    ):
        start = time.perf_counter()
        page.goto(address, wait_until="domcontentloaded")
        yield Line(what, time.perf_counter() - start, "s", at_most(MOST_SECONDS))
