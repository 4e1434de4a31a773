"""One exception from the list to the books without a mouse."""

import pytest

from contributions.models import PaymentException
from tests.browser.conftest import WITHOUT_A_DRIVER

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason=WITHOUT_A_DRIVER).expect

LONGEST_WAY = 60


def tab_to(page, words):
    """Press Tab until the focus stands on what says these words; each stop must be seen."""
    for _ in range(LONGEST_WAY):
        page.keyboard.press("Tab")
        said = page.evaluate("document.activeElement.innerText ?? ''")
        if words in said:
            return
    raise AssertionError(f"the Tab key never came to 「{words}」")


def held(county, by):
    """Post two rows whose names differ from the registry's, so that both are held."""
    people = [county.enrolled("张桂兰"), county.enrolled("李满仓")]
    rows = [county.payment_row(person, name=f"{person.name}儿") for person in people]
    return county.process(*rows, by=by)


def test_a_clerk_settles_exceptions_with_keys_alone(portal, campaign, mei, zhao, picture):
    held(campaign, mei)
    page = portal.open_as(zhao)
    page.goto("/exceptions/")

    tab_to(page, "张桂兰儿")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("张桂兰儿")
    accept = page.get_by_role("button", name="采纳，入账 1 笔")
    expect(accept).to_be_focused()
    picture(page, "focused")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("李满仓儿")
    expect(page.get_by_text("张桂兰儿 的 1 笔已处理")).to_be_visible()
    tab_to_reason(page)
    # Without a reason nothing is set aside: the browser itself says that the field is needed.
    page.keyboard.press("Enter")
    assert PaymentException.objects.open().count() == 1
    page.keyboard.type("本人在外县参保")
    page.keyboard.press("Enter")
    page.wait_for_url("**/exceptions/")
    expect(page.get_by_text("李满仓儿 的 1 笔已剔除")).to_be_visible()
    picture(page, "settled")

    states = PaymentException.objects.order_by("row_no").values_list("state", flat=True)
    assert list(states) == ["posted", "set_aside"]
    assert portal.complaints == []


def tab_to_reason(page):
    for _ in range(LONGEST_WAY):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "reason":
            return
    raise AssertionError("the Tab key never came to the reason")
