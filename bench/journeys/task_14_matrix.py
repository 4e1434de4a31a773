"""The subsidy matrix of finance: on the screen, as Excel, and tying to the cent."""

import time
from decimal import Decimal

from bench.table import Line, at_most

TITLE = "Subsidy matrix"
WHO = "caiwu"
MOST_CLICKS, MOST_SECONDS = 3, 3
COLUMNS = """table => {
  const read = row => [...row.cells].map(cell => cell.innerText.replaceAll(",", "").trim());
  return [[...table.tBodies[0].rows].map(read), read(table.tFoot.rows[0])];
}"""


def walk(desk):
    hands = desk.sit_down(WHO)
    page = hands.page
    hands.begin()
    if not page.get_by_role("link", name="补贴测算", exact=True).is_visible():
        hands.click(page.locator("summary", has_text="补贴财务"))
    start = time.perf_counter()
    hands.follow(page.get_by_role("link", name="补贴测算", exact=True))
    page.wait_for_selector("#matrix")
    yield Line("on the screen", time.perf_counter() - start, "s", at_most(MOST_SECONDS))
    start = time.perf_counter()
    hands.fetch(page.get_by_role("link", name="导出 Excel"))
    yield Line("as Excel", time.perf_counter() - start, "s", at_most(MOST_SECONDS))
    yield Line("clicks", hands.clicks, "", at_most(MOST_CLICKS))
    off = [_off(page, table) for table in page.locator("#matrix table:has(tfoot)").all()]
    yield Line("columns that do not tie", sum(off), "", at_most(0))


def _off(page, table):
    """Count the columns of money whose sum is not the one below them."""
    rows, sums = table.evaluate(COLUMNS)
    columns = zip(*rows, strict=True)
    return sum(_is_off(column, below) for column, below in zip(columns, sums, strict=True))


def _is_off(column, below):
    if "." not in below:
        return False
    return sum(Decimal(text) for text in column if text not in ("", "--")) != Decimal(below)
