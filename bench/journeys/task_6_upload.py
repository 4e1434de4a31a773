"""Upload the payment file that waits, close the tab, come back; then upload it once more."""

import time

from bench.journeys.desk import lines
from bench.table import Line, at_least, at_most

TITLE = "Upload a payment file, twice"
WHO = "shuju"
MOST_FIRST_MS, MOST_SECONDS, MOST_CLICKS = 1000, 10, 2
RESULT = "#feed-state .control-strip"


def walk(desk):
    path = _waiting_file()
    hands = desk.sit_down(WHO)
    if not _is_known(path):
        yield from _take_in(hands, path)
    yield from _again(desk.sit_down(WHO), path)


def _waiting_file():
    from django.conf import settings

    return next((settings.VAR / "demo" / "next").glob("*"))


def _is_known(path):
    from contributions.models import PaymentFeed

    return PaymentFeed.objects.filter(file__name=path.name).exists()


def _send(hands, path):
    """Drop a file and send it; return the milliseconds until the page says how it goes."""
    hands.page.goto("/feeds/")
    hands.begin()
    hands.bring("#id_file", path)
    return hands.follow(hands.page.get_by_role("button", name="上传文件"))


def _take_in(hands, path):
    page = hands.page
    first = _send(hands, path)
    start = time.perf_counter()
    address = page.url
    page.wait_for_selector("#feed-state")
    clicks = hands.clicks
    context = page.context
    page.close()
    later = context.new_page()
    later.goto(address)
    later.wait_for_selector(RESULT)
    later.wait_for_selector("#feed-state[hx-get]", state="detached")
    seconds = time.perf_counter() - start
    yield Line("clicks", clicks, "", at_most(MOST_CLICKS))
    yield from lines("first progress", [first], "ms", MOST_FIRST_MS)
    yield Line(f"until posted, {path.name}", seconds, "s", at_most(MOST_SECONDS))
    differences = later.locator(".control-difference").inner_text()
    yield Line("difference is 0.00", "0.00" in differences, "", at_least(1))
    context.close()


def _again(hands, path):
    from contributions.models import Transfer

    before = Transfer.objects.count()
    _send(hands, path)
    said = hands.page.locator("#messages").inner_text()
    yield Line("says that it was posted already", "已" in said, "", at_least(1))
    yield Line("posted twice", Transfer.objects.count() - before, "", at_most(0))
