"""A real Chromium on a live server, for the tests that look at pages as people do.

They are skipped with a sentence where Chromium or its driver is missing; `make browser` tries to
bring both. What a test saw is kept as pictures in `var/screenshots`.
"""

import os
import shutil

import pytest
from django.conf import settings
from django.test import Client

from tests import county

# Where Chromium and its kin are found, after what CHROMIUM says.
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No sandbox, because tests may run as root; no calls home.
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}
DAY = "2021-03-20"
PATIENCE = 30_000
WITHOUT_A_DRIVER = "playwright is not installed: run `make browser`"

# The driver keeps an event loop in this thread, and Django would refuse every query beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def chromium():
    driver = pytest.importorskip("playwright.sync_api", reason=WITHOUT_A_DRIVER)
    driver.expect.set_options(timeout=PATIENCE)
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("Chromium is not on this machine: install it, or say where it is in CHROMIUM")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=SWITCHES, env=os.environ | {"LANGUAGE": "zh_CN"}
        )
        yield browser
        browser.close()


@pytest.fixture
def portal(chromium, live_server, committed, settings):
    """The portal on the demo day; each person opens it in a browser of their own."""
    settings.PORTAL_TODAY = DAY
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    opened = Portal(chromium, live_server.url)
    yield opened
    opened.close()


class Portal:
    """The live portal, and what its pages complained about."""

    def __init__(self, chromium, url):
        self.chromium = chromium
        self.url = url
        self.complaints = []
        self._contexts = []

    def open(self, screen=DESK, **options):
        """Return a page of a browser that knows nobody."""
        context = self.chromium.new_context(
            viewport=screen, locale="zh-CN", base_url=self.url, **options
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        return self.listen(context.new_page())

    def listen(self, page):
        """Note what the console says against a page: errors, and what its own policy forbids."""
        page.on("console", lambda words: words.type == "error" and self._note(page, words.text))
        page.on("pageerror", lambda error: self._note(page, str(error)))
        return page

    def open_as(self, person, screen=DESK, **options):
        """Return a page of somebody who is signed in already."""
        client = Client()
        client.force_login(person)
        page = self.open(screen, **options)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": self.url}]
        )
        return page

    def close(self):
        for context in self._contexts:
            context.close()

    def _note(self, page, words):
        self.complaints.append(f"{page.url}: {words}")


@pytest.fixture
def picture(request):
    """Keep what a page looks like, under the test's name and a word of its own."""
    folder = settings.BASE_DIR / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def take(page, word, **options):
        # Hiding the caret would write styles on inputs, which htmx would carry into what it swaps.
        path = folder / f"{request.node.name}-{word}.png"
        page.screenshot(path=path, caret="initial", **options)

    return take


@pytest.fixture
def campaign(portal):
    """示样县 with a task, a policy and people who are to pay; the portal posts by itself."""
    from tests.townships import plans

    county.areas()
    county.policy()
    county.posts_by_itself()
    plan = plans.plan(100)
    shares = {county.EAST_BAY: 60, county.WEST_RIDGE: 40, county.LI_VILLAGE: 60}
    for code, people in shares.items():
        plan.quotas.create(area_id=code, people=people, set_by=county.staff("任务员"))
    return county
