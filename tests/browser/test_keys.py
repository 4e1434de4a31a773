"""The keys that work on every page: where they lead, and when they keep still."""

import pytest

from tests.browser.conftest import WITHOUT_A_DRIVER

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason=WITHOUT_A_DRIVER).expect


@pytest.fixture
def page(portal, campaign, zhao):
    campaign.enrolled("张桂兰")
    opened = portal.open_as(zhao)
    opened.goto("/residents/")
    return opened


def lines(page):
    return page.locator("#command-list li")


def test_a_page_is_opened_by_its_first_letters(portal, page, picture):
    page.keyboard.press("Control+k")
    expect(page.locator("#command")).to_be_focused()
    page.keyboard.type("cjmd")
    expect(lines(page)).to_have_text(["催缴名单"])
    picture(page, "commands")
    page.keyboard.press("Enter")

    page.wait_for_url("**/unpaid/**")
    assert portal.complaints == []


def test_arrows_choose_among_pages_and_escape_leaves(page):
    page.keyboard.press("Control+k")
    page.keyboard.type("参保")
    first = lines(page).first.inner_text()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#command-list [aria-selected=true]")).not_to_have_text(first)

    page.keyboard.press("Escape")
    expect(page.locator("#commands")).to_be_hidden()


def test_single_keys_lead_to_search_filter_rows_and_the_sheet(page):
    page.keyboard.press("/")
    expect(page.locator("#global-search")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator("[data-filter-bar] input").first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#shortcut-sheet")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr.is-current")).to_contain_text("张桂兰")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("张桂兰")


def test_n_opens_what_is_new_but_not_while_somebody_types(page):
    page.keyboard.press("/")
    page.keyboard.type("n?f")
    expect(page.locator("#global-search")).to_have_value("n?f")
    expect(page.locator("#shortcut-sheet")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url("**/residents/new/")


def test_no_key_works_while_an_input_method_composes(page):
    page.keyboard.press("/")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "zgl", "selectionStart": 3, "selectionEnd": 3})
    composing = {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
    for key in ("Enter", "n", "?", "k"):
        page.evaluate(
            "event => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', event))",
            composing | {"key": key, "ctrlKey": key == "k"},
        )

    assert page.url.endswith("/residents/")
    expect(page.locator("dialog[open]")).to_have_count(0)
