"""Draw up the notices of the county, take one for the wall, and print a long list."""

import re
import time

from openpyxl import load_workbook

from bench.table import Line, at_least, at_most

TITLE = "Papers for the wall and for the hand"
WHO, CLERK = "yewu", "jingban"
MOST_SECONDS = 10
NUMBER = re.compile(r"\d{17}[\dXx]")


def walk(desk):
    hands = desk.sit_down(WHO)
    page = hands.page
    page.goto("/notices/")
    page.locator("tbody tr[data-href] a").first.click()
    page.wait_for_selector("#notice-state")
    page.locator("table tbody tr[data-href] a").first.click()
    page.wait_for_url("**/sheets/*/")
    sheet = page.url
    start = time.perf_counter()
    paper = page.request.get(f"{sheet}pdf/")
    yield Line("notice as PDF", time.perf_counter() - start, "s", at_most(MOST_SECONDS))
    yield Line("is a PDF", paper.body().startswith(b"%PDF"), "", at_least(1))
    yield Line("full numbers on it", _full_numbers(page, sheet), "", at_most(0))
    yield from _long_list(desk.sit_down(CLERK))


def _full_numbers(page, sheet):
    import io

    book = load_workbook(io.BytesIO(page.request.get(f"{sheet}excel/").body()))
    cells = (str(cell.value) for one in book for row in one.iter_rows() for cell in row)
    return sum(bool(NUMBER.search(text)) for text in cells)


def _long_list(hands):
    """Print the unpaid of a town as a PDF; the header is repeated by the style sheet."""
    from bench.journeys import people

    page = hands.page
    start = time.perf_counter()
    page.goto(f"/unpaid/{people.clerk().area_code}/?print=1")
    rows = page.locator("tbody tr").count()
    paper = page.pdf(format="A4", landscape=True)
    yield Line(
        f"list of {rows:,} people as PDF", time.perf_counter() - start, "s", at_most(MOST_SECONDS)
    )
    repeats = page.eval_on_selector("thead", "one => getComputedStyle(one).display")
    yield Line("header on each page", repeats == "table-header-group", "", at_least(1))
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    yield Line("pixels clipped", max(wide, 0), "", at_most(0))
    yield Line("PDF, KB", len(paper) / 1024)
