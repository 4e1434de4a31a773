"""Ten visits with a telephone, five of them without network; each is kept once."""

import time

from bench.journeys.desk import PHONE
from bench.table import Line, at_least, at_most

TITLE = "Ten visits, five offline"
WHO = "xieban"
VISITS, OFFLINE = 10, 5
MOST_SECONDS, MOST_TAPS = 3, 2
SAYS = "count => document.querySelector('[data-unsent]').textContent.includes(count)"
STAY = "link => link.addEventListener('click', event => event.preventDefault())"


def walk(desk):
    from contributions.models import Contact
    from staff.models import Staff

    village = Staff.objects.get(username=WHO).area_code
    hands = desk.sit_down(WHO, PHONE, is_mobile=True, has_touch=True)
    page = hands.page
    before = Contact.objects.count()
    start = time.perf_counter()
    page.goto(f"/chase/{village}/")
    page.wait_for_selector("[data-card]:not([hidden])")
    yield Line("list", time.perf_counter() - start, "s", at_most(MOST_SECONDS))
    page.wait_for_selector("#calls[data-kept]", state="attached")
    hands.begin()
    _visit(hands, VISITS - OFFLINE)
    page.wait_for_selector("[data-unsent]", state="hidden")
    page.context.set_offline(True)
    _visit(hands, OFFLINE)
    page.wait_for_function(SAYS, arg=str(OFFLINE))
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector("[data-unsent]", state="hidden")
    yield Line("taps a visit", hands.clicks / VISITS, "part", at_most(MOST_TAPS))
    yield Line("kept, of 10", Contact.objects.count() - before, "", at_least(VISITS))
    yield Line("kept too often", Contact.objects.count() - before - VISITS, "", at_most(0))


def _visit(hands, times):
    page = hands.page
    page.locator("[data-call]").evaluate(STAY)
    for _visit in range(times):
        if page.locator("[data-call]").is_visible():
            hands.click(page.locator("[data-call]"))
        hands.click(page.locator("[data-outcome=away]"))
