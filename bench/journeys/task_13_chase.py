"""From the start page to the unpaid of a town, all of them given to whoever answers for them."""

from bench.table import Line, at_least, at_most

TITLE = "Give the unpaid out"
MOST_CLICKS, MOST_MS = 4, 1000


def walk(desk):
    hands = desk.sit_down()
    page = hands.page
    hands.begin()
    if not page.get_by_role("link", name="催缴名单", exact=True).is_visible():
        hands.click(page.locator("summary", has_text="催缴"))
    taken = hands.follow(page.get_by_role("link", name="催缴名单", exact=True))
    yield Line("list", taken, "ms", at_most(MOST_MS))
    hands.click(page.locator("[data-open-dialog=assign]"))
    done = hands.follow(page.get_by_role("button", name="分派名单"))
    yield Line("given out", done, "ms", at_most(MOST_MS))
    yield Line("clicks", hands.clicks, "", at_most(MOST_CLICKS))
    said = page.locator("#messages").inner_text()
    yield Line("says how many", any(letter.isdigit() for letter in said), "", at_least(1))
