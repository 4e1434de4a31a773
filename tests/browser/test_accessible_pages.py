"""Every page of every duty: no barrier, no word of the other language, no dead end, nothing wider
than its screen.

The addresses are those of `access_routes.py`, each with an object of the person's own area. A page
is judged twice: in Chinese, also with letters half as big again, and in English, with both.
"""

import hashlib
import re
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import Resolver404, resolve

from staff.models import PEOPLES_DUTIES, DutyKind
from staff.permissions import MATRIX
from tests import access_objects, county
from tests.access_routes import ROUTES, SIGNED_IN
from tests.browser.conftest import PHONE, WITHOUT_A_DRIVER
from tests.test_access import address, area_of, is_allowed, places_of

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
GRAVE = {"serious", "critical"}
# Drawn by Swagger, in English alone.
NOT_OURS = {"about_api"}
FRAME = b'<main class="page-main"'
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
LARGE_LETTERS = "document.documentElement.classList.add('text-150')"
# Where a page leads, by a link or by a part that htmx has brought or will bring.
LEADS_TO = """[...document.querySelectorAll("main a[href], main [hx-get]")].flatMap(
  (one) => [one.getAttribute("hx-get"), one.tagName === "A" ? one.href : null]).filter(Boolean)"""
# Everything a person reads or hears, but for what says that it is Chinese and for what was typed.
WORDS = """() => {
  const said = [document.title];
  const skipped = "script, style, pre, code, textarea, [lang=zh-Hans]:not(html)";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const inside = walker.currentNode.parentElement;
    if (!inside.closest(skipped)) said.push(walker.currentNode.textContent);
  }
  for (const name of ["aria-label", "title", "placeholder", "data-label"])
    for (const one of document.body.querySelectorAll(`[${name}]`))
      if (!one.closest(skipped)) said.push(one.getAttribute(name));
  return said.join("\\n");
}"""
# In quotation marks stands what a file or a stamp says.
QUOTED = re.compile("“[^”]*”")
CHINESE = re.compile("[\u3400-\u9fff]+")
TEXT_FIELDS = (models.CharField, models.TextField, models.JSONField)


@pytest.fixture
def everything(portal):
    """Somebody in each duty, and one object of each kind."""
    county.areas()
    people = {kind: county.staff(f"{kind}", kind, area_of(kind)) for kind in DutyKind.values}
    access_objects.forget()
    yield people
    access_objects.forget()


def pages_of(kind, page):
    """Yield (name, path) of every page that a duty opens.

    Files, and fragments that htmx puts into a page, are left out: those are seen where they stand.
    """
    own = area_of(kind)
    for name, route in ROUTES.items():
        if "get" not in route.methods or name in NOT_OURS or not is_allowed(route, kind):
            continue
        places = places_of(route, own)
        if "own" in places:
            path = address(name, route, places["own"])
            answer = page.request.get(path)
            if answer.ok and FRAME in answer.body():
                yield name, path


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


def dead_ends(page, kind):
    """Return the addresses on a page that this duty does not open."""
    for path in sorted({urlsplit(one).path for one in page.evaluate(LEADS_TO)}):
        try:
            action = getattr(resolve(path).func, "action", SIGNED_IN)
        except Resolver404:
            continue
        if action != SIGNED_IN and kind not in MATRIX[action]:
            yield f"leads where {kind} may not go: {path}"


class KeptWords:
    """The Chinese that stands in the database: names, titles of documents, what somebody wrote."""

    def __init__(self):
        self.words = set()

    def others_in(self, text):
        """Return the Chinese words of a text that nobody has entered or quotes."""
        found = set(CHINESE.findall(QUOTED.sub("", text)))
        if not all(map(self.holds, found)):
            self.words = set(self._read())
        return sorted(word for word in found if not self.holds(word))

    def holds(self, word):
        """Whether a word was entered, or several that a page writes together, or a sign of one."""
        if word in self.words:
            return True
        if len(word) == 1:
            return any(word in kept for kept in self.words)
        cuts = range(2, len(word) - 1)
        return any(word[:cut] in self.words and self.holds(word[cut:]) for cut in cuts)

    def _read(self):
        for model in apps.get_models():
            fields = [f.name for f in model._meta.concrete_fields if isinstance(f, TEXT_FIELDS)]
            for row in model.objects.values_list(*fields) if fields else ():
                for value in row:
                    yield from CHINESE.findall(str(value))


@pytest.fixture(scope="session")
def is_judged(tmp_path_factory, testrun_uid):
    """Say whether a page made of these parts was judged already, by this process or another."""
    folder = tmp_path_factory.getbasetemp().parent / f"judged-{testrun_uid}"
    folder.mkdir(exist_ok=True)

    def note(name, parts):
        sign = hashlib.sha256(f"{name} {parts}".encode()).hexdigest()
        try:
            (folder / sign).touch(exist_ok=False)
        except FileExistsError:
            return True
        return False

    return note


@pytest.mark.parametrize("kind", [kind for kind, _name in PEOPLES_DUTIES])
def test_no_page_has_a_barrier(portal, everything, is_judged, picture, kind):
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason=WITHOUT_A_DRIVER).Axe()
    # What slides in is half transparent on its way.
    page, english = (portal.open_as(everything[kind], reduced_motion="reduce") for _ in range(2))
    read_english(english, portal.url)
    kept, findings = KeptWords(), []
    for name, path in pages_of(kind, page):
        settle(page, path)
        lines = list(dead_ends(page, kind))
        if not is_judged(name, page.evaluate(PARTS)):
            lines += barriers(axe, page)
            picture(page, name.replace(":", "-"))
            page.evaluate(LARGE_LETTERS)
            lines += too_wide(page)
            settle(english, path)
            lines += [
                f"Chinese in English: {one}" for one in kept.others_in(english.evaluate(WORDS))
            ]
            lines += barriers(axe, english) + too_wide(english)
            picture(english, name.replace(":", "-") + "-english")
        findings += [f"{name}: {line}" for line in lines]

    assert "\n".join(findings + portal.complaints) == ""


def read_english(page, url):
    """Choose English and letters half as big again, as the menu of a page does."""
    chosen = {settings.LANGUAGE_COOKIE_NAME: "en", "portal_look": "text-150"}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": url} for name, value in chosen.items()]
    )


def too_wide(page):
    """Return a line if a page must be scrolled sideways; a wide table scrolls within itself."""
    by = page.evaluate(OVERFLOW)
    return [f"wider than the screen by {by} px"] if by > 0 else []


def test_no_page_of_a_village_agent_is_wider_than_a_phone(portal, everything, picture):
    agent = DutyKind.VILLAGE_AGENT
    page = portal.open_as(everything[agent], PHONE, is_mobile=True, has_touch=True)

    findings = []
    for name, path in pages_of(agent, page):
        settle(page, path)
        picture(page, name.replace(":", "-"))
        findings += [f"{name}: {line}" for line in too_wide(page)]

    assert "\n".join(findings + portal.complaints) == ""


def test_a_refusal_and_a_missing_page_say_what_to_do_next(portal, everything, picture):
    page = portal.open_as(everything[DutyKind.TOWN_CLERK])

    for path, status, words in [("/feeds/", 403, "不办理此项业务"), ("/no/", 404, "没有这一页")]:
        assert page.goto(path).status == status
        assert words in page.locator("main").inner_text()
        assert page.get_by_role("link", name="回到首页").is_visible()
        picture(page, str(status))
