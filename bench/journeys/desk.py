"""The clerk at the desk: a browser, and hands whose keys and clicks are counted."""

import os
import shutil
import time
from statistics import median

from playwright.sync_api import sync_playwright

from bench.table import Line, at_most

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SCREEN = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}
PATIENCE = 60_000
CLERK, PASSWORD = "jingban", "yingzhou-2021"

# The keystroke-level model, in seconds.
KEY, POINT, HAND, THINK = 0.28, 1.1, 0.4, 1.35

# When the last letter came, and when the page showed what it brought.
LISTEN = """
addEventListener("input", () => { window.lastTyped = performance.now(); }, true);
addEventListener("keydown", () => { window.lastKey = performance.now(); }, true);
"""


class Desk:
    """A Chromium for the tasks; each task opens pages of its own."""

    password = PASSWORD

    def __init__(self, url):
        self.url = url
        self._playwright = sync_playwright().start()
        program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)))
        self._browser = self._playwright.chromium.launch(executable_path=program, args=SWITCHES)

    def __enter__(self):
        return self

    def __exit__(self, *_fault):
        self._browser.close()
        self._playwright.stop()

    def open(self, screen=SCREEN, **options):
        """Return the Hands of somebody who is not signed in."""
        context = self._browser.new_context(
            viewport=screen, locale="zh-CN", base_url=self.url, **options
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(LISTEN)
        return Hands(context.new_page())

    def sit_down(self, username=CLERK, screen=SCREEN, **options):
        """Return the Hands of somebody who is signed in, on their start page."""
        hands = self.open(screen, **options)
        hands.page.goto("/")
        hands.page.fill("[name=username]", username)
        hands.page.fill("[name=password]", PASSWORD)
        with hands.page.expect_navigation(url=lambda url: "sign-in" not in url):
            hands.page.keyboard.press("Enter")
        return hands


class Hands:
    """Keys and clicks on a page, counted, with what they would cost somebody."""

    def __init__(self, page):
        self.page = page
        self.begin()

    def begin(self):
        """Count from nothing."""
        self.keys = self.clicks = 0
        self.klm = 0.0
        self._begun = time.perf_counter()

    @property
    def real(self):
        """Seconds since `begin`, by the clock."""
        return time.perf_counter() - self._begun

    def open_blank(self, address):
        """Open a form and put away the draft that an earlier walk may have left."""
        self.page.goto(address)
        if self.page.locator("#restored").count():
            with self.page.expect_navigation():
                self.page.click("#restored button")

    def type(self, text):
        self._count(len(text))
        self.page.keyboard.type(text)

    def press(self, chord):
        """Press one key, or several at once: Control+Enter is two."""
        self._count(len(chord.split("+")))
        self.page.keyboard.press(chord)

    def compose(self, letters, text=None):
        """Type letters into an input method, which shows them as it composes; with `text`, accept
        what it offers by the space bar.
        """
        session = self.page.context.new_cdp_session(self.page)
        self._count(len(letters))
        for end in range(1, len(letters) + 1):
            shown = letters[:end]
            place = {"selectionStart": end, "selectionEnd": end}
            session.send("Input.imeSetComposition", {"text": shown, **place})
        if text is not None:
            self._count(1)
            session.send("Input.insertText", {"text": text})
        session.detach()

    def click(self, locator):
        self.clicks += 1
        self.klm += HAND + POINT
        locator.click()

    def follow(self, locator):
        """Click what leads to another page; return the milliseconds until it can be read."""
        start = time.perf_counter()
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.click(locator)
        return (time.perf_counter() - start) * 1000

    def fetch(self, locator):
        """Click what is answered with a file; return where it lies."""
        with self.page.expect_download() as coming:
            self.click(locator)
        return coming.value.path()

    def open_file(self, link):
        """Count a click on a link to a file that the browser shows itself; return what it holds."""
        self.clicks += 1
        self.klm += HAND + POINT
        return self.page.request.get(link.get_attribute("href")).body()

    def bring(self, field, path):
        """Drop a file on a field, by its selector or itself: one click, as a hand does it."""
        self.clicks += 1
        self.klm += HAND + POINT
        field = self.page.locator(field) if isinstance(field, str) else field
        field.set_input_files(path)

    def think(self):
        self.klm += THINK

    def focus_id(self):
        return self.page.evaluate("document.activeElement.id")

    def since_typed(self, mark):
        """Return milliseconds from the last letter to the newest mark of that name."""
        return self.page.evaluate(
            "name => performance.getEntriesByName(name).at(-1).startTime - window.lastTyped", mark
        )

    def since_key(self, mark):
        """Return milliseconds from the last key to the newest mark of that name."""
        return self.page.evaluate(
            "name => performance.getEntriesByName(name).at(-1).startTime - window.lastKey", mark
        )

    def _count(self, keys):
        self.keys += keys
        self.klm += keys * KEY


def lines(what, values, unit, bound):
    """Yield the median and the worst of some values; the worst is what the goal is for."""
    yield Line(f"{what}, median of {len(values)}", median(values), unit)
    yield Line(f"{what}, worst", max(values), unit, at_most(bound))
