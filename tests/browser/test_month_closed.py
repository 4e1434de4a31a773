"""A month of the county, closed in the browser: file, exceptions, bank, proxies, claim, account.

Seven people work on it, each at a screen of their own, and what one hands over the next one finds
on the page. At the end each figure is opened down to the row of the file.
"""

import re

import pytest

from contributions.models import DayClose, PaymentException, Transfer
from subsidies.models import ProxyRoster, SubsidyClaim
from tests.browser.conftest import WITHOUT_A_DRIVER
from tests.county import balance_of_the_books

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason=WITHOUT_A_DRIVER).expect

PAYERS = 5
MISSPELT = "张桂兰儿"


@pytest.fixture
def office(campaign, mei, lin, qian, zhao):
    """Who closes a month, by what they do."""
    return {
        "data": mei,
        "officer": lin,
        "approver": qian,
        "clerk": zhao,
        "finance": campaign.staff("冯账", "finance"),
        "cashier": campaign.staff("蒋核", "finance"),
    }


@pytest.fixture
def desks(portal, office):
    """A page for each of them, signed in."""
    return {part: portal.open_as(person) for part, person in office.items()}


def take(page, name, content, button):
    """Choose a file for the drop zone of a page, and send it."""
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name=button).click()


def step(page, url, name):
    """Open a page and press the button of a step of the approval."""
    page.goto(url)
    page.locator(f"form[action*='/{name}/'] button").first.click()
    page.wait_for_load_state()


def agree(desks, url, *, by):
    """Take something that was submitted through its review and its approval."""
    reviewer, approver = by
    step(desks[reviewer], url, "review")
    step(desks[approver], url, "approve")


@pytest.mark.requirement("A51")
def test_a_month_is_closed_and_every_figure_opens_to_its_row(
    portal, campaign, worker, desks, picture
):
    people = [campaign.enrolled("张桂兰"), *(campaign.enrolled(f"李{n}") for n in "甲乙丙丁")]
    poor = campaign.enrolled("王守田")
    campaign.identity(poor)
    rows = [campaign.payment_row(one) for one in people[1:]]
    rows.append(campaign.payment_row(people[0], name=MISSPELT))

    data = desks["data"]
    data.goto("/feeds/")
    take(data, "3月.csv", campaign.payment_file(*rows), "上传文件")
    expect(data.get_by_role("link", name="入账", exact=True)).to_be_visible()
    expect(data.locator(".control-strip")).to_contain_text("1,200.00 元")
    feed_url = data.url
    picture(data, "posted")

    clerk = desks["clerk"]
    clerk.goto("/")
    clerk.get_by_role("link", name="缴费异常").first.click()
    clerk.get_by_role("link", name=MISSPELT).first.click()
    clerk.get_by_role("button", name="采纳，入账 1 笔").click()
    expect(clerk.get_by_text(f"{MISSPELT} 的 1 笔：已入账")).to_be_visible()
    assert not PaymentException.objects.open().exists()

    finance = desks["finance"]
    finance.goto("/tie-out/?month=2021-03")
    finance.get_by_role("link", name="上传银行对账单").click()
    statement = "日期,金额,渠道,险种\n2021-03-08,1500.00,,城乡居民基本养老保险\n"
    take(finance, "对账单.csv", statement.encode("gb18030"), "上传对账单")
    expect(finance.get_by_text("1,500.00").first).to_be_visible()
    finance.goto("/tie-out/?month=2021-03")
    expect(finance.get_by_text("已核平").first).to_be_visible()
    picture(finance, "tied-out")
    finance.get_by_role("link", name="2021-03-08").click()
    day_url = finance.url
    finance.get_by_role("button", name="提交 03-08 关账").click()
    agree(desks, day_url, by=("cashier", "approver"))
    assert DayClose.objects.get().state == "approved"
    picture(desks["approver"], "closed")

    officer = desks["officer"]
    officer.goto("/subsidies/rosters/")
    officer.get_by_role("link", name="生成代缴名册").click()
    officer.get_by_role("button", name="生成名册").click()
    officer.locator("form[action*='/submit/'] button").click()
    officer.wait_for_load_state()
    roster_url = officer.url
    agree(desks, roster_url, by=("finance", "approver"))
    finance.goto(roster_url)
    finance.get_by_role("button", name=re.compile("^登记拨付|入账")).last.click()
    finance.locator("dialog[open] .btn-danger, dialog[open] .btn-primary").first.click()
    expect(finance.get_by_text("入账 1 人，100.00 元").first).to_be_visible()
    assert ProxyRoster.objects.get().posted_people == 1
    picture(finance, "proxies")
    officer.goto(roster_url)
    officer.get_by_role("link", name="应代缴 1 人，100.00 元").click()
    expect(officer.get_by_role("link", name="王守田")).to_be_visible()

    data.goto("/subsidies/claims/")
    data.get_by_role("link", name=re.compile("申请")).last.click()
    data.get_by_role("button", name="固化名单").click()
    data.locator("form[action*='/submit/'] button").click()
    data.wait_for_load_state()
    agree(desks, data.url, by=("finance", "approver"))
    assert SubsidyClaim.objects.get().state == "approved"
    picture(data, "claimed")

    clerk.goto(f"/residents/{people[0].pk}/")
    clerk.locator("#account").get_by_role("link").first.click()
    expect(clerk.get_by_role("button", name="打印账户明细")).to_be_visible()
    expect(clerk.locator("tbody")).to_contain_text("300.00")
    picture(clerk, "account")

    # From the account and from the day, down to the row of the file.
    clerk.get_by_role("link", name="2021").first.click()
    clerk.locator("#payments").get_by_role("link", name="2021").click()
    expect(clerk.get_by_role("heading", level=1)).to_contain_text("正常缴费 300.00 元")
    finance.goto(day_url)
    finance.get_by_role("link", name="1,500.00").first.click()
    finance.locator("tbody a").first.click()
    assert finance.url.startswith(feed_url)
    assert sum(balance_of_the_books(campaign.COUNTY).values()) == 0
    assert Transfer.objects.count() == PAYERS + 1
    assert portal.complaints == []
