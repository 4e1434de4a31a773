"""Every page of every duty: no barrier, nothing against its own policy, nothing wider than a phone.

The addresses are those of `access_routes.py`, each with an object of the person's own area.
"""

import pytest

from staff.models import PEOPLES_DUTIES, DutyKind
from tests import access_objects, county
from tests.access_routes import ROUTES
from tests.browser.conftest import PHONE, WITHOUT_A_DRIVER
from tests.test_access import address, area_of, is_allowed, places_of

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
GRAVE = {"serious", "critical"}
# Files, and fragments that htmx puts into a page: they are seen there.
NOT_PAGES = {
    "about_api",  # drawn by Swagger
    "api_document",
    "townships:api_areas",
    "policies:api_policies",
    "policies:api_policy",
    "contributions:api_feeds",
    "contributions:api_feed",
    "contributions:api_feed_rows",
    "subsidies:api_residents",
    "subsidies:api_resident",
    "oversight:api_progress",
    "oversight:api_evenings",
    "benefits:resident_account",
    "health",
    "contributions:feed_progress",
    "contributions:exception_faults",
    "contributions:feed_faults",
    "contributions:payment_record",
    "contributions:determination_list_excel",
    "contributions:reaching_sixty_paper",
    "contributions:refund_batch_excel",
    "contributions:refund_batch_paper",
    "contributions:resident_payments",
    "contributions:paid_marks",
    "contributions:resident_year",
    "contributions:call_list",
    "contributions:chase_token",
    "contributions:chase_worker",
    "contributions:renewal",
    "contributions:resident_contacts",
    "contributions:unpaid_count",
    "contributions:unpaid_excel",
    "contributions:waiting",
    "contributions:unmatched_towns",
    "contributions:waiting_exceptions",
    "enrollment:empty_roster",
    "enrollment:hidden_item",
    "enrollment:hidden_secret",
    "enrollment:list_copy",
    "enrollment:list_difference_excel",
    "enrollment:list_state",
    "enrollment:roster_copy",
    "enrollment:paper",
    "enrollment:resident_cases",
    "enrollment:roster_state",
    "oversight:charts",
    "oversight:headline",
    "oversight:bulletin_excel",
    "oversight:bulletin_pdf",
    "oversight:bulletin_word",
    "oversight:download_template",
    "oversight:notice_bundle",
    "oversight:notice_state",
    "oversight:progress_excel",
    "oversight:sheet_excel",
    "oversight:sheet_pdf",
    "oversight:sheet_photo",
    "policies:source",
    "set_language",
    "staff:export_state",
    "subsidies:affected_excel",
    "subsidies:affected_totals",
    "subsidies:claim_excel",
    "subsidies:matrix_excel",
    "subsidies:matrix_figures",
    "subsidies:roster_excel",
    "subsidies:roster_print",
    "subsidies:resident_entitlements",
    "subsidies:resident_why",
    "subsidies:why_json",
    "townships:areas_excel",
    "townships:task_excel",
    "townships:town_task_excel",
}
# WCAG 2.2, 2.5.8: a target is 24 px each way, or 24 px away from the next; links in a sentence are
# as high as its line. This axe does not know the rule yet.
SMALL_TARGETS = """() => {
  const seen = (one) => one.checkVisibility() && one.getBoundingClientRect().width > 1;
  const targets = [...document.querySelectorAll("a[href], button, input, select, summary")]
    .filter(seen).filter((one) => getComputedStyle(one).display !== "inline");
  const boxes = targets.map((one) => one.getBoundingClientRect());
  const middle = (box) => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const isCrowded = (n) => boxes.some((box, m) => {
    if (m === n || targets[n].contains(targets[m]) || targets[m].contains(targets[n])) return false;
    const [x, y] = middle(boxes[n]);
    const nearX = Math.max(box.left, Math.min(x, box.right));
    const nearY = Math.max(box.top, Math.min(y, box.bottom));
    return Math.hypot(x - nearX, y - nearY) < 12;
  });
  return targets
    .filter((_, n) => (boxes[n].width < 23.5 || boxes[n].height < 23.5) && isCrowded(n))
    .map((one) => one.outerHTML.slice(0, 90));
}"""
# Which kinds of elements a page is made of.
PARTS = """[...new Set([...document.body.querySelectorAll("*")].map(
  (one) => `${one.tagName}.${one.getAttribute("class")}.${one.getAttribute("role")}`
))].sort().join()"""
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture
def everything(portal):
    """Somebody in each duty, and one object of each kind."""
    county.areas()
    people = {kind: county.staff(f"{kind}", kind, area_of(kind)) for kind in DutyKind.values}
    access_objects.forget()
    yield people
    access_objects.forget()


def pages_of(kind):
    """Yield (name, path) of every page that a duty opens."""
    own = area_of(kind)
    for name, route in ROUTES.items():
        if "get" not in route.methods or name in NOT_PAGES or not is_allowed(route, kind):
            continue
        places = places_of(route, own)
        if "own" in places:
            yield name, address(name, route, places["own"])


def barriers(axe, page):
    """Return a line for each grave finding about a page."""
    found = axe.run(page, options=RULES)["violations"]
    lines = [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in GRAVE
    ]
    return lines + [f"too small a target: {one}" for one in page.evaluate(SMALL_TARGETS)]


def settle(page, path):
    """Open a page and wait for what htmx brings on load."""
    page.goto(path)
    page.wait_for_selector(".htmx-request", state="detached")


@pytest.fixture(scope="module")
def judged():
    """The pages judged so far, each with what it is made of: the same twice is judged once."""
    return set()


@pytest.mark.parametrize("kind", [kind for kind, _name in PEOPLES_DUTIES])
def test_no_page_has_a_barrier(portal, everything, judged, picture, kind):
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason=WITHOUT_A_DRIVER).Axe()
    page, findings = portal.open_as(everything[kind]), {}
    for name, path in pages_of(kind):
        settle(page, path)
        if (parts := (name, page.evaluate(PARTS))) in judged:
            continue
        judged.add(parts)
        if lines := barriers(axe, page):
            findings[name] = lines
        picture(page, name.replace(":", "-"))

    assert findings == {}
    assert portal.complaints == []


def test_no_page_of_a_village_agent_is_wider_than_a_phone(portal, everything, picture):
    agent = DutyKind.VILLAGE_AGENT
    page = portal.open_as(everything[agent], PHONE, is_mobile=True, has_touch=True)

    too_wide = {}
    for name, path in pages_of(agent):
        settle(page, path)
        picture(page, name.replace(":", "-"))
        if (by := page.evaluate(OVERFLOW)) > 0:
            too_wide[name] = by

    assert too_wide == {}
    assert portal.complaints == []


def test_a_refusal_and_a_missing_page_say_what_to_do_next(portal, everything, picture):
    page = portal.open_as(everything[DutyKind.TOWN_CLERK])

    for path, status, words in [("/feeds/", 403, "不办理此项业务"), ("/no/", 404, "没有这一页")]:
        assert page.goto(path).status == status
        assert words in page.locator("main").inner_text()
        assert page.get_by_role("link", name="回到首页").is_visible()
        picture(page, str(status))
